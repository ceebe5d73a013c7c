"""What SARIF says of each label: a rule with its texts, and a message for each mark."""

from typing import Any

from sayso.engine.report import Evidence, Sentence
from sayso.labels import KIND_MEANINGS, LABEL_MEANINGS, LABELS, UNVERIFIED_ATTRIBUTION
from sayso.reports.wording import label_name

_NAMES = {
    "hedging": "HedgedStatement",
    "unverified_attribution": "UnverifiedAttribution",
    "loaded_framing": "LoadedFraming",
}
LEVELS = {"hedging": "note", "unverified_attribution": "warning", "loaded_framing": "warning"}
"""Hedging is often right: a doubtful thing should be called doubtful."""
_ADVICE = {
    "hedging": "Say what is known and how, or say whose doubt it is. Where the matter is open, "
    "the hedge is right.",
    "unverified_attribution": "Name the source, or say what readers may know of it and why it "
    "is not named. Where no source can be given, say so.",
    "loaded_framing": "Tell what happened in a plainer word, or let a named source say the "
    "loaded one in quotation marks.",
}
_EXAMPLES = {
    "hedging": ("The bridge could stay shut.", "could"),
    "unverified_attribution": ("Officials said the bridge is safe.", "Officials said"),
    "loaded_framing": ("The shameful delay cost nine days.", "shameful"),
}
_LIMITS = "It is about wording, never about truth, and it is a probability, not a verdict."


def rules() -> list[dict[str, Any]]:
    """The reporting descriptors of all labels, in the order of `LABELS`."""
    return [_rule(label) for label in LABELS]


def message(sentence: Sentence, label: str, found: Evidence | None, words: str) -> str:
    """What is said of a mark, or of a flagged sentence of which no words stand out."""
    details = [label_name(label)]
    if label == UNVERIFIED_ATTRIBUTION and sentence.kind:
        details.append(label_name(sentence.kind))
    if found is not None and found.quoted:
        details.append("quoted")
    details.append(f"score {(sentence.scores or {})[label]:.2f}")
    what = f"“{words}”" if found is not None else "The sentence"
    return f"{what} {LABEL_MEANINGS[label]} ({', '.join(details)})."


def _rule(label: str) -> dict[str, Any]:
    meaning = LABEL_MEANINGS[label]
    sentence, words = _EXAMPLES[label]
    kinds = KIND_MEANINGS if label == UNVERIFIED_ATTRIBUTION else {}
    listed = "".join(f"\n- {label_name(kind)}: {kinds[kind]}" for kind in kinds)
    plain = (
        f"{_ADVICE[label]}\n\nFor example, in “{sentence}” the words “{words}” are marked."
        + (f"\n\nIts kinds:{listed}" if listed else "")
        + f"\n\n{_LIMITS}"
    )
    return {
        "id": label,
        "name": _NAMES[label],
        "shortDescription": {"text": f"A sentence that {meaning}."},
        "fullDescription": {"text": f"A sentence that {meaning}. {_LIMITS}"},
        "help": {"text": plain, "markdown": plain.replace(f"“{words}”", f"**{words}**")},
        "defaultConfiguration": {"level": LEVELS[label]},
    }
