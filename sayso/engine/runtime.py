"""Running a bundle's network: batches of word pieces in, logits out."""

import platform
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sayso.bundle.bundle import NETWORK_INPUTS, NETWORK_OUTPUTS
from sayso.telemetry import forbid_calls_home

forbid_calls_home()

import onnxruntime as ort

from sayso.engine.prediction import Logits

_PROCESSORS = Path("/proc/cpuinfo")


class Runtime:
    """ONNX Runtime on one thread for each call, which is the cheapest; call it from several.

    Its products of int8 are chosen by what the processor can do: AVX-512 or AVX with VNNI, the dot
    products of arm64, or plain AVX2.
    """

    def __init__(self, network: Path) -> None:
        settings = ort.SessionOptions()
        settings.intra_op_num_threads = 1
        settings.log_severity_level = 3
        # It would keep a plan of memory for each new shape of a batch, and gain no time.
        settings.enable_mem_pattern = False
        if sums_overflow():  # slower by half, and right
            settings.add_session_config_entry("session.x64quantprecision", "1")
        self._session = ort.InferenceSession(
            str(network),
            settings,
            providers=["CPUExecutionProvider"],
            # They join two steps to one that takes longer than both: a sum and a layer norm five
            # times as long, a bias and GELU half as long again.
            disabled_optimizers=["SkipLayerNormFusion", "BiasGeluFusion"],
        )

    def run(self, input_ids: NDArray[np.int64], attention_mask: NDArray[np.int64]) -> Logits:
        """Logits of a batch, one row a window; both inputs are [windows, pieces]."""
        inputs = dict(zip(NETWORK_INPUTS, (input_ids, attention_mask), strict=True))
        sentence, kind, token = self._session.run(list(NETWORK_OUTPUTS), inputs)
        return sentence, kind, token


def sums_overflow() -> bool:
    """Whether products of unsigned and signed int8 are summed up in 16 bits, which can overflow, as
    on x86 without VNNI. Where the processor cannot be asked it is taken to do so.
    """
    if platform.machine().lower() not in ("x86_64", "amd64"):
        return False
    try:
        return "vnni" not in _PROCESSORS.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return True
