"""LanguageTool's `/v2/check`: editors underline what Sayso finds.

Each span of evidence is a match, each label a rule, each kind of unverified attribution a sub-rule.
There are no replacements: the wording is for the writer to decide.
"""

import json
from collections.abc import Collection
from typing import Annotated, Any

from fastapi import FastAPI, Form, Request
from pydantic import BaseModel, ConfigDict, Field

from sayso.engine.offsets import Utf16Offsets
from sayso.engine.options import Options
from sayso.engine.report import Evidence, Report, Sentence
from sayso.errors import InputError
from sayso.labels import KIND_INFO, LABEL_INFO, LABELS, UNVERIFIED_ATTRIBUTION
from sayso.server.compat.annotated_text import AnnotatedText
from sayso.server.errors import Refusal
from sayso.server.middleware.auth import Authenticator
from sayso.server.reloadable import ReloadableModel
from sayso.server.request_checks import require_length
from sayso.server.request_context import context_of
from sayso.server.scheduler import Scheduler, score_text
from sayso.server.schemas import REFUSALS, error_responses, one_of
from sayso.server.settings import Limits

CATEGORY = {"id": "SAYSO", "name": "On whose say-so?"}
ENGLISH = {"en": "English", "en-US": "English (US)", "en-GB": "English (GB)"}
ENGLISH |= {"en-AU": "English (Australia)", "en-CA": "English (Canada)"}
ENGLISH |= {"en-NZ": "English (New Zealand)", "en-ZA": "English (South Africa)"}
CONTEXT = 40
"""Characters shown on each side of a match."""

_PART = {
    "type": "object",
    "properties": {name: {"type": "string"} for name in ("text", "markup", "interpretAs")},
    "oneOf": one_of("text", "markup"),
}
_ANNOTATED = {
    "type": "object",
    "properties": {"annotation": {"type": "array", "items": _PART}, "text": {"type": "string"}},
    "oneOf": one_of("annotation", "text"),
}


def rule_of(label: str) -> str:
    """The rule's id."""
    return f"SAYSO_{label.upper()}"


def _match(
    sentence: Sentence, found: Evidence, read: AnnotatedText, offsets: Utf16Offsets
) -> dict[str, Any]:
    start, end = read.range(found.start, found.end)
    left, right = max(0, start - CONTEXT), min(len(read.whole), end + CONTEXT)
    begin, stop, context = offsets(start), offsets(end), offsets(left)
    label = LABEL_INFO[found.label]
    kind = sentence.kind if label.id == UNVERIFIED_ATTRIBUTION else None
    message = f"{label.title}: {label.meaning}"
    if kind is not None:
        message += f" ({KIND_INFO[kind].meaning})"
    return {
        "message": message,
        "shortMessage": label.title,
        "replacements": [],
        "offset": begin,
        "length": stop - begin,
        "context": {
            "text": read.whole[left:right],
            "offset": begin - context,
            "length": stop - begin,
        },
        "sentence": sentence.text,
        "type": {"typeName": "Hint"},
        "rule": {
            "id": rule_of(found.label),
            **({"subId": kind} if kind else {}),
            "description": label.meaning,
            "issueType": "style",
            "category": CATEGORY,
        },
        "ignoreForIncompleteSentence": False,
        "contextForSureMatch": 0,
    }


def answer(
    report: Report, read: AnnotatedText, wanted: Collection[str], language: str
) -> dict[str, Any]:
    """A report in LanguageTool's format; offsets count UTF-16 units of the whole text."""
    known = language if language in ENGLISH else "en-US"
    other = any(warning.code == "not_english" for warning in report.warnings)
    of_language = {"name": ENGLISH[known], "code": known}
    offsets = Utf16Offsets(read.whole)
    matches = [
        _match(sentence, found, read, offsets)
        for sentence in report.sentences
        for found in sentence.evidence
        if rule_of(found.label) in wanted
    ]
    ranges = (read.range(one.start, one.end) for one in report.sentences if one.end > one.start)
    return {
        "software": {
            "name": "Sayso",
            "version": report.model,
            "buildDate": "",
            "apiVersion": 1,
            "premium": False,
            "status": "the text looks like another language than English" if other else "",
        },
        "warnings": {"incompleteResults": False},
        "language": {**of_language, "detectedLanguage": {**of_language, "confidence": 1.0}},
        "matches": matches,
        "sentenceRanges": [[offsets(start), offsets(end)] for start, end in ranges],
    }


def wanted_rules(
    enabled: str, disabled: str, categories: str, without: str, only: bool
) -> frozenset[str]:
    """The rules that a client's four lists select."""
    every = frozenset(map(rule_of, LABELS))
    off = every if CATEGORY["id"] in _listed(without) else _listed(disabled)
    if only and CATEGORY["id"] not in _listed(categories):
        return (every & _listed(enabled)) - _listed(disabled)
    return (every - off) | (every & _listed(enabled))


def _listed(text: str) -> frozenset[str]:
    return frozenset(word.strip() for word in text.split(",") if word.strip())


def read_input(text: str | None, data: str | None) -> AnnotatedText:
    """The text of a form.

    Raises:
        InputError: if neither or both fields are given, or `data` is not an annotated text.
    """
    if (text is None) == (data is None):
        raise InputError("expected either 'text' or 'data'", field="text")
    if data is None:
        return AnnotatedText({"annotation": [{"text": text}]})
    try:
        return AnnotatedText(json.loads(data))
    except (ValueError, RecursionError):
        raise InputError("expected JSON", field="data") from None


def _in_a_form(schema: dict[str, Any]) -> None:
    """A form has no null: a field is present or absent."""
    del schema["anyOf"], schema["default"]
    schema["type"] = "string"


def _as_json(schema: dict[str, Any]) -> None:
    _in_a_form(schema)
    schema |= {
        "description": "Instead of the text: JSON with the text in parts, and markup between them.",
        "contentMediaType": "application/json",
        "contentSchema": _ANNOTATED,
    }


class CheckForm(BaseModel):
    """The fields of a client's form that are used."""

    model_config = ConfigDict(json_schema_extra={"oneOf": one_of("text", "data")})

    language: str = Field(
        description="A kind of English, or 'auto'.",
        json_schema_extra={"pattern": "^(auto|[eE][nN](-.*)?)$"},
    )
    text: str | None = Field(default=None, json_schema_extra=_in_a_form)
    data: str | None = Field(default=None, json_schema_extra=_as_json)
    apiKey: str = ""  # noqa: N815
    enabledRules: str = ""  # noqa: N815
    disabledRules: str = ""  # noqa: N815
    enabledCategories: str = ""  # noqa: N815
    disabledCategories: str = ""  # noqa: N815
    enabledOnly: bool = False  # noqa: N815


def add_routes(
    app: FastAPI,
    model: ReloadableModel,
    scheduler: Scheduler,
    authenticator: Authenticator,
    limits: Limits,
) -> None:
    """Add `/v2/check` and `/v2/languages`."""

    @app.post("/v2/check", responses=error_responses(*REFUSALS), tags=["LanguageTool"])
    async def check(http: Request, sent: Annotated[CheckForm, Form()]) -> dict[str, Any]:
        """Check a text, as a LanguageTool server does."""
        record = context_of(http.scope)
        if not record.key:
            record.key = await authenticator.admit_key(sent.apiKey)
        language = sent.language
        if language != "auto" and language.lower().partition("-")[0] != "en":
            raise Refusal(
                422, "invalid_request", "expected 'auto' or a kind of English", field="language"
            )
        wanted = wanted_rules(
            sent.enabledRules,
            sent.disabledRules,
            sent.enabledCategories,
            sent.disabledCategories,
            sent.enabledOnly,
        )
        given = await http.form()  # FastAPI treats an empty field as missing
        read = read_input(
            "" if given.get("text") == "" else sent.text,
            "" if given.get("data") == "" else sent.data,
        )
        require_length(len(read.text), "text" if sent.data is None else "data", limits)
        report = await score_text(scheduler, record, model.scorer, read.text, Options())
        return answer(report, read, wanted, language)

    @app.get(
        "/v2/languages",
        responses=error_responses(500),
        openapi_extra={"security": [{}]},  # needs no key
        tags=["LanguageTool"],
    )
    async def languages() -> list[dict[str, str]]:
        """The kinds of English that `/v2/check` accepts."""
        return [
            {"name": name, "code": "en", "longCode": code}
            for code, name in ENGLISH.items()
            if code != "en"
        ]
