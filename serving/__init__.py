"""Answering: text in, report out.

The engine (`serving/engine.py`) is plain Python that knows nothing of HTTP; the service stands at
the edge. This file passes on what callers need of the contract with the bundles: the labels and
the errors. It imports nothing heavy.
"""

from models.errors import (
    BundleDamaged,
    BundleError,
    BundleForeign,
    BundleNotFound,
    BundleTooNew,
    Incomplete,
    InputError,
    MissingExtra,
    RuleBroken,
    SaysoError,
)
from models.labels import KIND_MEANINGS, KINDS, LABEL_MEANINGS, LABELS, UNVERIFIED_ATTRIBUTION

__all__ = [
    "KINDS",
    "KIND_MEANINGS",
    "LABELS",
    "LABEL_MEANINGS",
    "UNVERIFIED_ATTRIBUTION",
    "BundleDamaged",
    "BundleError",
    "BundleForeign",
    "BundleNotFound",
    "BundleTooNew",
    "Incomplete",
    "InputError",
    "MissingExtra",
    "RuleBroken",
    "SaysoError",
]
