"""Pages of other origins: what is allowed is said, and a refused preflight has the one shape."""

import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from sayso.server.middleware.cors import Cors
from sayso.server.schemas import ErrorAnswer

ORIGIN = "https://desk.example"
ASKS = {"origin": ORIGIN, "access-control-request-method": "POST"}


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    assert scope["method"] != "OPTIONS" or "access-control-request-method" not in {
        name.decode() for name, _ in scope["headers"]
    }
    await PlainTextResponse("inside", headers={"retry-after": "1"})(scope, receive, send)


@pytest.fixture
def client() -> TestClient:
    return TestClient(Cors(app, (ORIGIN, "https://other.example")))


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "header", ["authorization", "content-type", "x-api-key", "x-request-id", "X-API-Key"]
)
def test_a_preflight_lists_allowed_methods_and_headers(
    client: TestClient, method: str, header: str
) -> None:
    asks = {
        **ASKS,
        "access-control-request-method": method,
        "access-control-request-headers": header,
    }
    answer = client.options("/v1/score", headers=asks)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert method in answer.headers["access-control-allow-methods"]
    assert header.lower() in answer.headers["access-control-allow-headers"].lower()
    assert "origin" in answer.headers["vary"].lower()


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://elsewhere.example"},
        {"origin": "http://desk.example"},
        {"origin": "null"},
        {"access-control-request-method": "DELETE"},
        {"access-control-request-headers": "x-canary"},
    ],
)
def test_a_refused_preflight_has_the_shape_of_errors(
    client: TestClient, wrong: dict[str, str]
) -> None:
    answer = client.options("/v1/score", headers={**ASKS, **wrong})
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/json"
    assert int(answer.headers["content-length"]) == len(answer.content)
    shaped = ErrorAnswer.model_validate_json(answer.text)
    assert shaped.error.code == "preflight_refused"
    assert answer.headers["x-request-id"] == shaped.request_id
    assert "canary" not in answer.text
    allowed = answer.headers.get("access-control-allow-origin")
    assert allowed == (None if "origin" in wrong else ORIGIN)
    assert "origin" in answer.headers["vary"].lower()


def test_two_refused_preflights_have_two_ids(client: TestClient) -> None:
    asks = {**ASKS, "origin": "https://elsewhere.example"}
    ids = [client.options("/", headers=asks).json()["request_id"] for _ in range(2)]
    assert ids[0] != ids[1]


def test_a_response_and_its_headers_may_be_read_by_an_allowed_page(
    client: TestClient,
) -> None:
    headers = client.get("/", headers={"origin": ORIGIN}).headers
    assert headers["access-control-allow-origin"] == ORIGIN
    exposed = headers["access-control-expose-headers"].lower()
    assert all(name in exposed for name in ("x-request-id", "retry-after", "server-timing"))
    assert "access-control-allow-credentials" not in headers


@pytest.mark.parametrize("origin", [None, "https://elsewhere.example"])
def test_a_response_to_another_origin_has_no_cors_headers(
    client: TestClient, origin: str | None
) -> None:
    answer = client.get("/", headers={"origin": origin} if origin else {})
    assert (answer.status_code, answer.text) == (200, "inside")
    assert "access-control-allow-origin" not in answer.headers


def test_a_star_lets_every_page_read() -> None:
    client = TestClient(Cors(app, ("*",)))
    assert client.options("/", headers=ASKS).status_code == 200
    headers = client.get("/", headers={"origin": "https://any.example"}).headers
    assert headers["access-control-allow-origin"] == "*"


def test_options_without_a_preflight_go_on(client: TestClient) -> None:
    assert client.options("/", headers={"origin": ORIGIN}).text == "inside"
