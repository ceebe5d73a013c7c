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

_SAMPLE = 4000
"""Characters that are looked at to tell the language."""
_LETTERS_NEEDED = 40
_ENGLISH_SHARE = 0.1
"""No other language has these words as every tenth; nearly every English article does."""
_SURE_ENOUGH = 0.9


def require_unicode(text: str, field: str) -> None:
    """Reject what no encoder can write: half a surrogate pair, as broken JSON escapes give.

    Raises:
        InputError: naming the place.
    """
    match = _SURROGATE.search(text)
    if match:
        raise InputError(
            f"{field} is not valid Unicode: half a surrogate pair (U+{ord(match.group()):04X}) "
            f"at character {match.start()}",
            field=field,
        )


def has_words(text: str) -> bool:
    """Whether there is anything to read: a letter or a digit."""
    return any(character.isalnum() for character in text)


def text_warnings(text: str) -> list[ReportWarning]:
    """What a reader should know about the text as a whole."""
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
    elif language := _other_language(text[:_SAMPLE]):
        warnings.append(
            ReportWarning(
                "not_english",
                f"the text looks like {language!r}, not English: its scores mean nothing",
            )
        )
    return warnings


def _other_language(text: str) -> str | None:
    """The ISO 639-1 code of the text's language where it is surely another than English."""
    if sum(map(str.isalpha, text)) < _LETTERS_NEEDED:
        return None
    # The identifier takes over half a second to load; plain English does not need it.
    if len(_COMMON_ENGLISH.findall(text)) >= _ENGLISH_SHARE * len(_WORD.findall(text)):
        return None
    language, probability = _language_identifier().classify(text)
    return str(language) if language != "en" and probability >= _SURE_ENOUGH else None


@cache
def _language_identifier() -> "LanguageIdentifier":
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
