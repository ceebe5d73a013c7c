"""The training loop: stages, steps, checkpoints, a log."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch
from accelerate import Accelerator
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from sklearn.metrics import average_precision_score

from sayso.labels import LABELS
from sayso.training.batches import Batcher
from sayso.training.checkpoint import (
    Position,
    find_checkpoint,
    load_network,
    load_optimizer,
    load_weights,
    mean_weights,
    mix_weights,
    save_checkpoint,
    save_weights,
)
from sayso.training.distillation import taught_targets
from sayso.training.losses import kind_loss, mimic_loss, sentence_loss, span_loss
from sayso.training.network import SentenceReader, read_all
from sayso.training.recipe import Recipe, StageRecipe
from sayso.training.schedule import set_rates
from sayso.training.training_log import Meter, TrainingLog

LOG_EVERY = 20
CHECKPOINT_EVERY = 200
MAX_GRADIENT_NORM = 1.0


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """All training rows, which of them belong to each corpus, and the reference's dev rows, if the
    network is to be watched on them.
    """

    train: Batcher
    rows: dict[str, list[int]]
    dev: Batcher | None = None


class Trainer:
    """Trains a network in place through all stages of a recipe, on whatever device there is.

    Writes `log.jsonl` and `checkpoint/` into the folder `run` and goes on from the checkpoint if
    there is one. Under `torchrun` or `accelerate launch` each process takes its share of every
    batch, so that any number of them takes the same steps.
    """

    def __init__(
        self,
        network: SentenceReader,
        recipe: Recipe,
        data: TrainingSet,
        run: Path,
        console: Console,
        teacher: SentenceReader | None = None,
    ) -> None:
        self.recipe = recipe
        self.teacher = teacher
        self.data = data
        self.console = console
        self.checkpoint = run / "checkpoint"
        self.passes = recipe.passes
        self.before_stage = run / "before-stage.safetensors"
        # Without a GPU, processes started together only find each other when this is said.
        self.accelerator = Accelerator(cpu=not torch.accelerator.is_available())
        # Of our own: accelerate's would stay around the network, and hold for every later run of
        # this process.
        self.autocast = torch.autocast(
            self.accelerator.device.type, torch.bfloat16, enabled=_in_bfloat16(recipe)
        )
        self.bare_network = network
        if teacher is not None:
            teacher.to(self.accelerator.device).eval()
        self.network = self.accelerator.prepare(network)
        self.log = TrainingLog(run / "log.jsonl")

    @property
    def is_main_process(self) -> bool:
        """Whether this process is the one that writes files."""
        return bool(self.accelerator.is_main_process)

    def train(self) -> None:
        """Run all stages that are not done yet."""
        start = find_checkpoint(self.checkpoint, self.recipe.fingerprint)
        if start is None:
            start = Position(self.recipe.fingerprint)
            self.log.start()
        else:
            load_network(self.checkpoint, self.bare_network)
            self.log.take_up(start)
            self.console.print(
                f"taking up the run: pass {start.number + 1} of {len(self.passes)}, "
                f"{start.step} steps of it done"
                if start.number < len(self.passes)
                else "taking up the run: it is trained"
            )
        for number in range(start.number, len(self.passes)):
            self._pass(number, start.step if number == start.number else 0)
        self.bare_network.to("cpu").eval()

    def _pass(self, number: int, done: int) -> None:
        stage, turn = self.passes[number]
        name = f"{stage.name} {turn + 1}" if stage.runs > 1 else stage.name
        batches = self._batches(stage, turn)
        data = self._taught(stage, batches)
        optimizer = self._optimizer(stage)
        if done:
            load_optimizer(self.checkpoint, optimizer)
        else:
            # Each pass has a seed of its own, so that it is the same after a kill between two.
            torch.manual_seed(self.recipe.seed + number)
            self._begin(stage, turn)
        ends_of_epochs = {
            round(len(batches) * (epoch + 1) / stage.epochs) for epoch in range(stage.epochs)
        }
        meter = Meter()
        with self._progress() as progress:
            task = progress.add_task(name, total=len(batches), completed=done)
            for step in range(done, len(batches)):
                set_rates(optimizer, stage, step, len(batches))
                meter.add(*self._step(data, batches[step], stage, optimizer), len(batches[step]))
                progress.advance(task)
                finished = step + 1
                if finished % LOG_EVERY == 0 or finished in ends_of_epochs:
                    precision = self._dev_precision() if finished in ends_of_epochs else None
                    line = meter.line(
                        number, name, finished, optimizer.param_groups[0]["lr"], precision
                    )
                    progress.update(task, description=f"{name} loss {line.loss:.3f}")
                    if self.is_main_process:
                        self.log.write(line)
                    if precision:
                        scores = ", ".join(f"{name} {ap:.3f}" for name, ap in precision.items())
                        self.console.print(f"{name}, step {finished}: dev AP {scores}")
                if finished % CHECKPOINT_EVERY == 0:
                    self._save(optimizer, number, finished)
        self._end(stage, turn)
        self._save(optimizer, number + 1, 0)

    def _begin(self, stage: StageRecipe, turn: int) -> None:
        """Every run of a stage begins with the network as it was before the first."""
        if turn > 0:
            load_weights(self.before_stage, self.bare_network)
        elif stage.begin:
            load_weights(self._after(stage.begin), self.bare_network)
        if turn == 0 and self.is_main_process and (stage.keep or stage.runs > 1):
            save_weights(self.before_stage, self.bare_network)

    def _end(self, stage: StageRecipe, turn: int) -> None:
        """After its last run a stage leaves the mean of what its runs reached."""
        if stage.runs > 1:
            reached = [
                self.before_stage.with_name(f"run-{one}.safetensors") for one in range(turn + 1)
            ]
            if self.is_main_process:
                save_weights(reached[turn], self.bare_network)
            self.accelerator.wait_for_everyone()
            if turn + 1 < stage.runs:
                return
            mean_weights(reached, self.bare_network)
        if stage.keep:
            self.accelerator.wait_for_everyone()
            kept = self._after(stage.keep_of) if stage.keep_of else self.before_stage
            mix_weights(kept, self.bare_network, stage.keep)
        if self.is_main_process and any(
            stage.name in (one.begin, one.keep_of, *one.teachers) for one in self.recipe.stages
        ):
            save_weights(self._after(stage.name), self.bare_network)

    def _after(self, stage: str) -> Path:
        """Where the network is kept as a stage left it, for later stages that ask for it."""
        return self.before_stage.with_name(f"after-{stage}.safetensors")

    def _left_by(self, stage: str) -> SentenceReader:
        """The network as a stage left it; there is one in memory, which changes with each call."""
        load_weights(self._after(stage), self.bare_network)
        return self.bare_network

    def _taught(self, stage: StageRecipe, batches: list[list[int]]) -> Batcher:
        """The rows that a stage learns from, with what its teachers say of them."""
        if not stage.teachers:
            return self.data.train
        rows = sorted({row for batch in batches for row in batch})
        student = {name: one.clone() for name, one in self.bare_network.state_dict().items()}
        with self.autocast, self._progress() as progress:
            names = " and ".join(stage.teachers)
            task = progress.add_task(
                f"reading for {stage.name}: {names}", total=len(rows) * len(stage.teachers)
            )
            targets = taught_targets(
                map(self._left_by, stage.teachers),
                self.data.train,
                rows,
                trust=stage.trust,
                device=self.accelerator.device,
                advance=partial(progress.advance, task),
            )
        self.bare_network.load_state_dict(student)
        return self.data.train.taught(targets)

    def _batches(self, stage: StageRecipe, turn: int) -> list[list[int]]:
        """The batches of one run of a stage, epoch after epoch."""
        groups = [(self.data.rows[corpus], share) for corpus, share in stage.shares.items()]
        return [
            batch
            for epoch in range(stage.epochs)
            for batch in self.data.train.epoch(
                groups, stage.batch_size, f"{self.recipe.seed + turn}-{stage.name}-{epoch}"
            )
        ]

    def _optimizer(self, stage: StageRecipe) -> torch.optim.Optimizer:
        encoder, heads = self.bare_network.parameter_groups()
        return torch.optim.AdamW(
            [
                {"params": encoder, "peak": stage.learning_rate},
                {"params": heads, "peak": stage.head_learning_rate},
            ],
            weight_decay=stage.weight_decay,
            fused=True,  # on two cores the whole run takes a quarter less
        )

    def _step(
        self, data: Batcher, rows: list[int], stage: StageRecipe, optimizer: torch.optim.Optimizer
    ) -> tuple[float, float]:
        """One step on a batch of all processes; returns their losses of sentences and spans."""
        self.network.train()
        processes = self.accelerator.num_processes
        share = rows[self.accelerator.process_index :: processes]
        # The processes' gradients are averaged; weighted so, that is the gradient of the batch.
        weight = len(share) * processes / len(rows)
        batch = data.batch(share or rows[:1]).to(self.accelerator.device)
        with self.autocast:
            outputs = self.network(batch.input_ids, batch.attention_mask)
        sentences = sentence_loss(outputs, batch, smoothing=stage.label_smoothing)
        spans = span_loss(outputs, batch, negatives=stage.span_negatives)
        loss = sentences + kind_loss(outputs, batch) + stage.span_weight * spans
        if stage.mimic and self.teacher is not None:
            with torch.no_grad(), self.autocast:
                taught = self.teacher(batch.input_ids, batch.attention_mask)
            loss = stage.trust * loss + stage.mimic * mimic_loss(outputs, taught, batch)
        self.accelerator.backward(weight * loss)
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), MAX_GRADIENT_NORM)
        optimizer.step()
        optimizer.zero_grad()
        losses = weight * torch.stack((sentences.detach(), spans.detach()))
        sentences, spans = self.accelerator.reduce(losses, "mean")
        return sentences.item(), spans.item()

    def _dev_precision(self) -> dict[str, float] | None:
        """Average precision of each label on the reference's dev rows: needs no threshold."""
        if self.data.dev is None:
            return None
        logits, targets = read_all(self.bare_network, self.data.dev, self.accelerator.device)
        return {
            label: float(average_precision_score(targets[:, column], logits[:, column]))
            for column, label in enumerate(LABELS)
        }

    def _save(self, optimizer: torch.optim.Optimizer, number: int, step: int) -> None:
        if self.is_main_process:
            position = Position(self.recipe.fingerprint, number, step)
            save_checkpoint(self.checkpoint, self.bare_network, optimizer, position)
        self.accelerator.wait_for_everyone()

    def _progress(self) -> Progress:
        return Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
            TimeElapsedColumn(), TimeRemainingColumn(),
            console=self.console, disable=not self.is_main_process,
        )  # fmt: skip


def _in_bfloat16(recipe: Recipe) -> bool:
    if recipe.precision != "auto":
        return recipe.precision == "bfloat16"
    if torch.cuda.is_available():
        return bool(torch.cuda.is_bf16_supported())
    # mkldnn emulates bfloat16 where the processor lacks it, slower than float32.
    return bool(torch.cpu._is_avx512_bf16_supported())
