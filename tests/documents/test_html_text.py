import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.documents.html_text import PageText


def included(page: str) -> str:
    read = PageText(page)
    assert len(read.included_page) == len(page)
    return " ".join(read.included_page.split())


@pytest.mark.parametrize(
    ("page", "left"),
    [
        ("<!-- sayso: ignore --><p>a</p><p>b</p>", "<p> </p><p>b</p>"),
        ("<!-- sayso: ignore --><p>a<p>b", "<p> <p>b"),
        ("<div><!-- sayso: ignore -->a</div><p>b", "<div> </div><p>b"),
        ("<div><!-- sayso: ignore --></div><p>b</p>c", "<div></div><p> </p>c"),
        ("<ul><!-- sayso: ignore --><li>a<li>b</ul>", "<ul><li> <li>b</ul>"),
        ("<!-- sayso: ignore --><ul><li>a<li>b</ul>c", "<ul><li> <li> </ul>c"),
        ("a<!-- sayso: off --><b>b &lt;</b><!-- sayso: on -->c", "a<b> </b>c"),
        ("a<!-- sayso: off --><p>b</p>", "a<p> </p>"),
    ],
)
def test_directives_blank_the_text_and_keep_the_tags(page: str, left: str) -> None:
    without = included(page)
    for comment in ("ignore", "off", "on"):
        without = without.replace(f"<!-- sayso: {comment} -->", "")
    assert without == left


def test_character_references_are_decoded() -> None:
    shown = PageText("<p>a&amp;b&#33;&eacute x</p>").shown
    source_map = shown.build("", offsets_in_source=False)
    assert shown.text() == "a&b!éx"
    assert [end - start for start, end in zip(source_map.starts, source_map.ends, strict=True)] == [
        *(1, 5, 1, 5, 7, 1)
    ]


@pytest.mark.parametrize(
    ("page", "shown"),
    [
        ("<title>Menu</title><p>It may</p>", "Itmay"),
        ("<head><title>x</title><body>It may", "Itmay"),
        ("a<script>b</script><style>c</style><noscript>d</noscript>e", "ae"),
        ("<template><p>a</p></template>b", "b"),
        ("a <!this>b</!that> c", "abc"),
    ],
)
def test_only_text_that_a_browser_shows_is_read(page: str, shown: str) -> None:
    assert PageText(page).shown.text() == shown


BITS = (
    *("<p>", "</p>", "<div>", "</div>", "<ul>", "<li>", "</ul>", "<b>", "</b>", "<br>", "a", "b c"),
    *("\n", "\r\n", "\r", "&amp;", "&amp", "&#33;", "&#x;", "&nope;", "&", "<", "</", "<!", "\0"),
    *("<!-- sayso: ignore -->", "<!-- sayso: off -->", "<!-- sayso: on -->", "<!-- x -->", "<!--"),
    *("-->", "<script>", "</script>", "<style>", "</style>", "<head>", "</head>", "<body>", "🙂"),
    *("<title>", "<!DOCTYPE html>", "<![CDATA[x]]>", "<?x?>", "<a href='", "\x0b", "\u2028"),
)


@given(st.lists(st.sampled_from(BITS), max_size=30).map("".join))
def test_any_page_keeps_its_length_and_its_positions(page: str) -> None:
    read = PageText(page)
    assert len(read.included_page) == len(page)
    assert all(
        kept in (written, " ") for kept, written in zip(read.included_page, page, strict=True)
    )
    source_map, last = read.shown.build(page, offsets_in_source=False), -1
    for character, start, end in zip(
        read.shown.text(), source_map.starts, source_map.ends, strict=True
    ):
        assert start >= last
        last = start
        assert page[start] == (character if end - start == 1 else "&")
