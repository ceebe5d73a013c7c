"""SIGHUP loads another bundle while the server runs, and no caller notices."""

import json
import os
import signal
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import httpx
import pytest

from sayso.engine.scorer import Scorer
from tests.server.live import (
    PATIENCE,
    TEXTS,
    UNHURRIED,
    Launcher,
    Server,
    changed_bundle,
    own_answer,
    wait_until,
)

WORKERS = 2


@dataclass(frozen=True)
class Operated:
    """A server whose bundle is a link."""

    server: Server
    link: Path

    def load(self, bundle: Path) -> None:
        """Point the link to another bundle in one step, and send SIGHUP."""
        aside = self.link.with_name("aside")
        aside.symlink_to(bundle)
        aside.replace(self.link)
        self.server.process.send_signal(signal.SIGHUP)

    def wait_until_counted(self, result: str, times: int) -> None:
        wait_until(lambda: self.server.metric("sayso_reloads_total", result=result) >= times)
        assert self.server.metric("sayso_reloads_total", result=result) == times

    def answers(self, count: int) -> set[bytes]:
        """Distinct answers to one text, each over a new connection."""
        return {ask(self.server, TEXTS[0]).content for _ in range(count)}


def ask(server: Server, text: str) -> httpx.Response:
    return httpx.post(
        f"{server.url}/v1/score", json={"text": text}, timeout=PATIENCE, trust_env=False
    )


@pytest.fixture(scope="module")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("bundles")
    return changed_bundle(folder / "old", "old"), changed_bundle(folder / "new", "new")


@pytest.fixture(scope="module")
def operated(
    bundles: tuple[Path, Path], launcher: Launcher, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Operated]:
    link = tmp_path_factory.mktemp("link") / "bundle"
    link.symlink_to(bundles[0])
    home = tmp_path_factory.mktemp("reload")
    settings = {**UNHURRIED, "SAYSO_BUNDLE": str(link)}
    with launcher.launch(home, settings, workers=WORKERS) as server:
        yield Operated(server, link)


@contextmanager
def load_on(server: Server) -> Iterator[list[Future[list[httpx.Response]]]]:
    """Four callers who send requests without a break."""
    enough = Event()

    def ask_on() -> list[httpx.Response]:
        answers: list[httpx.Response] = []
        while not enough.is_set():
            answers.append(ask(server, TEXTS[len(answers) % len(TEXTS)]))
        return answers

    with ThreadPoolExecutor(4) as callers:
        asking = [callers.submit(ask_on) for _ in range(4)]
        try:
            yield asking
        finally:
            enough.set()


@pytest.mark.slow
def test_another_bundle_answers_and_no_request_is_lost(
    operated: Operated, bundles: tuple[Path, Path]
) -> None:
    server = operated.server
    old, new = (Scorer(bundle, threads=1) for bundle in bundles)
    before = {one.pid for one in server.processes()}
    own = {
        scorer.bundle.model_version: [own_answer(scorer, text) for text in TEXTS]
        for scorer in (old, new)
    }
    assert operated.answers(8) == {own_answer(old, TEXTS[0])}
    several = {"text": " ".join(TEXTS[:120])}
    with (
        load_on(server) as asking,
        server.client.stream("POST", "/v1/score/stream", json=several) as stream,
    ):
        lines = stream.iter_lines()
        assert "sentence" in json.loads(next(lines))
        operated.load(bundles[1])
        operated.wait_until_counted("done", WORKERS)
        assert operated.answers(8) == {own_answer(new, TEXTS[0])}
        *_, last = lines
        assert json.loads(last)["report"]["model"] == old.bundle.model_version
    seen = set()
    for caller in asking:
        models = []
        for number, answer in enumerate(caller.result()):
            assert answer.status_code == 200
            models.append(answer.json()["model"])
            assert answer.content == own[models[-1]][number % len(TEXTS)]
        seen |= set(models)
    assert seen == own.keys()
    assert {one.pid for one in server.processes()} == before
    assert server.client.get("/v1/info").json()["model"]["version"] == "new"
    assert server.metric("sayso_model_info", model=old.bundle.model_version) == 0
    assert server.metric("sayso_model_info", model=new.bundle.model_version) == 1
    assert server.log.count(f"reloaded: {new.bundle.model_version} answers") == WORKERS


@pytest.mark.slow
def test_a_broken_bundle_is_refused_and_the_old_one_answers(
    operated: Operated, bundles: tuple[Path, Path], tmp_path: Path
) -> None:
    server = operated.server
    operated_model = ask(server, TEXTS[0]).json()["model"]
    before, answers = {one.pid for one in server.processes()}, operated.answers(8)
    broken = changed_bundle(tmp_path / "broken", "broken")
    network = max(broken.iterdir(), key=lambda path: path.stat().st_size)
    os.truncate(network, network.stat().st_size // 2)
    for times, bundle in enumerate((broken, tmp_path / "nowhere"), start=1):
        operated.load(bundle)
        operated.wait_until_counted("refused", WORKERS * times)
        assert operated.answers(8) == answers
    assert ask(server, TEXTS[0]).json()["model"] == operated_model
    assert {one.pid for one in server.processes()} == before
    assert server.log.count("the bundle was not reloaded") == 2 * WORKERS
    assert server.metric("sayso_model_info", model=operated_model) == 1
    done = server.metric("sayso_reloads_total", result="done")
    operated.load(bundles[1])
    operated.wait_until_counted("done", int(done) + WORKERS)
    assert server.client.get("/v1/info").json()["model"]["version"] == "new"
