"""A slow sender, a slow answer, and a caller who goes away."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sayso.server.errors import Refusal
from sayso.server.middleware.deadline import CallerGone, Deadline
from sayso.server.request_context import RequestContext

WHOLE: Message = {"type": "http.request", "body": b"", "more_body": False}
PART: Message = {"type": "http.request", "body": b"a", "more_body": True}
GONE: Message = {"type": "http.disconnect"}


async def send(message: Message) -> None:
    pass


def scope_of() -> Scope:
    return {"type": "http", "state": {"context": RequestContext("id")}}


def sender(*messages: Message, after: float = 0.0) -> Callable[[], Awaitable[Message]]:
    """Gives the messages, the last one after some seconds, and then nothing."""
    coming = list(messages)

    async def receive() -> Message:
        if not coming:
            await asyncio.Event().wait()
        if len(coming) == 1:
            await asyncio.sleep(after)
        return coming.pop(0)

    return receive


def run(app: ASGIApp, receive: Receive, seconds: float = 60, body_seconds: float = 60) -> None:
    async def bounded() -> None:
        deadline = Deadline(app, seconds=seconds, body_seconds=body_seconds)
        answering = asyncio.create_task(deadline(scope_of(), receive, send))
        # Not `wait_for`: it would cancel what hangs, which some of these tests wait for.
        assert (await asyncio.wait([answering], timeout=20))[0], "it does not come to its end"
        await answering
        left = asyncio.all_tasks() - {asyncio.current_task()}
        assert not left

    asyncio.run(bounded())


async def read(scope: Scope, receive: Receive, send: Send) -> None:
    while (await receive()).get("more_body"):
        pass


def test_a_chunked_body_passes() -> None:
    run(read, sender(PART, PART, WHOLE))


def test_a_body_that_comes_too_slowly_is_408() -> None:
    with pytest.raises(Refusal) as found:
        run(read, sender(PART, WHOLE, after=60), body_seconds=0.05)
    assert (found.value.status_code, found.value.code) == (408, "slow_body")


def test_the_deadline_of_a_body_covers_all_its_chunks() -> None:
    async def receive() -> Message:
        await asyncio.sleep(0.03)
        return PART

    with pytest.raises(Refusal) as found:
        run(read, receive, body_seconds=0.1)
    assert found.value.status_code == 408


def test_an_answer_that_takes_too_long_is_504() -> None:
    cancelled: list[bool] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await read(scope, receive, send)
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.append(True)
            raise

    with pytest.raises(Refusal) as found:
        run(app, sender(WHOLE), seconds=0.05)
    assert (found.value.status_code, found.value.code) == (504, "too_slow")
    assert cancelled == [True]


def test_a_deadline_error_names_the_limit_and_the_time_to_retry() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        due.append(scope["state"]["context"].due - asyncio.get_running_loop().time())
        await asyncio.Event().wait()

    due: list[float] = []
    with pytest.raises(Refusal) as found:
        run(app, sender(WHOLE), seconds=0.6)
    assert (found.value.limit, found.value.status_code) == (1, 504)
    assert "0.6 seconds" in found.value.detail
    assert 0 < due[0] <= 0.6


def test_a_timeout_of_the_apps_own_is_not_the_deadlines() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise TimeoutError("of its own")

    with pytest.raises(TimeoutError, match="of its own"):
        run(app, sender(WHOLE))


def test_another_error_passes() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await read(scope, receive, send)
        raise KeyError("x")

    with pytest.raises(KeyError):
        run(app, sender(WHOLE))


def test_a_client_that_disconnects_cancels_its_work() -> None:
    cancelled: list[bool] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await read(scope, receive, send)
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.append(True)
            raise

    with pytest.raises(CallerGone):
        run(app, sender(WHOLE, GONE, after=0.05))
    assert cancelled == [True]


def test_a_disconnect_while_the_body_is_read_is_noticed() -> None:
    with pytest.raises(CallerGone):
        run(_waits_after_reading, sender(PART, GONE))


def test_a_disconnect_after_the_response_reaches_the_app() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await read(scope, receive, send)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"all", "more_body": False})
        heard.append((await receive())["type"])

    heard: list[str] = []
    run(app, sender(WHOLE, GONE, after=0.02))
    assert heard == ["http.disconnect"]


def test_a_disconnect_during_the_response_is_noticed() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await read(scope, receive, send)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"a part", "more_body": True})
        await asyncio.Event().wait()

    with pytest.raises(CallerGone):
        run(app, sender(WHOLE, GONE, after=0.02))


def test_an_error_after_a_disconnect_is_not_a_server_error() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await read(scope, receive, send)
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise OSError("nobody there") from None

    with pytest.raises(CallerGone):
        run(app, sender(WHOLE, GONE, after=0.02))


def test_other_protocols_pass() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        called.append(scope["type"])

    called: list[str] = []
    asyncio.run(Deadline(app, seconds=0, body_seconds=0)({"type": "lifespan"}, sender(), send))
    assert called == ["lifespan"]


async def _waits_after_reading(scope: Scope, receive: Receive, send: Send) -> None:
    await read(scope, receive, send)
    await asyncio.sleep(60)


def test_the_server_may_cancel_a_request_and_its_work() -> None:
    cancelled: list[bool] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.append(True)
            raise

    async def cancel() -> None:
        deadline = Deadline(app, seconds=60, body_seconds=60)
        task = asyncio.create_task(deadline(scope_of(), sender(WHOLE), send))
        await asyncio.sleep(0.02)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert cancelled == [True]

    asyncio.run(cancel())


def test_an_app_that_listens_receives_the_disconnect() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await read(scope, receive, send)
        heard: asyncio.Task[Message] = asyncio.ensure_future(receive())
        try:
            await asyncio.sleep(60)
        finally:
            messages.append((await heard)["type"])

    messages: list[str] = []
    with pytest.raises(CallerGone):
        run(app, sender(WHOLE, GONE, after=0.05))
    assert messages == ["http.disconnect"]


def test_listening_for_the_caller_is_not_held_to_the_bodys_time() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await read(scope, receive, send)
        heard: asyncio.Task[Message] = asyncio.ensure_future(receive())
        await asyncio.sleep(0.15)
        ended.append(heard.done())
        heard.cancel()

    ended: list[bool] = []
    run(app, sender(WHOLE), body_seconds=0.05)
    assert ended == [False]
