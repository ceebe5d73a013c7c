"""The folder in which an unfinished run keeps its parts, `OUT.parts` beside the output `OUT`.

A part appears whole or not at all. The folder's manifest says what the run is: only the same
input, options and model may go on with it. When all parts are there they are joined into `OUT`,
and rows that could not be scored into `OUT.bad.jsonl`.
"""

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, TextIO

from filelock import FileLock, Timeout

from sayso.console.output import open_output, write_durably
from sayso.corpus.scoring import require_all_scored
from sayso.corpus.shard import Header
from sayso.documents.batches import Batch
from sayso.documents.documents import Unreadable
from sayso.documents.find_files import BAD_ROWS
from sayso.documents.json_text import json_text
from sayso.errors import InputError
from sayso.linting.check import Broken
from sayso.reports.json import unreadable_record

Manifest = Mapping[str, Any]

_MANIFEST = "manifest.json"
_JOINED = "joined"


@dataclass(slots=True)
class Totals:
    """What came of a run: how much was scored, how much could not be, and the broken rules.

    `bad_file` says why of each that could not.
    """

    bad_file: Path
    scored: int = 0
    bad: int = 0
    broken: dict[str, Broken] = field(default_factory=dict)

    def add(self, header: Header) -> None:
        """Add a part."""
        self.scored += header.scored
        self.bad += len(header.bad)
        for rule, broken in header.broken.items():
            self.broken.setdefault(rule, Broken()).extend(broken)

    def require_all_scored(self) -> None:
        """Answer for what could not be scored.

        Raises:
            PartialFailure: something could not be read or scored; all else was.
            InputError: nothing could.
        """
        require_all_scored(self.bad, self.bad + self.scored, f"{self.bad_file} says why")


class Parts:
    """The parts of one output. `open` comes first."""

    def __init__(self, output: Path) -> None:
        self.output = output.resolve()  # a link stays a link
        self.bad = self.output.with_name(f"{self.output.name}{BAD_ROWS}")
        self.folder = self.output.with_name(f"{self.output.name}.parts")

    @contextmanager
    def open(self, manifest: Manifest, *, resume: bool) -> Iterator[None]:
        """Begin a run, or go on with one; no other process may write parts meanwhile.

        To resume what is not there is to begin it. An error before the first part is finished
        leaves nothing behind.

        Raises:
            InputError: there is an output already, which does not tell what it was made of; or an
                unfinished run that is not to be resumed, or is that of another input, other
                options or another model.
        """
        if resume and self.folder.exists():
            self._require_same(manifest)
        else:
            self._begin(manifest)
        lock = FileLock(self.folder / "lock")
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            raise InputError(
                f"{self.folder} is in use: another run writes to it. Wait for it, or end it"
            ) from error
        with lock:
            try:
                yield
            except BaseException:
                if self.is_empty:  # nothing is lost, and nobody has to tidy up
                    shutil.rmtree(self.folder)
                raise

    @property
    def is_empty(self) -> bool:
        """Whether no part is finished."""
        return not any(self.folder.glob("[0-9]*.part"))

    def find(self, batch: Batch) -> Header | None:
        """The header of a batch's part; None where it is not finished.

        Raises:
            InputError: the part is that of other content.
        """
        try:
            with self._path(batch.number).open("rb") as stream:
                header = Header.from_json(stream.readline())
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(f"{self._path(batch.number)} is damaged; remove it") from error
        if header.digest != batch.digest():
            raise InputError(
                f"the input has changed since {self.folder} was begun: its part {batch.number} is "
                "of other rows. Give the same input, or remove the folder and begin anew"
            )
        return header

    def write(self, number: int, part: bytes) -> None:
        """Keep a part, so that neither a kill nor a loss of power undoes it.

        Raises:
            InputError: there is no room for it, or it cannot be written.
        """
        try:
            write_durably(self._path(number), part)
        except OSError as error:
            raise InputError(
                f"{self.folder} cannot be written to: {error.strerror}. What is done is kept: "
                "go on with --resume"
            ) from error

    def join(self) -> Totals:
        """Make the output of the parts, which are then removed. A second time does no harm.

        Raises:
            InputError: a part is missing, or the output cannot be written.
        """
        manifest = self._manifest()
        if _JOINED not in manifest:
            totals = self._copy()
            # From here on the output stands, whatever is left of the parts.
            found = {rule: asdict(one) for rule, one in totals.broken.items()}
            joined = {"scored": totals.scored, "bad": totals.bad, "broken": found}
            self._write_manifest(self.folder, {**manifest, _JOINED: joined})
        else:
            joined = manifest[_JOINED]
            broken = {rule: Broken(**one) for rule, one in joined["broken"].items()}
            totals = Totals(self.bad, joined["scored"], joined["bad"], broken)
        for part in self.folder.glob("*.part"):
            part.unlink()
        shutil.rmtree(self.folder)
        return totals

    @property
    def is_joined(self) -> bool:
        """Whether the output stands, and but the parts are still to be removed."""
        return _JOINED in self._manifest()

    def _begin(self, manifest: Manifest) -> None:
        for path in (self.output, self.bad):
            if path.exists():
                raise InputError(f"{path} is there already; remove it, or name another --output")
        if self.folder.exists():
            raise InputError(
                f"{self.folder} holds an unfinished run: go on with it by --resume, or remove it "
                "to begin anew"
            )
        try:
            draft = Path(mkdtemp(prefix=f".{self.folder.name}.", dir=self.folder.parent))
        except OSError as error:
            raise InputError(
                f"--output {self.output} cannot be written: {error.strerror}"
            ) from error
        try:
            self._write_manifest(draft, manifest)
            draft.replace(self.folder)  # so that it never stands without a manifest
        except BaseException:
            shutil.rmtree(draft)
            raise

    def _require_same(self, manifest: Manifest) -> None:
        begun = self._manifest()
        for name, value in manifest.items():
            if begun.get(name) != value:
                raise InputError(
                    f"{self.folder} was begun with another {name} ({begun.get(name)} then, {value} "
                    "now). Give the same, or remove the folder and begin anew without --resume"
                )

    def _manifest(self) -> dict[str, Any]:
        try:
            found = json.loads((self.folder / _MANIFEST).read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise InputError(
                f"{self.folder} holds no run: there is no {_MANIFEST} in it. Move it away"
            ) from error
        except ValueError as error:
            raise InputError(f"{self.folder / _MANIFEST} is damaged; remove the folder") from error
        return dict(found)

    def _write_manifest(self, folder: Path, manifest: Manifest) -> None:
        write_durably(folder / _MANIFEST, json.dumps(manifest, indent=2).encode())

    def _copy(self) -> Totals:
        totals, number, is_last = Totals(self.bad), 0, False
        with ExitStack() as stack:
            output = stack.enter_context(open_output(self.output))
            bad: TextIO | None = None
            while not is_last:
                try:
                    part = self._path(number).open("rb")
                except FileNotFoundError as error:
                    raise InputError(
                        f"part {number} is missing in {self.folder}: go on with --resume"
                    ) from error
                with part:
                    header = Header.from_json(part.readline())
                    shutil.copyfileobj(part, output.buffer)
                if header.bad and bad is None:
                    bad = stack.enter_context(open_output(self.bad))
                if bad is not None:
                    bad.writelines(_line(one) for one in header.bad)
                totals.add(header)
                number, is_last = number + 1, header.is_last
        return totals

    def _path(self, number: int) -> Path:
        return self.folder / f"{number:08}.part"


def _line(unreadable: Unreadable) -> str:
    return json_text(unreadable_record(unreadable)) + "\n"
