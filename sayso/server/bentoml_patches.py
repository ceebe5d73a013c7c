"""What Sayso changes inside BentoML, which has no public way for it; made for 1.4.39.

`tests/server/test_bentoml_patches.py` fails when a release closes one of these doors.
"""

from functools import partial

import bentoml.serving
from bentoml._internal.utils.analytics import usage_stats


def forbid_usage_pings() -> None:
    """Let BentoML read `BENTOML_DO_NOT_TRACK` again: `bentoml serve` has read it, and kept the
    answer, before it imports the service.
    """
    usage_stats.do_not_track.cache_clear()


def pass_on_sighup() -> None:
    """Let BentoML's process manager pass SIGHUP on, so that workers reload the bundle themselves.

    By itself it replaces them before it is known whether the new ones can start.
    """
    bentoml.serving.create_watcher = partial(bentoml.serving.create_watcher, send_hup=True)
