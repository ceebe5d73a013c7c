"""Refuses requests that cannot be answered in time, before their bodies are read."""

from starlette.types import ASGIApp, Receive, Scope, Send

from sayso.server.errors import Refusal
from sayso.server.scheduler import Scheduler


class LoadShedding:
    """Admits at most `requests` at the same time, and none that would wait too long for the
    scheduler. Only POST requests are counted.
    """

    def __init__(self, app: ASGIApp, scheduler: Scheduler, *, requests: int) -> None:
        self.app = app
        self.scheduler = scheduler
        self.requests = requests
        self.inside = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST":
            await self.app(scope, receive, send)
            return
        if self.inside >= self.requests:
            raise Refusal(
                503,
                "overloaded",
                f"{self.requests} requests are being answered; ask again in a second",
                limit=self.requests,
                headers={"retry-after": "1"},
            )
        self.scheduler.require_capacity()
        self.inside += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self.inside -= 1
