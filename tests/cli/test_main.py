import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import typer

from sayso import __version__
from sayso.cli import main as cli
from sayso.errors import BundleNotFound, MissingExtra, PartialFailure, RuleViolation
from tests.conftest import Run

SAYSO = [sys.executable, "-c", "from sayso.cli.main import main; main()"]
NOT_FOR_SCORING = ("torch", "transformers", "training", "bentoml", "fastapi")
NOT_FOR_HELP = (*NOT_FOR_SCORING, "numpy", "onnxruntime", "pydantic", "pyarrow", "nupunkt")
SENTENCE = "Officials said on Monday that the dam above the town could fail.\n"


def test_help_lists_every_command(run: Run) -> None:
    outcome = run("--help")
    assert outcome.code == 0
    for name in cli.COMMANDS:
        assert f"│ {name} " in outcome.out
    assert "completion" not in outcome.out
    for code in ("0 done", "1 a rule", "2 bad usage", "3 done, but"):
        assert code in " ".join(outcome.out.split())


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_command_has_help(run: Run, name: str) -> None:
    outcome = run(name, "--help")
    assert outcome.code == 0
    assert f"sayso {name}" in outcome.out


def test_commands_are_named_as_their_functions() -> None:
    assert [function.__name__ for function in cli.COMMANDS.values()] == list(cli.COMMANDS)


def test_version(run: Run) -> None:
    outcome = run("--version")
    assert (outcome.code, outcome.out) == (0, f"sayso {__version__}\n")


@pytest.mark.parametrize(
    "args", [["--nonsense"], ["nonsense"], ["score", "--format", "xml"], ["score", "--input", "x"]]
)
def test_bad_usage_is_2(run: Run, args: list[str]) -> None:
    outcome = run(*args)
    assert outcome.code == 2
    assert outcome.out == ""
    assert args[-1] in outcome.err


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (BundleNotFound("no bundle at x"), 2, "sayso: no bundle at x\n"),
        (MissingExtra("train", "sayso train"), 2, "sayso: sayso train needs the extra"),
        (PartialFailure("1 of 2 could not be scored"), 3, "sayso: 1 of 2 could not be scored\n"),
        (RuleViolation("a rule is broken"), 1, "sayso: a rule is broken\n"),
        (KeyboardInterrupt(), 130, "sayso: interrupted\n"),
    ],
)
def test_errors_become_messages_and_exit_codes(
    capsys: pytest.CaptureFixture[str], error: BaseException, code: int, message: str
) -> None:
    def fails() -> None:
        raise error

    with pytest.raises(typer.Exit) as ended:
        cli._answering_errors(fails)()
    assert ended.value.exit_code == code
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(message)


def test_messages_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    def fails() -> None:
        raise BundleNotFound("no bundle at \x1b[2Jx")

    with pytest.raises(typer.Exit):
        cli._answering_errors(fails)()
    assert "\x1b" not in capsys.readouterr().err


def test_a_reader_that_goes_away_gets_no_traceback(tmp_path: Path) -> None:
    lines = tmp_path / "many.txt"
    lines.write_text(SENTENCE * 3000)
    command = [*SAYSO, "score", str(lines), "--input", "lines", "--format", "jsonl"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stderr is not None
        assert process.stdout.readline().startswith(b'{"index": 0,')
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


def interrupt(command: list[str], begun: Callable[[], bool]) -> bytes:
    """Send Ctrl-C as soon as a run has begun; what it says then."""
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process:
        while not begun():
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        said = process.stderr.read()
    assert process.returncode == 130
    return said


def test_an_interrupted_run_says_so_and_leaves_no_file(tmp_path: Path) -> None:
    lines, output = tmp_path / "many.txt", tmp_path / "scores.csv"
    lines.write_text(SENTENCE * 100_000)
    command = [*SAYSO, "score", str(lines), "--input", "lines", "--output", str(output)]
    said = interrupt(
        command, lambda: any(part.stat().st_size for part in tmp_path.glob(".scores.csv.*"))
    )
    assert said == b"sayso: interrupted\n"
    assert list(tmp_path.iterdir()) == [lines]


def test_an_interrupted_run_of_a_corpus_names_resume(tmp_path: Path) -> None:
    lines, output = tmp_path / "many.txt", tmp_path / "scores.jsonl"
    lines.write_text(SENTENCE * 100_000)
    command = [*SAYSO, "score", str(lines), "--input", "lines", "--output", str(output)]
    folder = tmp_path / "scores.jsonl.parts"
    said = interrupt(command, lambda: any(folder.glob("0*.part")))
    expected = f"sayso: finished work is kept in {folder}; --resume continues it\n"
    assert said.decode() == f"{expected}sayso: interrupted\n"
    assert sorted(tmp_path.iterdir()) == [lines, folder]


def test_scoring_imports_only_necessary_modules() -> None:
    program = (
        "import sys\n"
        "from sayso.cli.main import main\n"
        "try:\n    main()\n"
        "finally:\n    print('|', *sys.modules, file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "score"],
        input=SENTENCE,
        text=True,
        capture_output=True,
        check=True,
    )
    assert "Officials" in done.stdout
    loaded = {name.partition(".")[0] for name in done.stderr.split("|")[-1].split()}
    assert "onnxruntime" in loaded
    assert loaded.isdisjoint(NOT_FOR_SCORING)


def test_help_imports_nothing_slow() -> None:
    """Which is why it answers at once; benchmarks/startup.py prints how soon."""
    program = (
        "import sys; from sayso.cli.main import main\ntry: main()\nfinally: print(*sys.modules)"
    )
    command = [sys.executable, "-c", program, "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.splitlines()[-1].split()}
    assert "sayso" in loaded
    assert loaded.isdisjoint(NOT_FOR_HELP)
