"""Servers in processes of their own, as an operator starts them, and checks of what they do."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil
import pytest
from prometheus_client.parser import text_string_to_metric_families

from sayso.bundle.bundle import MANIFEST, Bundle, write_checksums
from sayso.engine.scorer import Scorer
from sayso.server.answers import report_answer, to_json
from sayso.server.schemas import ScoreRequest
from sayso.telemetry import TELEMETRY_OFF

TEXTS = [
    f"Officials said dam {n} could fail. “A shocking disaster 🌊,” he claimed.\r\nIt is Monday."
    for n in range(320)
]
LONG = " ".join(TEXTS)
LONG_SENTENCES = 3 * len(TEXTS)
"""So many that there is time to look while they are scored."""
UNHURRIED = {"SAYSO_LIMITS__SECONDS": "600", "SAYSO_LIMITS__QUEUE_SECONDS": "600"}
"""Settings with which a slow machine refuses nothing."""
PATIENCE = 120
"""Seconds that something may take that is sure to happen."""


@dataclass(frozen=True)
class Server:
    """A running server; all that it writes lies below `home`."""

    process: subprocess.Popen[bytes]
    client: httpx.Client
    port: int
    home: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        return (self.home / "log").read_text(encoding="utf-8")

    def processes(self) -> list[psutil.Process]:
        main = psutil.Process(self.process.pid)
        return [main, *main.children(recursive=True)]

    def metric(self, name: str, **labels: str) -> float:
        """The sum of all that has this name and these labels."""
        return metric_of(self.client.get("/metrics").text, name, **labels)


@contextmanager
def running(
    command: list[str], home: Path, port: int, settings: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """A server as an operator would start it: with no telemetry switched off beforehand.

    Whatever it sends out would go to a proxy of the test's own, where nobody may call. It is
    stopped at the end, unless the test has stopped it; either way it has to exit with 0.
    """
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in {*TELEMETRY_OFF, "NO_PROXY", "no_proxy", "PROMETHEUS_MULTIPROC_DIR"}
        and not name.startswith(("SAYSO_", "BENTOML_"))
    }
    (home / "tmp").mkdir()
    environment |= {"HOME": str(home), "TMPDIR": str(home / "tmp")}
    # A repeated text is to take as long as at first.
    environment |= {"BENTOML_HOME": str(home / "bentoml"), "SAYSO_CACHE_BYTES": "0"}
    environment |= settings or {}
    with socket.create_server(("127.0.0.1", 0)) as trap, (home / "log").open("wb") as log:
        trap.setblocking(False)
        proxy = f"http://127.0.0.1:{trap.getsockname()[1]}"
        environment |= dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), proxy)
        process = subprocess.Popen(
            command, cwd=home, env=environment, stdout=log, stderr=log, start_new_session=True
        )
        base = f"http://127.0.0.1:{port}"
        try:
            with httpx.Client(base_url=base, timeout=PATIENCE, trust_env=False) as client:
                server = Server(process, client, port, home)
                wait_until_ready(server)
                yield server
            if process.poll() is None:
                only_local(server)
                process.send_signal(signal.SIGTERM)
            assert process.wait(PATIENCE) == 0
            nobody_called(trap)
        finally:
            if process.poll() is None:
                for child in psutil.Process(process.pid).children(recursive=True):
                    child.kill()
                process.kill()
                process.wait(10)


def wait_until_ready(server: Server) -> None:
    def is_ready() -> bool:
        if server.process.poll() is not None:
            pytest.fail(f"the server ended:\n{server.log[-3000:]}")
        try:
            return server.client.get("/readyz").status_code == 200
        except httpx.TransportError:
            return False

    wait_until(is_ready)


def wait_until(happens: Callable[[], object]) -> None:
    """Wait for an event that is sure to happen."""
    until = time.monotonic() + PATIENCE
    while not happens():
        if time.monotonic() > until:
            pytest.fail(f"it did not happen: {happens}")
        time.sleep(0.05)


def wait_until_at_work(server: Server) -> None:
    """Wait until some text waits to be scored or is being scored."""
    wait_until(lambda: server.metric("sayso_waiting_characters") > 0)


def only_local(server: Server) -> None:
    """Check that no process of the server talks to anything but this machine."""
    connections = [
        connection for one in server.processes() for connection in one.net_connections("inet")
    ]
    assert any(connection.laddr.port == server.port for connection in connections)
    for connection in connections:
        assert connection.laddr.ip == "127.0.0.1"
        assert not connection.raddr or connection.raddr.ip == "127.0.0.1"


def nobody_called(trap: socket.socket) -> None:
    try:
        connection, _ = trap.accept()
    except BlockingIOError:
        return
    with connection:
        connection.settimeout(5)
        pytest.fail(f"the server called out: {connection.recv(300)!r}")


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


@dataclass(frozen=True)
class Launcher:
    """One of the two ways to start the service."""

    command: Callable[[int], list[str]]
    """Made of a port."""
    settings: Mapping[str, str] = field(default_factory=dict)

    @contextmanager
    def launch(
        self, home: Path, settings: Mapping[str, str], *, workers: int = 1
    ) -> Iterator[Server]:
        """A running server, with settings of the environment."""
        port = free_port()
        settings = {**self.settings, "SAYSO_WORKERS": str(workers), **settings}
        with running(self.command(port), home, port, settings) as server:
            yield server


def sayso_command(port: int, before: str = "") -> list[str]:
    """`sayso serve`, after a line of Python."""
    start = f"{before}\nfrom sayso.cli.serve import serve\nserve(port={port})"
    return [sys.executable, "-P", "-c", start]


def bento_command(bento: Path | str, port: int) -> list[str]:
    return [str(Path(sys.executable).with_name("bentoml")), "serve", str(bento), "-p", str(port)]


def changed_bundle(folder: Path, version: str) -> Path:
    """A copy of the shipped bundle that says another version of itself."""
    shutil.copytree(Bundle.load().path, folder)
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    (folder / MANIFEST).write_text(json.dumps(manifest | {"version": version}), encoding="utf-8")
    write_checksums(folder)
    return folder


def own_answer(scorer: Scorer, text: str) -> bytes:
    """What the server has to answer at `/v1/score`."""
    return to_json(report_answer(scorer.score(text), ScoreRequest(text=text)))


def metric_of(exposition: str, name: str, **labels: str) -> float:
    """The sum of all samples that have this name and these labels."""
    return sum(
        sample.value
        for family in text_string_to_metric_families(exposition)
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    )
