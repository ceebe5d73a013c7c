"""The network: one encoder, a head per sentence label, a head for kinds, a head for evidence."""

import importlib
import importlib.util
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import torch
from torch import Tensor, nn
from transformers import AutoModel, AutoTokenizer, PreTrainedModel, PreTrainedTokenizerFast

from sayso.errors import RecipeError
from sayso.labels import KINDS
from sayso.training.batches import Batcher
from sayso.training.recipe import Recipe

CPU = torch.device("cpu")
PREDICTION_BATCH = 64

MASKED = -1e4
"""Added to what padding must hide. Finite, so that it survives int8 and bfloat16."""


@dataclass(frozen=True, slots=True)
class Outputs:
    """Logits of a batch, with the shapes that `sayso.bundle.bundle.NETWORK_OUTPUTS` names."""

    sentence: Tensor
    kind: Tensor
    token: Tensor
    states: Tensor
    """The last hidden states of the encoder, [sentences, tokens, width]."""


class SentenceClassifier(nn.Module):
    """Classifies sentences: logits for every sentence head, kind, and evidence head.

    A sentence is pooled by the mean and the maximum over its tokens: the mean carries its tone,
    the maximum lets a single cue word count. Each sentence head has its own hidden layer, so that
    labels share only the encoder.
    """

    def __init__(
        self,
        encoder: PreTrainedModel,
        *,
        sentence_heads: int,
        span_heads: int,
        head_size: int,
        dropout: float,
    ) -> None:
        super().__init__()
        width = encoder.config.hidden_size
        self.encoder = encoder
        self.dropout = nn.Dropout(dropout)
        self.sentence_hidden = nn.Linear(2 * width, sentence_heads * head_size)
        self.sentence_out = nn.Parameter(torch.randn(sentence_heads, head_size) * head_size**-0.5)
        self.sentence_bias = nn.Parameter(torch.zeros(sentence_heads))
        self.kind = nn.Sequential(
            nn.Linear(2 * width, head_size), nn.GELU(), nn.Dropout(dropout),
            nn.Linear(head_size, len(KINDS)),
        )  # fmt: skip
        self.token = nn.Sequential(
            nn.Linear(width, head_size), nn.GELU(), nn.Dropout(dropout),
            nn.Linear(head_size, span_heads),
        )  # fmt: skip

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Outputs:
        """Logits of a batch; both arguments are int64 [sentences, tokens]."""
        encoded = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        states = self.dropout(encoded)
        real = attention_mask.unsqueeze(-1).to(states.dtype)
        # The same as `export_module.pool`, whose product autocast would round to bfloat16.
        mean = (states * real).sum(1) / real.sum(1)
        maximum = (states * real + MASKED * (1 - real)).amax(1)
        pooled = torch.cat([mean, maximum], dim=-1)
        heads, head_size = self.sentence_out.shape
        hidden = nn.functional.gelu(self.sentence_hidden(pooled))
        hidden = self.dropout(hidden).unflatten(-1, (heads, head_size))
        sentence = (hidden * self.sentence_out).sum(-1) + self.sentence_bias
        return Outputs(sentence, self.kind(pooled), self.token(states), encoded)

    def parameter_groups(self) -> tuple[list[nn.Parameter], list[nn.Parameter]]:
        """The parameters of the encoder, and those of the heads."""
        heads = [
            parameter
            for name, parameter in self.named_parameters()
            if not name.startswith("encoder.")
        ]
        return list(self.encoder.parameters()), heads


@torch.inference_mode()
def predict(
    network: SentenceClassifier,
    data: Batcher,
    device: torch.device = CPU,
    rows: Sequence[int] | None = None,
    advance: Callable[[int], object] = lambda rows: None,
) -> tuple[Tensor, Tensor]:
    """Logits and targets of all sentence heads, both [rows, heads], of all rows or some.

    `advance` is called with the number of rows of each batch.
    """
    network.eval()
    rows = range(len(data.examples)) if rows is None else rows
    index = {row: number for number, row in enumerate(rows)}
    logits = torch.empty(len(rows), len(data.sentence_heads))
    targets = torch.empty_like(logits)
    for some in data.by_length(rows, PREDICTION_BATCH):
        batch = data.batch(some)
        indices = [index[row] for row in some]
        targets[indices] = batch.targets
        batch = batch.to(device)
        logits[indices] = network(batch.input_ids, batch.attention_mask).sentence.float().cpu()
        advance(len(some))
    return logits, targets


def build_network(recipe: Recipe) -> tuple[SentenceClassifier, PreTrainedTokenizerFast]:
    """A network with new heads on the recipe's encoder, and the encoder's tokenizer.

    Raises:
        RecipeError: the encoder cannot be loaded, or lacks one of the recipe's layers.
    """
    settings = recipe.network
    source = find_encoder(settings.encoder)
    try:
        # Without the pooler, which nothing uses.
        encoder = AutoModel.from_pretrained(source, add_pooling_layer=False)
        tokenizer = AutoTokenizer.from_pretrained(source)
    except (OSError, ValueError) as error:
        raise RecipeError(
            f"network.encoder {settings.encoder!r} cannot be loaded: expected a package that "
            f"contains a model, a folder or a reachable hub id ({error})"
        ) from error
    if settings.layers:
        layers = encoder.encoder.layer
        if max(settings.layers) >= len(layers):
            raise RecipeError(
                f"network.layers names layer {max(settings.layers)}; "
                f"the encoder's last is {len(layers) - 1}"
            )
        encoder.encoder.layer = nn.ModuleList(layers[number] for number in settings.layers)
        encoder.config.num_hidden_layers = len(settings.layers)
    network = SentenceClassifier(
        encoder,
        sentence_heads=len(recipe.sentence_heads),
        span_heads=len(recipe.span_heads),
        head_size=settings.head_size,
        dropout=settings.dropout,
    )
    return network, cast(PreTrainedTokenizerFast, tokenizer)


def init_from_teacher(
    student: SentenceClassifier, teacher: SentenceClassifier, layers: Sequence[int]
) -> None:
    """Copy a teacher's weights into a student whose encoder has some of its layers, or all."""
    weights = {}
    for name, value in teacher.state_dict().items():
        layer = re.fullmatch(r"(encoder\.encoder\.layer)\.(\d+)\.(.+)", name)
        if layer is None or not layers:
            weights[name] = value
        elif int(layer[2]) in layers:
            weights[f"{layer[1]}.{layers.index(int(layer[2]))}.{layer[3]}"] = value
    student.load_state_dict(weights)


def find_encoder(name: str) -> str:
    """The name of an encoder for transformers: a folder, a package's model folder, or a hub id."""
    if Path(name).is_dir():
        return name
    package = name.replace("-", "_")
    if package.isidentifier() and importlib.util.find_spec(package) is not None:
        module = importlib.import_module(package)
        if hasattr(module, "get_model_path"):
            return str(module.get_model_path())
    return name
