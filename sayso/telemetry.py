"""Telemetry of the packages that Sayso depends on, switched off before they are imported."""

import os

TELEMETRY_OFF = {
    "BENTOML_DO_NOT_TRACK": "true",  # usage pings
    "HF_HUB_DISABLE_TELEMETRY": "1",  # usage pings, in training
    "ORT_DISABLE_TELEMETRY": "1",  # from 1.29 on, importing ONNX Runtime sends one
    "RAY_USAGE_STATS_ENABLED": "0",  # usage pings of clusters
}
"""Environment variables that switch telemetry off."""


def disable_telemetry() -> None:
    """Switch telemetry off in this process and in those it starts."""
    os.environ.update(TELEMETRY_OFF)
