"""An installed Sayso has one top-level name, and nothing in the user's folder gets in its way."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zipfile import ZipFile

import httpx
import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.slow

TEXT = "Officials said the dam could fail."
BUILT_FROM = ("LICENSE", "README.md", "models", "pyproject.toml", "sayso", "serving", "training")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"  # builds leave files behind
    source.mkdir()
    for name in BUILT_FROM:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, source / name, symlinks=True)
        else:
            shutil.copy(ROOT / name, source / name)
    pip = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, "-w", str(folder), str(source)], check=True, timeout=300)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module", params=["wheel", "editable"])
def python(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python with Sayso: from the wheel in a fresh environment, or as the tests themselves run.

    The fresh environment sees the packages of this one, but not its editable Sayso: a path file
    adds a folder, and path files in that folder are not read.
    """
    if request.param == "editable":
        return Path(sys.executable)
    folder = tmp_path_factory.mktemp("fresh")
    venv.create(folder, with_pip=False, symlinks=True)
    packages = Path(sysconfig.get_path("purelib", vars={"base": str(folder)}))
    wheel = request.getfixturevalue("wheel")
    install = [sys.executable, "-m", "pip", "--python", str(folder), "install", "-q", "--no-deps"]
    subprocess.run([*install, str(wheel)], check=True, timeout=300)
    (packages / "others.pth").write_text(sysconfig.get_path("purelib") + "\n")
    python = folder / "bin" / "python"
    found = run(python, "-c", "import sayso; print(sayso.__file__)", cwd=folder)
    assert Path(found.strip()).is_relative_to(packages)
    return python


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder of the user's with the names that Sayso has at the top of its repository."""
    for name in ("bundle", "engine", "models", "server", "serving", "training"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise RuntimeError('of the user')\n")
    (tmp_path / "models.py").write_text("raise RuntimeError('of the user')\n")
    (tmp_path / "article.txt").write_text(TEXT)
    (tmp_path / "script.py").write_text(f"import sayso\nprint(sayso.score({TEXT!r}).model)\n")
    return tmp_path


def run(python: Path, *arguments: str, cwd: Path | None = None) -> str:
    done = subprocess.run(
        [str(python), *arguments], capture_output=True, text=True, cwd=cwd, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@contextmanager
def started(command: list[str], cwd: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that is ended at the end."""
    process = subprocess.Popen(command, cwd=cwd, stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)


def test_the_wheel_has_one_top_level_name(wheel: Path) -> None:
    names = {name.partition("/")[0] for name in ZipFile(wheel).namelist()}
    assert {name for name in names if not name.endswith(".dist-info")} == {"sayso"}


def test_the_wheel_has_the_data_of_the_repository(wheel: Path) -> None:
    names = set(ZipFile(wheel).namelist())
    for link, suffixes in (
        ("sayso/bundle/shipped", {".onnx", ".json", ".md", ".toml"}),
        ("sayso/training/recipes", {".toml"}),
        ("sayso/training/sentences", {".jsonl"}),
        ("sayso/web", {".js", ".css", ".html", ".svg"}),
    ):
        files = [path for path in (ROOT / link).glob("**/*") if path.suffix in suffixes]
        inside = {path.relative_to(ROOT).as_posix() for path in files if path.parent.parts}
        shipped = {name for name in inside if "README" not in name}
        assert shipped
        assert shipped <= names


def test_a_script_scores(python: Path, project: Path) -> None:
    assert run(python, "script.py", cwd=project).startswith("base-")


def test_the_module_scores(python: Path, project: Path) -> None:
    output = run(python, "-m", "sayso", "score", "article.txt", "--format", "json", cwd=project)
    assert json.loads(output)["sentences"][0]["text"] == TEXT


def test_the_server_answers(python: Path, project: Path) -> None:
    for name in ("csv", "json", "logging"):  # never imported from where the server is started
        (project / f"{name}.py").write_text("raise RuntimeError('of the user')\n")
    command = [str(python.with_name("sayso")), "serve", "--port", "0"]
    with started(command, project) as server:
        assert server.stderr is not None
        for line in server.stderr:
            if found := re.search(r"answers at (http://\S+)", line):
                break
        else:
            pytest.fail("the server ended before it answered")
        answer = httpx.post(f"{found[1]}/v1/score", json={"text": TEXT}, timeout=60)
    assert answer.json()["sentences"][0]["text"] == TEXT


def test_training_reaches_its_first_checkpoint(python: Path, project: Path) -> None:
    pytest.importorskip("torch", reason="needs the extra train")
    checkpoint = project / "runs" / "quickstart" / "checkpoint"
    command = [str(python.with_name("sayso")), "train", "quickstart"]
    with started(command, project) as training:
        for _ in range(9000):
            if checkpoint.exists() or training.poll() is not None:
                break
            time.sleep(0.1)
        assert checkpoint.exists()


def test_the_service_is_packed(python: Path, project: Path) -> None:
    pytest.importorskip("bentoml", reason="needs the extra bento")
    command = [str(python.with_name("sayso")), "package", "--output", "bento"]
    environment = os.environ | {"HOME": str(project)}
    subprocess.run(command, cwd=project, env=environment, check=True, timeout=300)
    assert (project / "bento" / "bento.yaml").is_file()
