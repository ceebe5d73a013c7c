import re
from collections.abc import Callable
from time import process_time

import pyromark
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyromark import Options

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
    """Each character is mapped to the one it is written as, in the order of the source."""
    text, source_map = read_markdown(source)
    assert len(source_map.starts) == len(source_map.ends) == len(text)
    last = -1
    for character, start, end in zip(text, source_map.starts, source_map.ends, strict=True):
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
def test_only_prose_is_read(line_end: str) -> None:
    source = SOURCE.replace("\n", line_end)
    assert read_markdown(source)[0] == PROSE
    is_exact(source)


def test_words_are_mapped_exactly() -> None:
    text, source_map = read_markdown(SOURCE)
    for word in ("dam may fail", "lazily", "four", "struck", "text"):
        start = text.rindex(word)
        found = source_map.source_range(start, start + len(word))
        assert found is not None
        assert SOURCE[slice(*found)].replace("*", "") == word


def test_a_range_across_markup_includes_the_markup() -> None:
    source = "It **may** *not* hold."
    text, source_map = read_markdown(source)
    start = text.index("may not")
    assert source_map.source_range(start, start + 7) == (5, 15)
    assert source[5:15] == "may** *not"


def test_toml_front_matter_is_skipped() -> None:
    assert read_markdown('+++\ntitle = "may"\n+++\nText\n')[0] == "Text"


def test_the_next_paragraph_is_ignored() -> None:
    source = "One.\n\n<!-- sayso: ignore -->\nTwo\nlines.\n\nThree.\n"
    assert read_markdown(source)[0] == "One.\n\nThree."


def test_a_whole_list_is_ignored() -> None:
    source = "<!-- sayso: ignore -->\n- One.\n- Two.\n\nThree.\n"
    assert read_markdown(source)[0] == "Three."


def test_code_is_not_a_paragraph_to_ignore() -> None:
    source = "<!-- sayso: ignore -->\n```\ncode\n```\n\nOne.\n\nTwo.\n"
    assert read_markdown(source)[0] == "Two."


def test_text_is_switched_off_and_on() -> None:
    source = "One <!-- sayso: off -->two<!-- sayso: on --> three.\n\n<!-- sayso: off -->\n\nFour.\n"
    text, source_map = read_markdown(source)
    assert text == "One three."
    assert source_map.source_range(4, 9) == (source.index("three"), source.index("three") + 5)


def test_an_unknown_directive_is_an_error() -> None:
    with pytest.raises(
        InputError, match=r"line 3: unknown Sayso directive .*'ignor'; did you mean ignore"
    ):
        read_markdown("One.\n\n<!-- sayso: ignor -->\n")


BITS = (
    *("may", "a", "b.", "🙂", "é", "\u00a0", "\0", " ", "  ", "\t", "\n", "\n\n", "\r\n", "\r"),
    *("**", "*", "_", "__", "~~", "~", "`", "``", "```", "    ", "> ", "- ", "1. ", "# ", "## "),
    *("[", "]", "(", ")", "](", "![", "<", ">", "<b>", "<br>", "<!-- x -->", "[a]: b", "[^]"),
    *("&amp;", "&#65;", "&nGt;", "\\", "\\*", "\\\n", "  \n", "|", "\\|", "|---|", "---", "==="),
    *("---\n", "+++", "<xy:a.b>", "| a | b |\n|---|---|\n", "\x0b"),
)


ASIDES = ("[^1]", "[^1]: ", "$$", "$$\n", "http://a.b/_may_", "www.may.b", "<http://a.b>", "$", ".")
"""Text to the parser, but not prose."""

OPTIONS = Options.ENABLE_TABLES | Options.ENABLE_FOOTNOTES | Options.ENABLE_STRIKETHROUGH


def parsed_text(source: str) -> str:
    """All text that the parser itself finds outside code, images and addresses, without spaces."""
    parts: list[str] = []
    is_read = [True]
    for event in pyromark.events(source, options=OPTIONS):
        match event:
            case {"Start": "HtmlBlock" | {"CodeBlock": _} | {"Image": _}}:
                is_read.append(False)
            case {"Start": {"Link": {"link_type": "Autolink" | "Email"}}}:
                is_read.append(False)
            case {"Start": _}:
                is_read.append(is_read[-1])
            case {"End": _}:
                is_read.pop()
            case {"Text": str(text)} if is_read[-1]:
                parts.append(text)
    return "".join("".join(parts).split())


@given(st.lists(st.sampled_from(BITS), max_size=25).map("".join))
def test_any_markdown_is_read_as_it_is_parsed_and_mapped_exactly(source: str) -> None:
    is_exact(source)
    if not source.startswith(("---", "+++")):
        lines = re.sub(r"\r(?!\n)", "\n", source).replace("\0", "\ufffd")
        assert "".join(read_markdown(source)[0].split()) == parsed_text(lines)


@given(st.lists(st.sampled_from(BITS + 4 * ASIDES), max_size=25).map("".join))
def test_skipped_markup_does_not_shift_other_text(source: str) -> None:
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
        (
            "Text.\n\n[^1]: Officials said so.\n[^2]: It may.",
            "Text.\n\nOfficials said so.\n\nIt may.",
        ),
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
def test_addresses_footnote_marks_and_formulas_are_skipped(source: str, text: str) -> None:
    assert read_markdown(source)[0] == text
    is_exact(source)


def test_a_word_beside_an_address_is_mapped_exactly() -> None:
    source = "> **See https://x.y/shameful[^1] and it may&amp;could $$x$$ fail.**"
    text, source_map = read_markdown(source)
    start = text.index("fail")
    assert source_map.source_range(start, start + 4) == (
        source.index("fail"),
        source.index("fail") + 4,
    )
    assert "shameful" not in text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("It ~~may~~ ~could~ fail.", "It may could fail."),
        ("It `x` `y` ![z](z) `z`\nfailed.", "It failed."),
        ("One.[^1]\n[^1]: Two.\n\n    Three.\n\nFour.", "One.\n\nTwo.\n\nThree.\n\nFour."),
        ("[^1]: Officials.\n\nIt may.[^1]", "Officials.\n\nIt may."),
        ("Mail <me@may.org> or <tel:12> now.", "Mail or now."),
        ("$5 *may* be US$6.", "$5 may be US$6."),
        ("Caf\u00e9 $$\u00e9\u00e9$$ \U0001f642 $$x$$ *may* fail", "Caf\u00e9 \U0001f642 may fail"),
        ("$$\n\u00e9\u00e9\n$$\n\U0001f642 may", "\U0001f642 may"),
        ("```\n$$\n```\nmay $$", "may $$"),
        ("# $$ may\n\n$$", "$$ may\n\n$$"),
        ("Item *$$\nmay\n$$", "Item *"),
        ("$$\nmay\n===\n= b\n$$\nOne.", "One."),
        ("|$$|\n|-|\n|b|\n\nOne.\n$$\nmay\n$$", "$$\nb\n\nOne."),
        ("- # One\n  two\n  - three\n\n> four\n- five", "One\ntwo\nthree\n\nfour\nfive"),
        ("- one\n\n  two\n- three", "one\n\ntwo\n\nthree"),
        ("  <!-- a -->\n- b\n", "b"),
        ("- a\n    <!-- b -->\r\n\r\nc", "a\n\nc"),
        ("a\rb\r\r> c", "a b\n\nc"),
        ("\0 may", "\ufffd may"),
        ("| a | `b` |\n|--|--|\n| c \\| d | |\n| &lt;e |", "a\nc | d\n<e"),
        ("---\ntitle: may\n...\nOne.\n\n---\n\ntwo\n---\n", "One.\n\ntwo"),
        ("[a]: http://x.y 'may\nbe'\n[One][a], [two][b] and [a].", "One, [two][b] and a."),
        ("# &nGt; \t \n", "\u226b\u20d2"),
    ],
)
def test_commonmark_and_its_extensions(source: str, text: str) -> None:
    assert read_markdown(source)[0] == text
    is_exact(source)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("- <!-- sayso: ignore -->\n  One.\n- Two.", "Two."),
        ("- <!-- sayso: ignore -->\n  `One`.\n- Two.", "Two."),
        ("- One <!-- sayso: ignore --> two.\n- Three.\n- Four.", "One two.\nFour."),
        ("<!-- sayso: ignore -->\n> # One\n>\n> Two.\n\nThree.", "Three."),
        ("<!-- sayso: ignore -->\n|a|\n|-|\n|b|\n\nThree.", "Three."),
        ("> <!--\n> sayso: off\n> -->\n> One.\n\nTwo.", ""),
        ("<!-- sayso: off -->\n<!-- sayso: on -->\n\nOne.", "One."),
        ("<!-- sayso: ignore -->\n---\nOne.\n\nTwo.", "Two."),
        ("<!-- sayso: ignore -->\n$$\na\n$$\nOne.\n\nTwo.", "Two."),
        ("```\n<!-- sayso: off -->\n```\n`<!-- sayso: off -->` One.", " One."),
        ("<!-- sayso: off\n\nOne.", ""),
        ("One <!-- sayso: off.", "One <!-- sayso: off."),
    ],
)
def test_directives(source: str, text: str) -> None:
    assert read_markdown(source)[0] == text


def test_the_line_of_an_unknown_directive_is_given_after_front_matter_and_formulas() -> None:
    source = "---\na: b\n---\n$$\nc\n$$\n> d\n>\n> <!--\n> sayso: of -->\n"
    with pytest.raises(InputError, match="line 9: unknown Sayso directive 'of'"):
        read_markdown(source)


@pytest.mark.parametrize(
    "hostile",
    [
        lambda n: "> " * n + "a",
        lambda n: "- > " * n + "a",
        lambda n: "[" * n,
        lambda n: "[a](" * n,
        lambda n: "![" * n + "]" * n,
        lambda n: "*a_ " * n,
        lambda n: "<a " * n,
        lambda n: "a <!-- sayso:" * n,
        lambda n: "a <!-- sayso:" + " " * 20 * n,
        lambda n: "<!-- sayso: off -->" * n,
        lambda n: "<div>\n" + "It may be HTML.\n" * n,
        lambda n: "<!-- sayso: ignore -->\n\na\n\n" * n,
        lambda n: "http://a.b " * n,
        lambda n: "http://" * n + ")" * n,
        lambda n: "[^a]" * n + "[^a" * n,
        lambda n: "$$a\n\n> $$\n" * n,
        lambda n: "*a*`b` http://c [d](e)\n" * n,
        lambda n: "|a" * n + "\n" + "|-" * n + "\n" + "|b" * n,
        lambda n: "[a]: b 'c\n" * n,
    ],
)
def test_reading_takes_linear_time(hostile: Callable[[int], str]) -> None:
    """Four times the text takes four times as long; in quadratic time it would be sixteen times."""

    def seconds(source: str) -> float:
        start = process_time()
        read_markdown(source)
        return process_time() - start

    short, long = hostile(500), hostile(2000)
    assert min(seconds(long) for _ in range(3)) < 10 * max(
        min(seconds(short) for _ in range(3)), 0.001
    )
