"""The form in which a network is served computes what was trained."""

import pytest
import torch
from transformers import BertConfig, BertModel, PreTrainedModel, RobertaConfig, RobertaModel

from models.labels import LABELS
from training.inference import InferenceNetwork
from training.network import SentenceReader

SIZES = {
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
def test_the_served_form_says_the_same(make, activation: str) -> None:  # type: ignore[no-untyped-def]
    torch.manual_seed(0)
    network = SentenceReader(
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
