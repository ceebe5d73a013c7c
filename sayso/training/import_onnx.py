"""A bundle's network as a torch network, to distil from or to continue training.

Everything that is served is restored, rounded as it is served. Auxiliary evidence heads are not
served, so they start from random weights.
"""

import re
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
    recipe = bundle_recipe(bundle.path)
    network, _ = build_network(
        recipe.network,
        sentence_heads=len(recipe.sentence_heads),
        span_heads=len(recipe.span_heads),
    )
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

    def dense(theirs: str, ours: str) -> Iterator[tuple[str, Tensor]]:
        yield f"{ours}.weight", tensor(f"{theirs}.weight").T
        yield f"{ours}.bias", tensor(f"{theirs}.bias")

    def same(theirs: str, ours: str) -> Iterator[tuple[str, Tensor]]:
        for part in ("weight", "bias"):
            yield f"{ours}.{part}", tensor(f"{theirs}.{part}")

    def tensor(name: str) -> Tensor:
        return torch.tensor(stored[name])

    places = tensor("encoder.places")
    yield "encoder.embeddings.word_embeddings.weight", tensor("encoder.words")
    yield "encoder.embeddings.position_embeddings.weight", places
    # Already part of every position.
    yield "encoder.embeddings.token_type_embeddings.weight", torch.zeros(1, places.shape[1])
    yield from same("encoder.norm", "encoder.embeddings.LayerNorm")
    for number in range(_blocks(stored)):
        theirs, ours = f"encoder.blocks.{number}", f"encoder.encoder.layer.{number}"
        joined = dict(dense(f"{theirs}.queries_keys_values", "joined"))
        # Scores are scaled in the query.
        scale = (places.shape[1] // heads) ** 0.5
        for part, values in joined.items():
            query, key, value = values.chunk(3)
            kind = part.removeprefix("joined.")
            yield f"{ours}.attention.self.query.{kind}", query * scale
            yield f"{ours}.attention.self.key.{kind}", key
            yield f"{ours}.attention.self.value.{kind}", value
        yield from dense(f"{theirs}.mixed", f"{ours}.attention.output.dense")
        yield from same(f"{theirs}.mixed_norm", f"{ours}.attention.output.LayerNorm")
        yield from dense(f"{theirs}.wide", f"{ours}.intermediate.dense")
        yield from dense(f"{theirs}.narrow", f"{ours}.output.dense")
        yield from same(f"{theirs}.narrow_norm", f"{ours}.output.LayerNorm")
    yield from dense("pooled", "sentence_hidden")
    blocks = tensor("sentence").T  # each row is zero outside its own head's part
    parts = blocks.reshape(len(blocks), len(blocks), -1)
    yield "sentence_out", parts.diagonal().T
    yield "sentence_bias", tensor("sentence_bias")
    for head in ("kind", "token"):
        yield from dense(f"{head}.0", f"{head}.0")
        yield from dense(f"{head}.2", f"{head}.3")


def _blocks(stored: dict[str, NDArray[Any]]) -> int:
    matches = (re.match(r"encoder\.blocks\.(\d+)\.", name) for name in stored)
    return 1 + max(int(match[1]) for match in matches if match)
