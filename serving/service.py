"""The BentoML service: packaging around `app.py`, and the workers of `bentoml serve`.

Every request goes to our own app before BentoML's router or any of its middleware sees it; `sayso
serve` runs the same app without BentoML (`worker.py`). Mounting it with `@bentoml.asgi_app` would
be shorter, but leaves `/schema.json` and unknown paths to BentoML, in other shapes than ours, its
metrics and tracing around each request, and its page with a third party's tracker one change of
ours away.
"""

from sayso.telemetry import TELEMETRY_OFF, disable_telemetry

disable_telemetry()

import os
from functools import partial
from tempfile import TemporaryDirectory

# Before anything imports `prometheus_client`: it looks once. The workers inherit the folder, which
# is new each time: counters of a server that has ended would go on counting.
if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
    folder = TemporaryDirectory(prefix="sayso-metrics-")
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder.name

import bentoml
import bentoml.serving
from bentoml._internal.utils.analytics import usage_stats
from starlette.types import ASGIApp

from sayso.server.lifecycle import Front, open_service
from sayso.server.settings import Settings

# `bentoml serve` has asked whether it may send usage pings, and kept the answer, before it imports
# this file; now it has to ask again.
usage_stats.do_not_track.cache_clear()

# BentoML's process manager answers SIGHUP by new workers in place of the old ones, before it is
# known whether they can start. So it passes the signal on, and the workers look for themselves.
bentoml.serving.create_watcher = partial(bentoml.serving.create_watcher, send_hup=True)

settings = Settings.from_environment()

# uvicorn, which BentoML starts, trusts proxies on this machine unless it is told whom to trust.
os.environ["FORWARDED_ALLOW_IPS"] = ",".join(map(str, settings.trusted_proxies))


class Scoring:
    """Scores English news sentence by sentence. Made once in each worker process."""

    def __init__(self) -> None:
        self.app = open_service(settings, bentoml.server_context.worker_index)


service = bentoml.service(
    name="sayso",
    workers=settings.workers,
    metrics={"enabled": False},
    logging={"access": {"enabled": False}},
    envs=[{"name": name, "value": value} for name, value in TELEMETRY_OFF.items()],
)(Scoring)


class _Outermost(type(service)):  # type: ignore[misc]
    """Has Front before all of BentoML's middleware, and not inside: one piece of that answers in
    its own shape after 60 seconds, and waits as long for a caller who has gone.
    """

    __slots__ = ()

    def to_asgi(self, is_main: bool = True) -> ASGIApp:
        return Front(super().to_asgi(is_main), lambda: bentoml.get_current_service().app)


service.__class__ = _Outermost
