"""`sayso package`: what is in a Bento, and in the image that is made of it."""

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


@pytest.mark.slow
def test_a_bento_holds_code_and_bundle_and_no_more(bento: Path) -> None:
    source = bento / "src"
    folders = {path.name for path in source.iterdir() if path.is_dir()}
    assert {name.partition("-")[0] for name in folders} == {"sayso"}
    assert [path.name for path in (source / "sayso" / "bundle" / "shipped").iterdir()] == ["base"]
    assert not (source / "sayso" / "training").exists()
    requirements = (bento / "env" / "python" / "requirements.txt").read_text(encoding="utf-8")
    assert {*pinned_requirements()} <= {*requirements.split()}


@pytest.mark.slow
def test_the_image_of_a_bento_is_not_roots(bento: Path) -> None:
    dockerfile = (bento / "env" / "docker" / "Dockerfile").read_text(encoding="utf-8")
    steps = dockerfile.splitlines()
    assert "USER bentoml" in steps
    assert not [step for step in steps[steps.index("USER bentoml") :] if step.startswith("RUN")]
    assert "ARG BENTO_USER_UID=1034" in steps
    assert "ARG BENTOML_HOST=0.0.0.0" in steps
    assert "ARG BENTOML_PORT=8000" in steps
    assert "ARG BENTOML_DO_NOT_TRACK=true" in steps
