"""Checkpoints: the whole state of a run, without pickles.

    model.safetensors      weights
    optimizer.safetensors  the moments of AdamW, and the state of the random generators
    position.json          pass, steps done in it, the recipe's fingerprint

A checkpoint is written beside the last one and then renamed, so that a kill at any moment leaves a
complete one.
"""

import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from sayso.errors import RecipeError


@dataclass(frozen=True, slots=True)
class Position:
    """The progress of a run: `step` steps of the pass with index `number` are done."""

    fingerprint: str
    number: int = 0
    step: int = 0


def save_checkpoint(
    folder: Path, network: nn.Module, optimizer: torch.optim.Optimizer, position: Position
) -> None:
    """Write a checkpoint and replace the last one."""
    fresh = folder.with_name(folder.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    save_weights(fresh / "model.safetensors", network)
    moments = {
        f"{parameter}.{key}": tensor
        for parameter, state in optimizer.state_dict()["state"].items()
        for key, tensor in state.items()
    }
    tensors = _contiguous(moments) | {"rng": torch.get_rng_state()}
    save_file(tensors, fresh / "optimizer.safetensors")
    (fresh / "position.json").write_text(json.dumps(asdict(position)))
    old = folder.with_name(folder.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    fresh.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def find_checkpoint(folder: Path, fingerprint: str) -> Position | None:
    """The position of the checkpoint in `folder`, or None if there is none.

    Raises:
        RecipeError: the checkpoint belongs to another recipe.
    """
    old = folder.with_name(folder.name + ".old")
    if not folder.exists() and old.exists():  # killed between the two renames
        old.rename(folder)
    if not folder.exists():
        return None
    position = Position(**json.loads((folder / "position.json").read_text()))
    if position.fingerprint != fingerprint:
        raise RecipeError(
            f"{folder} belongs to another recipe or an earlier version of this one; "
            "choose another --output, or start again with --restart"
        )
    return position


def load_network(folder: Path, network: nn.Module) -> None:
    """Put the checkpoint's weights into `network`."""
    load_weights(folder / "model.safetensors", network)


def load_optimizer(folder: Path, optimizer: torch.optim.Optimizer) -> None:
    """Put the checkpoint's moments into `optimizer` and its state into torch's generator."""
    tensors = load_file(folder / "optimizer.safetensors")
    torch.set_rng_state(tensors.pop("rng"))
    state: dict[int, dict[str, Tensor]] = {}
    for name, tensor in tensors.items():
        parameter, _, key = name.partition(".")
        state.setdefault(int(parameter), {})[key] = tensor
    optimizer.load_state_dict(
        {"state": state, "param_groups": optimizer.state_dict()["param_groups"]}
    )


def save_weights(path: Path, network: nn.Module) -> None:
    """Write only the weights."""
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(_contiguous(network.state_dict()), path)


def load_weights(path: Path, network: nn.Module) -> None:
    """Put the weights written by `save_weights` into `network`."""
    network.load_state_dict(load_file(path))


def mean_weights(paths: Sequence[Path], network: nn.Module) -> None:
    """Give `network` the mean of the weights in several files.

    Source: Wortsman et al., "Model soups: averaging weights of multiple fine-tuned models
    improves accuracy without increasing inference time", 2022 (the uniform soup).
    """
    load_weights(paths[0], network)
    for count, path in enumerate(paths[1:], start=1):
        interpolate_weights(path, network, 1 / (count + 1))


def interpolate_weights(path: Path, network: nn.Module, share: float) -> None:
    """Move the weights of `network` towards those in `path`, by `share` of the difference.

    Source: Wortsman et al., "Robust fine-tuning of zero-shot models", 2022.
    """
    before = load_file(path)
    now = network.state_dict()
    network.load_state_dict(
        {
            name: torch.lerp(tensor, before[name].to(tensor.device), share)
            if tensor.is_floating_point()
            else tensor
            for name, tensor in now.items()
        }
    )


def _contiguous(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
