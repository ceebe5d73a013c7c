"""A body that is too long is refused as soon as that is known, and a compressed one at once."""

import asyncio
from collections.abc import Iterable

import pytest
from starlette.types import Message, Receive, Scope, Send

from sayso.server.errors import Refusal
from sayso.server.middleware.body_limit import BodyLimit


async def send(message: Message) -> None:
    pass


def passed(parts: Iterable[bytes], headers: Iterable[tuple[bytes, bytes]] = ()) -> list[bytes]:
    """What an app behind a limit of four bytes gets to see."""
    coming, seen = list(parts), list[bytes]()

    async def receive() -> Message:
        body = coming.pop(0)
        return {"type": "http.request", "body": body, "more_body": bool(coming)}

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(b"called")
        while True:
            message = await receive()
            seen.append(message["body"])
            if not message["more_body"]:
                return

    try:
        scope = {"type": "http", "headers": list(headers)}
        asyncio.run(BodyLimit(app, 4)(scope, receive, send))
    except Refusal as refusal:
        if refusal.status_code == 415:
            seen.append(b"compressed")
        else:
            assert (refusal.status_code, refusal.code, refusal.limit) == (413, "body_too_large", 4)
            seen.append(b"refused")
    return seen


def test_a_body_of_just_the_limit_passes() -> None:
    assert passed([b"ab", b"cd"], [(b"content-length", b"4")]) == [b"called", b"ab", b"cd"]


def test_a_declared_length_is_refused_before_the_app_is_called() -> None:
    assert passed([b"abcde"], [(b"content-length", b"5")]) == [b"refused"]


def test_an_undeclared_length_is_counted() -> None:
    assert passed([b"abc", b"de", b"f"]) == [b"called", b"abc", b"refused"]


def test_a_length_that_is_declared_too_short_is_counted() -> None:
    assert passed([b"abcde"], [(b"content-length", b"1")])[-1] == b"refused"


@pytest.mark.parametrize("declared", [b"", b"-1", b"many", b"+3", b"\xb9"])
def test_a_strange_length_is_counted(declared: bytes) -> None:
    headers = [(b"content-length", declared)]
    assert passed([b"abcd"], headers) == [b"called", b"abcd"]
    assert passed([b"abcde"], headers)[-1] == b"refused"


@pytest.mark.parametrize("encoding", [b"gzip", b"br", b"identity, gzip", b"x-canary"])
def test_a_compressed_body_is_refused_before_the_app_is_called(encoding: bytes) -> None:
    assert passed([b"ab"], [(b"content-encoding", encoding)]) == [b"compressed"]


@pytest.mark.parametrize("encoding", [b"identity", b"Identity"])
def test_a_body_that_is_said_not_to_be_compressed_passes(encoding: bytes) -> None:
    assert passed([b"ab"], [(b"content-encoding", encoding)]) == [b"called", b"ab"]


def test_other_protocols_pass() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        calls.append(scope["type"])

    async def receive() -> Message:
        raise AssertionError

    calls: list[str] = []
    asyncio.run(BodyLimit(app, 4)({"type": "lifespan"}, receive, send))
    assert calls == ["lifespan"]
