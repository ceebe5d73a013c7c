"""Keys are known by their digests, and all of them are compared."""

import hmac
from hashlib import sha256

import pytest

from sayso.errors import InputError
from sayso.server.keys import Keys, new_key


def line(name: str, key: str) -> str:
    return f"{name}:{sha256(key.encode()).hexdigest()}"


def test_a_new_key_is_known_by_its_line() -> None:
    key, known = new_key("desk")
    keys = Keys([known])
    assert keys.name_of(key) == "desk"
    assert keys.name_of(key[:-1]) is None
    assert key not in known


def test_two_new_keys_differ() -> None:
    assert new_key("desk")[0] != new_key("desk")[0]


def test_no_keys_are_false() -> None:
    assert not Keys([])
    assert Keys([line("a", "x")])


def test_empty_lines_and_comments_are_left_out() -> None:
    keys = Keys(["", "  # all of them", f"  {line('a', 'x')}  # of the desk", line("b", "y")])
    assert (keys.name_of("x"), keys.name_of("y")) == ("a", "b")


@pytest.mark.parametrize("key", ["", "é", "\ud800", "x" * 100_000])
def test_any_other_string_is_no_key(key: str) -> None:
    assert Keys([line("a", "x")]).name_of(key) is None


@pytest.mark.parametrize(
    "wrong",
    ["canary", "canary:12", f"a b:{'0' * 64}", f":{'0' * 64}", f"a:{'F' * 64}", f"a:{'0' * 65}"],
)
def test_a_line_of_another_form_is_named_by_its_number_alone(wrong: str) -> None:
    with pytest.raises(InputError, match="key 2 ") as found:
        Keys([line("a", "x"), wrong])
    assert wrong not in str(found.value)


def test_a_name_that_comes_twice_is_refused() -> None:
    with pytest.raises(InputError, match="'a'"):
        Keys([line("a", "x"), line("a", "y")])


@pytest.mark.parametrize("name", ["", "a:b", "a b", " a", "é", "x" * 41, "a#b", "#a", "a\nb"])
def test_a_name_must_be_fit(name: str) -> None:
    with pytest.raises(InputError):
        new_key(name)


def test_every_key_is_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[str] = []
    compare = hmac.compare_digest

    def spy(one: str, other: str) -> bool:
        compared.append(other)
        return compare(one, other)

    monkeypatch.setattr(hmac, "compare_digest", spy)
    keys = Keys([line(name, name) for name in "abc"])
    assert keys.name_of("a") == "a"
    assert compared == [sha256(name.encode()).hexdigest() for name in "abc"]
