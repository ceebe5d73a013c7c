"""Suggestions for an unknown word."""

from collections.abc import Iterable
from difflib import get_close_matches

from sayso.errors import InputError


def nearest(word: str, known: Iterable[str]) -> str:
    """The end of a message on an unknown word: the nearest known words, or all of them."""
    words = list(known)
    close = get_close_matches(word, words, n=2, cutoff=0.5)
    if close:
        return f"; did you mean {' or '.join(close)}?"
    return f"; known are {', '.join(words) or 'none'}"


def require_known(word: str, known: Iterable[str], complaint: str) -> None:
    """Check that a word is known; `complaint` begins the message if it is not.

    Raises:
        InputError: the word is unknown; the message names the nearest known words.
    """
    words = list(known)
    if word not in words:
        raise InputError(f"{complaint} {word!r}{nearest(word, words)}")
