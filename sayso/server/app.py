"""The service as one ASGI app: the middleware, and the routes inside.

uvicorn runs it under `sayso serve`; BentoML, in `serving/service.py`.
"""

import asyncio

from fastapi import FastAPI, Response, Security
from fastapi.responses import PlainTextResponse
from fastapi.security import APIKeyHeader, HTTPBearer
from starlette.types import ASGIApp, Receive, Scope, Send

from sayso.server import metrics
from sayso.server.compat import languagetool, perspective
from sayso.server.errors import raise_errors
from sayso.server.middleware.access_log import AccessLog
from sayso.server.middleware.auth import Auth, Authenticator
from sayso.server.middleware.body_limit import BodyLimit
from sayso.server.middleware.cors import Cors
from sayso.server.middleware.deadline import Deadline
from sayso.server.middleware.error_boundary import ErrorBoundary
from sayso.server.middleware.load_shedding import LoadShedding
from sayso.server.reloadable import ReloadableModel
from sayso.server.routes import create_router
from sayso.server.scheduler import Scheduler, Stopping
from sayso.server.settings import ServerSettings
from sayso.server.static_files import add_page

_KEY = (
    Security(HTTPBearer(scheme_name="bearer", auto_error=False)),
    Security(APIKeyHeader(name="X-API-Key", scheme_name="header", auto_error=False)),
)
"""How a key is sent, for OpenAPI; the middleware has checked it before."""


class Service:
    """The ASGI app, and how to stop it."""

    def __init__(self, model: ReloadableModel, settings: ServerSettings) -> None:
        self.model = model
        self.settings = settings
        limits = settings.limits
        self.scheduler = Scheduler(limits.queue_seconds, model.rate, metrics.report_load)
        self.authenticator = Authenticator(settings)
        self.load_shedding = LoadShedding(self._routes(), self.scheduler, requests=limits.requests)
        self.deadline = Deadline(
            self.load_shedding, seconds=limits.seconds, body_seconds=limits.body_seconds
        )
        app: ASGIApp = Auth(self.deadline, self.authenticator)
        app = BodyLimit(app, limits.body_bytes)
        app = AccessLog(app)
        app = ErrorBoundary(app)
        if settings.allowed_origins:
            app = Cors(app, settings.allowed_origins)
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)

    async def stop(self) -> None:
        """Refuse new requests and wait for those in flight, which get 504 after `stop_seconds`."""
        self.scheduler.stopping = True
        self.deadline.shorten(self.settings.stop_seconds)
        while self.load_shedding.inside:
            await asyncio.sleep(0.02)

    def _routes(self) -> FastAPI:
        app = FastAPI(
            title="Sayso",
            version="1",
            summary="Marks hedging, unverified attribution and loaded framing in English news.",
            docs_url=None,  # FastAPI's pages of documentation load scripts from elsewhere
            redoc_url=None,
            redirect_slashes=False,
            # Spans and logs of the framework hold queries and messages, and so keys and texts.
            telemetry={"tracing": False, "metrics": False, "logs": False},
            dependencies=_KEY if self.authenticator.keys else (),
        )
        raise_errors(app)
        model, scheduler, limits = self.model, self.scheduler, self.settings.limits
        app.include_router(create_router(model, scheduler, self.authenticator.keys, self.settings))
        languagetool.add_routes(app, model, scheduler, self.authenticator, limits)
        perspective.add_routes(app, model, scheduler, limits)
        add_page(app)

        @app.api_route("/livez", methods=["GET", "HEAD"], include_in_schema=False)
        @app.api_route("/healthz", methods=["GET", "HEAD"], include_in_schema=False)
        async def is_alive() -> Response:
            return PlainTextResponse("alive\n")

        @app.api_route("/readyz", methods=["GET", "HEAD"], include_in_schema=False)
        async def is_ready() -> Response:
            if self.scheduler.stopping:
                raise Stopping
            return PlainTextResponse("ready\n")

        if self.settings.metrics == "on" and self.settings.metrics_port is None:

            @app.get("/metrics", include_in_schema=False)
            def read_metrics() -> Response:
                return Response(metrics.exposition(), media_type=metrics.CONTENT_TYPE)

        return app
