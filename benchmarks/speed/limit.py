"""What the machine's int8 matrix products allow: no engine can be faster without another network.

The matrices of a bundle's encoder, as bare graphs for ONNX Runtime (uint8 by int8, 512 rows, one
thread), and how many sentences a CPU second they alone would allow. Attention's own products,
norms and activations, tokens and the heads are left out: a real engine has to do these as well.
"""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime as ort
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from benchmarks.speed.rounds import watching

ROWS = 512  # tokens of a batch
REPEATS = 20
KINDS = ("MatMulInteger", "QLinearMatMul")


@dataclass(frozen=True)
class Shape:
    """An encoder: sizes of its vectors and of its feed-forward layers, and how many layers."""

    hidden: int
    inner: int
    layers: int

    @classmethod
    def of(cls, network: Path) -> "Shape":
        """Read from a bundle's network: the embeddings tell the size, pairs of matrices the rest.

        Raises:
            ValueError: it does not look like an encoder.
        """
        graph = onnx.load(str(network)).graph
        sizes = Counter(tuple(one.dims) for one in graph.initializer if len(one.dims) == 2)
        if sizes:
            hidden = max(sizes)[1]  # the vocabulary is by far the longest side
            for (first, second), count in sizes.items():
                if first == hidden < second and sizes[second, first] == count:
                    return cls(hidden, second, count)
        raise ValueError(f"{network} has no feed-forward layers that could be told")

    @property
    def matrices(self) -> tuple[tuple[int, int], ...]:
        """Those of one layer; queries, keys and values as one, which is the fastest way."""
        hidden, inner = self.hidden, self.inner
        return (hidden, 3 * hidden), (hidden, hidden), (hidden, inner), (inner, hidden)


class Product:
    """One matrix product, bound to memory of its own, so that nothing is copied or allocated."""

    def __init__(self, kind: str, inner: int, columns: int) -> None:
        chance = np.random.default_rng(1)
        self.session = ort.InferenceSession(_graph(kind, inner, columns), _settings())
        rows = chance.integers(0, 255, (ROWS, inner), dtype=np.uint8)
        result = np.zeros((ROWS, columns), np.int32 if kind == KINDS[0] else np.uint8)
        given, taken = (ort.OrtValue.ortvalue_from_numpy(one) for one in (rows, result))
        self._binding = self.session.io_binding()
        self._binding.bind_ortvalue_input("rows", given)
        self._binding.bind_ortvalue_output("result", taken)
        self.run()

    def run(self) -> None:
        """Once."""
        self.session.run_with_iobinding(self._binding)

    def seconds(self) -> float:
        """CPU seconds of one run."""
        with watching() as watch:
            for _ in range(REPEATS):
                self.run()
        return watch.cpu / REPEATS


@dataclass(frozen=True)
class Limit:
    """The limit of one encoder on this machine."""

    shape: Shape

    @cached_property
    def _products(self) -> list[list[Product]]:
        return [[Product(kind, *one) for kind in KINDS] for one in self.shape.matrices]

    def tokens_per_cpu_second(self) -> float:
        """Measured now; of the two kinds of product the faster one counts."""
        layer = sum(min(kind.seconds() for kind in kinds) for kinds in self._products)
        return ROWS / (layer * self.shape.layers)

    def billions(self, tokens_per_second: float) -> float:
        """Billions of multiplications a second at that rate."""
        each = sum(inner * columns for inner, columns in self.shape.matrices)
        return tokens_per_second * each * self.shape.layers / 1e9


def _settings() -> ort.SessionOptions:
    settings = ort.SessionOptions()
    settings.intra_op_num_threads = 1
    settings.log_severity_level = 3
    return settings


def _graph(kind: str, inner: int, columns: int) -> bytes:
    chance = np.random.default_rng(2)
    weights = chance.integers(-127, 127, (inner, columns), dtype=np.int8)
    constants: dict[str, NDArray[Any]] = {
        "weights": weights,
        "zero": np.array(128, np.uint8),
        "weight_zero": np.array(0, np.int8),
        "scale": np.array(0.02, np.float32),
        "weight_scale": np.array(0.01, np.float32),
        "result_scale": np.array(0.5, np.float32),
    }
    if kind == "MatMulInteger":
        names, output = ["rows", "weights", "zero", "weight_zero"], TensorProto.INT32
    else:
        names = ["rows", "scale", "zero", "weights", "weight_scale", "weight_zero"]
        names, output = [*names, "result_scale", "zero"], TensorProto.UINT8
    graph = helper.make_graph(
        [helper.make_node(kind, names, ["result"])],
        "product",
        [helper.make_tensor_value_info("rows", TensorProto.UINT8, [ROWS, inner])],
        [helper.make_tensor_value_info("result", output, [ROWS, columns])],
        [numpy_helper.from_array(constants[name], name) for name in sorted({*names} - {"rows"})],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    return bytes(model.SerializeToString())
