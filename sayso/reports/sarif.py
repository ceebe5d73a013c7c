"""SARIF 2.1.0: marks as results, which code scanning and editors show in their place.

A result is a mark, on the words that carry it, with its sentence as the context. It is written by
hand because libraries build the whole log in memory; here each result is written at once, and what
is known only at the end (artifacts, notifications, thresholds) follows the results.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import quote

from sayso import __version__
from sayso.console.messages import warning_text
from sayso.documents.documents import Document, Unreadable, location
from sayso.documents.json_text import json_text
from sayso.documents.lines import Line
from sayso.documents.source_map import LineIndex
from sayso.documents.streams import STDIN
from sayso.engine.offsets import Utf16Offsets
from sayso.engine.report import Evidence, Report, Sentence
from sayso.labels import KIND_INFO, LABEL_INFO, LABELS, UNVERIFIED_ATTRIBUTION, Label
from sayso.reports.wording import qualifiers
from sayso.reports.writer import Writer

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_LIMITS = "It is about wording, never about truth, and it is a probability, not a verdict."

Fails = Callable[[str, Sentence, Mapping[str, float]], set[str]]
"""The labels for which a sentence of a file, flagged at these thresholds, fails the check."""
Region = dict[str, Any]
RegionOf = Callable[[int, int], Region | None]


class SarifWriter(Writer):
    """One run of Sayso, with a result for each mark."""

    def __init__(self, stream: TextIO, fails: Fails) -> None:
        self._stream = stream
        self._fails = fails
        self._folder = Path.cwd()
        self._artifacts: dict[str, int] = {}
        self._thresholds: list[dict[str, float]] = []
        self._notifications: list[dict[str, Any]] = []
        self._failed = False
        self._results = 0
        self._model: str | None = None
        head = {"$schema": _SCHEMA, "version": "2.1.0"}
        rules = [_rule(label) for label in LABEL_INFO.values()]
        tool = {"driver": {"name": "Sayso", "version": __version__, "rules": rules}}
        self._stream.write(f'{json_text(head)[:-1]}, "runs": [{{\n"tool": {json_text(tool)},\n')
        self._stream.write('"columnKind": "utf16CodeUnits",\n"results": [')

    def document(self, document: Document, report: Report) -> None:
        self._begin(document.source, report)
        regions = _DocumentRegions(document)
        for sentence in report.sentences:
            self._sentence(document.source, sentence, report, regions.region)
        for warning in report.warnings:
            text = f"{location(document.source, document.line)}: {warning_text(warning)}"
            self._notify("warning", document.source, text)

    def lines(self, source: str, lines: Sequence[Line], report: Report) -> None:
        self._begin(source, report)
        for line, sentence in zip(lines, report.sentences, strict=True):
            if line.error is not None:
                self.unreadable(line.unreadable(source))
            region = partial(_line_region, line.number, line.text)
            self._sentence(source, sentence, report, region)

    def unreadable(self, unreadable: Unreadable) -> None:
        self._failed = True
        self._notify("error", unreadable.source, str(unreadable))

    def close(self) -> None:
        invocation = {
            "executionSuccessful": not self._failed,
            "toolExecutionNotifications": self._notifications,
        }
        artifacts: list[dict[str, Any]] = [
            {"location": self._location(source), "roles": ["analysisTarget"]}
            for source in self._artifacts
        ]
        tail: dict[str, Any] = {"artifacts": artifacts, "invocations": [invocation]}
        if self._model is not None:
            tail["properties"] = {"model": self._model}
            if all(thresholds == self._thresholds[0] for thresholds in self._thresholds):
                tail["properties"]["thresholds"] = self._thresholds[0]
            else:  # the settings differ between files
                for artifact, thresholds in zip(artifacts, self._thresholds, strict=True):
                    artifact["properties"] = {"thresholds": thresholds}
        written = ",\n".join(f'"{name}": {json_text(value)}' for name, value in tail.items())
        self._stream.write(f"\n],\n{written}\n}}]}}\n")

    def _begin(self, source: str, report: Report) -> None:
        self._model = report.model
        if source not in self._artifacts:
            self._artifacts[source] = len(self._artifacts)
            self._thresholds.append(dict(report.thresholds))

    def _location(self, source: str) -> dict[str, Any]:
        address = _uri(source, self._folder)
        return {"description": {"text": location(source)}} if address is None else {"uri": address}

    def _sentence(self, source: str, sentence: Sentence, report: Report, region: RegionOf) -> None:
        fails = self._fails(source, sentence, report.thresholds)
        for label in LABELS:
            if label not in sentence.flags and label not in fails:
                continue
            marks: list[Evidence | None] = [
                found for found in sentence.evidence if found.label == label
            ]
            for found in marks or [None]:
                result = _result(sentence, label, found, failed=label in fails)
                start, end = (found or sentence).start, (found or sentence).end
                result["locations"] = [self._physical(source, sentence, region, start, end)]
                self._stream.write(",\n" if self._results else "\n")
                self._stream.write(json_text(result))
                self._results += 1

    def _physical(
        self, source: str, sentence: Sentence, region: RegionOf, start: int, end: int
    ) -> dict[str, Any]:
        artifact = {**self._location(source), "index": self._artifacts[source]}
        physical: dict[str, Any] = {"artifactLocation": artifact}
        mark, context = region(start, end), region(sentence.start, sentence.end)
        if mark is not None:
            physical["region"] = mark
            if context is not None and context != mark and "charLength" in context:
                physical["contextRegion"] = context
        return {"physicalLocation": physical}

    def _notify(self, level: str, source: str, text: str) -> None:
        location = {"physicalLocation": {"artifactLocation": self._location(source)}}
        self._notifications.append(
            {"level": level, "message": {"text": text}, "locations": [location]}
        )


def _result(
    sentence: Sentence, label: str, found: Evidence | None, *, failed: bool
) -> dict[str, Any]:
    start = sentence.start
    words = None if found is None else sentence.text[found.start - start : found.end - start]
    score = (sentence.scores or {})[label]
    hashed = sentence.fingerprint
    properties: dict[str, Any] = {"score": score, "sentenceHash": hashed}
    if found is not None:
        properties |= {"evidenceScore": found.score, "quoted": found.quoted}
    if label == UNVERIFIED_ATTRIBUTION and sentence.kind:
        properties["kind"] = sentence.kind
    quoted = found is not None and found.quoted
    level = "error" if failed else "note" if quoted else LABEL_INFO[label].rule_level
    identity = "\n".join((label, hashed, words or "")).encode("utf-8", "surrogatepass")
    return {
        "ruleId": label,
        "ruleIndex": LABELS.index(label),
        "level": level,
        "message": {"text": _message(sentence, label, found, words)},
        "partialFingerprints": {"saysoMark/v1": hashlib.sha256(identity).hexdigest()[:32]},
        "rank": round(100 * score, 2),
        "properties": properties,
    }


def _message(sentence: Sentence, label: str, found: Evidence | None, words: str | None) -> str:
    """A mark in words, or a flagged sentence without evidence."""
    info = LABEL_INFO[label]
    details = [
        info.name,
        *qualifiers(sentence, label, [] if found is None else [found]),
        f"score {(sentence.scores or {})[label]:.2f}",
    ]
    subject = "The sentence" if words is None else f"“{words}”"
    return f"{subject} {info.meaning} ({', '.join(details)})."


def _rule(label: Label) -> dict[str, Any]:
    """The reporting descriptor of a label."""
    words = label.example_evidence
    kinds = KIND_INFO.values() if label.id == UNVERIFIED_ATTRIBUTION else ()
    listed = "".join(f"\n- {kind.name}: {kind.meaning}" for kind in kinds)
    help_text = (
        f"{label.advice}\n\nFor example, in “{label.example}” the words “{words}” are marked."
        + (f"\n\nIts kinds:{listed}" if listed else "")
        + f"\n\n{_LIMITS}"
    )
    return {
        "id": label.id,
        "name": label.rule_name,
        "shortDescription": {"text": f"A sentence that {label.meaning}."},
        "fullDescription": {"text": f"A sentence that {label.meaning}. {_LIMITS}"},
        "help": {"text": help_text, "markdown": help_text.replace(f"“{words}”", f"**{words}**")},
        "defaultConfiguration": {"level": label.rule_level},
    }


class _DocumentRegions:
    """Regions of a document in its file: lines and columns from 1, in UTF-16 code units.

    A corpus row is a single line whose text is escaped, so its columns are unknown.
    """

    def __init__(self, document: Document) -> None:
        self._document = document
        self._lines = LineIndex(document.source_text)
        self._units = Utf16Offsets(document.source_text)

    def region(self, start: int, end: int) -> Region | None:
        """The region of a half-open range of the text; None where it is unknown."""
        document, lines, units = self._document, self._lines, self._units
        if document.line is not None:
            has_lines = not document.source.endswith(".parquet")
            return {"startLine": document.line} if has_lines else None
        found = document.source_range(start, end)
        if found is None:
            return None
        start, end = found
        first, last = lines.line(start), lines.line(end)
        return {
            "startLine": first,
            "startColumn": units(start) - units(lines.line_start(first)) + 1,
            "endLine": last,
            "endColumn": units(end) - units(lines.line_start(last)) + 1,
            "charOffset": units(start),
            "charLength": units(end) - units(start),
            "snippet": {"text": document.source_text[start:end]},
        }


def _line_region(number: int, text: str, start: int, end: int) -> Region:
    """The region of a range of a line."""
    units = Utf16Offsets(text)
    return {
        "startLine": number,
        "startColumn": units(start) + 1,
        "endLine": number,
        "endColumn": units(end) + 1,
        "snippet": {"text": text[start:end]},
    }


def _uri(source: str, folder: Path) -> str | None:
    """The address of a file: relative where it lies in `folder`; None for standard input."""
    if source == STDIN:
        return None
    path = folder / source
    if path.is_relative_to(folder) and ".." not in path.parts:
        return quote(path.relative_to(folder).as_posix())
    return path.resolve().as_uri()
