"""Who may ask, and how often."""

import asyncio
from time import time
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from sayso.server.errors import Refusal
from sayso.server.keys import new_key
from sayso.server.middleware import auth as auth_module
from sayso.server.middleware.auth import (
    KEY_IN_FORM,
    KEY_IN_QUERY,
    PUBLIC_PATHS,
    Auth,
    Authenticator,
)
from sayso.server.request_context import RequestContext
from sayso.server.settings import ServerSettings

KEY, LINE = new_key("desk")
OTHER, OTHER_LINE = new_key("other")
PATH = "/v1/score"


def gate(**chosen: Any) -> Auth:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        pass

    return Auth(app, Authenticator(ServerSettings(**chosen)))


async def receive() -> Message:
    raise AssertionError("the body was read")


async def send(message: Message) -> None:
    pass


async def asked(
    gate: Auth,
    path: str = PATH,
    address: str | None = "192.0.2.1",
    query: str = "",
    **headers: str,
) -> str | Refusal:
    """The name of the key that is let in, or the refusal."""
    scope: Scope = {
        "type": "http",
        "path": path,
        "query_string": query.encode(),
        "client": (address, 5) if address else None,
        "headers": [
            (name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()
        ],
        "state": {"context": RequestContext("id")},
    }
    try:
        await gate(scope, receive, send)
    except Refusal as refusal:
        return refusal
    key: str = scope["state"]["context"].key
    return key


def statuses(answers: list[str | Refusal]) -> list[int]:
    return [one.status_code if isinstance(one, Refusal) else 200 for one in answers]


@pytest.mark.parametrize(
    "headers",
    [
        {"authorization": f"Bearer {KEY}"},
        {"authorization": f"bearer  {KEY} "},
        {"x_api_key": KEY},
        {"authorization": "Basic eDp5", "x_api_key": KEY},
    ],
)
def test_a_known_key_is_let_in_by_its_name(headers: dict[str, str]) -> None:
    assert asyncio.run(asked(gate(keys=[LINE]), **headers)) == "desk"


@pytest.mark.parametrize(
    ("headers", "says"),
    [
        ({}, "needed"),
        ({"x_api_key": ""}, "needed"),
        ({"x_api_key": "canary"}, "unknown key"),
        ({"authorization": "Bearer canary"}, "unknown key"),
        ({"authorization": "Bearer canary", "x_api_key": KEY}, "unknown key"),
    ],
)
def test_an_unknown_key_is_401(headers: dict[str, str], says: str) -> None:
    refused = asyncio.run(asked(gate(keys=[LINE]), **headers))
    assert isinstance(refused, Refusal)
    assert (refused.status_code, refused.code) == (401, "unauthorized")
    assert "www-authenticate" in (refused.headers or {})
    assert says in refused.detail
    assert "canary" not in refused.detail


def test_without_keys_every_request_is_admitted() -> None:
    assert asyncio.run(asked(gate(), x_api_key="any")) == ""


@pytest.mark.parametrize("path", sorted(PUBLIC_PATHS))
def test_open_paths_need_no_key_and_are_not_counted(path: str) -> None:
    async def ask() -> list[str | Refusal]:
        closed = gate(keys=[LINE], address_rate="1/minute")
        return [await asked(closed, path) for _ in range(3)]

    assert statuses(asyncio.run(ask())) == [200, 200, 200]


@pytest.mark.parametrize("path", sorted(KEY_IN_FORM))
def test_a_key_in_a_form_is_left_to_the_route_unless_a_header_has_one(path: str) -> None:
    closed = gate(keys=[LINE])
    assert asyncio.run(asked(closed, path)) == ""
    assert asyncio.run(asked(closed, path, x_api_key=KEY)) == "desk"
    assert statuses([asyncio.run(asked(closed, path, x_api_key="canary"))]) == [401]


@pytest.mark.parametrize(("path", "name"), KEY_IN_QUERY.items())
@pytest.mark.parametrize(
    ("query", "headers", "status"),
    [
        ("{name}={key}", {}, 200),
        ("other=x&{name}={key}", {}, 200),
        ("", {"x_api_key": KEY}, 200),
        ("{name}=canary", {"authorization": f"Bearer {KEY}"}, 200),
        ("", {}, 401),
        ("{name}=", {}, 401),
        ("{name}=canary", {}, 401),
        ("other={key}", {}, 401),
        ("={key}", {}, 401),
    ],
)
def test_the_query_may_hold_the_key_on_routes_of_foreign_clients(
    path: str, name: str, query: str, headers: dict[str, str], status: int
) -> None:
    query = query.format(name=name, key=KEY)
    answer = asyncio.run(asked(gate(keys=[LINE]), path, query=query, **headers))
    assert statuses([answer]) == [status]


@pytest.mark.parametrize("path", [PATH, "/v1/info", *KEY_IN_FORM])
@pytest.mark.parametrize("name", ["key", "apiKey", "x-api-key", ""])
def test_the_query_holds_no_key_on_other_routes(path: str, name: str) -> None:
    answer = asyncio.run(asked(gate(keys=[LINE]), path, query=f"{name}={KEY}"))
    assert answer != "desk"


def test_a_key_with_too_many_requests_is_429() -> None:
    async def ask() -> list[str | Refusal]:
        closed = gate(keys=[LINE, OTHER_LINE], key_rate="2/minute")
        return [await asked(closed, x_api_key=key) for key in (KEY, KEY, KEY, OTHER)]

    answers = asyncio.run(ask())
    assert statuses(answers) == [200, 200, 429, 200]
    refused = answers[2]
    assert isinstance(refused, Refusal)
    assert (refused.code, refused.limit) == ("too_many_requests", 2)
    assert 1 <= int((refused.headers or {})["retry-after"]) <= 60
    assert KEY not in refused.detail


def test_a_rate_of_keys_does_not_apply_without_keys() -> None:
    async def ask() -> list[str | Refusal]:
        open_to_all = gate(key_rate="1/minute")
        return [await asked(open_to_all) for _ in range(3)]

    assert statuses(asyncio.run(ask())) == [200, 200, 200]


def test_an_unknown_key_does_not_use_up_the_rate_of_a_known_one() -> None:
    async def ask() -> list[str | Refusal]:
        closed = gate(keys=[LINE], key_rate="1/minute")
        return [await asked(closed, x_api_key=key) for key in ("canary", "canary", KEY)]

    assert statuses(asyncio.run(ask())) == [401, 401, 200]


def test_a_rate_is_that_of_a_moving_window(monkeypatch: pytest.MonkeyPatch) -> None:
    async def ask() -> list[str | Refusal]:
        closed, answers = gate(address_rate="1/second"), list[str | Refusal]()
        for now in (1_000.0, 1_000.5, 1_001.2):
            monkeypatch.setattr("time.time", lambda now=now: now)
            monkeypatch.setattr(auth_module, "time", lambda now=now: now)
            answers.append(await asked(closed))
        return answers

    assert statuses(asyncio.run(ask())) == [200, 429, 200]


def test_a_clock_that_is_set_back_locks_no_client_out(monkeypatch: pytest.MonkeyPatch) -> None:
    async def ask() -> list[str | Refusal]:
        closed = gate(address_rate="1/minute")
        answers = [await asked(closed), await asked(closed)]
        an_hour_ago = time() - 3_600
        monkeypatch.setattr("time.time", lambda: an_hour_ago)
        monkeypatch.setattr(auth_module, "time", lambda: an_hour_ago)
        return [*answers, await asked(closed), await asked(closed), await asked(closed)]

    answers = statuses(asyncio.run(ask()))
    assert answers[:3] == [200, 429, 200]
    assert answers[-1] == 429


def test_an_address_with_too_many_requests_is_429_before_its_key_is_checked() -> None:
    async def ask() -> list[str | Refusal]:
        closed = gate(keys=[LINE], address_rate="2/minute")
        return [await asked(closed, address=f"192.0.2.{last}") for last in (1, 1, 1, 2)]

    answers = asyncio.run(ask())
    assert statuses(answers) == [401, 401, 429, 401]
    assert isinstance(answers[2], Refusal)
    assert "192.0.2" not in answers[2].detail


@pytest.mark.parametrize(
    ("other", "status"),
    [
        ("2001:db8:1:2:ffff::9", 429),
        ("2001:DB8:1:2::1", 429),
        ("2001:db8:1:3::1", 200),
        ("192.0.2.1", 200),
    ],
)
def test_an_ipv6_network_of_64_bits_is_one_address(other: str, status: int) -> None:
    async def ask() -> list[str | Refusal]:
        one = gate(address_rate="1/minute")
        return [await asked(one, address=address) for address in ("2001:db8:1:2::1", other)]

    assert statuses(asyncio.run(ask())) == [200, status]


@pytest.mark.parametrize("address", [None, "a name", ""])
def test_callers_without_an_address_are_counted_together(address: str | None) -> None:
    async def ask() -> list[str | Refusal]:
        one = gate(address_rate="1/minute")
        return [await asked(one, address=address) for _ in range(2)]

    assert statuses(asyncio.run(ask())) == [200, 429]


def test_an_ipv4_address_in_the_form_of_ipv6_counts_as_itself() -> None:
    async def ask() -> list[str | Refusal]:
        one = gate(address_rate="1/minute")
        addresses = ("192.0.2.1", "::ffff:192.0.2.1", "::ffff:192.0.2.2")
        return [await asked(one, address=address) for address in addresses]

    assert statuses(asyncio.run(ask())) == [200, 429, 200]


def test_other_protocols_pass() -> None:
    closed = gate(keys=[LINE], address_rate="1/minute")
    for _ in range(2):
        asyncio.run(closed({"type": "lifespan"}, receive, send))
