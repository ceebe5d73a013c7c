"""The labels that Sayso gives, and the kinds of an unverified attribution."""

from typing import Final

HEDGING: Final = "hedging"
UNVERIFIED_ATTRIBUTION: Final = "unverified_attribution"
LOADED_FRAMING: Final = "loaded_framing"

LABELS: Final = (HEDGING, UNVERIFIED_ATTRIBUTION, LOADED_FRAMING)
"""All labels, in the order of the network's outputs."""

KINDS: Final = ("unnamed", "no_source", "second_hand", "withheld")
"""Kinds of an unverified attribution, in the order of the network's outputs."""

LABEL_MEANINGS: Final = {
    HEDGING: "presents a proposition as less than certain",
    UNVERIFIED_ATTRIBUTION: "relays a claim that nobody identifiable vouches for",
    LOADED_FRAMING: "pushes a judgement or an emotion where a plainer word would do",
}

KIND_MEANINGS: Final = {
    "unnamed": "people without names or a collective that cannot be asked",
    "no_source": "no source is given at all",
    "second_hand": "a named source passes on what unnamed others told it",
    "withheld": "the wording says that the claim is not confirmed",
}
