"""One worker of `sayso serve`: `python -m sayso.server.worker DESCRIPTOR NUMBER`.

Runs the app as BentoML's worker does, by uvicorn on a socket that was handed down. It leaves out
BentoML: no request would pass it, and its import takes as long as the start of all the rest.
"""

import socket
import sys

from sayso.telemetry import disable_telemetry

disable_telemetry()

import uvicorn
from starlette.types import Receive, Scope, Send

from sayso.errors import SaysoError
from sayso.server.lifecycle import Front, open_service
from sayso.server.settings import Settings
from sayso.server.supervisor import say_ready


async def lifespan(scope: Scope, receive: Receive, send: Send) -> None:
    """Has nothing to do but to say so."""
    for step in ("startup", "shutdown"):
        await receive()
        await send({"type": f"lifespan.{step}.complete"})


def main() -> None:
    """Answer until a signal comes."""
    descriptor, number = map(int, sys.argv[1:])
    try:
        settings = Settings.from_environment()
        service = open_service(settings, number)
    except SaysoError as error:
        sys.exit(str(error))
    config = uvicorn.Config(
        Front(lifespan, lambda: service, on_ready=say_ready),
        log_config=None,
        access_log=False,
        server_header=False,
        # uvicorn trusts proxies on this machine unless it is told whom to trust.
        forwarded_allow_ips=list(map(str, settings.trusted_proxies)),
    )
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=descriptor)])


if __name__ == "__main__":
    main()
