"""How a worker process starts, reloads its bundle and stops; the same under every server."""

import asyncio
import signal
from collections.abc import Callable
from types import FrameType
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sayso.engine.runtime import available_cores
from sayso.errors import InputError
from sayso.server import logs, metrics
from sayso.server.app import Service
from sayso.server.reloadable import ReloadableModel
from sayso.server.settings import ServerSettings


def open_service(settings: ServerSettings, worker: int | None) -> Service:
    """The service of a worker process; the first worker has the number 1.

    Raises:
        BundleError: if the bundle cannot be used.
        InputError: if nothing can listen on `metrics_port`.
    """
    logs.configure_logging(settings.log_format, settings.log_level)
    if settings.metrics_port is not None and worker == 1:
        try:
            metrics.serve(settings.metrics_host, settings.metrics_port)
        except OSError as error:
            raise InputError(
                f"cannot listen on metrics_port {settings.metrics_port}: {error.strerror}"
            ) from error
    threads = settings.threads(available_cores())
    model = ReloadableModel(settings.bundle, threads, cache_bytes=settings.cache_bytes)
    return Service(model, settings)


class SignalMiddleware:
    """Hands each request to the service, and listens to signals once the server has started.

    Args:
        lifespan: the app that hears of start and stop of the server.
        service: gives the service, once the server has started.
    """

    def __init__(self, lifespan: ASGIApp, service: Callable[[], Service]) -> None:
        self._lifespan = lifespan
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await self._service()(scope, receive, send)
            return

        async def send_and_listen(message: Message) -> None:
            if message["type"] == "lifespan.startup.complete":
                install_signal_handlers(self._service())
            await send(message)

        await self._lifespan(scope, receive, send_and_listen)


def install_signal_handlers(service: Service) -> None:
    """SIGHUP reloads the bundle; SIGTERM and SIGINT stop once requests in flight are finished.

    uvicorn has installed its own handlers before: they are called when all is finished.
    """
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGHUP, lambda: loop.run_in_executor(None, service.model.reload))
    before: dict[int, Any] = {one: signal.getsignal(one) for one in (signal.SIGTERM, signal.SIGINT)}
    stopping: set[asyncio.Task[None]] = set()

    async def finish(number: int, frame: FrameType | None) -> None:
        await service.stop()
        before[number](number, frame)

    def stop(number: int, frame: FrameType | None) -> None:
        if stopping:  # the second signal ends at once
            before[number](number, frame)
        else:
            stopping.add(loop.create_task(finish(number, frame)))

    for number in before:
        signal.signal(number, stop)
