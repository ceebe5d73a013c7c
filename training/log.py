"""The log of a run: one JSON object a line, and a picture of it."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from training.checkpoint import Position


@dataclass(frozen=True, slots=True)
class LogLine:
    """Losses are means over the steps since the line before; `step` counts within the stage."""

    stage: int
    name: str
    step: int
    loss: float
    sentence_loss: float
    span_loss: float
    learning_rate: float
    sentences_per_second: float
    dev_average_precision: dict[str, float] | None = None


class TrainingLog:
    """`log.jsonl` of a run."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def start(self) -> None:
        """Begin an empty log."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text("")

    def take_up(self, position: Position) -> None:
        """Drop the lines after the checkpoint at `position`: those steps are taken again."""
        if self.path.exists():
            lines = [
                line
                for line in self.lines()
                if (line.stage, line.step) <= (position.stage, position.step)
            ]
            self.start()
            for line in lines:
                self.write(line)

    def write(self, line: LogLine) -> None:
        """Append a line."""
        with self.path.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(asdict(line)) + "\n")

    def lines(self) -> list[LogLine]:
        """All lines; a last line that a kill cut in two is left out."""
        lines = []
        for text in self.path.read_text(encoding="utf-8").splitlines():
            try:
                lines.append(LogLine(**json.loads(text)))
            except ValueError:
                continue
        return lines

    def plot(self, path: Path) -> None:
        """Draw losses and dev average precision over the steps of all stages as a PNG."""
        from matplotlib.figure import Figure

        figure = Figure(figsize=(9, 4), layout="constrained")
        losses, precision = figure.subplots(1, 2)
        lines = self.lines()
        before = 0
        measured: list[tuple[int, dict[str, float]]] = []
        for stage in sorted({line.stage for line in lines}):
            of_stage = [line for line in lines if line.stage == stage]
            steps = [before + line.step for line in of_stage]
            name = of_stage[0].name
            losses.plot(steps, [line.sentence_loss for line in of_stage], label=f"{name}: sentence")
            losses.plot(steps, [line.span_loss for line in of_stage], label=f"{name}: evidence")
            measured += [
                (step, line.dev_average_precision)
                for step, line in zip(steps, of_stage, strict=True)
                if line.dev_average_precision
            ]
            before = steps[-1]
        for label in measured[0][1] if measured else ():
            steps = [step for step, _ in measured]
            precision.plot(steps, [scores[label] for _, scores in measured], "o-", label=label)
        losses.set(xlabel="step", ylabel="loss", yscale="log")
        precision.set(xlabel="step", ylabel="average precision on dev")
        for axes in (losses, precision):
            axes.legend(fontsize="small")
        figure.savefig(path, dpi=110)
