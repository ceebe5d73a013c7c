"""The folder of an unfinished run, `OUT.parts` beside the output `OUT`: its shards and a manifest.

A shard appears whole or not at all. The manifest identifies the run: only the same input, options
and model may continue it. When all shards are there they are joined into `OUT`, and the rows that
could not be scored into `OUT.bad.jsonl`.
"""

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from filelock import FileLock, Timeout

from sayso.console.output import open_output, write_durably
from sayso.corpus.scoring import Outcome
from sayso.corpus.shard import ShardHeader
from sayso.documents.batches import Batch
from sayso.documents.find_files import BAD_ROWS
from sayso.errors import InputError
from sayso.linting.check import RuleBreaks
from sayso.reports.json import RecordWriter

RunManifest = Mapping[str, Any]

_MANIFEST = "manifest.json"
_JOINED = "joined"


class RunFolder:
    """The shards of one output. Call `open` first."""

    def __init__(self, output: Path) -> None:
        self.output = output.resolve()  # a link stays a link
        self.bad = self.output.with_name(f"{self.output.name}{BAD_ROWS}")
        self.path = self.output.with_name(f"{self.output.name}.parts")

    @contextmanager
    def open(self, manifest: RunManifest, *, resume: bool) -> Iterator[None]:
        """Start a run or continue one, and lock the folder meanwhile.

        Resuming a run that does not exist starts it. An error before the first shard is finished
        leaves nothing behind.

        Raises:
            InputError: if the output exists already, if there is an unfinished run and `resume` is
                false, or if it is a run with other input, options or another model.
        """
        if resume and self.path.exists():
            self._require_same(manifest)
        else:
            self._begin(manifest)
        lock = FileLock(self.path / "lock")
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            raise InputError(
                f"{self.path} is in use by another run; wait for it or end it"
            ) from error
        with lock:
            try:
                yield
            except BaseException:
                if self.is_empty:  # nothing to keep
                    shutil.rmtree(self.path)
                raise

    @property
    def is_empty(self) -> bool:
        """Whether no shard is finished."""
        return not any(self.path.glob("[0-9]*.part"))

    def find(self, batch: Batch) -> ShardHeader | None:
        """The header of a batch's shard; None if it is not finished.

        Raises:
            InputError: if the shard is damaged or has other content.
        """
        try:
            with self._path(batch.number).open("rb") as stream:
                header = ShardHeader.from_json(stream.readline())
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(f"{self._path(batch.number)} is damaged; remove it") from error
        if header.digest != batch.digest():
            raise InputError(
                f"the input has changed since {self.path} was started: part {batch.number} has "
                "other rows; give the same input, or remove the folder and start anew"
            )
        return header

    def write(self, number: int, shard: bytes) -> None:
        """Store a shard; it survives a kill and a loss of power.

        Raises:
            InputError: if it cannot be written, for lack of space for instance.
        """
        try:
            write_durably(self._path(number), shard)
        except OSError as error:
            raise InputError(
                f"cannot write to {self.path}: {error.strerror}; finished work is kept, --resume "
                "continues it"
            ) from error

    def join(self) -> Outcome:
        """Join the shards into the output and remove the folder; may be repeated after a kill.

        Raises:
            InputError: if a shard is missing or the output cannot be written.
        """
        manifest = self._manifest()
        if _JOINED not in manifest:
            outcome = self._copy()
            # From here on the output is complete, whatever is left of the folder.
            found = {rule: asdict(one) for rule, one in outcome.broken.items()}
            joined = {"scored": outcome.scored, "bad": outcome.bad, "broken": found}
            self._write_manifest(self.path, {**manifest, _JOINED: joined})
        else:
            joined = manifest[_JOINED]
            broken = {rule: RuleBreaks(**one) for rule, one in joined["broken"].items()}
            outcome = Outcome(f"see {self.bad}", joined["scored"], joined["bad"], broken)
        for shard in self.path.glob("*.part"):
            shard.unlink()
        shutil.rmtree(self.path)
        return outcome

    @property
    def is_joined(self) -> bool:
        """Whether the output is complete and only the folder is left to remove."""
        return _JOINED in self._manifest()

    def _begin(self, manifest: RunManifest) -> None:
        for path in (self.output, self.bad):
            if path.exists():
                raise InputError(f"{path} exists already; remove it, or name another --output")
        if self.path.exists():
            raise InputError(
                f"{self.path} holds an unfinished run; continue it with --resume, or remove it to "
                "start anew"
            )
        try:
            fresh = Path(mkdtemp(prefix=f".{self.path.name}.", dir=self.path.parent))
        except OSError as error:
            raise InputError(f"cannot write --output {self.output}: {error.strerror}") from error
        try:
            self._write_manifest(fresh, manifest)
            fresh.replace(self.path)  # it never exists without a manifest
        except BaseException:
            shutil.rmtree(fresh)
            raise

    def _require_same(self, manifest: RunManifest) -> None:
        begun = self._manifest()
        for name, value in manifest.items():
            if begun.get(name) != value:
                raise InputError(
                    f"{self.path} was started with another {name} ({begun.get(name)} then, {value} "
                    "now); give the same, or remove the folder and start anew without --resume"
                )

    def _manifest(self) -> dict[str, Any]:
        try:
            found = json.loads((self.path / _MANIFEST).read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise InputError(
                f"{self.path} is not a run: it has no {_MANIFEST}; move it away"
            ) from error
        except ValueError as error:
            raise InputError(f"{self.path / _MANIFEST} is damaged; remove the folder") from error
        return dict(found)

    def _write_manifest(self, folder: Path, manifest: RunManifest) -> None:
        write_durably(folder / _MANIFEST, json.dumps(manifest, indent=2).encode())

    def _copy(self) -> Outcome:
        outcome, number, is_last = Outcome(f"see {self.bad}"), 0, False
        with ExitStack() as stack:
            output = stack.enter_context(open_output(self.output))
            bad: RecordWriter | None = None
            while not is_last:
                try:
                    shard = self._path(number).open("rb")
                except FileNotFoundError as error:
                    raise InputError(
                        f"part {number} is missing in {self.path}; continue with --resume"
                    ) from error
                with shard:
                    header = ShardHeader.from_json(shard.readline())
                    shutil.copyfileobj(shard, output.buffer)
                for unreadable in header.bad:
                    bad = bad or RecordWriter(stack.enter_context(open_output(self.bad)))
                    bad.unreadable(unreadable)
                header.add_to(outcome)
                number, is_last = number + 1, header.is_last
        return outcome

    def _path(self, number: int) -> Path:
        return self.path / f"{number:08}.part"
