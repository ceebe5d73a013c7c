"""What several rooms' tests share."""

import io
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

from sayso.cli.main import main

# How long something takes never decides a test.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

os.environ.setdefault("HF_HUB_OFFLINE", "1")

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Tests in a browser import Playwright: they are not collected where none of them runs."""
    browser = ROOT / "tests" / "browser"
    named = any("browser" in argument for argument in config.args)
    excluded = "not browser" in config.option.markexpr
    return True if collection_path == browser and excluded and not named else None


@pytest.fixture
def corpora() -> Path:
    """The directory of the labelled corpora, which are not part of the repository."""
    folder = SHARED / "data"
    if not folder.is_dir():
        pytest.skip(f"needs the labelled corpora in {folder}")
    return folder


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


Run = Callable[..., Outcome]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Runs `sayso` in this process; standard input is bytes, or None for a terminal."""

    def run_with(*args: str | Path, stdin: bytes | None = b"") -> Outcome:
        monkeypatch.setattr(sys, "argv", ["sayso", *map(str, args)])
        stream = io.TextIOWrapper(io.BytesIO(stdin), "utf-8") if stdin is not None else Terminal()
        monkeypatch.setattr(sys, "stdin", stream)
        with pytest.raises(SystemExit) as ended:
            main()
        captured = capfd.readouterr()
        return Outcome(int(ended.value.code or 0), captured.out, captured.err)

    return run_with


@pytest.fixture(autouse=True)
def plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the machine that runs the tests reaches what is printed."""
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE", "COLORTERM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "xterm-256color")
