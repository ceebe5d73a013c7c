"""The command line: one table from sub-command to function, and one place for errors.

Exit codes: 0 done, 1 a text breaks a rule of `--fail-on` or `--max-density`, 2 bad usage, or
nothing could be read, 3 done but for some of the input; 130 interrupted and 141 the reader of the
output went away, as shells have it.
"""

import os
import sys
from collections.abc import Callable
from functools import wraps
from typing import Annotated

import typer

from sayso import __version__
from sayso.cli.compare import compare
from sayso.cli.evaluate import evaluate
from sayso.cli.export import export
from sayso.cli.key import key
from sayso.cli.package import package
from sayso.cli.report import report
from sayso.cli.score import score
from sayso.cli.serve import serve
from sayso.cli.train import train
from sayso.console.messages import print_message
from sayso.errors import PartialFailure, RuleViolation, SaysoError

COMMANDS: dict[str, Callable[..., None]] = {
    "score": score,
    "compare": compare,
    "report": report,
    "serve": serve,
    "key": key,
    "package": package,
    "train": train,
    "evaluate": evaluate,
    "export": export,
}

EXIT_CODES: dict[type[SaysoError], int] = {RuleViolation: 1, PartialFailure: 3}
BAD_INPUT = 2
"""The exit code of every other error of Sayso."""
INTERRUPTED = 130
READER_GONE = 141

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def main() -> None:
    """Run the command line; the entry point of `sayso`."""
    app(prog_name="sayso")


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"sayso {__version__}")
        raise typer.Exit


@app.callback()
def _sayso(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """On whose say-so? Marks hedging, unverified attribution and loaded framing in English news.

    Exit codes: 0 done; 1 a rule of --fail-on or --max-density is broken; 2 bad usage, or nothing could be read; 3 done, but some of the input could not be read or scored.
    """  # noqa: E501 - the help breaks lines where these do


def _answering_errors(command: Callable[..., None]) -> Callable[..., None]:
    """The command, with each error that Sayso raises on purpose as a message and an exit code."""

    @wraps(command)
    def run(*args: object, **options: object) -> None:
        try:
            command(*args, **options)
            sys.stdout.flush()  # here, where a reader that went away can still be answered
        except SaysoError as error:
            print_message(str(error))
            raise typer.Exit(EXIT_CODES.get(type(error), BAD_INPUT)) from error
        except KeyboardInterrupt as error:
            print_message("interrupted")
            raise typer.Exit(INTERRUPTED) from error
        except BrokenPipeError as error:
            # Python flushes standard output once more on its way out; that must not fail too.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(READER_GONE) from error

    return run


for _name, _command in COMMANDS.items():
    app.command(_name)(_answering_errors(_command))
