"""A server for load tests and benchmarks: on a free port of the loopback, stopped at the end.

It gets a temporary home, none of the caller's settings, and the code of this checkout. Only
processes that it started itself are ever signalled, by their ids.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import psutil

ROOT = Path(__file__).parents[2]
READY_WITHIN, STOPPED_WITHIN = 120.0, 60.0  # seconds
WORKER = "sayso.server.worker"
_UNSET = {"BENTOML_HOME", "BENTOML_CONFIG", "PROMETHEUS_MULTIPROC_DIR"}
_UNSET |= {"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"}


@dataclass(frozen=True)
class Server:
    """A running server; `log` is what it wrote to both outputs."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def processes(self) -> list[psutil.Process]:
        """The server and all that it started."""
        try:
            root = psutil.Process(self.process.pid)
            return [root, *root.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def workers(self) -> list[psutil.Process]:
        """The processes that answer requests."""
        found = []
        for one in self.processes():
            with suppress(psutil.NoSuchProcess):
                if WORKER in " ".join(one.cmdline()):
                    found.append(one)
        return found

    def rss(self) -> int:
        """Resident bytes of all processes; pages that they share count once for each."""
        total = 0
        for one in self.processes():
            with suppress(psutil.NoSuchProcess):
                total += one.memory_info().rss
        return total

    def log_text(self) -> str:
        """What the server has written so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


@contextmanager
def sayso(
    *, workers: int = 1, bundle: Path | None = None, settings: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """`sayso serve`; `settings` are variables such as `SAYSO_LIMITS__BODY_SECONDS`."""

    def command(port: int) -> list[str]:
        given = ["--port", str(port), "--workers", str(workers)]
        if bundle is not None:
            given += ["--bundle", str(bundle)]
        return [sys.executable, "-P", "-m", "sayso", "serve", *given]

    with running(command, settings=settings) as server:
        yield server


@contextmanager
def running(
    command: Callable[[int], list[str]], *, settings: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """What `command` makes of a port, from when it is ready until it has stopped.

    Raises:
        RuntimeError: it did not get ready.
    """
    with TemporaryDirectory(prefix="sayso-bench-") as folder:
        home, port = Path(folder), free_port()
        log = home / "log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                command(port),
                cwd=home,
                env=_environment(home, settings or {}),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        server = Server(process, port, log)
        try:
            _wait_until_ready(server)
            yield server
        finally:
            _stop(server)


def _environment(home: Path, settings: Mapping[str, str]) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in _UNSET and not name.startswith("SAYSO_")
    }
    own = {"HOME": str(home), "TMPDIR": str(home), "PYTHONPATH": str(ROOT)}
    # Articles come again and again in a benchmark, and each time is to count.
    return kept | own | {"SAYSO_CACHE_BYTES": "0"} | dict(settings)


def _wait_until_ready(server: Server) -> None:
    until = time.monotonic() + READY_WITHIN
    while time.monotonic() < until and server.process.poll() is None:
        with suppress(httpx.TransportError):
            answer = httpx.get(f"{server.url}/readyz", timeout=5, trust_env=False)
            if answer.status_code == 200:
                return
        time.sleep(0.1)
    raise RuntimeError(f"the server did not get ready:\n{server.log_text()[-3000:]}")


def _stop(server: Server) -> None:
    """SIGTERM, and SIGKILL for what is still there afterwards."""
    started = server.processes()
    if server.process.poll() is None:
        server.process.send_signal(signal.SIGTERM)
    try:
        code = server.process.wait(STOPPED_WITHIN)
        if code != 0:
            print(f"the server ended with code {code}", file=sys.stderr)
    except subprocess.TimeoutExpired:
        print(f"the server did not stop in {STOPPED_WITHIN:g} s; killed", file=sys.stderr)
    for one in reversed(started):  # psutil refuses where the id is another process's by now
        if one.pid != server.process.pid:
            with suppress(psutil.NoSuchProcess):
                one.kill()
    if server.process.poll() is None:
        server.process.kill()
        server.process.wait(10)
