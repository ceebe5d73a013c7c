"""Sentences with their marks, and what is said of them, as HTML."""

from collections.abc import Sequence

from sayso.console.messages import printable
from sayso.engine.report import Evidence, Sentence
from sayso.labels import UNVERIFIED_ATTRIBUTION
from sayso.reports.html.layout import text
from sayso.reports.wording import label_name, spans


def marked(sentence: Sentence) -> str:
    """The sentence, each mark in the colour and with the underline of its label."""
    shown = printable(sentence.text)  # as long as the text
    parts, done = [], 0
    for start, end, found in spans(sentence):
        parts.append(text(shown[done:start]))
        parts.append(_mark(text(shown[start:end]), found))
        done = end
    return "".join([*parts, text(shown[done:])])


def chips(sentence: Sentence) -> str:
    """The labels for which a sentence is flagged, with their scores."""
    return " ".join(
        f'<span class="chip {label}">{", ".join(details)}</span>'
        for label, details in _details(sentence)
    )


def note(sentence: Sentence) -> str:
    """What stands in the margin beside a flagged sentence."""
    said = "<br>".join(", ".join(details) for _, details in _details(sentence))
    return f'<small class="note">{sentence.index + 1} {said}</small>'


def findings(sentences: Sequence[Sentence], prefix: str) -> str:
    """A list of the flagged sentences, each with its hash for an ignore list."""
    items = "\n".join(
        f'<li id="{prefix}f{one.index + 1}"><a href="#{prefix}s{one.index + 1}">{one.index + 1}</a>'
        f"{marked(one)}<br>{chips(one)} <code>{one.fingerprint}</code></li>"
        for one in sentences
        if one.flags
    )
    return f'<ol class="findings">\n{items}\n</ol>\n' if items else ""


def _details(sentence: Sentence) -> list[tuple[str, list[str]]]:
    details = []
    for label in sentence.flags:
        said = [f"{label_name(label)} {(sentence.scores or {})[label]:.2f}"]
        if label == UNVERIFIED_ATTRIBUTION and sentence.kind:
            said.append(label_name(sentence.kind))
        spans_here = [found for found in sentence.evidence if found.label == label]
        if spans_here and all(found.quoted for found in spans_here):
            said.append("quoted")
        details.append((label, said))
    return details


def _mark(words: str, found: Sequence[Evidence]) -> str:
    for one in reversed(found):
        quoted = " quoted" if one.quoted else ""
        name = label_name(one.label) + (", quoted" if one.quoted else "")
        words = f'<mark class="{one.label}{quoted}" title="{name}">{words}</mark>'
    return words
