"""The service under BentoML: packaging around the app, and the workers of `bentoml serve`.

Every request goes to our own app before BentoML's router or any of its middleware sees it; `sayso
serve` runs the same app without BentoML (`worker.py`). Mounting it with `@bentoml.asgi_app` would
be shorter, but leaves `/schema.json` and unknown paths to BentoML, in other shapes than ours, puts
its tracing and a time-out of its own around each request, and has its page, with a third party's
tracker, one change of ours away.
"""

from sayso.telemetry import TELEMETRY_OFF, disable_telemetry

disable_telemetry()

import os

import bentoml
from starlette.types import ASGIApp

from sayso.server import bentoml_patches
from sayso.server.lifecycle import SignalMiddleware, open_service
from sayso.server.settings import ServerSettings

bentoml_patches.apply()

settings = ServerSettings.from_environment()
os.environ.update(settings.for_workers())

# uvicorn, which BentoML starts, trusts proxies on this machine unless it is told whom to trust.
os.environ["FORWARDED_ALLOW_IPS"] = ",".join(map(str, settings.trusted_proxies))


class Scoring:
    """Scores English news sentence by sentence. Made once in each worker process."""

    def __init__(self) -> None:
        self.app = open_service(settings, bentoml.server_context.worker_index)


class SaysoService(bentoml.Service[Scoring]):  # type: ignore[misc]
    """Answers before all of BentoML's middleware, of which one part answers in its own shape after
    60 seconds, and waits as long for a caller who has gone.
    """

    def to_asgi(self, is_main: bool = True) -> ASGIApp:
        return SignalMiddleware(super().to_asgi(is_main), lambda: bentoml.get_current_service().app)


service = SaysoService(
    name="sayso",
    inner=Scoring,
    config={
        "workers": settings.workers,
        "http": {"host": "127.0.0.1"},  # where `bentoml serve` is not told another
        "metrics": {"enabled": False},
        "logging": {"access": {"enabled": False}},
    },
    envs=[{"name": name, "value": value} for name, value in TELEMETRY_OFF.items()],
)
