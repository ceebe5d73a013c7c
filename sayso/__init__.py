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
    from sayso.engine.report import Evidence, Report, ReportWarning, Sentence, Summary
    from sayso.engine.scorer import Scorer, score
    from sayso.errors import BundleError, InputError, SaysoError

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

_MODULES = {
    "Scorer": "sayso.engine.scorer",
    "score": "sayso.engine.scorer",
    "Evidence": "sayso.engine.report",
    "Report": "sayso.engine.report",
    "ReportWarning": "sayso.engine.report",
    "Sentence": "sayso.engine.report",
    "Summary": "sayso.engine.report",
    "BundleError": "sayso.errors",
    "InputError": "sayso.errors",
    "SaysoError": "sayso.errors",
}


def __getattr__(name: str) -> Any:
    """Import the engine only when it is used, so that `sayso --help` is instant."""
    if name not in _MODULES:
        raise AttributeError(f"module 'sayso' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_MODULES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
