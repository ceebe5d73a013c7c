"""Whether a value has the shape that a file of `docs/schemas` describes."""

import json

from jsonschema import Draft202012Validator

from tests.conftest import ROOT

FOLDER = ROOT / "docs" / "schemas"


def validator(name: str) -> Draft202012Validator:
    schema = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def require_shape(name: str, value: object) -> None:
    """Check JSON that was read; `name` is the file's, as in `require_shape("info-answer", ...)`."""
    validator(name).validate(value)


def require_stream(lines: str | bytes) -> None:
    """Check a whole stream that came to its end: each line, and what kinds of lines there are."""
    read = [json.loads(line) for line in lines.splitlines()]
    for one in read:
        require_shape("stream-line", one)
    *sentences, last = read
    assert "report" in last
    assert [one["sentence"]["index"] for one in sentences] == list(range(len(sentences)))
    assert last["report"]["summary"]["sentences"] == len(sentences)
