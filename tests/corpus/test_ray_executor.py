"""The same job on Ray: real clusters of several nodes, all on this machine."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from tests.conftest import ROOT
from tests.corpus.corpora import small_batches, write_rows

if TYPE_CHECKING:
    from ray.cluster_utils import Cluster

PER_BATCH = 5
ROWS = 150
CORES = 2  # of each node, as declared to Ray


@pytest.fixture(autouse=True)
def no_calls_home(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("ray", reason="needs the extra ray")
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")


@pytest.fixture
def cluster() -> "Iterator[Cluster]":
    """A head and two more nodes."""
    from ray.cluster_utils import Cluster

    node = {"num_cpus": CORES, "object_store_memory": 100 * 2**20}
    cluster = Cluster(
        initialize_head=True, head_node_args={**node, "include_dashboard": False}, connect=False
    )
    cluster.add_node(**node)
    cluster.add_node(**node)
    yield cluster
    cluster.shutdown()


def sayso(corpus: Path, out: Path, *options: object) -> list[str]:
    program = [sys.executable, "-c", small_batches(PER_BATCH), "score"]
    return [*program, str(corpus), "--output", str(out), *map(str, options)]


def on_ray(*options: object) -> tuple[object, ...]:
    return ("--engine", "ray", *options)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return write_rows(tmp_path / "corpus.jsonl", ROWS)


@pytest.fixture
def local(corpus: Path, tmp_path: Path) -> Path:
    """What the same job gives without Ray."""
    out = tmp_path / "local.jsonl"
    done = subprocess.run(sayso(corpus, out), capture_output=True, check=False)
    assert done.returncode == 3, done.stderr
    return out


def assert_same(out: Path, local: Path) -> None:
    for one, other in [(out, local), (bad(out), bad(local))]:
        assert one.read_bytes() == other.read_bytes()
    assert not out.with_name(f"{out.name}.parts").exists()


def bad(out: Path) -> Path:
    return out.with_name(f"{out.name}.bad.jsonl")


def written(out: Path) -> dict[str, int]:
    found = {}
    for path in out.with_name(f"{out.name}.parts").glob("0*.part"):
        try:
            found[path.name] = path.stat().st_mtime_ns
        except FileNotFoundError:  # joined and removed meanwhile
            continue
    return found


@pytest.mark.slow
def test_two_workers_on_this_machine_give_the_output_of_one_process(
    corpus: Path, local: Path, tmp_path: Path
) -> None:
    out = tmp_path / "ray.jsonl"
    command = sayso(corpus, out, *on_ray("--workers", 2))
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 3, done.stderr
    assert f"sayso: 147 scored: {out}" in done.stderr
    assert_same(out, local)


@pytest.mark.slow
def test_a_run_started_on_one_machine_is_finished_on_many(
    corpus: Path, local: Path, tmp_path: Path, cluster: Any
) -> None:
    out = tmp_path / "out.jsonl"
    with subprocess.Popen(sayso(corpus, out), stderr=subprocess.PIPE, text=True) as process:
        while len(written(out)) < 4:
            assert process.poll() is None
            time.sleep(0.001)
        process.kill()
    kept = written(out)
    command = sayso(corpus, out, "--resume", *on_ray("--address", cluster.address))
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        seen = watch(process, out, kept)
    assert process.returncode == 3
    assert kept.items() <= seen.items()
    assert_same(out, local)


def watch(process: "subprocess.Popen[Any]", out: Path, seen: dict[str, int]) -> dict[str, int]:
    """When each part was written, until the process ends; none is written a second time."""
    while process.poll() is None:
        now = written(out)
        assert {name: now[name] for name in now.keys() & seen.keys()}.items() <= seen.items()
        seen = {**seen, **now}
        time.sleep(0.01)
    return seen


def workers(node: Any) -> list[psutil.Process]:
    """The processes on a node that score."""
    (raylet,) = node.all_processes["raylet"]
    children = psutil.Process(raylet.process.pid).children(recursive=True)
    return [child for child in children if "MapWorker" in " ".join(child.cmdline())]


@pytest.mark.slow
def test_a_node_that_is_lost_in_mid_job_loses_and_repeats_nothing(
    corpus: Path, local: Path, tmp_path: Path, cluster: Any
) -> None:
    out = tmp_path / "out.jsonl"
    command = sayso(corpus, out, *on_ray("--address", cluster.address, "--workers", 4))
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        while len(written(out)) < 5:
            assert process.poll() is None, process.stderr.read() if process.stderr else ""
            time.sleep(0.01)
        lost = next(node for node in cluster.worker_nodes if workers(node))
        before = written(out)
        cluster.remove_node(lost, allow_graceful=False)
        assert len(before) < ROWS // PER_BATCH - 5  # the job was not nearly done
        seen = watch(process, out, before)
        assert process.stderr is not None
        assert process.returncode == 3, process.stderr.read()
    assert before.items() <= seen.items()
    assert_same(out, local)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("paths", "address", "message"),
    [
        ("corpus.jsonl", "ray://127.0.0.1:10001", "expected HOST:PORT, or auto"),
        ("corpus.jsonl", "127.0.0.1:999999", "no Ray cluster at"),
        ("corpus.jsonl", "127.0.0.1:1", "no Ray cluster at 127.0.0.1:1"),
        ("-", None, "not standard input; write the input to a file"),
    ],
)
def test_invalid_clusters_and_inputs_are_2(
    corpus: Path, tmp_path: Path, paths: str, address: str | None, message: str
) -> None:
    options = () if address is None else ("--address", address)
    command = sayso(Path(paths), tmp_path / "out.jsonl", "--input", "jsonl", *on_ray(*options))
    with corpus.open() as stdin:
        done = subprocess.run(
            command, stdin=stdin, capture_output=True, text=True, check=False, cwd=tmp_path
        )
    assert done.returncode == 2
    assert message in done.stderr


@pytest.mark.slow
def test_every_machine_needs_the_same_model(corpus: Path, tmp_path: Path) -> None:
    program = (
        "from sayso.corpus.ray_executor import RayExecutor\n"
        "from sayso.corpus.job import run_job\n"
        "from sayso.bundle.bundle import Bundle\n"
        "from tests.corpus.corpora import job\n"
        "from pathlib import Path\n"
        "import sys\n"
        "work = RayExecutor(Bundle.load().path, workers=1)\n"
        "run_job(job(Path(sys.argv[1])), Path(sys.argv[2]), work, resume=False)\n"
    )
    command = [sys.executable, "-c", program, str(corpus), str(tmp_path / "out.jsonl")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 1
    assert "expected handmade-1 and Sayso" in done.stderr.splitlines()[-1]
