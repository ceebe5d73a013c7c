import pytest

from sayso.server.keys import Keys
from tests.conftest import Run


def test_a_key_and_its_line_are_the_output(run: Run) -> None:
    outcome = run("key", "desk-7.a")
    assert outcome.code == 0
    secret, line = outcome.out.splitlines()
    assert Keys([line]).name_of(secret) == "desk-7.a"
    assert secret not in line


def test_messages_explain_the_output_without_the_key(run: Run) -> None:
    outcome = run("key", "desk")
    assert "the key, to be kept by desk" in outcome.err
    assert "the line for the service" in outcome.err
    assert not any(line in outcome.err for line in outcome.out.splitlines())


def test_each_key_is_another(run: Run) -> None:
    assert len({run("key", "desk").out for _ in range(3)}) == 3


@pytest.mark.parametrize("name", ["", "a b", "a:b", "é", "x" * 41, "a#b", "#a"])
def test_a_name_that_fits_no_line_is_2(run: Run, name: str) -> None:
    outcome = run("key", name)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith("sayso: ")
    assert "name" in outcome.err.lower()


def test_a_missing_name_is_2(run: Run) -> None:
    outcome = run("key")
    assert (outcome.code, outcome.out) == (2, "")
