"""The model that answers, which may be another one while the server runs."""

import logging
from time import perf_counter

from models.errors import SaysoError
from serving.engine import Engine
from serving.http import metrics

WARM_UP = "Officials said that the dam could fail. It was a catastrophe, they claimed. " * 40

logger = logging.getLogger("sayso.model")


class LoadedModel:
    """The engine that answers; `rate` is the characters that it scored in a second at the start.

    Raises:
        BundleError: the bundle cannot be used.
    """

    def __init__(self, bundle: str | None, threads: int) -> None:
        self._bundle = bundle
        self._threads = threads
        self.engine, self.rate = self._load()
        self._show(1)

    def reload(self) -> bool:
        """Load the bundle anew from where it is; whether it could be used. If not, the one before
        stays. Requests that have begun end with the engine that they began with.
        """
        try:
            engine, _ = self._load()
        except Exception as error:  # whatever a broken bundle does, what works goes on
            why = str(error) if isinstance(error, SaysoError) else type(error).__name__
            logger.error("the bundle was not reloaded: %s", why)
            metrics.RELOADS.labels("refused").inc()
            return False
        self._show(0)
        self.engine = engine
        self._show(1)
        logger.info("reloaded: %s answers", engine.bundle.model_version)
        metrics.RELOADS.labels("done").inc()
        return True

    def _load(self) -> tuple[Engine, float]:
        engine = Engine(self._bundle, threads=self._threads)
        engine.score(WARM_UP)
        start = perf_counter()
        engine.score(WARM_UP)
        return engine, len(WARM_UP) / (perf_counter() - start)

    def _show(self, value: int) -> None:
        metrics.MODEL.labels(self.engine.bundle.model_version).set(value)
