"""A worker of `sayso serve`: `python -m sayso.server.worker LISTENER CHANNEL NUMBER`.

LISTENER is the descriptor of the listening socket, CHANNEL that of the pipe on which the supervisor
asks whether the worker is well. BentoML is left out: no request would pass it, and its import takes
as long as all the rest of the start.
"""

import asyncio
import os
import signal
import socket
import sys
from multiprocessing.connection import Connection

from sayso.telemetry import disable_telemetry

disable_telemetry()

import uvicorn
from starlette.types import ASGIApp
from uvicorn.supervisors.multiprocess import Process

from sayso.errors import SaysoError
from sayso.server.lifecycle import SignalMiddleware, open_service
from sayso.server.settings import ServerSettings


def main() -> None:
    """Answer requests until a signal comes."""
    listener, channel, number = map(int, sys.argv[1:])
    settings = ServerSettings.from_environment()

    def load() -> ASGIApp:
        _stop_with_supervisor()
        try:
            service = open_service(settings, number)
        except SaysoError as error:
            sys.exit(str(error))
        return SignalMiddleware(service, lambda: service)

    config = uvicorn.Config(
        load,
        factory=True,  # called when the worker already answers its supervisor
        log_config=None,
        access_log=False,
        server_header=False,
        # uvicorn trusts proxies on this machine unless it is told whom to trust.
        forwarded_allow_ips=list(map(str, settings.trusted_proxies)),
    )
    process = Process(config, [])
    process.child_conn = Connection(channel)
    assert not process.server.started  # made here, before another thread asks for it
    process.target([socket.socket(fileno=listener)])


def _stop_with_supervisor() -> None:
    """Stop as on SIGTERM when the supervisor is gone: it holds the other end of standard input."""
    loop, pipe = asyncio.get_running_loop(), sys.stdin.fileno()

    def stop() -> None:
        loop.remove_reader(pipe)
        os.kill(os.getpid(), signal.SIGTERM)

    loop.add_reader(pipe, stop)


if __name__ == "__main__":
    main()
