"""The process that starts the workers of `sayso serve` and waits for them."""

import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import httpx
import psutil
import pytest

from sayso.bundle.bundle import NETWORK, write_checksums
from sayso.engine.scorer import Scorer
from sayso.server.keys import new_key
from tests.server.live import (
    PATIENCE,
    TEXTS,
    UNHURRIED,
    Launcher,
    changed_bundle,
    own_answer,
    sayso_command,
    wait_until,
    wait_until_at_work,
    wait_until_ready,
)
from tests.server.test_stopping import ENDLESS, LENIENT, ROOM, asked_anew

SMALL = 80_000_000
"""Bytes; BentoML or a model take much more."""


def loaded(home: Path) -> int:
    """How many workers have loaded a model; a dead one counts until the metrics are read."""
    gauges = home.rglob("gauge_livemax_*.db")
    return sum(b"sayso_model_info" in one.read_bytes() for one in gauges)


@pytest.mark.slow
def test_a_killed_worker_is_replaced(
    tmp_path: Path, launcher: Launcher, sayso_serve: Launcher, packed_engine: Scorer
) -> None:
    with launcher.launch(tmp_path, UNHURRIED) as server:
        supervisor, worker = server.processes()
        worker.kill()
        wait_until(lambda: not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE)
        wait_until(lambda: len(server.processes()) == 2)
        wait_until_ready(server)
        answer = server.client.post("/v1/score", json={"text": TEXTS[0]})
        assert answer.content == own_answer(packed_engine, TEXTS[0])
        assert server.processes()[0] == supervisor
        assert server.processes()[1] != worker
        if launcher is sayso_serve:
            assert "worker 1 ended (-9); another starts" in server.log
            assert server.log.count("answers at") == 1


@pytest.mark.slow
def test_the_other_workers_answer_meanwhile(tmp_path: Path, launcher: Launcher) -> None:
    with launcher.launch(tmp_path, UNHURRIED, workers=2) as server:
        wait_until(lambda: loaded(tmp_path) == 2)
        _, first, second = server.processes()
        first.kill()
        for _ in range(20):
            assert asked_anew(server, "GET", "/livez") == (200, "")
        wait_until(lambda: loaded(tmp_path) == 2)
        assert second in server.processes()


@pytest.mark.slow
def test_the_supervisor_stays_small(tmp_path: Path, sayso_serve: Launcher) -> None:
    with sayso_serve.launch(tmp_path, UNHURRIED) as server:
        supervisor, worker = server.processes()
        loaded = [one.path for one in supervisor.memory_maps()]
        assert not [path for path in loaded if "onnxruntime" in path or "numpy" in path]
        assert supervisor.memory_info().rss < SMALL < worker.memory_info().rss


@pytest.mark.slow
def test_a_second_signal_ends_at_once(tmp_path: Path, sayso_serve: Launcher) -> None:
    with (
        sayso_serve.launch(tmp_path, {**LENIENT, **ROOM}) as server,
        ThreadPoolExecutor(1) as sender,
    ):
        scoring = sender.submit(server.client.post, "/v1/score", json={"text": ENDLESS})
        wait_until_at_work(server)
        server.process.send_signal(signal.SIGTERM)
        wait_until(lambda: asked_anew(server, "GET", "/readyz") == (503, "stopping"))
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(10) == 0
        with pytest.raises(httpx.TransportError):
            scoring.result()


@pytest.mark.slow
def test_no_worker_outlives_the_supervisor(tmp_path: Path, sayso_serve: Launcher) -> None:
    left: list[psutil.Process] | None = None
    # `launch` finds that it did not exit with 0.
    with (
        pytest.raises(AssertionError),
        sayso_serve.launch(tmp_path, UNHURRIED, workers=2) as server,
    ):
        wait_until(lambda: loaded(tmp_path) == 2)
        supervisor, *workers = server.processes()
        supervisor.kill()
        _, left = psutil.wait_procs(workers, PATIENCE)
    assert left == []


@pytest.mark.slow
def test_a_complete_but_unusable_bundle_ends_the_start(tmp_path: Path) -> None:
    bundle = changed_bundle(tmp_path / "bundle", "broken")
    (bundle / NETWORK).write_bytes(b"no network")
    write_checksums(bundle)
    done = subprocess.run(
        [sys.executable, "-m", "sayso", "serve", "--port", "0", "--bundle", str(bundle)],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 2
    assert "network or tokenizer cannot be loaded" in done.stderr.splitlines()[-1]
    assert "answers at" not in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_while_the_first_worker_starts_ends_the_server(number: signal.Signals) -> None:
    command = [sys.executable, "-m", "sayso", "serve", "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        supervisor = psutil.Process(server.pid)
        wait_until(lambda: bool(supervisor.children()))
        server.send_signal(number)
        try:
            _, log = server.communicate(timeout=PATIENCE)
        finally:
            server.kill()  # one that goes on must not keep the test waiting
    assert server.returncode == 0
    assert "answers at" not in log
    assert log.rstrip().endswith("sayso: stopped")


@pytest.mark.slow
def test_a_worker_that_hangs_is_replaced(tmp_path: Path, sayso_serve: Launcher) -> None:
    patience = "from sayso.server import supervisor; supervisor.HUNG_AFTER = 2"
    hasty = Launcher(partial(sayso_command, before=patience), sayso_serve.settings)
    with hasty.launch(tmp_path, UNHURRIED) as server:
        _, worker = server.processes()
        worker.suspend()
        wait_until(lambda: "worker 1 ended (-9); another starts" in server.log)
        wait_until_ready(server)
        assert server.client.post("/v1/score", json={"text": TEXTS[0]}).status_code == 200


@pytest.mark.slow
def test_a_worker_that_hangs_does_not_delay_the_stop(tmp_path: Path, sayso_serve: Launcher) -> None:
    patience = "from sayso.server import supervisor; supervisor.KILL_AFTER = 1"
    hasty = Launcher(partial(sayso_command, before=patience), sayso_serve.settings)
    with hasty.launch(tmp_path, {**UNHURRIED, "SAYSO_STOP_SECONDS": "1"}) as server:
        _, worker = server.processes()
        server.process.send_signal(signal.SIGTERM)
        worker.suspend()
        assert server.process.wait(PATIENCE) == 0


@pytest.mark.slow
def test_the_server_ends_when_no_worker_can_start_any_more(
    tmp_path: Path, sayso_serve: Launcher
) -> None:
    bundle = changed_bundle(tmp_path / "bundle", "soon broken")
    with (
        pytest.raises(AssertionError),  # it does not exit with 0
        sayso_serve.launch(tmp_path, {**UNHURRIED, "SAYSO_BUNDLE": str(bundle)}) as server,
    ):
        (bundle / NETWORK).write_bytes(b"no network")
        server.processes()[1].kill()
        assert server.process.wait(PATIENCE) == 2
        assert NETWORK in server.log.splitlines()[-1]


@pytest.mark.slow
def test_a_late_worker_has_the_settings_and_keys_of_the_others(
    tmp_path: Path, launcher: Launcher
) -> None:
    key, line = new_key("desk")
    keys = tmp_path / "keys"
    keys.write_text(line, encoding="utf-8")
    with launcher.launch(tmp_path, {**UNHURRIED, "SAYSO_KEYS_FILE": str(keys)}) as server:
        keys.unlink()
        worker = server.processes()[1]
        worker.kill()
        wait_until(lambda: not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE)
        wait_until(lambda: len(server.processes()) == 2)
        wait_until_ready(server)
        ask = partial(server.client.post, "/v1/score", json={"text": TEXTS[0]})
        assert ask().status_code == 401
        assert ask(headers={"x-api-key": key}).status_code == 200
