"""What the service has to answer: the engine's own report, as bytes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sayso.engine.scorer import Scorer
from sayso.server.answers import report_answer, sentence_answer, to_json
from sayso.server.schemas import ScoreOptions

PLAIN = ScoreOptions()


@dataclass(frozen=True, slots=True)
class Case:
    """A request, and the body of its answer."""

    path: str
    body: bytes
    answer: bytes


class ExpectedAnswers:
    """Makes cases with an scorer in this process."""

    def __init__(self, bundle: Path | None = None) -> None:
        self.scorer = Scorer(bundle)

    def score(self, text: str) -> Case:
        """A text to `/v1/score`."""
        answer = to_json(report_answer(self.scorer.score(text), PLAIN))
        return Case("/v1/score", to_json({"text": text}), answer)

    def batch(self, texts: Sequence[str]) -> Case:
        """Some texts to `/v1/score/batch`."""
        documents: list[Mapping[str, object]] = [
            {"id": number, "text": text} for number, text in enumerate(texts)
        ]
        results = [
            {"id": number, "report": report_answer(self.scorer.score(text), PLAIN)}
            for number, text in enumerate(texts)
        ]
        body, answer = to_json({"documents": documents}), to_json({"results": results})
        return Case("/v1/score/batch", body, answer)

    def stream(self, text: str) -> Case:
        """A text to `/v1/score/stream`: all lines of the answer joined."""
        report = self.scorer.score(text)
        lines = [to_json({"sentence": sentence_answer(one, PLAIN)}) for one in report.sentences]
        end = report_answer(report, PLAIN)
        del end["sentences"]
        lines.append(to_json({"report": end}))
        answer = b"".join(line + b"\n" for line in lines)
        return Case("/v1/score/stream", to_json({"text": text}), answer)
