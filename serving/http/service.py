"""The BentoML service: worker processes and packaging around `app.py`.

BentoML runs the workers; `sayso serve` starts them by `supervisor.py`, `bentoml serve` by BentoML's
process manager. Every request goes to our own app before BentoML's router or any of its middleware
sees it. Mounting the app with `@bentoml.asgi_app` would be shorter, but leaves `/schema.json` and
unknown paths to BentoML, in other shapes than ours, its metrics and tracing around each request,
and its page with a third party's tracker one change of ours away.
"""

from models.privacy import NO_CALLS_HOME, forbid_calls_home

forbid_calls_home()

import asyncio
import os
import signal
from collections.abc import Callable
from functools import partial
from tempfile import TemporaryDirectory
from types import FrameType
from typing import Any

# Before anything imports `prometheus_client`: it looks once. The workers inherit the folder, which
# is new each time: counters of a server that has ended would go on counting.
if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
    folder = TemporaryDirectory(prefix="sayso-metrics-")
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder.name

import bentoml
import bentoml.serving
from bentoml._internal.utils.analytics import usage_stats
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.cores import available_cores
from serving.http import logs, metrics
from serving.http.app import Service
from serving.http.loaded import LoadedModel
from serving.http.settings import Settings
from serving.http.supervisor import tell_supervisor

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
        logs.set_up(settings.log_format, settings.log_level)
        if settings.metrics_port is not None and bentoml.server_context.worker_index == 1:
            metrics.serve(settings.metrics_host, settings.metrics_port)
        threads = settings.threads(available_cores())
        model = LoadedModel(settings.bundle, threads, cache_bytes=settings.cache_bytes)
        self.app = Service(model, settings)


class Front:
    """Hands each request to our app, and begins to listen to signals once the worker is up."""

    def __init__(self, app: ASGIApp) -> None:
        self.bentoml = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await bentoml.get_current_service().app(scope, receive, send)
            return

        async def send_and_listen(message: Message) -> None:
            if message["type"] == "lifespan.startup.complete":
                listen(bentoml.get_current_service().app)
                tell_supervisor()
            await send(message)

        await self.bentoml(scope, receive, send_and_listen)


def listen(service: Service) -> None:
    """SIGHUP loads the bundle anew; SIGTERM and SIGINT stop once what is in flight is done.

    uvicorn has put up its own handlers by now: they are called when it is time.
    """
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGHUP, lambda: loop.run_in_executor(None, service.model.reload))
    stopping: set[asyncio.Task[None]] = set()
    for number in (signal.SIGTERM, signal.SIGINT):
        before: Any = signal.getsignal(number)

        def stop(number: int, frame: FrameType | None, before: Any = before) -> None:
            end = partial(before, number, frame)
            if stopping:  # whoever asks twice does not want to wait
                end()
            else:
                stopping.add(loop.create_task(_stop(service, end)))

        signal.signal(number, stop)


async def _stop(service: Service, end: Callable[[], object]) -> None:
    await service.stop()
    end()


service = bentoml.service(
    name="sayso",
    workers=settings.workers,
    metrics={"enabled": False},
    logging={"access": {"enabled": False}},
    envs=[{"name": name, "value": value} for name, value in NO_CALLS_HOME.items()],
)(Scoring)


class _Outermost(type(service)):  # type: ignore[misc]
    """Has Front before all of BentoML's middleware, and not inside: one piece of that answers in
    its own shape after 60 seconds, and waits as long for a caller who has gone.
    """

    __slots__ = ()

    def to_asgi(self, is_main: bool = True) -> ASGIApp:
        return Front(super().to_asgi(is_main))


service.__class__ = _Outermost
