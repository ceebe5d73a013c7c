"""A job: what is to be scored and how, and the run that does it on this machine."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from sayso import __version__
from sayso.console.messages import print_message
from sayso.console.progress import ProgressLine
from sayso.corpus.run_folder import Manifest, Parts, Totals
from sayso.corpus.shard import make_part
from sayso.documents.batches import DOCUMENTS_PER_BATCH, Batch, read_batches
from sayso.documents.documents import InputKind, location
from sayso.documents.find_files import InputFile, size_of, total_size
from sayso.engine.report import OffsetUnit
from sayso.errors import InputError
from sayso.linting.settings import Settings

if TYPE_CHECKING:
    from sayso.engine.scorer import Engine


@dataclass(frozen=True)
class Job:
    """What is to be scored. `settings` hold for each source by its name; `column` is that of the
    text in rows, `unit` what offsets count in the output, `model` the version of the bundle,
    `documents` the most in a batch.
    """

    sources: Sequence[InputFile]
    settings: Mapping[str, Settings]
    column: str
    unit: OffsetUnit
    model: str
    documents: int = DOCUMENTS_PER_BATCH

    def batches(self) -> Iterator[Batch]:
        """All that is to be scored, the same batches each time."""
        return read_batches(self.sources, self.column, documents=self.documents)

    def settings_of(self, batch: Batch) -> Mapping[str, Settings]:
        """The settings of a batch's sources."""
        return {item.source: self.settings[item.source] for item in batch.items}

    def manifest(self) -> Manifest:
        """What must be the same for another run to go on with this one."""
        size = total_size(self.sources) or 0
        names = [[source.name, source.kind, size_of(source)] for source in self.sources]
        wanted = [_wanted(self.settings[source.name]) for source in self.sources]
        return {
            "Sayso": __version__,
            "model": self.model,
            "input": f"{len(names):,} files with {size:,} bytes, {_digest(names)}",
            "text column": self.column,
            "offset unit": self.unit,
            "size of batches": self.documents,
            "set of options and settings": _digest(wanted),
        }


class Work(Protocol):
    """Scores the batches that have no part yet, and writes their parts."""

    def __call__(
        self, job: Job, batches: Iterable[Batch], parts: Parts, progress: ProgressLine
    ) -> None: ...


def run_job(job: Job, output: Path, work: Work, *, resume: bool) -> Totals:
    """Score all of a job into `output`, from the start or from where an earlier run was cut off.

    Raises:
        InputError: the only source cannot be read, or the run cannot be begun or gone on with.
    """
    _require_whole_texts(job)
    parts = Parts(output)
    batches = job.batches()
    first = next(batches)  # an only source that cannot be read leaves nothing behind
    with parts.open(job.manifest(), resume=resume):
        if not parts.is_joined:
            try:
                with ProgressLine("done", size=total_size(job.sources), logged=True) as progress:
                    work(job, chain([first], batches), parts, progress)
            except KeyboardInterrupt:
                if not parts.is_empty:
                    print_message(f"what is done lies in {parts.folder}: --resume goes on with it")
                raise
        totals = parts.join()
    print_message(f"{totals.scored:,} scored: {output}")
    return totals


class LocalWork:
    """One engine in this process, a batch after the other."""

    def __init__(self, engine: "Engine") -> None:
        self._engine = engine

    def __call__(
        self, job: Job, batches: Iterable[Batch], parts: Parts, progress: ProgressLine
    ) -> None:
        begun = 0
        for batch in batches:
            if parts.find(batch):
                progress.skip(len(batch), batch.position)
            else:
                within = _Within(progress, batch, begun)
                settings = job.settings_of(batch)
                part = make_part(self._engine, batch, settings, job.unit, within)
                parts.write(batch.number, part)
                progress.set_position(batch.position)
            begun = batch.position


class _Within:
    """Moves a progress line on within a batch, of which all is read before the first is scored."""

    def __init__(self, progress: ProgressLine, batch: Batch, begun: int) -> None:
        self.sentences = progress.show_sentences
        self._progress = progress
        self._batch = batch
        self._begun = begun
        self._done = 0

    def advance(self, count: int) -> None:
        """So many more are scored, or cannot be."""
        self._done += count
        read = self._batch.position - self._begun
        self._progress.set_position(self._begun + read * self._done // len(self._batch))
        self._progress.advance(count)


def _require_whole_texts(job: Job) -> None:
    for source in job.sources:
        if source.kind == InputKind.LINES and job.settings[source.name].max_density:
            raise InputError(
                f"{location(source.name)}: --max-density is about a whole file of lines, which "
                "--output scores in parts. Leave out one of the two"
            )


def _wanted(settings: Settings) -> list[object]:
    """All of the settings that changes what is written, in a fixed order."""
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
