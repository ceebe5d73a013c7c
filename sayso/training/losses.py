"""What the network is asked to make small."""

from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from sayso.labels import LABELS, UNVERIFIED_ATTRIBUTION
from sayso.training.batches import Batch
from sayso.training.network import Outputs


def sentence_loss(outputs: Outputs, batch: Batch, *, smoothing: float = 0.0) -> Tensor:
    """Binary cross-entropy of the sentence heads: summed over heads, averaged over sentences.

    `smoothing` draws every target towards one half (Szegedy et al., "Rethinking the Inception
    Architecture", 2016).
    """
    targets = batch.targets * (1 - smoothing) + smoothing / 2
    return _masked_cross_entropy(outputs.sentence, targets).sum() / len(targets)


def kind_loss(outputs: Outputs, batch: Batch) -> Tensor:
    """Cross-entropy of the kind, summed where there is one, averaged over all sentences."""
    summed = cross_entropy(outputs.kind.float(), batch.kinds, ignore_index=-100, reduction="sum")
    return summed / len(batch.kinds)


def span_loss(outputs: Outputs, batch: Batch, *, negatives: float = 1.0) -> Tensor:
    """Binary cross-entropy of the evidence heads: a mean over the tokens of each sentence,
    summed over heads, averaged over sentences, so that long sentences count no more.

    `negatives` is the weight of a sentence in which a head has nothing to find.
    """
    losses = _masked_cross_entropy(outputs.token, batch.token_targets).sum(1)
    found = (batch.token_targets == 1).any(1)
    weights = found + negatives * ~found
    tokens = batch.attention_mask.sum(1, keepdim=True).clamp(min=1)
    return (weights * losses / tokens).sum() / len(tokens)


def mimic_loss(outputs: Outputs, taught: Outputs, batch: Batch) -> Tensor:
    """How far a student is from its teacher: in what it says of sentences and of words (evidence of
    the labels), both as cross-entropies, of kinds where the teacher sees something of
    a kind at all, and in the states of all tokens, as a share of the teacher's variance.

    Source of the last: Jiao et al., "TinyBERT: Distilling BERT for Natural Language Understanding",
    2020.
    """
    real = batch.attention_mask.bool()
    states, goal = outputs.states[real].float(), taught.states[real].float()
    apart = (states - goal).square().mean() / goal.var()
    sentences = binary_cross_entropy_with_logits(
        outputs.sentence.float(), taught.sentence.float().sigmoid(), reduction="sum"
    )
    said = taught.token[..., : len(LABELS)].float().sigmoid()
    words = binary_cross_entropy_with_logits(
        outputs.token[..., : len(LABELS)].float(), said, reduction="none"
    ).sum(-1)
    words = ((words * real).sum(1) / real.sum(1)).sum()
    kinds = cross_entropy(outputs.kind.float(), taught.kind.float().softmax(-1), reduction="none")
    attribution = LABELS.index(UNVERIFIED_ATTRIBUTION)
    kinds = (kinds * taught.sentence[:, attribution].float().sigmoid()).sum()
    return apart + (sentences + words + kinds) / len(batch.kinds)


def _masked_cross_entropy(logits: Tensor, targets: Tensor) -> Tensor:
    labelled = ~targets.isnan()
    losses = binary_cross_entropy_with_logits(
        logits.float(), targets.nan_to_num(0.0), reduction="none"
    )
    return losses * labelled
