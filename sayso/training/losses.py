"""The losses of training."""

from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from sayso.labels import LABELS, UNVERIFIED_ATTRIBUTION
from sayso.training.batches import TensorBatch
from sayso.training.network import Outputs


def sentence_loss(outputs: Outputs, batch: TensorBatch, *, smoothing: float = 0.0) -> Tensor:
    """Binary cross-entropy of the sentence heads: summed over heads, averaged over sentences.

    `smoothing` moves every target towards one half (Szegedy et al., "Rethinking the Inception
    Architecture", 2016).
    """
    targets = batch.targets * (1 - smoothing) + smoothing / 2
    return _masked_cross_entropy(outputs.sentence, targets).sum() / len(targets)


def kind_loss(outputs: Outputs, batch: TensorBatch) -> Tensor:
    """Cross-entropy of the kinds of sentences that have one, averaged over all sentences."""
    summed = cross_entropy(outputs.kind.float(), batch.kinds, ignore_index=-100, reduction="sum")
    return summed / len(batch.kinds)


def span_loss(outputs: Outputs, batch: TensorBatch, *, negatives: float = 1.0) -> Tensor:
    """Binary cross-entropy of the evidence heads: a mean over the tokens of each sentence,
    summed over heads, averaged over sentences, so that long sentences count no more.

    `negatives` is the weight of a sentence that has no evidence for a head.
    """
    losses = _masked_cross_entropy(outputs.token, batch.token_targets).sum(1)
    found = (batch.token_targets == 1).any(1)
    weights = found + negatives * ~found
    tokens = batch.attention_mask.sum(1, keepdim=True).clamp(min=1)
    return (weights * losses / tokens).sum() / len(tokens)


def distillation_loss(outputs: Outputs, teacher: Outputs, batch: TensorBatch) -> Tensor:
    """The distance of a student's outputs from its teacher's.

    A sum of cross-entropies, of sentences, of tokens (evidence of the labels) and of kinds (as far
    as the teacher sees an unverified attribution), and of the squared distance of the hidden states
    of all tokens, as a share of the teacher's variance.

    Source of the hidden states: Jiao et al., "TinyBERT: Distilling BERT for Natural Language
    Understanding", 2020.
    """
    real = batch.attention_mask.bool()
    states, goal = outputs.states[real].float(), teacher.states[real].float()
    distance = (states - goal).square().mean() / goal.var()
    sentences = binary_cross_entropy_with_logits(
        outputs.sentence.float(), teacher.sentence.float().sigmoid(), reduction="sum"
    )
    evidence = teacher.token[..., : len(LABELS)].float().sigmoid()
    tokens = binary_cross_entropy_with_logits(
        outputs.token[..., : len(LABELS)].float(), evidence, reduction="none"
    ).sum(-1)
    tokens = ((tokens * real).sum(1) / real.sum(1)).sum()
    kinds = cross_entropy(outputs.kind.float(), teacher.kind.float().softmax(-1), reduction="none")
    attribution = LABELS.index(UNVERIFIED_ATTRIBUTION)
    kinds = (kinds * teacher.sentence[:, attribution].float().sigmoid()).sum()
    return distance + (sentences + tokens + kinds) / len(batch.kinds)


def _masked_cross_entropy(logits: Tensor, targets: Tensor) -> Tensor:
    labelled = ~targets.isnan()
    losses = binary_cross_entropy_with_logits(
        logits.float(), targets.nan_to_num(0.0), reduction="none"
    )
    return losses * labelled
