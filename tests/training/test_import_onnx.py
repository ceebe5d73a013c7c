"""What a bundle serves can be learned from again."""

import shutil
from io import StringIO
from pathlib import Path

import pytest
import torch
from rich.console import Console
from transformers import BertModel, RobertaConfig, RobertaModel

from sayso.bundle.bundle import NETWORK, RECIPE, Bundle, write_checksums
from sayso.errors import RecipeError
from sayso.labels import LABELS
from sayso.training.export import export_network
from sayso.training.import_onnx import import_network
from sayso.training.quantization import quantize_network
from sayso.training.run import Run


def test_an_imported_network_equals_the_served_one(trial: Run) -> None:
    restored = import_network(Bundle.load(trial.bundle)).eval()
    batch = trial.batcher(trial.examples("dev")).batch([*range(32)])
    with torch.inference_mode():
        exact, found = (
            network(batch.input_ids, batch.attention_mask) for network in (trial.network, restored)
        )
    served = slice(0, len(LABELS))
    real = batch.attention_mask.bool()
    for one, other in (
        (exact.sentence, found.sentence),
        (exact.kind, found.kind),
        (exact.token[real][:, served], found.token[real][:, served]),
        (exact.states[real], found.states[real]),
    ):
        # int8 rounds weights to a 254th of the largest in their column.
        assert (one - other).abs().max() < 0.02 * one.abs().max()


def test_equalized_channels_are_restored(trial: Run, data: Path, tmp_path: Path) -> None:
    run = Run(trial.recipe, data, tmp_path, Console(file=StringIO()))
    run.network.load_state_dict(trial.network.state_dict())
    encoder = run.network.encoder
    assert isinstance(encoder, BertModel)
    with torch.no_grad():  # one channel reaches so far that it is evened before the next product
        encoder.get_parameter("encoder.layer.0.attention.output.LayerNorm.weight")[5] *= 30
    folder = shutil.copytree(trial.bundle, tmp_path / "bundle")
    export_network(run.network.eval(), tmp_path / "float32.onnx")
    quantize_network(tmp_path / "float32.onnx", folder / NETWORK, run.calibration_sentences())
    write_checksums(folder)
    name = "encoder.encoder.layer.0.intermediate.dense.weight"
    exact = run.network.state_dict()[name]
    restored = import_network(Bundle.load(folder)).state_dict()[name]
    assert b".smooth" in (folder / NETWORK).read_bytes()
    # The channel takes most of the steps of int8, so that the others are rounded more coarsely.
    assert (exact - restored)[:, 5].abs().max() < 0.02 * exact.abs().max()
    assert (exact - restored).abs().max() < 0.1 * exact.abs().max()


def test_an_encoder_that_cannot_be_imported_is_named(trial: Run, tmp_path: Path) -> None:
    other = tmp_path / "encoder"
    shutil.copytree(trial.recipe.network.encoder, other)
    small = RobertaConfig(
        hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=64
    )
    RobertaModel(small).save_pretrained(other)
    folder = shutil.copytree(trial.bundle, tmp_path / "bundle")
    text = (folder / RECIPE).read_text(encoding="utf-8")
    changed = text.replace(trial.recipe.network.encoder, str(other))
    (folder / RECIPE).write_text(changed, encoding="utf-8")
    write_checksums(folder)
    with pytest.raises(RecipeError, match="its encoder is a RobertaModel, expected a BertModel"):
        import_network(Bundle.load(folder))
