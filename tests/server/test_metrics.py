"""What an operator sees: counted in one process or in several, without text and without names."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families

from sayso.server import metrics
from sayso.server.request_context import RequestContext
from tests.conftest import ROOT

ROUTE = "/metrics-test"
WORKER = """
from sayso.server import metrics
from sayso.server.request_context import RequestContext
record = RequestContext("id", route="/v1/score", sentences=3, characters=70, code="too_slow")
record.stopwatch.seconds["infer"] += 0.25
metrics.observe(record, "POST", 200, 0.5)
metrics.WAITING.set(50)
metrics.WAIT.set(9)
metrics.MODEL.labels("fake").set(1)
"""
READER = """
import sys
from sayso.server import metrics
if sys.argv[1:]:
    metrics.WAITING.set(int(sys.argv[1]))
sys.stdout.buffer.write(metrics.exposition())
"""


@pytest.fixture(autouse=True)
def one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PROMETHEUS_MULTIPROC_DIR", raising=False)


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def samples(text: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    return {
        (one.name, frozenset(one.labels.items())): one.value
        for family in text_string_to_metric_families(text)
        for one in family.samples
    }


def test_a_request_is_counted_with_its_work() -> None:
    record = RequestContext("id", key="canary", route=ROUTE, sentences=3, characters=70)
    record.stopwatch.seconds["infer"] += 0.25
    labels = {"route": ROUTE, "method": "POST", "status": "200"}
    names = ("sayso_sentences_total", "sayso_characters_total")
    before = [counted(name) for name in names]
    part = counted("sayso_part_seconds_sum", part="infer")
    metrics.observe(record, "POST", 200, 0.3)
    assert counted("sayso_requests_total", **labels) == 1
    assert [counted(name) for name in names] == [before[0] + 3, before[1] + 70]
    assert counted("sayso_part_seconds_sum", part="infer") == pytest.approx(part + 0.25)
    assert counted("sayso_request_seconds_bucket", route=ROUTE, le="0.5") == 1
    assert counted("sayso_request_seconds_bucket", route=ROUTE, le="0.25") == 0
    assert counted("sayso_rejected_total", code="") == 0
    assert "canary" not in metrics.exposition().decode()


def test_a_refusal_is_counted_by_its_code() -> None:
    before = counted("sayso_rejected_total", code="too_slow")
    metrics.observe(RequestContext("id", route=ROUTE, code="too_slow"), "POST", 504, 50)
    assert counted("sayso_rejected_total", code="too_slow") == before + 1


@pytest.mark.parametrize(
    ("method", "known"),
    [("GET", "GET"), ("POST", "POST"), ("get", "other"), ("CANARY", "other"), ("", "other")],
)
def test_a_method_that_a_client_made_up_is_not_repeated(method: str, known: str) -> None:
    assert metrics.known_method(method) == known
    metrics.observe(RequestContext("id", route=ROUTE), method, 405, 0)
    assert counted("sayso_requests_total", route=ROUTE, method=known, status="405") >= 1
    assert "CANARY" not in metrics.exposition().decode()


def test_everything_is_described_in_prometheus_format() -> None:
    families = {
        one.name: one for one in text_string_to_metric_families(metrics.exposition().decode())
    }
    expected = {
        "sayso_requests": "counter",
        "sayso_request_seconds": "histogram",
        "sayso_part_seconds": "histogram",
        "sayso_sentences": "counter",
        "sayso_characters": "counter",
        "sayso_rejected": "counter",
        "sayso_reloads": "counter",
        "sayso_waiting_characters": "gauge",
        "sayso_wait_seconds": "gauge",
        "sayso_model_info": "gauge",
    }
    assert {name: families[name].type for name in expected} == expected
    assert all(families[name].documentation for name in expected)


@pytest.fixture
def several(tmp_path: Path) -> dict[str, str]:
    return {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}


def run(environment: dict[str, str], code: str, *arguments: str) -> str:
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, cwd=ROOT, env=environment
    )
    return done.stdout


def test_several_workers_are_summed_up_and_the_dead_wait_for_nothing(
    several: dict[str, str], tmp_path: Path
) -> None:
    for _ in range(2):
        run(several, WORKER)
    read = samples(run(several, READER, "7"))
    labels = {"route": "/v1/score", "method": "POST", "status": "200"}
    assert read["sayso_requests_total", frozenset(labels.items())] == 2
    assert read["sayso_sentences_total", frozenset()] == 6
    assert read["sayso_characters_total", frozenset()] == 140
    assert read["sayso_rejected_total", frozenset({("code", "too_slow")})] == 2
    assert read["sayso_part_seconds_sum", frozenset({("part", "infer")})] == 0.5
    assert read["sayso_waiting_characters", frozenset()] == 7
    assert read.get(("sayso_wait_seconds", frozenset()), 0) == 0
    assert not [key for key in read if key[0] == "sayso_model_info"]


def test_a_port_that_is_taken_is_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        metrics.serve("127.0.0.1", taken.getsockname()[1])
