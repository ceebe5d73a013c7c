"""`sayso package`: what stops it, and which packages it pins."""

from pathlib import Path

import pytest

from sayso.cli.package import package, pinned_requirements
from sayso.errors import BundleError, InputError, MissingExtra


def test_a_broken_bundle_is_not_packed(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="not a Sayso bundle"):
        package(str(tmp_path))


def test_a_bento_does_not_overwrite(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="exists already"):
        package(output=tmp_path)


def test_a_bento_needs_bentoml(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sayso.extras.find_spec", lambda name: None)
    with pytest.raises(MissingExtra, match=r"sayso\[bento\]"):
        package(output=tmp_path / "bento")


def test_requirements_are_those_of_a_bento_and_pinned() -> None:
    pinned = pinned_requirements()
    assert all("==" in line for line in pinned)
    names = {line.partition("==")[0] for line in pinned}
    assert len(names) == len(pinned)
    assert {"bentoml", "fastapi", "onnxruntime", "tokenizers"} <= names
    assert {"starlette", "h11"} <= names  # what those need in turn
    assert not names & {"torch", "transformers", "pytest", "ray"}
