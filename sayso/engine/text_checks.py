"""Checks of a text before it is scored."""

import re
from functools import cache
from typing import TYPE_CHECKING

from sayso.engine.report import ReportWarning
from sayso.errors import InputError

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_COMMON_ENGLISH = re.compile(r"\b(?:the|of|and|to|in|that|for|on|with|is|was|by)\b", re.IGNORECASE)
_WORD = re.compile(r"\w+")

_LANGUAGE_SAMPLE = 4000
"""Characters from which the language is identified."""
_MIN_LETTERS = 40
_ENGLISH_SHARE = 0.1
"""In no other language is every tenth word one of these; in nearly every English article it is."""
_MIN_PROBABILITY = 0.9


def require_unicode(text: str, field: str) -> None:
    """Reject half a surrogate pair, which broken JSON escapes give and no encoder can write.

    Raises:
        InputError: if there is one; the message says where.
    """
    match = _SURROGATE.search(text)
    if match:
        raise InputError(
            f"{field} is not valid Unicode: half a surrogate pair (U+{ord(match.group()):04X}) "
            f"at character {match.start()}",
            field=field,
        )


def has_words(text: str) -> bool:
    """Whether the text has a letter or a digit."""
    return any(map(str.isalnum, text))


def text_warnings(text: str) -> list[ReportWarning]:
    """Warnings about the text as a whole."""
    if not text.strip():
        return [ReportWarning("empty_text", "the text is empty: there is nothing to score")]
    warnings = []
    if _CONTROL.search(text):
        warnings.append(
            ReportWarning(
                "control_characters",
                "the text holds NUL or other control characters; is it really plain text?",
            )
        )
    if not has_words(text):
        warnings.append(ReportWarning("no_words", "the text has no words: nothing was scored"))
    elif language := _other_language(text[:_LANGUAGE_SAMPLE]):
        warnings.append(
            ReportWarning(
                "not_english",
                f"the text looks like {language!r}, not English: its scores mean nothing",
            )
        )
    return warnings


def _other_language(text: str) -> str | None:
    """The ISO 639-1 code of the text's language, if it is surely not English."""
    if sum(map(str.isalpha, text)) < _MIN_LETTERS:
        return None
    # The identifier takes over half a second to load; plain English does not need it.
    if len(_COMMON_ENGLISH.findall(text)) >= _ENGLISH_SHARE * len(_WORD.findall(text)):
        return None
    language, probability = _language_identifier().classify(text)
    return str(language) if language != "en" and probability >= _MIN_PROBABILITY else None


@cache
def _language_identifier() -> "LanguageIdentifier":
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
