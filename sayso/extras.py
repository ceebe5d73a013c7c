"""Optional parts of Sayso: asking for one that is not installed says how to get it."""

from importlib.util import find_spec

from sayso.errors import MissingExtra

_PROOFS = {
    "train": ("torch", "transformers", "datasets", "sklearn", "accelerate", "onnx"),
    "bento": ("bentoml",),
    "ray": ("ray",),
    "parquet": ("pyarrow",),
}


def require_extra(extra: str, purpose: str) -> None:
    """Check that the packages of an extra are there, without importing them.

    Raises:
        MissingExtra: one is not; the message says what to install.
    """
    if not all(find_spec(package) for package in _PROOFS[extra]):
        raise MissingExtra(extra, purpose)
