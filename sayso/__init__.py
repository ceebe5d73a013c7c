"""Sayso reads English news and marks hedging, unverified attribution and loaded framing.

    import sayso

    report = sayso.score("Officials said the dam could fail.")
    for sentence in report.sentences:
        print(sentence.text, sentence.flags)

It judges wording, never truth; sentences, never outlets.
"""

from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sayso.scorer import Scorer, score
    from serving import BundleError, InputError, SaysoError
    from serving.report import Evidence, Report, ReportWarning, Sentence, Summary

__all__ = [
    "BundleError",
    "Evidence",
    "InputError",
    "Report",
    "ReportWarning",
    "SaysoError",
    "Scorer",
    "Sentence",
    "Summary",
    "__version__",
    "score",
]

__version__ = version("sayso")

_HOMES = {
    "Scorer": "sayso.scorer",
    "score": "sayso.scorer",
    "Evidence": "serving.report",
    "Report": "serving.report",
    "ReportWarning": "serving.report",
    "Sentence": "serving.report",
    "Summary": "serving.report",
    "BundleError": "serving",
    "InputError": "serving",
    "SaysoError": "serving",
}


def __getattr__(name: str) -> Any:
    """Import the engine only when it is asked for, so that `sayso --help` answers at once."""
    if name not in _HOMES:
        raise AttributeError(f"module 'sayso' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
