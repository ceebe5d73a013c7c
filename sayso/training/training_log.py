"""The log of a run: one JSON object for each line, and a plot of it."""

import json
import time
from collections import defaultdict
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from itertools import groupby
from pathlib import Path

from sayso.training.checkpoint import Position


@dataclass(frozen=True, slots=True)
class LogLine:
    """Losses are means over the steps since the last line; `step` counts within the pass."""

    number: int
    name: str
    step: int
    loss: float
    sentence_loss: float
    span_loss: float
    learning_rate: float
    sentences_per_second: float
    dev_average_precision: dict[str, float] | None = None


@dataclass(slots=True)
class LossMeter:
    """Sums of losses and sentences since the last line of the log."""

    sentence_loss: float = 0.0
    span_loss: float = 0.0
    steps: int = 0
    sentences: int = 0
    since: float = field(default_factory=time.perf_counter)

    def add(self, sentence_loss: float, span_loss: float, sentences: int) -> None:
        self.sentence_loss += sentence_loss
        self.span_loss += span_loss
        self.sentences += sentences
        self.steps += 1

    def line(
        self,
        number: int,
        name: str,
        step: int,
        learning_rate: float,
        dev_average_precision: dict[str, float] | None,
    ) -> LogLine:
        return LogLine(
            number=number,
            name=name,
            step=step,
            loss=(self.sentence_loss + self.span_loss) / self.steps,
            sentence_loss=self.sentence_loss / self.steps,
            span_loss=self.span_loss / self.steps,
            learning_rate=learning_rate,
            sentences_per_second=self.sentences / (time.perf_counter() - self.since),
            dev_average_precision=dev_average_precision,
        )


class TrainingLog:
    """`log.jsonl` of a run."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def start(self) -> None:
        """Create an empty log."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text("")

    def resume(self, position: Position) -> None:
        """Drop the lines after the checkpoint at `position`, whose steps are taken again."""
        if self.path.exists():
            lines = [
                line
                for line in self.lines()
                if (line.number, line.step) <= (position.number, position.step)
            ]
            self.start()
            for line in lines:
                self.write(line)

    def write(self, line: LogLine) -> None:
        """Append a line."""
        with self.path.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(asdict(line)) + "\n")

    def lines(self) -> list[LogLine]:
        """All lines, without a last line that was cut off by a kill."""
        lines = []
        for text in self.path.read_text(encoding="utf-8").splitlines():
            with suppress(ValueError):
                lines.append(LogLine(**json.loads(text)))
        return lines

    def plot(self, path: Path) -> None:
        """Draw losses and dev average precision over the steps of all passes as a PNG."""
        from matplotlib.figure import Figure

        figure = Figure(figsize=(9, 4), layout="constrained")
        losses, precision = figure.subplots(1, 2)
        before = 0
        measured: dict[str, dict[int, float]] = defaultdict(dict)
        for _, lines in groupby(self.lines(), lambda line: line.number):
            of_pass = list(lines)
            name = of_pass[0].name
            steps = [before + line.step for line in of_pass]
            losses.plot(steps, [line.sentence_loss for line in of_pass], label=f"{name}: sentence")
            losses.plot(steps, [line.span_loss for line in of_pass], label=f"{name}: evidence")
            for step, line in zip(steps, of_pass, strict=True):
                for label, score in (line.dev_average_precision or {}).items():
                    measured[label][step] = score
            before = steps[-1]
        for label, scores in measured.items():
            precision.plot(list(scores), list(scores.values()), "o-", label=label)
        losses.set(xlabel="step", ylabel="loss", yscale="log")
        precision.set(xlabel="step", ylabel="average precision on dev")
        for axes in (losses, precision):
            axes.legend(fontsize="small")
        figure.savefig(path, dpi=110)
