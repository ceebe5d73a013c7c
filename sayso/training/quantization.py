"""Quantization: the matrices of an exported network, and their inputs, as int8.

It is written by hand, and not by `onnxruntime.quantization`, for what that cannot do at once:

- Scales of inputs are fixed on training sentences, so that a sentence has the same score, to the
  bit, in every batch. `quantize_dynamic` computes them anew for each batch, and on an early network
  3 to 8 % of the decisions changed.
- A product with its bias is one `MatMulIntegerToFloat`, with float32 between the products, instead
  of a quantized result and three more operators: the network reaches 0.43 of the speed at which the
  processor can multiply int8 at all (docs/speed.md).
- Outlier channels are smoothed, and ranges are chosen by their squared error: 0.27 % of the
  decisions of `base` and 0.03 % of `fast` differ from float32 (`parity` in their metrics.json).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import GraphProto, ModelProto, NodeProto, TensorProto, helper, numpy_helper

from sayso.bundle.bundle import NETWORK_INPUTS
from sayso.telemetry import disable_telemetry

disable_telemetry()

import onnxruntime as ort

CONTRIB = "com.microsoft"
"""The domain of ONNX Runtime's own operators."""

SMALLEST = 1024
"""Matrices with fewer weights than this stay float32, since int8 would gain nothing."""

OUTLIER = 6.0
"""Inputs are smoothed if the largest channel is this many times the median one, and would leave
the others few of the 256 steps."""
MIGRATION = 0.85
"""The share of the difference that moves into the weights, chosen on development rows."""

SAMPLE = 200_000
"""Values of an input for the choice of its range."""

Float32Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Product:
    """A product with a matrix of weights [inputs, outputs], and the sum with a bias that follows,
    if there is one; the name of the bias is empty if there is none.
    """

    node: NodeProto
    weights: Float32Array
    sum: NodeProto | None = None
    bias: str = ""


def quantize_network(source: Path, target: Path, sentences: Sequence[Sequence[int]]) -> None:
    """Write a copy of a float32 network with int8 products, a quarter of the size.

    `sentences` are the word pieces of training sentences, for the choice of input ranges. Outlier
    channels of an input are divided by a factor that multiplies their weights instead (Xiao et al.,
    "SmoothQuant", 2023).
    """
    model = onnx.load(source)
    matrices = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    products = [
        _product(model, node, matrices)
        for node in model.graph.node
        if node.op_type == "MatMul" and matrices.get(node.input[1], np.empty(0)).size >= SMALLEST
    ]
    seen = _inputs(model, products, sentences)
    new = _GraphEditor(model)
    for product in products:
        nodes = _quantized_product(new, product, seen[product.node.input[0]])
        if product.sum is not None:
            new.replace(product.node, [])
        new.replace(product.sum or product.node, nodes)
    for node in list(model.graph.node):
        if node.op_type == "Gather" and matrices.get(node.input[0], np.empty(0)).size >= SMALLEST:
            new.replace(node, _quantized_table(new, node, matrices[node.input[0]]))
    new.apply()
    # Only ONNX Runtime has an int8 product with a bias and a float32 result.
    model.opset_import.append(helper.make_opsetid(CONTRIB, 1))
    onnx.checker.check_model(model)
    onnx.save(model, target)


def float_weights(graph: GraphProto) -> dict[str, NDArray[Any]]:
    """All constants of an int8 network, its matrices as floats under their names in the float32
    network: derived from the name of their bias, `encoder.words` for the table of word pieces.
    """
    stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    made_by = {output: node for node in graph.node for output in node.output}
    matrices = {}
    for node in graph.node:
        if node.op_type == "MatMulIntegerToFloat":
            _, weight, _, scales, _, _, bias = node.input
            values = stored[weight] * stored[scales]
            smooth = made_by.get(made_by[node.input[0]].input[0])
            if smooth is not None and smooth.output[0].endswith(".smooth"):
                values *= stored[smooth.input[1]][:, None]
            matrices[_matrix_of(bias)] = values
        elif node.op_type == "Gather" and node.output[0].endswith(".int8"):
            scales = made_by[node.output[0].removesuffix(".int8") + ".scale"].input[0]
            matrices["encoder.words"] = stored[node.input[0]] * stored[scales]
    return stored | matrices


def _matrix_of(bias: str) -> str:
    """`pooled.bias` belongs to `pooled.weight`, `sentence_bias` to `sentence`."""
    layer = bias.removesuffix(".bias")
    return bias.removesuffix("_bias") if layer == bias else f"{layer}.weight"


def _product(model: ModelProto, node: NodeProto, matrices: Mapping[str, Float32Array]) -> _Product:
    """The product of a node, with the sum that follows if nothing else uses the product."""
    weights = matrices[node.input[1]]
    users = [user for user in model.graph.node if node.output[0] in user.input]
    if len(users) == 1 and users[0].op_type == "Add":
        for name in users[0].input:
            if name in matrices and matrices[name].ndim == 1:
                return _Product(node, weights, users[0], name)
    return _Product(node, weights)


def _inputs(
    model: ModelProto, products: Iterable[_Product], sentences: Iterable[Sequence[int]]
) -> dict[str, Float32Array]:
    """The inputs of the products, [rows, channels], for the sentences."""
    names = sorted({product.node.input[0] for product in products})
    watched = ModelProto()
    watched.CopyFrom(model)
    watched.graph.output.extend(
        helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in names
    )
    session = ort.InferenceSession(watched.SerializeToString(), providers=["CPUExecutionProvider"])
    rows: dict[str, list[Float32Array]] = {name: [] for name in names}
    for pieces in sentences:
        ids = np.array([pieces], np.int64)
        inputs = dict(zip(NETWORK_INPUTS, (ids, np.ones_like(ids)), strict=True))
        for name, values in zip(names, session.run(names, inputs), strict=True):
            rows[name].append(values.reshape(-1, values.shape[-1]))
    return {name: np.concatenate(found) for name, found in rows.items()}


class _GraphEditor:
    """Replaces nodes of a graph and adds the constants that the new ones need."""

    def __init__(self, model: ModelProto) -> None:
        self.graph = model.graph
        self.replacements: dict[str, list[NodeProto]] = {}
        self.constants = 0

    def constant(self, values: NDArray[np.generic] | np.generic) -> str:
        self.constants += 1
        name = f"int8.{self.constants}"
        self.graph.initializer.append(numpy_helper.from_array(np.asarray(values), name))
        return name

    def replace(self, node: NodeProto, nodes: list[NodeProto]) -> None:
        self.replacements[node.output[0]] = nodes

    def apply(self) -> None:
        nodes = [
            new for old in self.graph.node for new in self.replacements.get(old.output[0], [old])
        ]
        copies = [NodeProto.FromString(node.SerializeToString()) for node in nodes]
        del self.graph.node[:]
        self.graph.node.extend(copies)
        used = {name for node in copies for name in node.input}
        kept = [
            TensorProto.FromString(tensor.SerializeToString())
            for tensor in self.graph.initializer
            if tensor.name in used
        ]
        del self.graph.initializer[:]
        self.graph.initializer.extend(kept)


def _quantized_product(new: _GraphEditor, product: _Product, seen: Float32Array) -> list[NodeProto]:
    source, output = product.node.input[0], (product.sum or product.node).output[0]
    weights, nodes = product.weights, []
    factors = smoothing_factors(seen, weights)
    if factors is not None:
        nodes.append(
            helper.make_node("Mul", [source, new.constant(1 / factors)], [f"{output}.smooth"])
        )
        source, seen, weights = f"{output}.smooth", seen / factors, weights * factors[:, None]
    step, zero_point = input_scale(seen)
    scale, zero = new.constant(step), new.constant(zero_point)
    integers, scales = to_int8(weights, channel=1)
    zeros = new.constant(np.zeros(len(scales), np.int8))
    weight, weight_scale = new.constant(integers), new.constant(scales)
    inputs = [f"{output}.int8", weight, scale, weight_scale, zero, zeros, product.bias]
    return [
        *nodes,
        helper.make_node("QuantizeLinear", [source, scale, zero], [f"{output}.int8"]),
        helper.make_node("MatMulIntegerToFloat", inputs, [output], domain=CONTRIB),
    ]


def _quantized_table(new: _GraphEditor, node: NodeProto, table: Float32Array) -> list[NodeProto]:
    """Rows of an embedding table, converted to float after the lookup."""
    integers, scales = to_int8(table, channel=0)
    rows, output = node.input[1], node.output[0]
    return [
        helper.make_node("Gather", [new.constant(integers), rows], [f"{output}.int8"]),
        helper.make_node("Gather", [new.constant(scales[:, None]), rows], [f"{output}.scale"]),
        helper.make_node("Cast", [f"{output}.int8"], [f"{output}.float"], to=TensorProto.FLOAT),
        helper.make_node("Mul", [f"{output}.float", f"{output}.scale"], [output]),
    ]


def smoothing_factors(seen: Float32Array, weights: Float32Array) -> Float32Array | None:
    """A factor for each channel of an input; None if there are no outliers."""
    reach = np.abs(seen).max(0)
    if reach.max() < OUTLIER * np.median(reach):
        return None
    heaviest = np.abs(weights).max(1)
    factors = np.maximum(reach, 1e-5) ** MIGRATION / np.maximum(heaviest, 1e-5) ** (1 - MIGRATION)
    return np.asarray(factors / np.exp(np.log(factors).mean()), np.float32)


def input_scale(seen: Float32Array) -> tuple[np.float32, np.uint8]:
    """The size of a step, and the step of zero, of the range with the least squared error.

    The two ends are moved inwards in turn: a few extreme values matter less than fine steps for all
    others.
    """
    values = seen.ravel()
    if len(values) > SAMPLE:
        values = np.random.default_rng(0).choice(values, SAMPLE, replace=False)
    lowest, highest = min(float(values.min()), 0.0), max(float(values.max()), 0.0)

    def error(low: float, high: float) -> float:
        scale, zero = _steps(low, high)
        steps = np.clip(np.rint(values / scale) + zero, 0, 255) - zero
        return float(np.square(steps * scale - values).mean())

    low, high = lowest, highest
    for _ in range(2):
        high = min((highest * share for share in _SHARES), key=lambda end: error(low, end))
        low = min((lowest * share for share in _SHARES), key=lambda end: error(end, high))
    scale, zero = _steps(low, high)
    return np.float32(scale), np.uint8(zero)


_SHARES = np.linspace(0.1, 1.0, 20).tolist()


def _steps(low: float, high: float) -> tuple[float, int]:
    scale = max(high - low, 1e-6) / 255
    return scale, round(-low / scale)


def to_int8(weights: Float32Array, channel: int) -> tuple[NDArray[np.int8], Float32Array]:
    """Symmetric int8 of a matrix, and the scale of each of its channels (rows 0, columns 1)."""
    scales = np.abs(weights).max(axis=1 - channel, keepdims=True) / 127
    scales[scales == 0] = 1
    return np.rint(weights / scales).astype(np.int8), scales.ravel().astype(np.float32)
