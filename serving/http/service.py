"""The BentoML service: worker processes, probes, metrics and packaging around `app.py`.

BentoML is asked for `/livez`, `/healthz`, `/readyz` and `/metrics`, and for nothing else: every
other path goes to our own app before BentoML's router sees it. Mounting the app with
`@bentoml.asgi_app` would be shorter, but it leaves `/schema.json` and unknown paths to BentoML, in
other shapes than ours, and its page with a third party's tracker one change of ours away.
"""

from models.privacy import NO_CALLS_HOME, forbid_calls_home

forbid_calls_home()

import bentoml
from bentoml._internal.utils.analytics import usage_stats
from starlette.types import ASGIApp, Receive, Scope, Send

from serving.engine import Engine
from serving.http.app import create_app
from serving.http.settings import Settings
from serving.network import available_cores

BENTOML_PATHS = frozenset({"/livez", "/healthz", "/readyz", "/metrics"})

# `bentoml serve` has asked whether it may send usage pings, and kept the answer, before it imports
# this file; now it has to ask again.
usage_stats.do_not_track.cache_clear()

settings = Settings.from_environment()


class Scoring:
    """Scores English news sentence by sentence. Made once in each worker process."""

    def __init__(self) -> None:
        engine = Engine(settings.bundle, threads=settings.threads(available_cores()))
        self.app = create_app(engine, settings.limits)


class Front:
    """Hands each request to our app, or to BentoML where the path is one of its own."""

    def __init__(self, app: ASGIApp) -> None:
        self.bentoml = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asks_bentoml = scope["type"] == "http" and scope["path"] in BENTOML_PATHS
        if scope["type"] == "lifespan" or (asks_bentoml and scope["method"] in ("GET", "HEAD")):
            await self.bentoml(scope, receive, send)
        else:
            await bentoml.get_current_service().app(scope, receive, send)


service = bentoml.service(
    name="sayso",
    workers=settings.workers,
    # Our own deadline comes first and answers in our shape. BentoML keeps a timer for each
    # request until its deadline, so that one is no later than it must be.
    traffic={"timeout": settings.limits.seconds + 10},
    envs=[{"name": name, "value": value} for name, value in NO_CALLS_HOME.items()],
)(Scoring)
service.add_asgi_middleware(Front)
