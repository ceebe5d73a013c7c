"""Requests byte by byte over a socket, for what no HTTP library would send."""

import asyncio
import socket
import struct
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """What came back; status 0 where the connection ended without an answer."""

    status: int
    body: bytes = b""


def request(
    path: str, body: bytes, *, more: Sequence[str] = (), length: int | None = None
) -> bytes:
    """A POST; `length` is what it says of its body, `more` are further header lines."""
    named = {line.partition(":")[0].lower() for line in more}
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", "Connection: close", *more]
    if "content-type" not in named:
        lines.append(f"Content-Type: {JSON}")
    if not named & {"content-length", "transfer-encoding"}:
        lines.append(f"Content-Length: {len(body) if length is None else length}")
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


async def exchange(
    port: int, parts: Sequence[bytes], *, pause: float = 0.0, seconds: float = 60.0
) -> RawAnswer:
    """Send the parts with pauses, and read until the server closes.

    Raises:
        TimeoutError: no end of the answer in `seconds`.
    """
    async with asyncio.timeout(seconds):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        sending = asyncio.create_task(_send(writer, parts, pause))
        received = b""
        try:
            while some := await reader.read(65_536):
                received += some
        except ConnectionError:
            pass
        finally:
            sending.cancel()
            with suppress(asyncio.CancelledError):
                await sending
            await hang_up(writer)
    return parse(received)


async def abort(port: int, data: bytes, after: float) -> None:
    """Send, and reset the connection a little later without reading."""
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    with suppress(ConnectionError):
        writer.write(data)
        await writer.drain()
        await asyncio.sleep(after)
    sock = writer.get_extra_info("socket")
    with suppress(OSError):  # the server may have closed it
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def hang_up(writer: asyncio.StreamWriter) -> None:
    """Close, whatever the other side has done."""
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()


def parse(received: bytes) -> RawAnswer:
    """The last answer of a connection: what comes before with 1xx is left out."""
    head, found, body = received.partition(b"\r\n\r\n")
    if not found or not head.startswith(b"HTTP/1.1 "):
        return RawAnswer(0)
    status = int(head[9:12])
    if 100 <= status < 200:
        return parse(body)
    if b"transfer-encoding: chunked" in head.lower():
        body = _joined(body)
    return RawAnswer(status, body)


def _joined(chunked: bytes) -> bytes:
    body = b""
    while chunked:
        size, _, chunked = chunked.partition(b"\r\n")
        count = int(size.partition(b";")[0] or b"0", 16)
        if count == 0:
            break
        body, chunked = body + chunked[:count], chunked[count + 2 :]
    return body


async def _send(writer: asyncio.StreamWriter, parts: Sequence[bytes], pause: float) -> None:
    with suppress(ConnectionError):
        for number, part in enumerate(parts):
            if number and pause:
                await asyncio.sleep(pause)
            writer.write(part)
            await writer.drain()
