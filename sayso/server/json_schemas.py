"""The wire format as JSON Schemas: `python -m sayso.server.json_schemas DIR` writes the files.

They agree with the OpenAPI document, and add what it cannot express: the lines of a stream and the
documents of a batch.
"""

import argparse
import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel, RootModel, create_model

from sayso.server.info import InfoAnswer
from sayso.server.schemas import (
    BatchAnswer,
    BatchDocument,
    BatchRequest,
    ErrorAnswer,
    ReportAnswer,
    ScoreRequest,
    SentenceAnswer,
    Strict,
)

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_REST: dict[str, Any] = {
    name: (field.annotation, field)
    for name, field in ReportAnswer.model_fields.items()
    if name != "sentences"
}

ReportRest = create_model(
    "ReportRest",
    __base__=Strict,
    __doc__="A report without its sentences, which came before.",
    **_REST,
)


class SentenceLine(Strict):
    """A scored sentence."""

    sentence: SentenceAnswer


class ReportLine(Strict):
    """The last line of a complete stream."""

    report: ReportRest  # type: ignore[valid-type]


class StreamLine(RootModel[SentenceLine | ReportLine | ErrorAnswer]):
    """A line of a stream: a sentence; last, the rest of the report or an error."""


SCHEMAS: dict[str, type[BaseModel]] = {
    "score-request": ScoreRequest,
    "score-answer": ReportAnswer,
    "batch-request": BatchRequest,
    "batch-document": BatchDocument,
    "batch-answer": BatchAnswer,
    "stream-line": StreamLine,
    "info-answer": InfoAnswer,
    "error-answer": ErrorAnswer,
}


def files() -> dict[str, str]:
    """The text of each file, by its name."""
    return {f"{name}.json": _text(f"{name}.json", shape) for name, shape in SCHEMAS.items()}


def _text(name: str, shape: type[BaseModel]) -> str:
    schema = {"$schema": DIALECT, "$id": name, **shape.model_json_schema()}
    return json.dumps(schema, indent=2) + "\n"


def main() -> None:
    """Write all files into the folder given on the command line."""
    parser = argparse.ArgumentParser(description="Write the JSON Schemas of the wire format.")
    parser.add_argument("folder", type=Path, help="such as docs/schemas")
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files().items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
