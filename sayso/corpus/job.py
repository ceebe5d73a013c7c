"""A job: what to score and how; and the run that writes its output."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from sayso import __version__
from sayso.console.messages import print_message
from sayso.console.progress import ProgressLine
from sayso.corpus.run_folder import RunFolder, RunManifest
from sayso.corpus.scoring import Outcome
from sayso.corpus.shard import make_shard
from sayso.documents.batches import DOCUMENTS_PER_BATCH, Batch, read_batches
from sayso.documents.documents import InputKind, location
from sayso.documents.find_files import InputFile, size_of, total_size
from sayso.engine.report import OffsetUnit
from sayso.errors import InputError
from sayso.linting.settings import LintSettings

if TYPE_CHECKING:
    from sayso.engine.scorer import Scorer


@dataclass(frozen=True)
class Job:
    """What to score and how.

    `settings` has those of each source by its name; `column` names the column of a row's text;
    `unit` is what offsets count in the output; `model` is the version of the bundle; a batch has
    at most `documents` documents.
    """

    sources: Sequence[InputFile]
    settings: Mapping[str, LintSettings]
    column: str
    unit: OffsetUnit
    model: str
    documents: int = DOCUMENTS_PER_BATCH

    def batches(self) -> Iterator[Batch]:
        """All input, the same batches each time."""
        return read_batches(self.sources, self.column, documents=self.documents)

    def settings_of(self, batch: Batch) -> Mapping[str, LintSettings]:
        """The settings of a batch's sources."""
        return {item.source: self.settings[item.source] for item in batch.items}

    def manifest(self) -> RunManifest:
        """Everything that must be the same for a run to continue another."""
        size = total_size(self.sources) or 0
        names = [[source.name, source.kind, size_of(source)] for source in self.sources]
        effective = [_effective(self.settings[source.name]) for source in self.sources]
        return {
            "Sayso": __version__,
            "model": self.model,
            "input": f"{len(names):,} files with {size:,} bytes, {_digest(names)}",
            "text column": self.column,
            "offset unit": self.unit,
            "size of batches": self.documents,
            "set of options and settings": _digest(effective),
        }


Executor = Callable[[Job, Iterable[Batch], RunFolder, ProgressLine], None]
"""Scores the batches that have no shard yet, and writes their shards."""


def run_job(job: Job, output: Path, executor: Executor, *, resume: bool) -> Outcome:
    """Score a job into `output`, from the start or from where an earlier run was cut off.

    Raises:
        InputError: if the only source cannot be read, or the run cannot be started or continued.
    """
    _require_whole_texts(job)
    folder = RunFolder(output)
    batches = job.batches()
    first = next(batches)  # an unreadable only source leaves no folder behind
    with folder.open(job.manifest(), resume=resume):
        if not folder.is_joined:
            try:
                with ProgressLine("done", size=total_size(job.sources), logged=True) as progress:
                    executor(job, chain([first], batches), folder, progress)
            except KeyboardInterrupt:
                if not folder.is_empty:
                    print_message(f"finished work is kept in {folder.path}; --resume continues it")
                raise
        outcome = folder.join()
    print_message(f"{outcome.scored:,} scored: {output}")
    return outcome


class LocalExecutor:
    """Scores one batch after the other in this process."""

    def __init__(self, scorer: "Scorer") -> None:
        self._scorer = scorer

    def __call__(
        self, job: Job, batches: Iterable[Batch], folder: RunFolder, progress: ProgressLine
    ) -> None:
        for batch in batches:
            if folder.find(batch):
                progress.skip(len(batch), batch.position)
            else:
                settings = job.settings_of(batch)
                shard = make_shard(self._scorer, batch, settings, job.unit, progress)
                folder.write(batch.number, shard)
                progress.set_position(batch.position)


def _require_whole_texts(job: Job) -> None:
    for source in job.sources:
        if source.kind == InputKind.LINES and job.settings[source.name].max_density:
            raise InputError(
                f"{location(source.name)}: --max-density needs a file of lines as a whole, but "
                "--output scores it in parts; use one of the two options"
            )


def _effective(settings: LintSettings) -> list[object]:
    """The settings that affect the output, in a fixed order."""
    options, ignored = settings.options, settings.ignored
    return [
        options.labels and sorted(options.labels),
        sorted((options.thresholds or {}).items()),
        [rule.text for rule in settings.fail_on],
        sorted(settings.max_density.items()),
        list(ignored.phrases),
        sorted(ignored.sentences),
    ]


def _digest(value: object) -> str:
    return hashlib.blake2b(json.dumps(value).encode(), digest_size=8).hexdigest()
