"""A bundle's network as a torch network, to distil from or to continue training.

Everything that is served is restored, rounded as it is served. Auxiliary evidence heads are not
served, so they start from random weights.
"""

from collections.abc import Iterator
from typing import Any

import onnx
import torch
from numpy.typing import NDArray
from torch import Tensor
from transformers import BertModel

from sayso.bundle.bundle import NETWORK, Bundle
from sayso.errors import RecipeError
from sayso.training.network import SentenceClassifier, build_network
from sayso.training.quantization import float_weights
from sayso.training.recipe_file import bundle_recipe


def import_network(bundle: Bundle) -> SentenceClassifier:
    """The inverse of `export_module.InferenceNetwork` and of `quantization`.

    Raises:
        RecipeError: this version cannot follow the bundle's recipe, or the encoder is no BERT, and
            its exported weights have no names to find them by.
    """
    network, _ = build_network(bundle_recipe(bundle.path))
    if not isinstance(network.encoder, BertModel):
        raise RecipeError(
            f"the network of {bundle.path} cannot be imported: its encoder is a "
            f"{type(network.encoder).__name__}, expected a BertModel"
        )
    stored = float_weights(onnx.load(bundle.path / NETWORK).graph)
    weights = network.state_dict()
    with torch.no_grad():
        for name, values in _torch_weights(stored, network.encoder.config.num_attention_heads):
            # A head may have more outputs than the exported ones.
            weights[name][: len(values)] = values
    return network


def _torch_weights(stored: dict[str, NDArray[Any]], heads: int) -> Iterator[tuple[str, Tensor]]:
    """Names in `SentenceClassifier` and their values, from those in `InferenceNetwork`."""

    def layer(theirs: str, ours: str) -> Iterator[tuple[str, Tensor]]:
        for part in ("weight", "bias"):
            yield f"{ours}.{part}", tensor(f"{theirs}.{part}").t()

    def tensor(name: str) -> Tensor:
        return torch.tensor(stored[name])

    places = tensor("encoder.places")
    yield "encoder.embeddings.word_embeddings.weight", tensor("encoder.words")
    yield "encoder.embeddings.position_embeddings.weight", places
    # Already part of every position.
    yield "encoder.embeddings.token_type_embeddings.weight", torch.zeros(1, places.shape[1])
    yield from layer("encoder.norm", "encoder.embeddings.LayerNorm")
    for number in range(sum(name.endswith(".mixed.bias") for name in stored)):
        theirs, ours = f"encoder.blocks.{number}", f"encoder.encoder.layer.{number}"
        # Scores are scaled in the query.
        scale = (places.shape[1] // heads) ** 0.5
        for part in ("weight", "bias"):
            query, key, value = tensor(f"{theirs}.queries_keys_values.{part}").t().chunk(3)
            yield f"{ours}.attention.self.query.{part}", query * scale
            yield f"{ours}.attention.self.key.{part}", key
            yield f"{ours}.attention.self.value.{part}", value
        yield from layer(f"{theirs}.mixed", f"{ours}.attention.output.dense")
        yield from layer(f"{theirs}.mixed_norm", f"{ours}.attention.output.LayerNorm")
        yield from layer(f"{theirs}.wide", f"{ours}.intermediate.dense")
        yield from layer(f"{theirs}.narrow", f"{ours}.output.dense")
        yield from layer(f"{theirs}.narrow_norm", f"{ours}.output.LayerNorm")
    yield from layer("pooled", "sentence_hidden")
    blocks = tensor("sentence").T  # each row is zero outside its own head's part
    parts = blocks.reshape(len(blocks), len(blocks), -1)
    yield "sentence_out", parts.diagonal().T
    yield "sentence_bias", tensor("sentence_bias")
    for head in ("kind", "token"):
        yield from layer(f"{head}.0", f"{head}.0")
        yield from layer(f"{head}.2", f"{head}.3")
