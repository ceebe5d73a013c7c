"""Quantisation: the matrices of an exported network, and what goes into them, as int8.

The scales of what goes in are fixed beforehand, on training sentences: a sentence keeps its score
whatever stands beside it, which scales made anew for each batch would not allow.
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
"""Operators of ONNX Runtime beside those of ONNX."""

SMALLEST = 1024
"""Matrices with fewer weights than this stay float32: there is nothing to gain."""

UNEVEN = 6.0
"""A channel that reaches this many times as far as the middle one would leave the others few of
the 256 steps."""
MIGRATION = 0.85
"""How much of the unevenness the weights take over (0 none, 1 all), chosen on development rows."""

SAMPLE = 200_000
"""Values of an input that its range is chosen on."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Product:
    """A product of what comes in with a matrix of weights [inputs, outputs], and the sum with a
    bias that follows it, if one does.
    """

    node: NodeProto
    weights: Floats
    sum: NodeProto | None

    @property
    def source(self) -> str:
        return str(self.node.input[0])

    @property
    def bias(self) -> str:
        """Its name; empty where there is none."""
        if self.sum is None:
            return ""
        return str(next(name for name in self.sum.input if name != self.node.output[0]))


def quantize_network(source: Path, target: Path, sentences: Sequence[Sequence[int]]) -> None:
    """Write a copy of a float32 network whose products are of int8, a quarter of the size.

    `sentences` are the word pieces of training sentences, on which the ranges of inputs are
    chosen. Where a few channels of an input reach much further than the others, they are divided
    by a factor that multiplies their weights (Xiao et al., "SmoothQuant", 2023).
    """
    model = onnx.load(source)
    matrices = {one.name: numpy_helper.to_array(one) for one in model.graph.initializer}
    products = [
        _Product(node, matrices[node.input[1]], _bias_sum(model, node, matrices))
        for node in model.graph.node
        if node.op_type == "MatMul" and matrices.get(node.input[1], np.empty(0)).size >= SMALLEST
    ]
    seen = _inputs(model, products, sentences)
    new = _Rewriting(model)
    for product in products:
        nodes = _quantized_product(new, product, seen[product.source])
        if product.sum is not None:
            new.replace(product.node, [])
        new.replace(product.sum or product.node, nodes)
    for node in list(model.graph.node):
        if node.op_type == "Gather" and matrices.get(node.input[0], np.empty(0)).size >= SMALLEST:
            new.replace(node, _quantized_table(new, node, matrices[node.input[0]]))
    new.apply()
    # ONNX has no product of int8 with a bias and a result in float32; ONNX Runtime has.
    model.opset_import.append(helper.make_opsetid(CONTRIB, 1))
    onnx.checker.check_model(model)
    onnx.save(model, target)


def float_weights(graph: GraphProto) -> dict[str, NDArray[Any]]:
    """All constants of an int8 network, its matrices as floats by the names that they had before:
    that of their bias but for its ending, `encoder.words` for the table of word pieces.
    """
    stored = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
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


def _bias_sum(
    model: ModelProto, product: NodeProto, matrices: Mapping[str, Floats]
) -> NodeProto | None:
    """The sum that adds a bias to a product and is alone in using it."""
    users: list[NodeProto] = [node for node in model.graph.node if product.output[0] in node.input]
    if len(users) != 1 or users[0].op_type != "Add":
        return None
    biases = [name for name in users[0].input if name in matrices and matrices[name].ndim == 1]
    return users[0] if biases else None


def _inputs(
    model: ModelProto, products: Iterable[_Product], sentences: Iterable[Sequence[int]]
) -> dict[str, Floats]:
    """What goes into the products, [rows, channels], while the network reads the sentences."""
    names = sorted({product.source for product in products})
    watched = ModelProto()
    watched.CopyFrom(model)
    watched.graph.output.extend(
        helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in names
    )
    session = ort.InferenceSession(watched.SerializeToString(), providers=["CPUExecutionProvider"])
    rows: dict[str, list[Floats]] = {name: [] for name in names}
    for pieces in sentences:
        ids = np.array([pieces], np.int64)
        inputs = dict(zip(NETWORK_INPUTS, (ids, np.ones_like(ids)), strict=True))
        for name, values in zip(names, session.run(names, inputs), strict=True):
            rows[name].append(values.reshape(-1, values.shape[-1]))
    return {name: np.concatenate(found) for name, found in rows.items()}


class _Rewriting:
    """Nodes that take the places of others, and the constants that they need."""

    def __init__(self, model: ModelProto) -> None:
        self.graph = model.graph
        self.places: dict[str, list[NodeProto]] = {}
        self.constants = 0

    def constant(self, values: NDArray[np.generic] | np.generic) -> str:
        self.constants += 1
        name = f"int8.{self.constants}"
        self.graph.initializer.append(numpy_helper.from_array(np.asarray(values), name))
        return name

    def replace(self, node: NodeProto, nodes: list[NodeProto]) -> None:
        self.places[node.output[0]] = nodes

    def apply(self) -> None:
        nodes = [new for old in self.graph.node for new in self.places.get(old.output[0], [old])]
        copies = [NodeProto.FromString(node.SerializeToString()) for node in nodes]
        del self.graph.node[:]
        self.graph.node.extend(copies)
        used = {name for node in copies for name in node.input}
        kept = [one for one in self.graph.initializer if one.name in used]
        kept = [TensorProto.FromString(one.SerializeToString()) for one in kept]
        del self.graph.initializer[:]
        self.graph.initializer.extend(kept)


def _quantized_product(new: _Rewriting, product: _Product, seen: Floats) -> list[NodeProto]:
    source, output = product.source, (product.sum or product.node).output[0]
    weights, nodes = product.weights, []
    factors = _smoothing(seen, weights)
    if factors is not None:
        nodes.append(
            helper.make_node("Mul", [source, new.constant(1 / factors)], [f"{output}.smooth"])
        )
        source, seen, weights = f"{output}.smooth", seen / factors, weights * factors[:, None]
    steps, nought = _scale(seen)
    scale, zero = new.constant(steps), new.constant(nought)
    integers, scales = to_int8(weights, channel=1)
    zeros = new.constant(np.zeros(len(scales), np.int8))
    weight, weight_scale = new.constant(integers), new.constant(scales)
    inputs = [f"{output}.int8", weight, scale, weight_scale, zero, zeros, product.bias]
    return [
        *nodes,
        helper.make_node("QuantizeLinear", [source, scale, zero], [f"{output}.int8"]),
        helper.make_node("MatMulIntegerToFloat", inputs, [output], domain=CONTRIB),
    ]


def _quantized_table(new: _Rewriting, node: NodeProto, table: Floats) -> list[NodeProto]:
    """Rows of an embedding table, made float once they are looked up and not before."""
    integers, scales = to_int8(table, channel=0)
    rows, output = node.input[1], node.output[0]
    return [
        helper.make_node("Gather", [new.constant(integers), rows], [f"{output}.int8"]),
        helper.make_node("Gather", [new.constant(scales[:, None]), rows], [f"{output}.scale"]),
        helper.make_node("Cast", [f"{output}.int8"], [f"{output}.float"], to=TensorProto.FLOAT),
        helper.make_node("Mul", [f"{output}.float", f"{output}.scale"], [output]),
    ]


def _smoothing(seen: Floats, weights: Floats) -> Floats | None:
    """A factor for each channel of an input; None where its channels are even enough."""
    reach = np.abs(seen).max(0)
    if reach.max() < UNEVEN * np.median(reach):
        return None
    heaviest = np.abs(weights).max(1)
    factors = np.maximum(reach, 1e-5) ** MIGRATION / np.maximum(heaviest, 1e-5) ** (1 - MIGRATION)
    return np.asarray(factors / np.exp(np.log(factors).mean()), np.float32)


def _scale(seen: Floats) -> tuple[np.float32, np.uint8]:
    """Size of a step, and the step that stands for zero: those of the range that errs least.

    Both ends are drawn in one after the other: a few values far out are worth less than fine steps
    for all others.
    """
    values = seen.ravel()
    if len(values) > SAMPLE:
        values = np.random.default_rng(0).choice(values, SAMPLE, replace=False)
    least, most = min(float(values.min()), 0.0), max(float(values.max()), 0.0)

    def error(low: float, high: float) -> float:
        scale, zero = _steps(low, high)
        steps = np.clip(np.rint(values / scale) + zero, 0, 255) - zero
        return float(np.square(steps * scale - values).mean())

    low, high = least, most
    for _ in range(2):
        high = min((most * part for part in _PARTS), key=lambda end: error(low, end))
        low = min((least * part for part in _PARTS), key=lambda end: error(end, high))
    scale, zero = _steps(low, high)
    return np.float32(scale), np.uint8(zero)


_PARTS = np.linspace(0.1, 1.0, 20).tolist()


def _steps(low: float, high: float) -> tuple[float, int]:
    scale = max(high - low, 1e-6) / 255
    return scale, round(-low / scale)


def to_int8(weights: Floats, channel: int) -> tuple[NDArray[np.int8], Floats]:
    """Symmetric int8 of a matrix, and the scale of each of its channels (rows 0, columns 1)."""
    scales = np.abs(weights).max(axis=1 - channel, keepdims=True) / 127
    scales[scales == 0] = 1
    return np.rint(weights / scales).astype(np.int8), scales.ravel().astype(np.float32)
