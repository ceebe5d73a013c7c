"""The network as it is exported: the same function, in fewer and larger operations."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import embedding, gelu
from transformers import BertModel, PreTrainedModel

from sayso.labels import LABELS
from sayso.training.network import MASKED, SentenceClassifier


class InferenceNetwork(nn.Module):
    """A trained network without dropout and without the heads of auxiliary evidence.

    A BERT encoder is rebuilt from its weights: query, key and value are one product, factors and
    offsets are folded into the weights beside them, and impossible cases cost nothing (the export
    of transformers guards against rows of padding alone, with half as many operations again). Any
    other encoder is exported as it is.
    """

    def __init__(self, network: SentenceClassifier) -> None:
        super().__init__()
        encoder = network.encoder
        self.encoder = _Bert(encoder) if isinstance(encoder, BertModel) else _AsItIs(encoder)
        self.pooled = _Dense(network.sentence_hidden)
        # Each head has its own part of the hidden layer: one product with a block-diagonal matrix.
        blocks: Any = torch.block_diag
        self.sentence = nn.Parameter(blocks(*network.sentence_out.detach().unsqueeze(1)).T)
        self.sentence_bias = network.sentence_bias
        kind: Any = network.kind
        self.kind = nn.Sequential(_Dense(kind[0]), kind[1], _Dense(kind[3]))
        token: Any = network.token
        self.token = nn.Sequential(_Dense(token[0]), token[1], _Dense(token[3], len(LABELS)))

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Logits as `sayso.bundle.bundle.NETWORK_OUTPUTS` names them."""
        real = attention_mask.to(torch.float32)
        states = self.encoder(input_ids, real)
        pooled = pool(states, real)
        sentence = gelu(self.pooled(pooled)) @ self.sentence + self.sentence_bias
        return sentence.squeeze(1), self.kind(pooled).squeeze(1), self.token(states)


def pool(states: Tensor, real: Tensor) -> Tensor:
    """Mean and maximum over the tokens [sentences, tokens, width] that are real (1, others 0), as
    [sentences, 1, 2 * width].

    The result keeps a dimension of one token, since ONNX Runtime makes no int8 of products of flat
    inputs. The mean is a product with two equal rows, of which one is kept: a sum over tokens, or a
    product with a single row, adds up in another order if there is padding, so that a sentence's
    score would depend on the other sentences of its batch.
    """
    shares = (real / real.sum(1, keepdim=True)).unsqueeze(1)
    mean = (torch.cat([shares, shares], dim=1) @ states)[:, :1]
    maximum = (states + MASKED * (1 - real).unsqueeze(-1)).amax(1, keepdim=True)
    return torch.cat([mean, maximum], dim=-1)


class _Dense(nn.Module):
    """The first outputs of a linear layer, as the product and the sum that quantization expects."""

    def __init__(self, layer: nn.Linear, outputs: int | None = None) -> None:
        super().__init__()
        self.weight = nn.Parameter(layer.weight.detach()[:outputs].T.contiguous())
        self.bias = nn.Parameter(layer.bias.detach()[:outputs])

    def forward(self, states: Tensor) -> Tensor:
        return states @ self.weight + self.bias


class _AsItIs(nn.Module):
    def __init__(self, encoder: PreTrainedModel) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, input_ids: Tensor, real: Tensor) -> Tensor:
        states: Tensor = self.encoder(input_ids=input_ids, attention_mask=real).last_hidden_state
        return states


class _Bert(nn.Module):
    """Devlin et al., "BERT", 2019, for one text without a second segment."""

    def __init__(self, encoder: BertModel) -> None:
        super().__init__()
        tables = encoder.embeddings
        self.words = nn.Parameter(tables.word_embeddings.weight.detach())
        # All tokens are of the first segment: its row is part of every position.
        self.places = nn.Parameter(
            tables.position_embeddings.weight.detach()
            + tables.token_type_embeddings.weight[0].detach()
        )
        self.norm = tables.LayerNorm
        self.blocks = nn.ModuleList(
            _Block(layer, encoder.config.num_attention_heads) for layer in encoder.encoder.layer
        )

    def forward(self, input_ids: Tensor, real: Tensor) -> Tensor:
        states = embedding(input_ids, self.words) + self.places[: input_ids.shape[1]]
        states = self.norm(states)
        hidden = ((1 - real) * MASKED)[:, None, None, :]
        for block in self.blocks:
            states = block(states, hidden)
        result: Tensor = states
        return result


class _Block(nn.Module):
    def __init__(self, layer: Any, heads: int) -> None:
        super().__init__()
        attention = layer.attention.self
        self.heads = heads
        self.size = attention.query.in_features // heads
        parts = [attention.query, attention.key, attention.value]
        factors = (self.size**-0.5, 1.0, 1.0)
        joined = nn.Linear(heads * self.size, 3 * heads * self.size)
        joined.weight.data = torch.cat([f * p.weight for f, p in zip(factors, parts, strict=True)])
        joined.bias.data = torch.cat([f * p.bias for f, p in zip(factors, parts, strict=True)])
        self.queries_keys_values = _Dense(joined)
        self.mixed = _Dense(layer.attention.output.dense)
        self.mixed_norm = layer.attention.output.LayerNorm
        self.wide = _Dense(layer.intermediate.dense)
        self.activation = layer.intermediate.intermediate_act_fn
        self.narrow = _Dense(layer.output.dense)
        self.narrow_norm = layer.output.LayerNorm

    def forward(self, states: Tensor, hidden: Tensor) -> Tensor:
        sentences, tokens, width = states.shape
        parts = self.queries_keys_values(states).view(sentences, tokens, 3, self.heads, self.size)
        query, key, value = parts.permute(2, 0, 3, 1, 4).unbind(0)
        weights = (query @ key.transpose(-1, -2) + hidden).softmax(-1)
        seen = (weights @ value).transpose(1, 2).reshape(sentences, tokens, width)
        states = self.mixed_norm(states + self.mixed(seen))
        result: Tensor = self.narrow_norm(states + self.narrow(self.activation(self.wide(states))))
        return result
