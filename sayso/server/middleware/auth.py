"""Keys and rates."""

from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil
from time import time
from urllib.parse import parse_qs

from limits import RateLimitItem, parse
from limits.aio.strategies import MovingWindowRateLimiter
from limits.storage import storage_from_string
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from sayso.server.errors import Refusal
from sayso.server.request_context import context_of
from sayso.server.settings import ServerSettings
from sayso.server.static_files import STATIC_PREFIX

PUBLIC_PATHS = frozenset({"/", "/openapi.json", "/livez", "/healthz", "/readyz", "/metrics"})
PUBLIC_PATHS |= {"/v2/languages"}
"""Paths that need no key: probes, metrics, and pages without answers of the model."""
KEY_IN_FORM = frozenset({"/v2/check"})
"""Paths whose clients send the key in the form: the route checks it."""
KEY_IN_QUERY = {"/v1alpha1/comments:analyze": "key"}
"""Paths whose clients send the key in the query, and the name of the parameter."""


class Authenticator:
    """Checks keys and counts requests against the rates."""

    def __init__(self, settings: ServerSettings) -> None:
        self.keys = settings.read_keys()
        uri = settings.rate_storage.get_secret_value()
        self._limiter = MovingWindowRateLimiter(storage_from_string(f"async+{uri}"))
        self._key_rate = parse(settings.key_rate) if settings.key_rate else None
        self._address_rate = parse(settings.address_rate) if settings.address_rate else None

    async def admit_address(self, address: str) -> None:
        """Count a request from an address.

        Raises:
            Refusal: 429, if it has sent too many.
        """
        if self._address_rate is not None:
            await self._count(self._address_rate, "address", _network(address))

    async def admit_key(self, key: str) -> str:
        """The name of a key, whose request is counted. Without any keys everyone is admitted.

        Raises:
            Refusal: 401, if the key is missing or unknown; 429, if it has sent too many requests.
        """
        if not self.keys:
            return ""
        name = self.keys.name_of(key)
        if name is None:
            message = "unknown key" if key else "a key is needed"
            raise Refusal(
                401,
                "unauthorized",
                f"{message}; send it as 'Authorization: Bearer KEY' or 'X-API-Key: KEY'",
                headers={"www-authenticate": 'Bearer realm="sayso"'},
            )
        if self._key_rate is not None:
            await self._count(self._key_rate, "key", name)
        return name

    async def _count(self, rate: RateLimitItem, kind: str, who: str) -> None:
        if await self._limiter.hit(rate, kind, who):
            return
        window = await self._limiter.get_window_stats(rate, kind, who)
        wait = max(1, ceil(window.reset_time - time()))
        if wait > rate.get_expiry() + 1:  # the clock was set back: the counts lie in the future
            await self._limiter.clear(rate, kind, who)
            return
        raise Refusal(
            429,
            "too_many_requests",
            f"this {kind} may ask {rate}; try again in {wait} seconds",
            limit=rate.amount,
            headers={"retry-after": str(wait)},
        )


class Auth:
    """Authenticates each request before its body is read."""

    def __init__(self, app: ASGIApp, authenticator: Authenticator) -> None:
        self.app = app
        self.authenticator = authenticator

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not _is_public(scope["path"]):
            client = scope.get("client")
            await self.authenticator.admit_address(client[0] if client else "unknown")
            key = _key(scope)
            if key or scope["path"] not in KEY_IN_FORM:
                context_of(scope).key = await self.authenticator.admit_key(key)
        await self.app(scope, receive, send)


def _is_public(path: str) -> bool:
    return path in PUBLIC_PATHS or path.startswith(STATIC_PREFIX)


def _key(scope: Scope) -> str:
    headers = Headers(scope=scope)
    scheme, _, key = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return key.strip()
    name = KEY_IN_QUERY.get(scope["path"])
    query = parse_qs(scope["query_string"].decode("latin-1")) if name else {}
    return headers.get("x-api-key", "") or query.get(name or "", [""])[0]


def _network(address: str) -> str:
    """The unit that counts as one address: for IPv6, the network of one customer."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    if isinstance(known, IPv6Address):
        return str(known.ipv4_mapped or ip_network((known, 64), strict=False))
    return address
