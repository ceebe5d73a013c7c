"""The model that answers; it can be reloaded while the server runs."""

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
"""Two texts of similar cost without a repeated sentence, since those come from the cache."""

logger = logging.getLogger("sayso.model")


class ReloadableModel:
    """The scorer that answers; `rate` is its speed at the start, in characters a second.

    Raises:
        BundleError: if the bundle cannot be used.
    """

    def __init__(self, bundle: str | None, threads: int, *, cache_bytes: int = CACHE_BYTES) -> None:
        self._bundle = bundle
        self._threads = threads
        self._cache_bytes = cache_bytes
        self.scorer, self.rate = self._load()
        self._publish(1)

    def reload(self) -> bool:
        """Load the bundle again from its path; False if it cannot be used, and the old one stays.

        Requests in flight finish with the scorer that they started with.
        """
        try:
            scorer, _ = self._load()
        except Exception as error:  # whatever a broken bundle raises, the old one goes on
            why = str(error) if isinstance(error, SaysoError) else type(error).__name__
            logger.error("the bundle was not reloaded: %s", why)
            metrics.RELOADS.labels("refused").inc()
            return False
        self._publish(0)
        self.scorer = scorer
        self._publish(1)
        logger.info("reloaded: %s answers", scorer.bundle.model_version)
        metrics.RELOADS.labels("done").inc()
        return True

    def _load(self) -> tuple[Scorer, float]:
        scorer = Scorer(self._bundle, threads=self._threads, cache_bytes=self._cache_bytes)
        scorer.score(WARM_UP)
        start = perf_counter()
        scorer.score(TRIAL)
        return scorer, len(TRIAL) / (perf_counter() - start)

    def _publish(self, value: int) -> None:
        metrics.MODEL.labels(self.scorer.bundle.model_version).set(value)
