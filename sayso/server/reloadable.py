"""The model that answers; it can be replaced while the server runs."""

import logging
from time import perf_counter

from sayso.engine.runtime import CACHE_BYTES
from sayso.engine.scorer import Scorer
from sayso.errors import SaysoError
from sayso.server import metrics

WARM_UP, TRIAL = (
    " ".join(
        f"Officials said that dam {number} could fail. It was a catastrophe, claimed {number} men."
        for number in numbers
    )
    for numbers in (range(100, 140), range(200, 240))
)
"""Two texts of about the same cost, without a common sentence: a cached one would cost nothing."""

logger = logging.getLogger("sayso.model")


class ReloadableModel:
    """The scorer that answers; `rate` is the characters that it scored in a second at the start.

    Raises:
        BundleError: the bundle cannot be used.
    """

    def __init__(self, bundle: str | None, threads: int, *, cache_bytes: int = CACHE_BYTES) -> None:
        self._bundle = bundle
        self._threads = threads
        self._cache_bytes = cache_bytes
        self.scorer, self.rate = self._load()
        self._update_metrics(1)

    def reload(self) -> bool:
        """Load the bundle anew from where it is; whether it could be used. If not, the one before
        stays. Requests that have begun end with the scorer that they began with.
        """
        try:
            scorer, _ = self._load()
        except Exception as error:  # whatever a broken bundle does, what works goes on
            why = str(error) if isinstance(error, SaysoError) else type(error).__name__
            logger.error("the bundle was not reloaded: %s", why)
            metrics.RELOADS.labels("refused").inc()
            return False
        self._update_metrics(0)
        self.scorer = scorer
        self._update_metrics(1)
        logger.info("reloaded: %s answers", scorer.bundle.model_version)
        metrics.RELOADS.labels("done").inc()
        return True

    def _load(self) -> tuple[Scorer, float]:
        scorer = Scorer(self._bundle, threads=self._threads, cache_bytes=self._cache_bytes)
        scorer.score(WARM_UP)
        start = perf_counter()
        scorer.score(TRIAL)
        return scorer, len(TRIAL) / (perf_counter() - start)

    def _update_metrics(self, value: int) -> None:
        metrics.MODEL.labels(self.scorer.bundle.model_version).set(value)
