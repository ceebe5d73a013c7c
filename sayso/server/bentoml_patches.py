"""What Sayso changes inside BentoML because there is no public way; made for 1.4.39.

`tests/server/test_bentoml_patches.py` fails when a release closes one of these doors.
"""

from functools import partial

import bentoml.serving
from bentoml._internal.utils.analytics import usage_stats


def apply() -> None:
    """Change BentoML in the process that imports the service."""
    # `bentoml serve` has read BENTOML_DO_NOT_TRACK, and kept the answer, before it imports the
    # service, which sets it. Now it reads it again.
    usage_stats.do_not_track.cache_clear()
    # The process manager answers SIGHUP by new workers in place of the old ones, before it is known
    # whether they can start. So it passes the signal on, and the workers reload the bundle.
    bentoml.serving.create_watcher = partial(bentoml.serving.create_watcher, send_hup=True)
    # In containers the process manager does not replace workers that end. Here it does.
    bentoml.serving.running_inside_container = lambda: False  # type: ignore[assignment]
