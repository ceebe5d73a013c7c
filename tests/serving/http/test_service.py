"""The real server: `sayso serve` and a Bento by `sayso package`, in processes of their own."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import pytest

from models.bundle import MANIFEST, Bundle, seal
from models.errors import BundleError, InputError
from models.privacy import NO_CALLS_HOME
from sayso.commands.package import package, pinned_requirements
from sayso.commands.serve import serve
from serving.engine import Engine
from serving.http.app import report_json
from serving.http.schemas import ErrorAnswer, InfoAnswer

TEXTS = [
    f"Officials said dam {n} could fail. “A shocking disaster 🌊,” he claimed.\r\nIt is Monday."
    for n in range(40)
]
LONG = " ".join(TEXTS * 12)
JSON = {"content-type": "application/json"}


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


@dataclass(frozen=True)
class Server:
    process: subprocess.Popen[bytes]
    client: httpx.Client
    port: int


@contextmanager
def running(command: list[str], home: Path, port: int) -> Iterator[Server]:
    """A server as an operator would start it: with no telemetry switched off beforehand.

    Whatever it would send out goes to a proxy of the test's own, where nobody may call.
    """
    with socket.create_server(("127.0.0.1", 0)) as trap, (home / "log").open("wb") as log:
        trap.setblocking(False)
        proxy = f"http://127.0.0.1:{trap.getsockname()[1]}"
        unset = {*NO_CALLS_HOME, "SAYSO_BUNDLE", "SAYSO_WORKERS", "NO_PROXY", "no_proxy"}
        environment = {name: value for name, value in os.environ.items() if name not in unset}
        environment |= dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), proxy)
        environment["BENTOML_HOME"] = str(home / "bentoml")
        process = subprocess.Popen(command, cwd=home, env=environment, stdout=log, stderr=log)
        base = f"http://127.0.0.1:{port}"
        try:
            with httpx.Client(base_url=base, timeout=60, trust_env=False) as client:
                server = Server(process, client, port)
                wait_until_ready(server, home / "log")
                yield server
            if process.poll() is None:
                only_local(server)
                process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0
            nobody_called(trap)
        finally:
            if process.poll() is None:
                for child in psutil.Process(process.pid).children(recursive=True):
                    child.kill()
                process.kill()
                process.wait(10)


def wait_until_ready(server: Server, log: Path) -> None:
    until = time.monotonic() + 40
    while time.monotonic() < until and server.process.poll() is None:
        try:
            if server.client.get("/readyz").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    pytest.fail(f"the server did not get ready:\n{log.read_text()[-3000:]}")


def only_local(server: Server) -> None:
    """Check that no process of the server talks to anything but this machine."""
    process = psutil.Process(server.process.pid)
    connections = [
        connection
        for one in [process, *process.children(recursive=True)]
        for connection in one.net_connections("inet")
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


def serve_command(port: int, workers: int = 1) -> list[str]:
    start = f"from sayso.commands.serve import serve; serve(port={port}, workers={workers})"
    return [sys.executable, "-P", "-c", start]


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("serve")
    # A folder of the user's that must not be taken for ours.
    (home / "models").mkdir()
    (home / "models" / "__init__.py").write_text("raise RuntimeError('not this one')\n")
    port = free_port()
    with running(serve_command(port), home, port) as server:
        yield server
    log = (home / "log").read_text()
    assert f"answers at http://127.0.0.1:{port}" in log
    assert log.rstrip().endswith("sayso: stopped")
    assert "Officials" not in log


@pytest.fixture
def client(server: Server) -> httpx.Client:
    return server.client


@pytest.mark.slow
def test_concurrent_answers_are_the_engines_own(client: httpx.Client, engine: Engine) -> None:
    with ThreadPoolExecutor(8) as senders:
        answers = senders.map(lambda text: client.post("/v1/score", json={"text": text}), TEXTS)
        for text, answer in zip(TEXTS, answers, strict=True):
            assert answer.status_code == 200
            assert answer.content == report_json(engine.score(text))


@pytest.mark.slow
def test_probes_answer_while_a_long_text_is_scored(server: Server) -> None:
    client = server.client
    with ThreadPoolExecutor(1) as sender:
        scoring = sender.submit(client.post, "/v1/score", json={"text": LONG})
        answered = 0
        while not scoring.done():
            assert client.get("/livez").status_code == 200
            answered += 1
            only_local(server)
            time.sleep(0.05)
        assert answered >= 3
        assert len(scoring.result().json()["sentences"]) == 3 * len(TEXTS) * 12


@pytest.mark.slow
def test_probes_and_info(client: httpx.Client, engine: Engine) -> None:
    for path in ("/livez", "/readyz", "/healthz", "/metrics"):
        assert client.get(path).status_code == 200
    assert "bentoml_service_request_total" in client.get("/metrics").text
    info = InfoAnswer.model_validate_json(client.get("/v1/info").text)
    assert info.model.digest == engine.bundle.digest
    assert "<title>Sayso</title>" in client.get("/").text


@pytest.mark.slow
@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/v1/score", b"{", 400),
        ("GET", "/nothing", None, 404),
        ("GET", "/docs.json", None, 404),
        ("GET", "/schema.json", None, 404),
        ("GET", "/static_content/swagger-ui.css", None, 404),
        ("GET", "/assets/index.js", None, 404),
        ("POST", "/livez", b"{}", 404),
        ("GET", "/v1/score", None, 405),
        ("HEAD", "/v1/score", None, 405),
        ("POST", "/v1/score", b" " * 2_000_000, 413),
        ("POST", "/v1/score", b'{"text": ""}', 422),
    ],
)
def test_every_error_has_our_shape(
    client: httpx.Client, method: str, path: str, body: bytes | None, status: int
) -> None:
    answer = client.request(method, path, content=body, headers=JSON)
    assert answer.status_code == status
    assert answer.headers["x-request-id"]
    if method != "HEAD":
        shaped = ErrorAnswer.model_validate_json(answer.text)
        assert shaped.request_id == answer.headers["x-request-id"]


@pytest.mark.slow
def test_a_long_body_of_no_declared_length_is_refused(client: httpx.Client) -> None:
    answer = client.post("/v1/score", content=iter([b" " * 65_536] * 32), headers=JSON)
    assert answer.status_code == 413
    assert answer.json()["error"]["limit"] == 1_048_576


@pytest.mark.slow
def test_a_stop_lets_the_request_in_flight_finish(tmp_path: Path) -> None:
    port = free_port()
    with running(serve_command(port, workers=2), tmp_path, port) as server:
        with ThreadPoolExecutor(1) as sender:
            scoring = sender.submit(server.client.post, "/v1/score", json={"text": LONG})
            time.sleep(0.4)
            assert not scoring.done()
            server.process.send_signal(signal.SIGINT)
            assert scoring.result(60).status_code == 200
        assert server.process.wait(30) == 0
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), timeout=2)


@pytest.mark.slow
def test_a_bento_answers_as_the_engine_does(tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    shutil.copytree(Bundle.load().path, bundle)
    manifest = json.loads((bundle / MANIFEST).read_text())
    (bundle / MANIFEST).write_text(json.dumps(manifest | {"version": "packed"}))
    seal(bundle)
    bento = tmp_path / "bento"
    build = "import pathlib, sys; from sayso.commands.package import package; "
    build += "package(sys.argv[1], pathlib.Path(sys.argv[2]))"
    command = [sys.executable, "-c", build, str(bundle), str(bento)]
    built = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=tmp_path)
    assert built.returncode == 0, built.stderr
    assert built.stdout.strip() == str(bento)
    assert "run it: bentoml serve" in built.stderr
    requirements = (bento / "env" / "python" / "requirements.txt").read_text()
    assert "onnxruntime==" in requirements
    assert "torch" not in requirements
    port = free_port()
    bentoml = str(Path(sys.executable).with_name("bentoml"))
    command = [bentoml, "serve", str(bento), "--host", "127.0.0.1", "--port", str(port)]
    own = Engine(bundle)
    with running(command, tmp_path, port) as server:
        client = server.client
        assert client.get("/v1/info").json()["model"]["version"] == "packed"
        for text in TEXTS[:10]:
            answer = client.post("/v1/score", json={"text": text})
            assert answer.content == report_json(own.score(text))
        assert "<title>Sayso</title>" in client.get("/").text
        assert client.get("/schema.json").status_code == 404


def test_a_taken_port_is_said_before_the_server_starts() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(
            InputError, match=r"cannot listen on 127\.0\.0\.1, port \d+: address already"
        ),
    ):
        serve(port=taken.getsockname()[1])


def test_a_foreign_address_is_said_before_the_server_starts() -> None:
    with pytest.raises(InputError, match="choose others with --host and --port"):
        serve(host="192.0.2.1", port=0)


def test_a_broken_bundle_is_said_before_the_server_starts(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="not a Sayso bundle"):
        serve(port=0, bundle=str(tmp_path))
    with pytest.raises(BundleError, match="not a Sayso bundle"):
        package(str(tmp_path))


def test_a_bento_does_not_overwrite(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there already"):
        package(output=tmp_path)


def test_requirements_are_the_plain_ones_and_pinned() -> None:
    pinned = pinned_requirements()
    assert all("==" in line for line in pinned)
    names = {line.partition("==")[0] for line in pinned}
    assert {"bentoml", "fastapi", "onnxruntime", "tokenizers"} <= names
    assert not names & {"torch", "transformers", "pytest", "ray"}
