"""Time: a request that takes too long, a sender that is too slow, a caller that went away."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from math import ceil

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sayso.server.errors import Refusal
from sayso.server.request_context import RequestContext, context_of


class CallerGone(Exception):
    """Nobody waits for the answer any more."""


class Deadline:
    """Gives a request up after `seconds`, and its body after `body_seconds`; when the caller goes
    away, what is done for it is cancelled.

    An answer that has begun, as a stream's, would be broken off: its route looks at the record's
    `due` and ends a little earlier, with a last line that says so.
    """

    def __init__(self, app: ASGIApp, *, seconds: float, body_seconds: float) -> None:
        self.app = app
        self.seconds = seconds
        self.body_seconds = body_seconds
        self._running: dict[asyncio.Timeout, RequestContext] = {}

    def shorten(self, seconds: float) -> None:
        """Give what is being answered no more than some seconds from now."""
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
                "when the server has less to do",
                limit=ceil(self.seconds),
            ) from None
        finally:
            self._running.pop(due, None)


class _Caller:
    """Passes the body on in time; once it is whole, listens for the caller to go away.

    Only one may listen: what the app receives after the body is what this heard.
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
        """Whether it went away before it had its answer."""
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
                408, "slow_body", f"the body did not come within {self._body_seconds:g} seconds"
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
