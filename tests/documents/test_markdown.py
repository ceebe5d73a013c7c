import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from sayso.documents.markdown import read_markdown
from sayso.errors import InputError

SOURCE = """---
title: it may
---

# The *dam* may fail ##

Officials **said** the
  [dam](http://dam.example "could") co&amp;uld \\*fail\\*. ![may](x.png) It `may` be.
Next \\
line<br>more

> quoted text
continued lazily with <https://dam.example/may> end.

- one
- two ***three* four** five

1. | 1 | a |
   |---|---|
   | a \\| b | a |

```
it may
```

    it may

<div>it may</div>

Setext
======

~~struck~~ [ref] [text][ref]

[ref]: http://dam.example/may
"""
PROSE = """The dam may fail

Officials said the dam co&uld *fail*. It be. Next\x20
line
more

quoted text continued lazily with end.
one
two three four five
1
a
a | b
a

Setext

struck ref text"""


def is_exact(source: str) -> None:
    """Every character that is read stands where it is said to stand, and in that order."""
    text, origin = read_markdown(source)
    assert len(origin.starts) == len(origin.ends) == len(text)
    last = -1
    for character, start, end in zip(text, origin.starts, origin.ends, strict=True):
        if character.isspace():
            continue
        assert start >= last
        last = start
        if end - start == 1:
            assert source[start] == character or (source[start], character) == ("\0", "\ufffd")
        else:
            assert source[start] == "&"
            assert source[end - 1] == ";"


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_prose_is_read_and_all_else_left_out(line_end):
    source = SOURCE.replace("\n", line_end)
    assert read_markdown(source)[0] == PROSE
    is_exact(source)


def test_places_of_words_are_exact():
    text, origin = read_markdown(SOURCE)
    for word in ("dam may fail", "lazily", "four", "struck", "text"):
        start = text.rindex(word)
        place = origin.range(start, start + len(word))
        assert place is not None
        cut = SOURCE[slice(*place)]
        assert cut.replace("*", "") == word


def test_a_range_over_markup_holds_the_markup():
    source = "It **may** *not* hold."
    text, origin = read_markdown(source)
    start = text.index("may not")
    assert origin.range(start, start + 7) == (5, 15)
    assert source[5:15] == "may** *not"


def test_front_matter_of_toml_is_left_out():
    assert read_markdown('+++\ntitle = "may"\n+++\nText\n')[0] == "Text"


def test_the_next_paragraph_is_ignored():
    source = "One.\n\n<!-- sayso: ignore -->\nTwo\nlines.\n\nThree.\n"
    assert read_markdown(source)[0] == "One.\n\nThree."


def test_a_whole_list_is_a_paragraph_to_ignore():
    source = "<!-- sayso: ignore -->\n- One.\n- Two.\n\nThree.\n"
    assert read_markdown(source)[0] == "Three."


def test_code_is_no_paragraph_to_ignore():
    source = "<!-- sayso: ignore -->\n```\ncode\n```\n\nOne.\n\nTwo.\n"
    assert read_markdown(source)[0] == "Two."


def test_what_is_switched_off_is_not_read():
    source = "One <!-- sayso: off -->two<!-- sayso: on --> three.\n\n<!-- sayso: off -->\n\nFour.\n"
    text, origin = read_markdown(source)
    assert text == "One three."
    assert origin.range(4, 9) == (source.index("three"), source.index("three") + 5)


def test_an_unknown_comment_is_refused():
    with pytest.raises(InputError, match=r"line 3: unknown comment .*'ignor'; did you mean ignore"):
        read_markdown("One.\n\n<!-- sayso: ignor -->\n")


BITS = (
    *("may", "a", "b.", "🙂", "é", "\u00a0", "\0", " ", "  ", "\t", "\n", "\n\n", "\r\n", "\r"),
    *("**", "*", "_", "__", "~~", "~", "`", "``", "```", "    ", "> ", "- ", "1. ", "# ", "## "),
    *("[", "]", "(", ")", "](", "![", "<", ">", "<b>", "<br>", "<!-- x -->", "[a]: b", "[^]"),
    *("&amp;", "&#65;", "&nGt;", "\\", "\\*", "\\\n", "  \n", "|", "\\|", "|---|", "---", "==="),
    *("---\n", "+++", "<xy:a.b>", "| a | b |\n|---|---|\n", "\x0b"),
)


ASIDES = ("[^1]", "[^1]: ", "$$", "$$\n", "http://a.b/_may_", "www.may.b", "<http://a.b>", "$", ".")
"""What the library takes for text, and Sayso does not."""


def library_text(source: str) -> str:
    """What the library itself takes for text, white space left out."""
    parts, in_address = [], False
    for block in MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(source):
        for token in block.children or ():
            if token.type.startswith("link_"):
                in_address = token.type == "link_open" and token.markup == "autolink"
            elif token.type == "text" and not in_address:
                parts.append(token.content)
    return "".join("".join(parts).split())


@given(st.lists(st.sampled_from(BITS), max_size=25).map("".join))
def test_any_markdown_is_read_as_the_library_reads_it_and_placed_exactly(source):
    is_exact(source)
    if not source.startswith(("---", "+++")):
        assert "".join(read_markdown(source)[0].split()) == library_text(source)


@given(st.lists(st.sampled_from(BITS + 4 * ASIDES), max_size=25).map("".join))
def test_what_is_left_out_moves_no_other_place(source):
    is_exact(source)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("See https://x.y/shameful for more.", "See for more."),
        ("See https://x.y/shameful.", "See ."),
        ("(See www.x.y/a_(may).)", "(See .)"),
        ("Is it http://x.y/may?a=b&amp;c=may, or not?", "Is it , or not?"),
        ("**https://x.y/may** failed, HTTPS://X.Y/_may_/it failed.", " failed, failed."),
        ("- https://x.y/may\n- text", "text"),
        ("| https://x.y/may | b |\n|---|---|", "b"),
        (
            "[https://x.y/may](https://x.y/may) failed and [it](https://x.y)https",
            " failed and ithttps",
        ),
        ("[He](https://x.y/may) said `https://`it.", "He said it."),
        ("Mail me@www.may.org or a/www.b", "Mail me@www.may.org or a/www.b"),
        ("It failed.[^1] Officials[^long-note] said so.", "It failed. Officials said so."),
        ("Text.\n\n[^1]: Officials said so.\n[^2]: It may.", "Text.\n\nOfficials said so. It may."),
        ("[^1]: https://x.y/may\n\nIt failed.[^1]", "It failed."),
        ("- Text:\n\n  [^a]: It may.", "Text:\n\nIt may."),
        ("[^not one] [^]", "[^not one] [^]"),
        ("As $$may = b_1 * c_2$$ is so, it costs $5 or $$.", "As is so, it costs $5 or $$."),
        ("`$$` may `$$`", " may "),
        ("One\n$$\nmay\n\n- may\n=\n$$\ntwo", "One\n\ntwo"),
        ("$$ may $$\n\nIt is.\n\n$$may", "It is.\n\n$$may"),
        ("$$a$$ is one, so\n\nis $$b$$", " is one, so\n\nis "),
        ("- one\n  $$\n  may\n  $$\n- two\n> $$\n> may\n> $$\n> end", "one\ntwo\n\nend"),
        ("- $$\n\ntext $$", "$$\n\ntext $$"),
        ("    $$\n    may", ""),
    ],
)
def test_addresses_footnote_marks_and_formulas_are_no_prose(source, text):
    assert read_markdown(source)[0] == text
    is_exact(source)


def test_a_word_beside_an_address_is_placed_exactly():
    source = "> **See https://x.y/shameful[^1] and it may&amp;could $$x$$ fail.**"
    text, origin = read_markdown(source)
    start = text.index("fail")
    assert origin.range(start, start + 4) == (source.index("fail"), source.index("fail") + 4)
    assert "shameful" not in text
