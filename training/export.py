"""Exporting: a trained torch network as the ONNX files of a bundle."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn
from transformers import PreTrainedTokenizerFast

from models.bundle import NETWORK_INPUTS, NETWORK_OUTPUTS
from models.labels import LABELS
from models.privacy import forbid_calls_home
from training.network import SentenceReader

forbid_calls_home()

import onnxruntime as ort

OPSET = 18
SMALLEST_QUANTIZED = 4096
"""Matrices with fewer weights than this stay float32: there is nothing to save."""


@dataclass(frozen=True, slots=True)
class Parity:
    """How far an exported network's probabilities of the labels are from torch's.

    `largest` and `mean` are absolute differences; `flips` is the share of decisions at 0.5 that
    differ, over `sentences` times labels.
    """

    sentences: int
    largest: float
    mean: float
    flips: float


class _LabelsOnly(nn.Module):
    """The network as it is served: auxiliary evidence heads are left out."""

    def __init__(self, network: SentenceReader) -> None:
        super().__init__()
        self.network = network

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        outputs = self.network(input_ids, attention_mask)
        return outputs.sentence, outputs.kind, outputs.token[..., : len(LABELS)]


def export_network(network: SentenceReader, path: Path) -> None:
    """Write the network in float32 as ONNX; sentences and tokens are free dimensions."""
    # Two tensors: one given twice would be exported as a single input that serves as both.
    input_ids = torch.ones((2, 8), dtype=torch.int64)
    attention_mask = torch.ones_like(input_ids)
    shape = {0: torch.export.Dim("sentences"), 1: torch.export.Dim("tokens", min=2, max=512)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter warns of its own deprecations
        torch.onnx.export(
            _LabelsOnly(network).eval(),
            (input_ids, attention_mask),
            str(path),
            input_names=list(NETWORK_INPUTS),
            output_names=list(NETWORK_OUTPUTS),
            dynamic_shapes=(shape, shape),
            opset_version=OPSET,
            dynamo=True,
            external_data=False,
            verbose=False,
        )
    model = onnx.load(path)
    _drop_metadata(model)
    onnx.save(model, path)


def _drop_metadata(model: onnx.ModelProto) -> None:
    """Remove what the exporter notes of its own work: stack traces with this machine's paths."""
    graph = model.graph
    described = (graph.node, graph.input, graph.output, graph.value_info, graph.initializer)
    for part in (model, graph, *(entry for entries in described for entry in entries)):
        part.ClearField("metadata_props")
        part.ClearField("doc_string")


def quantize_network(source: Path, target: Path) -> None:
    """Write a copy whose matrices are int8 with a scale for each channel, a quarter of the size.

    Only weights are rounded. ONNX Runtime's dynamic int8 also rounds activations, by one scale
    for a whole batch: over twice as fast, but it turned 1 % of decisions on development rows, and
    the score of a sentence changed with the sentences beside it by up to 0.6. Here 0.1 % turn,
    and a sentence has one score.
    """
    model = onnx.load(source)
    graph = model.graph
    tables = {node.input[0] for node in graph.node if node.op_type == "Gather"}
    dequantizers = []
    for matrix in list(graph.initializer):
        if matrix.data_type != TensorProto.FLOAT or len(matrix.dims) != 2:
            continue
        weights = numpy_helper.to_array(matrix)
        if weights.size < SMALLEST_QUANTIZED:
            continue
        # A channel is what one output, or one word piece of an embedding table, is made from.
        channel = 0 if matrix.name in tables else 1
        integers, scales = _to_int8(weights, channel)
        graph.initializer.remove(matrix)
        graph.initializer.append(numpy_helper.from_array(integers, f"{matrix.name}.int8"))
        graph.initializer.append(numpy_helper.from_array(scales, f"{matrix.name}.scale"))
        dequantizers.append(
            helper.make_node(
                "DequantizeLinear",
                [f"{matrix.name}.int8", f"{matrix.name}.scale"],
                [matrix.name],
                axis=channel,
            )
        )
    for node in reversed(dequantizers):
        graph.node.insert(0, node)
    onnx.checker.check_model(model)
    onnx.save(model, target)


def _to_int8(
    weights: NDArray[np.float32], channel: int
) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Symmetric int8 of a matrix, and the scale of each of its channels (rows 0, columns 1)."""
    scales = np.abs(weights).max(axis=1 - channel, keepdims=True) / 127
    scales[scales == 0] = 1
    return np.rint(weights / scales).astype(np.int8), scales.ravel().astype(np.float32)


def save_tokenizer(tokenizer: PreTrainedTokenizerFast, path: Path) -> None:
    """Write the tokenizer without the padding and truncation that the base was saved with."""
    backend = tokenizer.backend_tokenizer
    backend.no_padding()
    backend.no_truncation()
    backend.save(str(path))


def measure_parity(
    network: SentenceReader,
    tokenizer: PreTrainedTokenizerFast,
    path: Path,
    texts: Sequence[str],
    max_tokens: int,
) -> Parity:
    """Compare an exported network with torch on `texts`, one by one, over the labels."""
    session = ort.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    differences, flips = [], []
    for text in texts:
        encoded = tokenizer(text, truncation=True, max_length=max_tokens, return_tensors="pt")
        inputs = {name: encoded[name] for name in NETWORK_INPUTS}
        with torch.inference_mode():
            expected = network(**inputs).sentence[0, : len(LABELS)].sigmoid().numpy()
        logits = session.run(
            [NETWORK_OUTPUTS[0]], {name: tensor.numpy() for name, tensor in inputs.items()}
        )[0][0, : len(LABELS)]
        found = 1 / (1 + np.exp(-logits))
        differences.append(np.abs(found - expected))
        flips.append((found >= 0.5) != (expected >= 0.5))
    return Parity(
        sentences=len(texts),
        largest=float(np.max(differences)),
        mean=float(np.mean(differences)),
        flips=float(np.mean(flips)),
    )
