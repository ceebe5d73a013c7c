"""The speed limit set by the machine's int8 matrix products: no engine can run this network faster.

The matrices of a bundle's encoder, as bare graphs for ONNX Runtime (uint8 by int8, 512 rows, one
thread), and the sentences per CPU second that they alone would allow. The products in attention,
norms, activations, tokenization and the heads are left out; a real engine needs these as well.
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

from benchmarks.timing import measured

ROWS = 512  # tokens of a batch
REPEATS = 20
KINDS = ("MatMulInteger", "QLinearMatMul")


@dataclass(frozen=True)
class EncoderShape:
    """Sizes of an encoder's vectors and feed-forward layers, and the number of layers."""

    hidden: int
    inner: int
    layers: int

    @classmethod
    def of(cls, network: Path) -> "EncoderShape":
        """Read it from a bundle's network, from the embeddings and the pairs of matrices.

        Raises:
            ValueError: if the network does not look like an encoder.
        """
        graph = onnx.load(str(network)).graph
        sizes = Counter(tuple(tensor.dims) for tensor in graph.initializer if len(tensor.dims) == 2)
        if sizes:
            hidden = max(sizes)[1]  # the vocabulary is by far the longest side
            for (first, second), count in sizes.items():
                if first == hidden < second and sizes[second, first] == count:
                    return cls(hidden, second, count)
        raise ValueError(f"{network} has no recognisable feed-forward layers")

    @property
    def matrices(self) -> tuple[tuple[int, int], ...]:
        """Sizes of one layer's matrices; query, key and value are one, which is fastest."""
        hidden, inner = self.hidden, self.inner
        return (hidden, 3 * hidden), (hidden, hidden), (hidden, inner), (inner, hidden)


class MatrixProduct:
    """One matrix product, bound to its own memory, so that nothing is copied or allocated."""

    def __init__(self, kind: str, inner: int, columns: int) -> None:
        rng = np.random.default_rng(1)
        self.session = ort.InferenceSession(_graph(kind, inner, columns), _settings())
        rows = rng.integers(0, 255, (ROWS, inner), dtype=np.uint8)
        result = np.zeros((ROWS, columns), np.int32 if kind == KINDS[0] else np.uint8)
        inputs, outputs = map(ort.OrtValue.ortvalue_from_numpy, (rows, result))
        self._binding = self.session.io_binding()
        self._binding.bind_ortvalue_input("rows", inputs)
        self._binding.bind_ortvalue_output("result", outputs)
        self.run()

    def run(self) -> None:
        """Run it once."""
        self.session.run_with_iobinding(self._binding)

    def seconds(self) -> float:
        """CPU seconds of one run."""
        with measured() as elapsed:
            for _ in range(REPEATS):
                self.run()
        return elapsed.cpu / REPEATS


@dataclass(frozen=True)
class Int8Limit:
    """The int8 limit of one encoder on this machine."""

    shape: EncoderShape

    @cached_property
    def _products(self) -> list[list[MatrixProduct]]:
        return [[MatrixProduct(kind, *matrix) for kind in KINDS] for matrix in self.shape.matrices]

    def tokens_per_cpu_second(self) -> float:
        """Measured now, with the faster of the two kinds of product."""
        layer = sum(min(kind.seconds() for kind in kinds) for kinds in self._products)
        return ROWS / (layer * self.shape.layers)

    def billions(self, tokens_per_second: float) -> float:
        """Billions of multiplications a second at that rate."""
        per_layer = sum(inner * columns for inner, columns in self.shape.matrices)
        return tokens_per_second * per_layer * self.shape.layers / 1e9


def _settings() -> ort.SessionOptions:
    settings = ort.SessionOptions()
    settings.intra_op_num_threads = 1
    settings.log_severity_level = 3
    return settings


def _graph(kind: str, inner: int, columns: int) -> bytes:
    rng = np.random.default_rng(2)
    weights = rng.integers(-127, 127, (inner, columns), dtype=np.int8)
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
