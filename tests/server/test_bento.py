"""What is in a Bento, and in the image that is made of it."""

from pathlib import Path

import pytest

from sayso.cli.package import pinned_requirements
from tests.conftest import ROOT
from tests.server.live import UNHURRIED, Launcher, bento_command


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


@pytest.mark.slow
def test_a_checkout_is_served_without_packing(tmp_path: Path) -> None:
    def command(port: int) -> list[str]:
        service = bento_command("serving/service.py:service", port)
        return [*service, "--working-dir", str(ROOT)]

    with Launcher(command).launch(tmp_path, UNHURRIED) as server:
        assert server.client.post("/v1/score", json={"text": "It may rain."}).status_code == 200
