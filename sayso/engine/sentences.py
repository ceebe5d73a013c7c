"""Sentences: where each sentence of an English news text starts and ends.

`nupunkt` proposes the cuts, a line at a time, with a list of abbreviations for news instead of its
own, and a few repairs follow. Each repair is for an error that was counted on real articles
(`benchmarks/splitters.py`). None can make an offset wrong: library and repairs only choose where
to cut, and the spans are computed from the cuts.
"""

import re
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nupunkt import PunktSentenceTokenizer

_LINE = re.compile(r"[^\n\r\v\f\x85\u2028\u2029]+")

# nupunkt's search is quadratic in the length of a token. No word or address of an article is
# this long, so such a token is masked, and only its last characters can end a sentence.
_LONG_TOKEN = re.compile(r"(?<!\S)\S{300,}")

# Titles never end a sentence that goes on with a capital.
_TITLES = (
    "Mr|Mrs|Ms|Messrs|Dr|Prof|Rev|Hon|Gov|Govs|Sen|Sens|Rep|Reps|Pres|Amb|Atty|Supt|Insp|Det|"
    "Gen|Gens|Lt|Col|Capt|Cmdr|Maj|Adm|Brig|Sgt|Cpl|Pvt|Pfc|Spc"
)
# These and initials ("U.S.", "p.m.") end one only if the next word is a usual opener. Those that
# are also words ("Mass.", "Ill.", "no.") are missing: as words they end sentences more often.
_SUFFIXES = (
    "St|Mt|Ft|Ave|Blvd|Rd|Jr|Sr|Inc|Corp|Co|Ltd|Bros|Dept|Univ|Jan|Feb|Aug|Sep|Sept|Oct|Nov|Dec|"
    "Ala|Ariz|Ark|Calif|Colo|Conn|Del|Fla|Ga|Ind|Kan|Ky|Md|Mich|Minn|Mont|Neb|Nev|Okla|Pa|Tenn|"
    "Tex|Va|Vt|Wis"
)
_OPENERS = (
    "A|About|According|Across|After|All|Also|Although|Among|An|And|Another|Are|As|At|Because|"
    "Before|Both|But|By|Can|Despite|Did|Do|Does|During|Each|Earlier|Even|Every|For|From|Had|Has|"
    "Her?|Here|His|How|However|I|If|In|Instead|Is|Its?|Last|Later|Many|Maybe|Meanwhile|Most|Much|"
    "My|Neither|None|Not|Nothing|Now|Of|On|Once|Only|Or|Others?|Our|Over|Perhaps|Previously|"
    "Several|She|Since|So|Some|Still|Such|Than|That|The|Their|Then|There|These|They|This|Those|"
    "Though|Through|Thus|To|Until|We|Were|What|When|Where|Whether|Which|While|Who|Why|With|Without|"
    "Would|Yes|Yet|Your?"
)

_CLOSERS = r"(?:\s?[\"'”’»)\]])*"
_OPENER = re.compile(rf"[\"'“‘(\[]*(?:{_OPENERS})(?=[\s,'’])")
_ABBREVIATION = rf"\b(?:(?:[A-Za-z]\.){{2,}}|Ph\.D\.|(?:{_SUFFIXES})\.)"
_MISSED_STOP = re.compile(rf"{_ABBREVIATION}{_CLOSERS}\s+(?={_OPENER.pattern})")
# A closing mark after a cut closes the sentence before it: `.) The`, `.”He`, but not `. "He`.
_STRAY_CLOSERS = re.compile(r"(?<=\S)[”’»)\]]+|(?<=\s)[”’»)\]]+(?!\w)")

_TITLE_END = re.compile(rf"\b(?:{_TITLES})\.\Z")
_ABBREVIATION_END = re.compile(rf"(?:{_ABBREVIATION}|\b[A-HJ-Z]\.){_CLOSERS}\Z")
_NUMBER_SIGN = re.compile(r"\b[Nn]os?\.\Z")
_SHOUT_END = re.compile(rf"[?!]{_CLOSERS}\Z")
_LOWER_WORD = re.compile(r"[a-z][a-z'’-]*(?![\w:/@]|\.\w)")
_REPORTING_CLAUSE = re.compile(
    r"(?:[A-Z][\w.'’-]*\s+){1,4}(?:said|says|asked|asks|wrote|writes|tweeted|added|told|replied)\b"
    r"(?![,:]\s*[\"“‘'])"
)
_INTERRUPTION = re.compile(r"[–—-]+\s?[a-z]|[,;:]")
_LETTER_OR_DIGIT = re.compile(r"[^\W_]")
_TAIL = 40  # how many characters before a cut the repairs look at


def split_sentences(text: str) -> list[tuple[int, int]]:
    """The sentences of `text`, in order, as half-open spans in code points.

    `text[start:end]` is the sentence exactly, without white space at either end. Spans do not
    overlap, none crosses a line break, and together they cover every character except white space.
    Any string is valid, and the time grows linearly with its length.
    """
    return [
        (line.start() + start, line.start() + end)
        for line in _LINE.finditer(text)
        for start, end in _split_line(line[0])
    ]


@cache
def _news_punkt() -> "PunktSentenceTokenizer":
    """A copy of nupunkt's model with abbreviations for news; takes about 20 ms."""
    from nupunkt.models import load_default_model

    punkt = load_default_model()
    # Its own 5,865 were learned from legal texts and scans, and include words that often end a
    # news sentence: "month.", "week.", "story.", "York.". Only initials are kept.
    for entry in punkt.abbreviations:
        if re.search(r"[^\W\d_]{2}|\d", entry):
            punkt.remove_abbreviation(entry)
    punkt.add_abbreviations(f"{_TITLES}|{_SUFFIXES}|Ph.D|al|etc|vs".split("|"))
    return punkt


def _split_line(line: str) -> list[tuple[int, int]]:
    """The spans of one line's sentences."""
    masked = _LONG_TOKEN.sub(lambda token: "x" * (len(token[0]) - 3) + token[0][-3:], line)
    cuts = {start for start, _ in _news_punkt().spans(masked)}
    cuts.update(stop.end() for stop in _MISSED_STOP.finditer(masked))
    cuts = {closers.end() if (closers := _STRAY_CLOSERS.match(line, c)) else c for c in cuts if c}
    sentences: list[tuple[int, int]] = []
    for start, end in pairwise([0, *sorted(cuts), len(line)]):
        piece = line[start:end]
        span = (end - len(piece.lstrip()), start + len(piece.rstrip()))
        if span[0] >= span[1]:
            continue
        if sentences and _continues(line, sentences[-1], span):
            span = (sentences.pop()[0], span[1])
        sentences.append(span)
    return sentences


def _continues(line: str, before: tuple[int, int], after: tuple[int, int]) -> bool:
    """Whether the cut between two neighbouring spans is a false one."""
    tail = line[max(before[0], before[1] - _TAIL) : before[1]]
    head = after[0]
    if _TITLE_END.search(tail) or _INTERRUPTION.match(line, head):
        return True
    if _NUMBER_SIGN.search(tail) and line[head].isdigit():
        return True
    if _ABBREVIATION_END.search(tail) and line[head].isalpha():
        return not _OPENER.match(line, head)  # "U.S. Secretary", "the G.O.P. debate"
    if _SHOUT_END.search(tail):
        if _LOWER_WORD.match(line, head):
            return not line[before[0]].islower()  # "Jeb! has", unless nobody here writes capitals
        if not tail.endswith(("?", "!")) and _REPORTING_CLAUSE.match(line, head):
            return True  # “Is it over?” Ms. Lee asked.
    return not (_LETTER_OR_DIGIT.search(tail) and _LETTER_OR_DIGIT.search(line, *after))
