"""Marks: evidence made visible in its place in a sentence.

With colour, evidence is painted as with a highlighter, in colours of the Okabe-Ito palette that
colour-blind readers tell apart; underline and bold tell the labels apart without any colour.
Without colour it stands in brackets with the label's letter: [could]ᴴ.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from rich.style import Style
from rich.text import Text

from sayso.console.messages import printable
from sayso.engine.report import Evidence, Sentence
from sayso.labels import LABELS

_STYLES = {
    "hedging": Style(color="black", bgcolor="#56b4e9", underline=True),
    "unverified_attribution": Style(color="black", bgcolor="#e69f00", bold=True),
    "loaded_framing": Style(color="black", bgcolor="#e78ac3"),
}
_LETTERS = {"hedging": "ᴴ", "unverified_attribution": "ᴬ", "loaded_framing": "ᴸ"}
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")

Span = tuple[int, int, tuple[Evidence, ...]]
"""A range of a sentence's text, and the evidence that covers it, in the order of the labels."""


def label_name(label: str) -> str:
    """A label, or a kind, as people read it."""
    return label.replace("_", " ")


def flagged_from(thresholds: Mapping[str, float]) -> str:
    """From which scores on labels are flagged; there are none where files differ in that."""
    if not thresholds:
        return "flagged from other scores in other files, as their settings have it"
    scores = (f"{label_name(label)} {score:.2f}" for label, score in thresholds.items())
    return f"flagged from {', '.join(scores)}"


def superscript(number: int) -> str:
    """The number as it stands at a sentence's end."""
    return str(number).translate(_SUPERSCRIPTS)


def legend(labels: Sequence[str], *, colour: bool) -> Text:
    """A line that shows what each mark means."""
    text = Text()
    for label in labels:
        text.append("  " if text else "")
        if colour:
            text.append(f" {label_name(label)} ", _STYLES[label])
        else:
            text.append(f"[…]{_LETTERS[label]} {label_name(label)}")
    return text.append(f"  {superscript(1)} sentence 1", "dim")


def marked(sentence: Sentence, *, colour: bool) -> Text:
    """A sentence with its evidence marked, and its number where it is flagged."""
    shown = printable(sentence.text)
    text = Text()
    done = 0
    for start, end, found in spans(sentence):
        labels = list(dict.fromkeys(one.label for one in found))
        text.append(shown[done:start])
        if colour:
            text.append(shown[start:end], Style.combine(_STYLES[label] for label in labels))
        else:
            letters = "".join(_LETTERS[label] for label in labels)
            text.append(f"[{shown[start:end]}]{letters}")
        done = end
    text.append(shown[done:])
    if sentence.flags:
        text.append(superscript(sentence.index + 1), "bold")
    return text


def spans(sentence: Sentence) -> Iterator[Span]:
    """The evidence, cut where that of another label begins or ends, so that no two overlap."""
    evidence = sorted(sentence.evidence, key=lambda found: LABELS.index(found.label))
    cuts = sorted({place for found in evidence for place in (found.start, found.end)})
    for start, end in pairwise(cuts):
        here = tuple(found for found in evidence if found.start <= start and end <= found.end)
        words = sentence.text[start - sentence.start : end - sentence.start]
        if here and words.strip():  # a cut leaves white space at the edges
            first = start - sentence.start + len(words) - len(words.lstrip())
            yield first, first + len(words.strip()), here
