"""A job on Ray Data: one task reads the batches, many workers score them, this process writes.

Reading and writing happen on this machine: no other needs to see the files. If a machine is lost,
Ray gives its batches to others; a shard that is written is never made again.
"""

import logging
import os
import pickle
import socket
from collections.abc import Iterable, Iterator
from contextlib import chdir
from pathlib import Path

import pyarrow as pa
import ray
from ray.data import (
    ActorPoolStrategy,
    DataContext,
    Dataset,
    Datasource,
    ExecutionResources,
    ReadTask,
    read_datasource,
)
from ray.data.block import BlockMetadata

from sayso import __version__
from sayso.console.progress import ProgressLine
from sayso.corpus.job import Job
from sayso.corpus.run_folder import RunFolder
from sayso.corpus.shard import make_shard
from sayso.documents.batches import Batch
from sayso.documents.streams import STDIN
from sayso.engine.report import OffsetUnit
from sayso.engine.scorer import Scorer
from sayso.errors import BundleError, InputError, SaysoError

CORES_PER_WORKER = 0.5
"""Requested from Ray for each worker, although it keeps a core busy: the other half leaves room for
the workers of a lost machine to start again on the remaining ones."""

BYTES_PER_WORKER = 2**26
"""Memory for waiting batches and shards: a few of each, some MB in size."""
_CONNECT_SECONDS = 20.0
"""Time in which a cluster must answer."""


class RayExecutor:
    """Scores on the workers of a Ray cluster; each loads its own scorer once.

    Args:
        bundle: the bundle's folder, the same path on each machine.
        address: the cluster, `auto` for the one that this machine belongs to; if None, one is
            started on this machine for the duration of the job.
        workers: how many; one for each core of the cluster if None.
    """

    def __init__(self, bundle: Path, *, address: str | None = None, workers: int | None = None):
        self._bundle = bundle
        self._address = address
        self._workers = workers

    def __call__(
        self, job: Job, batches: Iterable[Batch], folder: RunFolder, progress: ProgressLine
    ) -> None:
        if any(source.name == STDIN for source in job.sources):
            raise InputError(
                "--engine ray reads files, not standard input; write the input to a file"
            )
        self._connect()
        try:
            for done in self._dataset(job, folder).iter_batches(
                batch_size=None, batch_format="pyarrow", prefetch_batches=0
            ):
                for row in done.to_pylist():
                    if row["shard"] is None:
                        progress.skip(row["count"], row["position"])
                    else:
                        folder.write(row["number"], row["shard"])
                        progress.set_position(row["position"])
                        progress.advance(row["count"])
        except Exception as error:
            raise _root_cause(error) from error
        finally:
            ray.shutdown()

    def _connect(self) -> None:
        if self._address not in (None, "auto"):
            _require_answer(self._address)
        # Ray's messages are about its internals; errors are raised.
        os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")
        logging.getLogger("ray.data").setLevel(logging.ERROR)
        try:
            ray.init(
                self._address or "local",
                include_dashboard=False if self._address is None else None,
                log_to_driver=False,
                logging_level=logging.ERROR,
            )
        except ConnectionError as error:
            raise InputError(f"no Ray cluster at {self._address}: {error}") from error

    def _dataset(self, job: Job, folder: RunFolder) -> Dataset:
        context = DataContext.get_current()
        context.enable_progress_bars = False
        context.target_max_block_size = 1  # a batch is a block, and goes to a worker by itself
        workers = self._workers or max(1, int(ray.cluster_resources().get("CPU", 1)))
        # Otherwise the reading task would run ahead until Ray's memory is full.
        context.execution_options.resource_limits = ExecutionResources.for_limits(
            object_store_memory=BYTES_PER_WORKER * (workers + 1)
        )
        return read_datasource(
            _BatchSource(job, folder), num_cpus=0, override_num_blocks=1
        ).map_batches(
            _Worker,
            fn_constructor_args=(self._bundle, job.model, __version__, job.unit),
            compute=ActorPoolStrategy(size=workers),
            num_cpus=CORES_PER_WORKER,
            batch_size=1,
            batch_format="pyarrow",
        )


class _BatchSource(Datasource):
    """The batches of a job, one a row; without content if they have their shard already."""

    def __init__(self, job: Job, folder: RunFolder) -> None:
        super().__init__()
        self._job = job
        self._run_folder = folder
        self._directory = Path.cwd()

    @property
    def supports_distributed_reads(self) -> bool:
        return False  # the files are on this machine

    def estimate_inmemory_data_size(self) -> int | None:
        return None

    def get_read_tasks(
        self,
        parallelism: int,
        per_task_row_limit: int | None = None,
        data_context: DataContext | None = None,
    ) -> list[ReadTask]:
        unknown = BlockMetadata(num_rows=None, size_bytes=None, exec_stats=None)
        return [ReadTask(self._read, unknown)]

    def _read(self) -> Iterator[pa.Table]:
        with chdir(self._directory):
            for batch in self._job.batches():
                content = None
                if not self._run_folder.find(batch):
                    content = pickle.dumps((batch, self._job.settings_of(batch)))
                yield _table(batch.number, len(batch), batch.position, "batch", content)


class _Worker:
    """Makes shards of batches."""

    def __init__(self, bundle: Path, model: str, version: str, unit: OffsetUnit) -> None:
        self._scorer = Scorer(bundle, threads=1)
        self._unit = unit
        found = self._scorer.bundle.model_version
        if (found, __version__) != (model, version):
            raise BundleError(
                f"{bundle} on {socket.gethostname()} is {found}, read by Sayso {__version__}; "
                f"expected {model} and Sayso {version}, the same on every machine"
            )

    def __call__(self, rows: pa.Table) -> pa.Table:
        (row,) = rows.to_pylist()
        shard = None
        if row["batch"] is not None:
            batch, settings = pickle.loads(row["batch"])
            shard = make_shard(self._scorer, batch, settings, self._unit)
        return _table(row["number"], row["count"], row["position"], "shard", shard)


def _require_answer(address: str) -> None:
    """Check that something listens at an address: Ray itself would wait for minutes."""
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal() or "/" in host:
        raise InputError(
            f"invalid --address {address}; expected HOST:PORT, or auto on a machine of the cluster"
        )
    try:
        socket.create_connection((host, int(port)), timeout=_CONNECT_SECONDS).close()
    except (OSError, OverflowError) as error:
        raise InputError(f"no Ray cluster at {address}: {error}") from error


def _table(number: int, count: int, position: int, name: str, content: bytes | None) -> pa.Table:
    columns = {"number": [number], "count": [count], "position": [position]}
    return pa.table({**columns, name: pa.array([content], pa.large_binary())})


def _root_cause(error: BaseException) -> BaseException:
    """The error that Sayso raised on one of the machines, or else Ray's."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, SaysoError):
            return cause
        cause = cause.__cause__ or getattr(cause, "cause", None)
    return error
