"""Everyday tasks, one word each: `nox -s WORD`; `nox -l` lists them.

They run in the environment that nox is installed in, which the README's second command makes.
"""

import sys

import nox

nox.options.default_venv_backend = "none"
nox.options.sessions = ["lint", "test"]


def run_module(session: nox.Session, name: str, *arguments: str) -> None:
    """Run a module with the Python that runs nox, whatever is on the path."""
    session.run(sys.executable, "-m", name, *arguments)


@nox.session
def test(session: nox.Session) -> None:
    """The fast tests."""
    run_module(session, "pytest", *session.posargs)


@nox.session(name="all")
def all_tests(session: nox.Session) -> None:
    """All tests: browsers, trainings, servers, killed processes."""
    run_module(session, "pytest", "-m", "", *session.posargs)


@nox.session
def coverage(session: nox.Session) -> None:
    """The fast tests, and the lines that they do not reach."""
    run_module(session, "pytest", "--cov", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Style, format and types."""
    run_module(session, "ruff", "check", ".")
    run_module(session, "ruff", "format", "--check", ".")
    run_module(session, "mypy")


@nox.session
def format(session: nox.Session) -> None:  # noqa: A001 - a task's name
    """Format the code and mend what can be mended."""
    run_module(session, "ruff", "check", "--fix", ".")
    run_module(session, "ruff", "format", ".")


@nox.session
def figures(session: nox.Session) -> None:
    """Write the figures and answers in the documents."""
    run_module(session, "docs.figures", *session.posargs)


@nox.session
def schemas(session: nox.Session) -> None:
    """Write the JSON Schemas of the wire format."""
    run_module(session, "sayso.server.json_schemas", "docs/schemas")


@nox.session
def extension(session: nox.Session) -> None:
    """Build, check and test the browser extension."""
    with session.chdir("extension"):
        session.run("npm", "ci", external=True)
        for script in ("build", "check", "lint", "test"):
            session.run("npm", "run", script, external=True)


@nox.session
def pictures(session: nox.Session) -> None:
    """Make the pictures in docs/pictures anew; needs Chromium."""
    run_module(session, "tests.browser.pictures")
    run_module(session, "tests.browser.extension.pictures")


@nox.session
def load(session: nox.Session) -> None:
    """Load the service and attack it; each prints its gates. Hours."""
    for name in ("fuzz", "faults", "overload", "soak"):
        run_module(session, f"serving.load.{name}")
