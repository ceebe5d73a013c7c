"""Bodies that are too long or compressed."""

import re

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sayso.server.errors import Refusal

_LENGTH = re.compile(r"[0-9]{1,18}")


class BodyLimit:
    """Refuses a body longer than `limit` bytes as soon as that is known, and a compressed one,
    whose length says nothing about the text's.

    Counts the bytes as they arrive, because a client may declare no length.
    """

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self.app = app
        self.limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if headers.get("content-encoding", "identity").lower() != "identity":
            raise Refusal(415, "unsupported_media_type", "expected an uncompressed body")
        declared = headers.get("content-length", "")
        if _LENGTH.fullmatch(declared) and int(declared) > self.limit:
            raise self._refusal()
        received = 0

        async def receive_counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self.limit:
                raise self._refusal()
            return message

        await self.app(scope, receive_counted, send)

    def _refusal(self) -> Refusal:
        return Refusal(
            413,
            "body_too_large",
            f"the body is longer than {self.limit:,} bytes; send the document in parts",
            limit=self.limit,
        )
