import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sayso.engine.scorer import Scorer
from sayso.server.reloadable import ReloadableModel
from tests.server.live import UNHURRIED, Server, changed_bundle, serving


@pytest.fixture(scope="session")
def model() -> ReloadableModel:
    return ReloadableModel(None, 1)


@pytest.fixture(scope="session")
def scorer(model: ReloadableModel) -> Scorer:
    return model.scorer


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """`sayso serve`, in a process of its own."""
    home = tmp_path_factory.mktemp("serve")
    # A folder of the user's that must not be taken for ours.
    (home / "models").mkdir()
    (home / "models" / "__init__.py").write_text("raise RuntimeError('not this one')\n")
    with serving(home, **UNHURRIED) as server:
        yield server
    assert f"answers at {server.url}" in server.log
    assert server.log.rstrip().endswith("sayso: stopped")
    assert "Officials" not in server.log
    assert not list((home / "tmp").iterdir())


@pytest.fixture(scope="session")
def bento(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `sayso package` makes of a bundle whose version is "packed"."""
    folder = tmp_path_factory.mktemp("package")
    bundle, bento = changed_bundle(folder / "bundle", "packed"), folder / "bento"
    build = "import pathlib, sys; from sayso.cli.package import package; "
    build += "package(sys.argv[1], pathlib.Path(sys.argv[2]))"
    command = [sys.executable, "-c", build, str(bundle), str(bento)]
    built = subprocess.run(command, capture_output=True, text=True, timeout=300, cwd=folder)
    assert built.returncode == 0, built.stderr
    assert built.stdout.strip() == str(bento)
    assert "run it: bentoml serve" in built.stderr
    return bento
