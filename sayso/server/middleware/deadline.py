"""Requests that take too long, senders that are too slow, callers that went away."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from math import ceil

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sayso.server.errors import Refusal
from sayso.server.request_context import RequestContext, context_of


class CallerGone(Exception):
    """The caller closed the connection before it had its answer."""


class Deadline:
    """Cancels a request after `seconds`, or if its body has not arrived after `body_seconds`, or
    when its caller goes away.

    An answer that has begun would break off: the route of a stream checks `due` of the context and
    ends a little earlier with an error line.
    """

    def __init__(self, app: ASGIApp, *, seconds: float, body_seconds: float) -> None:
        self.app = app
        self.seconds = seconds
        self.body_seconds = body_seconds
        self._running: dict[asyncio.Timeout, RequestContext] = {}

    def shorten(self, seconds: float) -> None:
        """Give the requests in flight at most this many seconds from now."""
        due = asyncio.get_running_loop().time() + seconds
        for timeout, context in self._running.items():
            context.due = min(context.due, due)
            timeout.reschedule(context.due)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        context_of(scope).due = asyncio.get_running_loop().time() + self.seconds
        caller = _Caller(receive, send, self.body_seconds)
        answering = asyncio.ensure_future(self._answer(scope, caller))
        caller.on_gone = answering.cancel
        try:
            await answering
        except (Exception, asyncio.CancelledError):
            if caller.is_gone:
                raise CallerGone from None
            raise
        finally:
            await caller.close()

    async def _answer(self, scope: Scope, caller: "_Caller") -> None:
        context = context_of(scope)
        due = asyncio.timeout_at(context.due)
        try:
            async with due:
                self._running[due] = context
                await self.app(scope, caller.receive, caller.send)
        except TimeoutError:
            if not due.expired():
                raise
            raise Refusal(
                504,
                "too_slow",
                f"not answered within {self.seconds:g} seconds; send a shorter text, or try again "
                "when the server is less busy",
                limit=ceil(self.seconds),
            ) from None
        finally:
            self._running.pop(due, None)


class _Caller:
    """Passes the body on; once it is complete, listens for the caller to go away.

    Only one may listen: after the body, the app receives what this one has heard.
    """

    def __init__(self, receive: Receive, send: Send, body_seconds: float) -> None:
        self.on_gone: Callable[[], object] = bool
        self._receive = receive
        self._send = send
        self._body_seconds = body_seconds
        self._body_due = asyncio.get_running_loop().time() + body_seconds
        self._gone = asyncio.Event()
        self._listening: asyncio.Task[None] | None = None
        self._is_answered = False

    @property
    def is_gone(self) -> bool:
        """Whether the caller went away before it had its answer."""
        return self._gone.is_set() and not self._is_answered

    async def receive(self) -> Message:
        if self._listening is not None:
            await self._gone.wait()
            return {"type": "http.disconnect"}
        try:
            async with asyncio.timeout_at(self._body_due):
                message = await self._receive()
        except TimeoutError:
            raise Refusal(
                408, "slow_body", f"the body did not arrive within {self._body_seconds:g} seconds"
            ) from None
        if message["type"] == "http.disconnect":
            self._hang_up()
        elif not message.get("more_body", False):
            self._listening = asyncio.create_task(self._listen())
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.body" and not message.get("more_body", False):
            self._is_answered = True
        await self._send(message)

    async def _listen(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._hang_up()

    def _hang_up(self) -> None:
        self._gone.set()
        if self.is_gone:
            self.on_gone()

    async def close(self) -> None:
        if self._listening is not None:
            self._listening.cancel()
            with suppress(asyncio.CancelledError):
                await self._listening
