"""Metrics, the access log, and the header `Server-Timing`."""

import asyncio
import logging
from time import perf_counter

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sayso.server import metrics
from sayso.server.errors import as_refusal
from sayso.server.middleware.deadline import CallerGone
from sayso.server.request_context import context_of

logger = logging.getLogger("sayso.access")

QUIET = frozenset({"/livez", "/healthz", "/readyz", "/metrics"})
"""Polled by machines every few seconds; neither counted nor logged."""
GONE = 499
"""nginx's status for a caller that went away."""


class AccessLog:
    """Counts and logs each answered request, and adds `Server-Timing` to the answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in QUIET:
            await self.app(scope, receive, send)
            return
        context, start, status = context_of(scope), perf_counter(), 0

        async def send_with_timing(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                parts = {**context.stopwatch.seconds, "total": perf_counter() - start}
                MutableHeaders(scope=message)["server-timing"] = ", ".join(
                    f"{part};dur={1000 * seconds:.1f}" for part, seconds in parts.items()
                )
            await send(message)

        try:
            await self.app(scope, receive, send_with_timing)
        except CallerGone:
            status, context.code = GONE, "caller_gone"
        except asyncio.CancelledError:
            status, context.code = status or GONE, "cancelled"
            raise
        except Exception as error:
            refusal = as_refusal(error)
            status, context.code = refusal.status_code, refusal.code
            raise
        finally:
            route = scope.get("route")
            context.route = getattr(route, "path", "unknown")
            seconds = perf_counter() - start
            parts = {part: round(one, 4) for part, one in context.stopwatch.seconds.items()}
            metrics.observe(context, scope["method"], status, seconds)
            method = metrics.known_method(scope["method"])
            logger.info(
                "%s %s %d in %.3f s, request %s",
                *(method, context.route, status, seconds, context.id),
                extra={
                    "request_id": context.id,
                    "method": method,
                    "route": context.route,
                    "status": status,
                    "code": context.code,
                    "key": context.key,
                    "documents": context.documents,
                    "sentences": context.sentences,
                    "characters": context.characters,
                    "seconds": round(seconds, 4),
                    "parts": parts,
                },
            )
