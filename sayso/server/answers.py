"""Answers as they go over the wire: what the caller does not want is left out here only."""

import json
from collections.abc import Mapping
from typing import Any

from sayso.engine.report import Report, Sentence
from sayso.server.schemas import ScoreOptions


def report_answer(report: Report, options: ScoreOptions) -> dict[str, Any]:
    """A report as it goes over the wire."""
    whole = report.to_dict()
    whole["sentences"] = [_trimmed(one, options) for one in whole["sentences"]]
    return whole


def sentence_answer(sentence: Sentence, options: ScoreOptions) -> dict[str, Any]:
    """A sentence as it goes over the wire."""
    return _trimmed(sentence.to_dict(), options)


def _trimmed(sentence: dict[str, Any], options: ScoreOptions) -> dict[str, Any]:
    if not options.evidence:
        del sentence["evidence"]
    if not options.include_text:
        del sentence["text"]
    return sentence


def to_json(answer: Mapping[str, Any]) -> bytes:
    """An answer as JSON in UTF-8."""
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()
