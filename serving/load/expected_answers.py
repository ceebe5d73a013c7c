"""What the service has to answer: the engine's own report, as bytes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sayso.engine.scorer import Engine
from sayso.server.schemas import ScoreOptions
from sayso.server.wire import dumped, of_sentence, wire

PLAIN = ScoreOptions()


@dataclass(frozen=True, slots=True)
class Case:
    """A request, and the body of its answer."""

    path: str
    body: bytes
    answer: bytes


class ExpectedAnswers:
    """Makes cases with an engine in this process."""

    def __init__(self, bundle: Path | None = None) -> None:
        self.engine = Engine(bundle)

    def score(self, text: str) -> Case:
        """A text to `/v1/score`."""
        answer = dumped(wire(self.engine.score(text), PLAIN))
        return Case("/v1/score", dumped({"text": text}), answer)

    def batch(self, texts: Sequence[str]) -> Case:
        """Some texts to `/v1/score/batch`."""
        documents: list[Mapping[str, object]] = [
            {"id": number, "text": text} for number, text in enumerate(texts)
        ]
        results = [
            {"id": number, "report": wire(self.engine.score(text), PLAIN)}
            for number, text in enumerate(texts)
        ]
        body, answer = dumped({"documents": documents}), dumped({"results": results})
        return Case("/v1/score/batch", body, answer)

    def stream(self, text: str) -> Case:
        """A text to `/v1/score/stream`: all lines of the answer joined."""
        report = self.engine.score(text)
        lines = [dumped({"sentence": of_sentence(one, PLAIN)}) for one in report.sentences]
        end = wire(report, PLAIN)
        del end["sentences"]
        lines.append(dumped({"report": end}))
        answer = b"".join(line + b"\n" for line in lines)
        return Case("/v1/score/stream", dumped({"text": text}), answer)
