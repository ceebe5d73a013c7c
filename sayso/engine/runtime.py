"""Running a bundle's network on this machine: ONNX Runtime, cores, processor.

Cheap to import, because the parent process of a server needs the limits but no network.
"""

import os
import platform
import sys
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

from sayso.bundle.bundle import NETWORK_INPUTS, NETWORK_OUTPUTS
from sayso.telemetry import disable_telemetry

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from sayso.engine.prediction import Logits

CACHE_BYTES = 32 * 2**20
"""Default size of the cache of predictions: some 20,000 sentences."""

_CGROUP_QUOTA = Path("/sys/fs/cgroup/cpu.max")
_CPUINFO = Path("/proc/cpuinfo")


class Runtime:
    """ONNX Runtime on one thread for each call, which is the cheapest; call it from several.

    It chooses its int8 matrix products by the processor: AVX-512 or AVX with VNNI, the dot
    products of arm64, or plain AVX2.
    """

    def __init__(self, network: Path) -> None:
        disable_telemetry()
        import onnxruntime as ort

        settings = ort.SessionOptions()
        settings.intra_op_num_threads = 1
        settings.log_severity_level = 3
        # It would keep a memory plan for each new shape of a batch, and save no time.
        settings.enable_mem_pattern = False
        if sums_overflow():  # exact, at one and a half times the time
            settings.add_session_config_entry("session.x64quantprecision", "1")
        self._session = ort.InferenceSession(
            str(network),
            settings,
            providers=["CPUExecutionProvider"],
            # Both fuse two operators into one that is slower than the two: a sum and a layer norm
            # by a factor of five, a bias and GELU by a half.
            disabled_optimizers=["SkipLayerNormFusion", "BiasGeluFusion"],
        )

    def run(self, input_ids: "NDArray[np.int64]", attention_mask: "NDArray[np.int64]") -> "Logits":
        """Logits of a batch, one row a window; both inputs are [windows, tokens]."""
        inputs = dict(zip(NETWORK_INPUTS, (input_ids, attention_mask), strict=True))
        sentence, kind, token = self._session.run(list(NETWORK_OUTPUTS), inputs)
        return sentence, kind, token


def sums_overflow() -> bool:
    """Whether products of unsigned and signed int8 are summed in 16 bits, which can overflow, as
    on x86 without VNNI. A processor that cannot be identified is assumed to do so.
    """
    if platform.machine().lower() not in ("x86_64", "amd64"):
        return False
    try:
        return "vnni" not in _CPUINFO.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return True


def available_cores() -> int:
    """Cores that this process may use: those that it may run on, limited by the CPU quota of its
    control group, such as a container's.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return max(1, min(cores or 1, _cores_of_group(_CGROUP_QUOTA)))


def _cores_of_group(quota: Path) -> int:
    try:
        microseconds, period = quota.read_text(encoding="ascii").split()
        return ceil(int(microseconds) / int(period))
    except (OSError, ValueError):  # no control group of version 2, or no limit ("max")
        return sys.maxsize
