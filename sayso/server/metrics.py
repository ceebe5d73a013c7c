"""Prometheus metrics; they hold no text and do not identify callers.

Several workers write into files of one folder, `PROMETHEUS_MULTIPROC_DIR`, which must be set before
`prometheus_client` is imported; `/metrics` sums them up.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import psutil
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    start_http_server,
)
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from sayso.server.request_context import RequestContext

CONTENT_TYPE = CONTENT_TYPE_LATEST
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50)
_METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"})

REQUESTS = Counter("sayso_requests", "Requests answered.", ("route", "method", "status"))
LATENCY = Histogram(
    "sayso_request_seconds", "From the first byte to the last.", ("route",), buckets=_SECONDS
)
PARTS = Histogram(
    "sayso_part_seconds",
    "Of one request: queue, split, tokenise, infer.",
    ("part",),
    buckets=_SECONDS,
)
SENTENCES = Counter("sayso_sentences", "Sentences scored.")
CHARACTERS = Counter("sayso_characters", "Characters scored.")
REJECTED = Counter("sayso_rejected", "Requests refused, by the error's code.", ("code",))
RELOADS = Counter("sayso_reloads", "Bundles loaded while running.", ("result",))
WAITING = Gauge(
    "sayso_waiting_characters", "Characters let in and not yet scored.", multiprocess_mode="livesum"
)
WAIT = Gauge(
    "sayso_wait_seconds",
    "Until a text that came now would have its turn.",
    multiprocess_mode="livemax",
)
MODEL = Gauge(
    "sayso_model_info",
    "1 for the bundle that answers, 0 for one that did.",
    ("model",),
    multiprocess_mode="livemax",
)


def report_load(characters: int, seconds: float) -> None:
    """Show how much waits to be scored, and how long a text would wait."""
    WAITING.set(characters)
    WAIT.set(seconds)


def observe(context: RequestContext, method: str, status: int, seconds: float) -> None:
    """Count an answered request."""
    REQUESTS.labels(context.route, known_method(method), str(status)).inc()
    LATENCY.labels(context.route).observe(seconds)
    for part, spent in context.stopwatch.seconds.items():
        PARTS.labels(part).observe(spent)
    SENTENCES.inc(context.sentences)
    CHARACTERS.inc(context.characters)
    if context.code:
        REJECTED.labels(context.code).inc()


def known_method(method: str) -> str:
    """The method, or `other` for one that a client made up."""
    return method if method in _METHODS else "other"


def exposition() -> bytes:
    """All metrics of all workers, in Prometheus's text format."""
    return generate_latest(_registry())


def serve(host: str, port: int) -> None:
    """Serve the metrics on their own port, from a thread of this process.

    Raises:
        OSError: if the port cannot be used.
    """
    start_http_server(port, host, registry=_registry())


def _registry() -> CollectorRegistry:
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    if folder is None:
        return REGISTRY
    registry = CollectorRegistry()
    registry.register(_LiveWorkers(None, folder))  # type: ignore[no-untyped-call]
    return registry


class _LiveWorkers(MultiProcessCollector):
    """Drops the gauges of workers that were killed."""

    def collect(self) -> Iterator[Metric]:
        files = Path(self._path).glob("gauge_live*_*.db")
        for pid in {int(file.stem.rpartition("_")[2]) for file in files}:
            if not psutil.pid_exists(pid):
                mark_process_dead(pid, self._path)  # type: ignore[no-untyped-call]
        metrics: Iterator[Metric] = super().collect()  # type: ignore[no-untyped-call]
        return metrics
