"""The training loop: stages, steps, checkpoints, a log.

It is written by hand, and not on a trainer of a library, for two reasons. All that happens to the
weights can be read here in one sitting: stages, soups, interpolation, distillation. And a run can
be killed at any moment: resumed from its last checkpoint it takes the same steps on the same rows,
and ends with the same weights as a run that was never killed.
"""

from collections.abc import Callable, Iterable, Sequence
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
    interpolate_weights,
    load_network,
    load_optimizer,
    load_weights,
    mean_weights,
    save_checkpoint,
    save_weights,
)
from sayso.training.losses import distillation_loss, kind_loss, sentence_loss, span_loss
from sayso.training.network import SentenceClassifier, predict
from sayso.training.recipe import Recipe, StageRecipe
from sayso.training.training_log import LossMeter, TrainingLog

LOG_EVERY = 20
CHECKPOINT_EVERY = 200
MAX_GRADIENT_NORM = 1.0


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """All training rows, the indices of each corpus's rows, and the reference's dev rows, if dev
    scores are to be logged.
    """

    train: Batcher
    rows: dict[str, list[int]]
    dev: Batcher | None = None


class Trainer:
    """Trains a network in place through all stages of a recipe, on whatever device there is.

    Writes `log.jsonl` and `checkpoint/` into the folder `run` and resumes from the checkpoint if
    there is one. Under `torchrun` or `accelerate launch` each process takes its share of every
    batch, so that any number of processes takes the same steps.
    """

    def __init__(
        self,
        network: SentenceClassifier,
        recipe: Recipe,
        data: TrainingSet,
        run: Path,
        console: Console,
        teacher: SentenceClassifier | None = None,
    ) -> None:
        self.recipe = recipe
        self.teacher = teacher
        self.data = data
        self.console = console
        self.checkpoint = run / "checkpoint"
        self.passes = recipe.passes
        self.before_stage = run / "before-stage.safetensors"
        # Without a GPU, processes that were launched together only find each other if told so.
        self.accelerator = Accelerator(cpu=not torch.accelerator.is_available())
        self.is_main_process: bool = self.accelerator.is_main_process
        # Not accelerate's autocast, which would stay around the network and hold for every later
        # run of this process.
        self.autocast = torch.autocast(
            self.accelerator.device.type, torch.bfloat16, enabled=_in_bfloat16(recipe)
        )
        self.bare_network = network
        if teacher is not None:
            teacher.to(self.accelerator.device).eval()
        self.network = self.accelerator.prepare(network)
        self.log = TrainingLog(run / "log.jsonl")

    def train(self) -> None:
        """Train all stages that are not finished."""
        start = find_checkpoint(self.checkpoint, self.recipe.fingerprint)
        if start is None:
            start = Position(self.recipe.fingerprint)
            self.log.start()
        else:
            load_network(self.checkpoint, self.bare_network)
            self.log.resume(start)
            self.console.print(
                f"resuming the run: pass {start.number + 1} of {len(self.passes)}, "
                f"after {start.step} steps"
                if start.number < len(self.passes)
                else "resuming the run: training is finished"
            )
        for number in range(start.number, len(self.passes)):
            self._pass(number, start.step if number == start.number else 0)
        self.bare_network.to("cpu").eval()

    def _pass(self, number: int, done: int) -> None:
        stage, member = self.passes[number]
        name = f"{stage.name} {member + 1}" if stage.soup_size > 1 else stage.name
        batches = self._batches(stage, member)
        data = self._with_soft_targets(stage, batches)
        optimizer = self._optimizer(stage)
        if done:
            load_optimizer(self.checkpoint, optimizer)
        else:
            # Each pass has its own seed, so that it is the same after a kill between two passes.
            torch.manual_seed(self.recipe.seed + number)
            self._start_pass(stage, member)
        ends_of_epochs = {
            round(len(batches) * (epoch + 1) / stage.epochs) for epoch in range(stage.epochs)
        }
        meter = LossMeter()
        with self._progress() as progress:
            task = progress.add_task(name, total=len(batches), completed=done)
            for step in range(done, len(batches)):
                set_learning_rates(optimizer, stage, step, len(batches))
                meter.add(*self._step(data, batches[step], stage, optimizer), len(batches[step]))
                progress.advance(task)
                finished = step + 1
                if finished % LOG_EVERY == 0 or finished in ends_of_epochs:
                    precision = self._dev_precision() if finished in ends_of_epochs else None
                    line = meter.line(
                        number, name, finished, optimizer.param_groups[0]["lr"], precision
                    )
                    meter = LossMeter()
                    progress.update(task, description=f"{name} loss {line.loss:.3f}")
                    if self.is_main_process:
                        self.log.write(line)
                    if precision:
                        scores = ", ".join(f"{label} {ap:.3f}" for label, ap in precision.items())
                        self.console.print(f"{name}, step {finished}: dev AP {scores}")
                if finished % CHECKPOINT_EVERY == 0:
                    self._save(optimizer, number, finished)
        self._finish_pass(stage, member)
        self._save(optimizer, number + 1, 0)

    def _start_pass(self, stage: StageRecipe, member: int) -> None:
        """Every member of a soup starts from the network as it was before the first."""
        if member > 0:
            load_weights(self.before_stage, self.bare_network)
        elif stage.init_from:
            load_weights(self._after(stage.init_from), self.bare_network)
        if member == 0 and self.is_main_process and (stage.interpolate or stage.soup_size > 1):
            save_weights(self.before_stage, self.bare_network)

    def _finish_pass(self, stage: StageRecipe, member: int) -> None:
        """After the last member of its soup a stage leaves the mean, interpolated if it says so."""
        if stage.soup_size > 1:
            soup = [
                self.before_stage.with_name(f"run-{number}.safetensors")
                for number in range(member + 1)
            ]
            if self.is_main_process:
                save_weights(soup[member], self.bare_network)
            self.accelerator.wait_for_everyone()
            if member + 1 < stage.soup_size:
                return
            mean_weights(soup, self.bare_network)
        if stage.interpolate:
            self.accelerator.wait_for_everyone()
            earlier = stage.interpolate_with
            other = self._after(earlier) if earlier else self.before_stage
            interpolate_weights(other, self.bare_network, stage.interpolate)
        if self.is_main_process and any(
            stage.name in (later.init_from, later.interpolate_with, *later.teachers)
            for later in self.recipe.stages
        ):
            save_weights(self._after(stage.name), self.bare_network)

    def _after(self, stage: str) -> Path:
        """The file of the weights that a stage left, for later stages that need them."""
        return self.before_stage.with_name(f"after-{stage}.safetensors")

    def _with_soft_targets(self, stage: StageRecipe, batches: list[list[int]]) -> Batcher:
        """The training rows, with the targets that the stage's teachers give them."""
        if not stage.teachers:
            return self.data.train
        rows = sorted({row for batch in batches for row in batch})
        student = {name: value.clone() for name, value in self.bare_network.state_dict().items()}
        with self.autocast, self._progress() as progress:
            names = " and ".join(stage.teachers)
            task = progress.add_task(
                f"{stage.name}: predictions of {names}", total=len(rows) * len(stage.teachers)
            )
            targets = soft_targets(
                map(self._teacher_of_stage, stage.teachers),
                self.data.train,
                rows,
                label_weight=stage.label_weight,
                device=self.accelerator.device,
                advance=partial(progress.advance, task),
            )
        self.bare_network.load_state_dict(student)
        return self.data.train.with_targets(targets)

    def _teacher_of_stage(self, stage: str) -> SentenceClassifier:
        """The network that a stage left; it is the only one in memory, with other weights."""
        load_weights(self._after(stage), self.bare_network)
        return self.bare_network

    def _batches(self, stage: StageRecipe, member: int) -> list[list[int]]:
        """The batches of one pass of a stage, epoch after epoch."""
        groups = [(self.data.rows[corpus], share) for corpus, share in stage.shares.items()]
        return [
            batch
            for epoch in range(stage.epochs)
            for batch in self.data.train.epoch(
                groups, stage.batch_size, f"{self.recipe.seed + member}-{stage.name}-{epoch}"
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
        """One step on a batch of all processes; returns the mean sentence and span losses."""
        self.network.train()
        processes = self.accelerator.num_processes
        share = rows[self.accelerator.process_index :: processes]
        # The processes' gradients are averaged; with this weight that is the batch's gradient.
        weight = len(share) * processes / len(rows)
        batch = data.batch(share or rows[:1]).to(self.accelerator.device)
        with self.autocast:
            outputs = self.network(batch.input_ids, batch.attention_mask)
        sentences = sentence_loss(outputs, batch, smoothing=stage.label_smoothing)
        spans = span_loss(outputs, batch, negatives=stage.span_negatives)
        loss = sentences + kind_loss(outputs, batch) + stage.span_weight * spans
        if stage.distill_weight and self.teacher is not None:
            with torch.no_grad(), self.autocast:
                goal = self.teacher(batch.input_ids, batch.attention_mask)
            distillation = distillation_loss(outputs, goal, batch)
            loss = stage.label_weight * loss + stage.distill_weight * distillation
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
        logits, targets = predict(self.bare_network, self.data.dev, self.accelerator.device)
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


def set_learning_rates(
    optimizer: torch.optim.Optimizer, stage: StageRecipe, step: int, steps: int
) -> None:
    """Linear warm-up, then linear decay to zero: a function of the step alone, so that a checkpoint
    needs nothing of it.
    """
    warmup = max(1, round(stage.warmup * steps))
    factor = min((step + 1) / warmup, (steps - step) / max(1, steps - warmup))
    for group in optimizer.param_groups:
        group["lr"] = group["peak"] * factor


def soft_targets(
    teachers: Iterable[SentenceClassifier],
    data: Batcher,
    rows: Sequence[int],
    *,
    label_weight: float,
    device: torch.device,
    advance: Callable[[int], object] = lambda rows: None,
) -> dict[int, dict[str, float]]:
    """Targets of every sentence head for each of the rows, by the teachers' predictions.

    They are the mean of the teachers' probabilities if a row has no label, and else the mean of
    that with the label, which has the weight `label_weight`. The teachers are used one after the
    other, so that only one need be in memory.

    Source: Hinton, Vinyals, Dean, "Distilling the Knowledge in a Neural Network", 2015; on
    sentences without labels: Xie et al., "Self-training with Noisy Student improves ImageNet
    classification", 2020.
    """
    predicted = [predict(teacher, data, device, rows, advance) for teacher in teachers]
    probabilities = torch.stack([logits.sigmoid() for logits, _ in predicted]).mean(0)
    labels = predicted[0][1]
    mixed = torch.where(
        labels.isnan(), probabilities, label_weight * labels + (1 - label_weight) * probabilities
    )
    return {
        row: dict(zip(data.sentence_heads, values, strict=True))
        for row, values in zip(rows, mixed.tolist(), strict=True)
    }


def _in_bfloat16(recipe: Recipe) -> bool:
    if recipe.precision != "auto":
        return recipe.precision == "bfloat16"
    if torch.cuda.is_available():
        return bool(torch.cuda.is_bf16_supported())
    # mkldnn emulates bfloat16 where the processor lacks it, slower than float32.
    return bool(torch.cpu._is_avx512_bf16_supported())
