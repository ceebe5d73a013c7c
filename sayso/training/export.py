"""Export of a trained torch network as an ONNX file, and the difference between the two."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import torch
from transformers import PreTrainedTokenizerFast

from sayso.bundle.bundle import NETWORK_INPUTS, NETWORK_OUTPUTS
from sayso.bundle.manifest import Manifest
from sayso.labels import LABELS
from sayso.telemetry import disable_telemetry
from sayso.training.calibration import calibrated
from sayso.training.export_module import InferenceNetwork
from sayso.training.network import SentenceClassifier

disable_telemetry()

import onnxruntime as ort

OPSET = 20


@dataclass(frozen=True, slots=True)
class Parity:
    """Differences between the probabilities of an exported network and torch's, over the labels.

    `largest` and `mean` are absolute; `flips` is the share of different decisions at the bundle's
    thresholds, over `sentences` times labels.
    """

    sentences: int
    largest: float
    mean: float
    flips: float


def export_network(network: SentenceClassifier, path: Path) -> None:
    """Write the network in float32 as ONNX; sentences and tokens are free dimensions."""
    # Two tensors: the same one twice would be exported as a single input.
    input_ids = torch.ones((2, 8), dtype=torch.int64)
    attention_mask = torch.ones_like(input_ids)
    shape = {0: torch.export.Dim("sentences"), 1: torch.export.Dim("tokens", min=2, max=512)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter warns of its own deprecations
        torch.onnx.export(
            InferenceNetwork(network).eval(),
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
    """Remove the exporter's notes: stack traces with the paths of this machine."""
    graph = model.graph
    described = (graph.node, graph.input, graph.output, graph.value_info, graph.initializer)
    for part in (model, graph, *(entry for entries in described for entry in entries)):
        part.ClearField("metadata_props")
        part.ClearField("doc_string")


def save_tokenizer(tokenizer: PreTrainedTokenizerFast, path: Path) -> None:
    """Write the tokenizer without the padding and truncation settings of the encoder's files."""
    backend = tokenizer.backend_tokenizer
    backend.no_padding()
    backend.no_truncation()
    backend.save(str(path))


def measure_parity(
    network: SentenceClassifier,
    tokenizer: PreTrainedTokenizerFast,
    path: Path,
    texts: Sequence[str],
    manifest: Manifest,
) -> Parity:
    """Compare an exported network with torch on `texts`, one by one, over the labels, both with the
    calibration and thresholds of the manifest.
    """
    settings = [manifest.labels[label] for label in LABELS]
    thresholds = np.array([label.threshold for label in settings])
    session = ort.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    differences, flips = [], []
    for text in texts:
        encoded = tokenizer(
            text, truncation=True, max_length=manifest.max_tokens, return_tensors="pt"
        )
        inputs = {name: encoded[name] for name in NETWORK_INPUTS}
        with torch.inference_mode():
            exact = network(**inputs).sentence[0, : len(LABELS)].numpy()
        logits = session.run(
            [NETWORK_OUTPUTS[0]], {name: tensor.numpy() for name, tensor in inputs.items()}
        )[0][0, : len(LABELS)]
        expected, found = (
            np.array([calibrated(label.calibration, row[n]) for n, label in enumerate(settings)])
            for row in (exact, logits)
        )
        differences.append(np.abs(found - expected))
        flips.append((found >= thresholds) != (expected >= thresholds))
    return Parity(
        sentences=len(texts),
        largest=float(np.max(differences)),
        mean=float(np.mean(differences)),
        flips=float(np.mean(flips)),
    )
