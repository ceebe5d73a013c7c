"""No package that Sayso stands on may call home; each must be told before it is imported."""

import os

NO_CALLS_HOME = {
    "BENTOML_DO_NOT_TRACK": "true",  # usage pings
    "HF_HUB_DISABLE_TELEMETRY": "1",  # usage pings, in training
    "ORT_DISABLE_TELEMETRY": "1",  # from 1.29 on, the mere import of ONNX Runtime sends one
    "RAY_USAGE_STATS_ENABLED": "0",  # usage pings of clusters
}
"""Environment variables that switch telemetry off."""


def forbid_calls_home() -> None:
    """Switch telemetry off in this process and those it starts."""
    os.environ.update(NO_CALLS_HOME)
