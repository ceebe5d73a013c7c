"""What stands between the server and the app: who starts, reloads and stops it."""

import asyncio
import signal
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sayso.engine.runtime import available_cores
from sayso.server import logs, metrics
from sayso.server.app import Service
from sayso.server.reloadable import ReloadableModel
from sayso.server.settings import Settings


def open_service(settings: Settings, worker: int | None) -> Service:
    """The service of a worker process, of which the first has the number 1."""
    logs.configure_logging(settings.log_format, settings.log_level)
    if settings.metrics_port is not None and worker == 1:
        metrics.serve(settings.metrics_host, settings.metrics_port)
    threads = settings.threads(available_cores())
    model = ReloadableModel(settings.bundle, threads, cache_bytes=settings.cache_bytes)
    return Service(model, settings)


class Front:
    """Hands each request to our app, and begins to listen to signals once the worker is up.

    Args:
        lifespan: is told that the server starts and stops.
        service: our app, asked for once the server has started.
        on_ready: called when requests can be answered.
    """

    def __init__(
        self,
        lifespan: ASGIApp,
        service: Callable[[], Service],
        on_ready: Callable[[], None] = lambda: None,
    ) -> None:
        self._lifespan = lifespan
        self._service = service
        self._on_ready = on_ready

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await self._service()(scope, receive, send)
            return

        async def send_and_listen(message: Message) -> None:
            if message["type"] == "lifespan.startup.complete":
                listen(self._service())
                self._on_ready()
            await send(message)

        await self._lifespan(scope, receive, send_and_listen)


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
