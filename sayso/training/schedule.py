"""Learning rates over a stage."""

import torch

from sayso.training.recipe import StageRecipe


def set_rates(optimizer: torch.optim.Optimizer, stage: StageRecipe, step: int, steps: int) -> None:
    """Linear warm-up, then linear decay to zero; a pure function of the step, so nothing of it
    needs to be kept in a checkpoint.
    """
    warmup = max(1, round(stage.warmup * steps))
    factor = min((step + 1) / warmup, (steps - step) / max(1, steps - warmup))
    for group in optimizer.param_groups:
        group["lr"] = group["peak"] * factor
