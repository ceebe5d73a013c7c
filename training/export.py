"""Exporting: a trained torch network as the ONNX files of a bundle."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from transformers import PreTrainedTokenizerFast

from models.bundle import NETWORK_INPUTS, NETWORK_OUTPUTS
from models.labels import LABELS
from models.privacy import forbid_calls_home
from training.network import SentenceReader

forbid_calls_home()

import onnxruntime as ort
from onnxruntime.quantization import QuantType, quantize_dynamic

OPSET = 18


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


def quantize_network(source: Path, target: Path) -> None:
    """Write an int8 copy: weights per channel, activations when they are met."""
    quantize_dynamic(
        source,
        target,
        weight_type=QuantType.QInt8,
        per_channel=True,
        op_types_to_quantize=["MatMul", "Gemm", "Gather"],
        extra_options={"MatMulConstBOnly": True},
    )


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
