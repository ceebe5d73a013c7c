import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.documents.html import read_html
from sayso.documents.html_text import PageText
from sayso.errors import InputError

LONG = (
    "Inspectors found cracks in two of the hangers on Tuesday, and the bridge &amp; its approach "
    "may stay <b>shut</b> until June, officials said."
)
PAGE = f"""<!DOCTYPE html>
<html><head><title>Dam closed</title><style>p {{ color: red }}</style></head><body>
<nav><ul><li>Home<li>Dam closed</ul></nav>
<article><h1>Dam closed</h1>
<p>{LONG}
<p>{LONG.replace("Tuesday", "Monday&nbsp;night")}</p>
<!-- sayso: ignore -->
<blockquote><p>An ignored quotation, long enough to be a part of the article.</p><p>Its end.</p>
</blockquote>
<h2>Next</h2>
<ul><li>One thing that may happen to the people of this town.</li><li>Another thing</li></ul>
<p>Kept <!-- sayso: off -->not read<!-- sayso: on --> once more, with words enough.</p>
<table><tr><td>One cell of a table</td><td>Another cell of it</td></tr></table>
</article><footer>About us</footer></body></html>
"""


def test_the_article_is_read_and_each_character_is_found_again():
    text, source_map = read_html(PAGE.encode())
    assert "Home" not in text
    assert "ignored quotation" not in text
    assert "Its end" not in text
    assert "Kept once more" in text
    for place, character in enumerate(text):
        written = PAGE[source_map.starts[place] : source_map.ends[place]]
        if source_map.starts[place] < 0:
            assert character in "-|\n "
        else:
            assert written in (character, f"&{'amp'};")


def test_a_heading_is_not_mistaken_for_a_menu_or_the_title():
    text, source_map = read_html(PAGE.encode())
    start = text.index("Dam closed")
    assert source_map.source_range(start, start + 10) == (
        PAGE.index("<h1>") + 4,
        PAGE.index("<h1>") + 14,
    )


def test_what_is_not_found_again_has_no_place():
    text, source_map = read_html(PAGE.encode())
    start = text.index("- One")
    assert source_map.source_range(start, start + 2) is None
    assert source_map.source_range(start, start + 5) == (
        PAGE.index("One thing"),
        PAGE.index("One thing") + 3,
    )


def kept(page: str) -> str:
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
def test_comments_blank_the_text_and_keep_the_tags(page, left):
    without = kept(page)
    for comment in ("ignore", "off", "on"):
        without = without.replace(f"<!-- sayso: {comment} -->", "")
    assert without == left


def test_an_unknown_comment_is_refused():
    with pytest.raises(InputError, match="line 2: unknown Sayso directive 'of'"):
        read_html(b"<html>\n<!-- sayso: of --></html>")


def test_references_stand_for_what_they_mean():
    shown = PageText("<p>a&amp;b&#33;&eacute x</p>").shown
    source_map = shown.build("", offsets_in_source=False)
    assert shown.text() == "a&b!éx"
    assert [end - start for start, end in zip(source_map.starts, source_map.ends, strict=True)] == [
        *(1, 5, 1, 5, 7, 1)
    ]


BITS = (
    *("<p>", "</p>", "<div>", "</div>", "<ul>", "<li>", "</ul>", "<b>", "</b>", "<br>", "a", "b c"),
    *("\n", "\r\n", "\r", "&amp;", "&amp", "&#33;", "&#x;", "&nope;", "&", "<", "</", "<!", "\0"),
    *("<!-- sayso: ignore -->", "<!-- sayso: off -->", "<!-- sayso: on -->", "<!-- x -->", "<!--"),
    *("-->", "<script>", "</script>", "<style>", "</style>", "<head>", "</head>", "<body>", "🙂"),
    *("<title>", "<!DOCTYPE html>", "<![CDATA[x]]>", "<?x?>", "<a href='", "\x0b", "\u2028"),
)


@given(st.lists(st.sampled_from(BITS), max_size=30).map("".join))
def test_any_page_keeps_its_length_and_its_places(page):
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


@pytest.mark.parametrize("page", [b"<![foo[x]]>", b"<" * 500, b"<!-- x"])
def test_pages_that_are_none_are_refused(page):
    with pytest.raises(InputError):
        read_html(page)
