import pytest

from sayso.documents.html import read_html
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


def test_each_character_of_the_article_is_found_in_the_page() -> None:
    text, source_map = read_html(PAGE.encode())
    assert "Home" not in text
    assert "ignored quotation" not in text
    assert "Its end" not in text
    assert "Kept once more" in text
    for index, character in enumerate(text):
        written = PAGE[source_map.starts[index] : source_map.ends[index]]
        if source_map.starts[index] < 0:
            assert character in "-|\n "
        else:
            assert written in (character, f"&{'amp'};")


def test_a_heading_is_not_mistaken_for_a_menu_or_the_title() -> None:
    text, source_map = read_html(PAGE.encode())
    start = text.index("Dam closed")
    assert source_map.source_range(start, start + 10) == (
        PAGE.index("<h1>") + 4,
        PAGE.index("<h1>") + 14,
    )


def test_characters_that_trafilatura_adds_have_no_position() -> None:
    text, source_map = read_html(PAGE.encode())
    start = text.index("- One")
    assert source_map.source_range(start, start + 2) is None
    assert source_map.source_range(start, start + 5) == (
        PAGE.index("One thing"),
        PAGE.index("One thing") + 3,
    )


def test_an_unknown_directive_is_an_error() -> None:
    with pytest.raises(InputError, match="line 2: unknown Sayso directive 'of'"):
        read_html(b"<html>\n<!-- sayso: of --></html>")


@pytest.mark.parametrize("page", [b"<![foo[x]]>", b"<" * 500, b"<!-- x"])
def test_malformed_pages_are_refused(page: bytes) -> None:
    with pytest.raises(InputError):
        read_html(page)


def test_only_the_article_is_read() -> None:
    first = "The council will meet on Friday to vote on the plan for the bridge & the quay."
    second = "The plan was first shown to the traders of the old harbour in the spring of 2023."
    page = (
        "<html><body><nav>Menu</nav><article><h1>Bridge</h1>"
        f"<p>{first.replace('&', '&amp;')}</p><p>{second}</p></article></body></html>"
    )
    assert read_html(page.encode())[0] == f"Bridge\n{first}\n{second}"


@pytest.mark.parametrize("page", [b"", b"<html><body></body></html>", b"\x00\xff\xfe"])
def test_a_page_without_an_article_is_refused(page: bytes) -> None:
    with pytest.raises(InputError, match="no article text"):
        read_html(page)
