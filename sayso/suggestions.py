"""What an unknown word may have meant."""

from collections.abc import Iterable
from difflib import get_close_matches

from sayso.errors import InputError


def nearest(word: str, known: Iterable[str]) -> str:
    """The end of a message on an unknown word: those it may have meant, or all."""
    words = list(known)
    close = get_close_matches(word, words, n=2, cutoff=0.5)
    if close:
        return f"; did you mean {' or '.join(close)}?"
    return f"; known are {', '.join(words)}"


def require_known(word: str, known: Iterable[str], complaint: str) -> None:
    """Check that a word is one of those known; `complaint` begins the message if it is not.

    Raises:
        InputError: it is not; the message names the nearest.
    """
    words = list(known)
    if word not in words:
        raise InputError(f"{complaint} {word!r}{nearest(word, words)}")
