"""Reports and sentences in the wire format, without the parts that the caller did not ask for."""

import json
from collections.abc import Mapping
from typing import Any

from sayso.engine.report import Report, Sentence
from sayso.server.schemas import ScoreOptions


def report_answer(report: Report, options: ScoreOptions) -> dict[str, Any]:
    """A report in the wire format."""
    whole = report.to_dict()
    whole["sentences"] = [_trimmed(one, options) for one in whole["sentences"]]
    return whole


def sentence_answer(sentence: Sentence, options: ScoreOptions) -> dict[str, Any]:
    """A sentence in the wire format."""
    return _trimmed(sentence.to_dict(), options)


def _trimmed(sentence: dict[str, Any], options: ScoreOptions) -> dict[str, Any]:
    if not options.evidence:
        del sentence["evidence"]
    if not options.include_text:
        del sentence["text"]
    return sentence


def to_json(answer: Mapping[str, Any]) -> bytes:
    """An answer as UTF-8 JSON."""
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()
