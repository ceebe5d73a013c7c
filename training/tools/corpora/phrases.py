"""Words that annotators listed for a sentence, located in it."""

import ast
import re

from sayso.errors import CorpusError
from training.tools.corpora.rows import Span

_STRAIGHT = str.maketrans("‘’“”", "''\"\"")
_WORD = re.compile(r"\S+")
_GAP = re.compile(r"[\s–-]*")
# Alone, or at the edge of a phrase, these words carry no bias.
_FUNCTION_WORD = re.compile(
    "a|an|and|as|at|be|been|but|by|for|from|he|her|his|if|in|is|it|its|of|on|or|our|she|so|than|"
    "that|the|their|them|they|this|those|to|was|we|were|which|who|with",
    re.IGNORECASE,
)


def read_words(listed: object, where: str) -> list[str]:
    """The words of a list, or of a string with a Python list; empty values have no words.

    Raises:
        CorpusError: the value is neither.
    """
    if not listed or listed == "nan":  # sentences that were added in version 3 list none
        return []
    try:
        words = ast.literal_eval(listed) if isinstance(listed, str) else listed
    except (ValueError, SyntaxError):
        words = None
    if not isinstance(words, list):
        raise CorpusError(
            f"{where}: biased_words is {listed!r}; expected a list such as ['word', 'other']"
        )
    return [str(word) for word in words]


def find_words(text: str, words: list[str], type_: str) -> list[Span]:
    """All occurrences of the words in the text, adjacent ones joined, as spans.

    Case and the shape of quotes are ignored. Words that are not in the text, which annotators
    misspelt, are left out.
    """
    plain = text.translate(_STRAIGHT)
    found: list[tuple[int, int]] = []
    for word in {" ".join(word.translate(_STRAIGHT).split()) for word in words} - {""}:
        pattern = (r"\b" if word[0].isalnum() else "") + re.escape(word)
        pattern += r"\b" if word[-1].isalnum() else ""
        found += [match.span() for match in re.finditer(pattern, plain, re.IGNORECASE)]
    joined: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if joined and (start <= joined[-1][1] or _GAP.fullmatch(text, joined[-1][1], start)):
            start, end = joined[-1][0], max(end, joined.pop()[1])
        joined.append((start, end))
    spans = []
    for start, end in joined:
        content = [
            word.span()
            for word in _WORD.finditer(text, start, end)
            if not _FUNCTION_WORD.fullmatch(word[0])
        ]
        if content:
            spans.append(Span(content[0][0], content[-1][1], type_))
    return spans
