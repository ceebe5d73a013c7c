"""The form in which a network is served computes what was trained."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort
import pytest
import torch
from torch import Tensor, nn
from transformers import BertConfig, BertModel, PreTrainedModel, RobertaConfig, RobertaModel

from sayso.labels import LABELS
from sayso.training.export import OPSET
from sayso.training.export_module import InferenceNetwork, pool
from sayso.training.network import SentenceClassifier

SIZES: dict[str, Any] = {
    "vocab_size": 100,
    "hidden_size": 24,
    "num_hidden_layers": 2,
    "num_attention_heads": 3,
    "intermediate_size": 40,
}


def bert(activation: str) -> PreTrainedModel:
    return BertModel(BertConfig(**SIZES, hidden_act=activation), add_pooling_layer=False)


def roberta(activation: str) -> PreTrainedModel:
    return RobertaModel(RobertaConfig(**SIZES, hidden_act=activation), add_pooling_layer=False)


@pytest.mark.parametrize("make", [bert, roberta])
@pytest.mark.parametrize("activation", ["gelu", "relu"])
@torch.inference_mode()
def test_the_exported_form_has_the_same_outputs(
    make: Callable[[str], PreTrainedModel], activation: str
) -> None:
    torch.manual_seed(0)
    network = SentenceClassifier(
        make(activation), sentence_heads=5, span_heads=6, head_size=8, dropout=0.1
    ).eval()
    for parameter in network.parameters():  # fresh networks have biases of 0, which hide mistakes
        parameter.add_(0.1 * torch.randn_like(parameter))
    ids = torch.randint(5, 100, (4, 11))
    mask = torch.ones_like(ids)
    mask[1, 7:] = mask[2, 2:] = 0
    expected = network(ids, mask)
    sentence, kind, token = InferenceNetwork(network).eval()(ids, mask)
    assert torch.allclose(sentence, expected.sentence, atol=1e-4)
    assert torch.allclose(kind, expected.kind, atol=1e-4)
    real = mask.bool()
    assert torch.allclose(token[real], expected.token[real][:, : len(LABELS)], atol=1e-4)


class Pool(nn.Module):
    def forward(self, states: Tensor, real: Tensor) -> Tensor:
        return pool(states, real)


@pytest.mark.filterwarnings("ignore")  # the exporter warns of its own deprecations
def test_padding_changes_no_bit_of_the_pooled_states(tmp_path: Path) -> None:
    shape = {0: torch.export.Dim("sentences"), 1: torch.export.Dim("tokens", min=2, max=512)}
    torch.onnx.export(
        Pool().eval(), (torch.rand(2, 8, 24), torch.ones(2, 8)), str(tmp_path / "pool.onnx"),
        input_names=["states", "real"], dynamic_shapes=(shape, shape),
        opset_version=OPSET, dynamo=True, verbose=False,
    )  # fmt: skip
    session = ort.InferenceSession(str(tmp_path / "pool.onnx"))
    generator = np.random.default_rng(0)
    for length in range(3, 64):
        states = generator.normal(size=(3, length + 6, 24)).astype(np.float32)
        real = np.ones((3, length + 6), np.float32)
        real[0, length:] = 0
        (together,) = session.run(None, {"states": states, "real": real})
        (alone,) = session.run(None, {"states": states[:1, :length], "real": real[:1, :length]})
        assert np.array_equal(together[0], alone[0])
