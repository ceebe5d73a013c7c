import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from sayso.engine.scorer import Scorer
from sayso.server.reloadable import ReloadableModel
from tests.server.live import (
    UNHURRIED,
    Launcher,
    Server,
    bento_command,
    changed_bundle,
    sayso_command,
)


@pytest.fixture(scope="session")
def model() -> ReloadableModel:
    return ReloadableModel(None, 1)


@pytest.fixture(scope="session")
def scorer(model: ReloadableModel) -> Scorer:
    return model.scorer


@pytest.fixture(scope="session")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle whose version is "packed", which live servers answer with."""
    return changed_bundle(tmp_path_factory.mktemp("packed") / "bundle", "packed")


@pytest.fixture(scope="session")
def packed_engine(packed: Path) -> Scorer:
    return Scorer(packed, threads=1)


@pytest.fixture(scope="session")
def bento(packed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `sayso package` makes of that bundle."""
    folder = tmp_path_factory.mktemp("package")
    build = "import pathlib, sys; from sayso.cli.package import package; "
    build += "package(sys.argv[1], pathlib.Path(sys.argv[2]))"
    command = [sys.executable, "-c", build, str(packed), str(folder / "bento")]
    built = subprocess.run(command, capture_output=True, text=True, timeout=300, cwd=folder)
    assert built.returncode == 0, built.stderr
    assert built.stdout.strip() == str(folder / "bento")
    assert "run it: bentoml serve" in built.stderr
    return folder / "bento"


@pytest.fixture(scope="session")
def sayso_serve(packed: Path) -> Launcher:
    return Launcher(sayso_command, {"SAYSO_BUNDLE": str(packed)})


@pytest.fixture(
    scope="session",
    params=["sayso serve", pytest.param("bentoml serve", marks=pytest.mark.slow)],
)
def launcher(request: pytest.FixtureRequest, sayso_serve: Launcher) -> Launcher:
    """Both ways to start the service."""
    if request.param == "sayso serve":
        return sayso_serve
    return Launcher(partial(bento_command, request.getfixturevalue("bento")))


@pytest.fixture(scope="session")
def server(
    launcher: Launcher, sayso_serve: Launcher, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """The service in processes of its own."""
    home = tmp_path_factory.mktemp("serve")
    # A folder of the user's that must not be taken for ours.
    (home / "models").mkdir()
    (home / "models" / "__init__.py").write_text("raise RuntimeError('not this one')\n")
    with launcher.launch(home, UNHURRIED) as server:
        yield server
    if launcher is sayso_serve:
        assert f"answers at {server.url}" in server.log
        assert server.log.rstrip().endswith("sayso: stopped")
    assert "Officials" not in server.log
    assert not list((home / "tmp").iterdir())
