"""Who may ask, and how often."""

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
from sayso.server.request_context import record_of
from sayso.server.settings import Settings
from sayso.server.static_files import STATIC_PREFIX

OPEN = frozenset({"/", "/openapi.json", "/livez", "/healthz", "/readyz", "/metrics"})
OPEN |= {"/v2/languages"}
"""Paths that ask for no key: probes, metrics, and what holds no answer of the model."""
KEY_IN_FORM = frozenset({"/v2/check"})
"""Paths whose foreign clients send the key with the text: the route itself asks for it."""
KEY_IN_QUERY = {"/v1alpha1/comments:analyze": "key"}
"""Paths whose foreign clients send the key in the query, and its name there."""


class Doorkeeper:
    """Lets in who has a key and has not asked too often."""

    def __init__(self, settings: Settings) -> None:
        self.keys = settings.read_keys()
        uri = settings.rate_storage.get_secret_value()
        self._limiter = MovingWindowRateLimiter(storage_from_string(f"async+{uri}"))
        self._key_rate = parse(settings.key_rate) if settings.key_rate else None
        self._address_rate = parse(settings.address_rate) if settings.address_rate else None

    async def admit_address(self, address: str) -> None:
        """Count a request of an address.

        Raises:
            Refusal: 429, where it has asked too often.
        """
        if self._address_rate is not None:
            await self._count(self._address_rate, "address", _network(address))

    async def admit_key(self, key: str) -> str:
        """The name of the key; counts a request of it. Anyone may pass where there are no keys.

        Raises:
            Refusal: 401, where the key is missing or unknown; 429, where it has asked too often.
        """
        if not self.keys:
            return ""
        name = self.keys.name_of(key)
        if name is None:
            message = "the key is not known" if key else "a key is needed"
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
        if wait > rate.get_expiry() + 1:  # the clock was set back: what was counted lies ahead
            await self._limiter.clear(rate, kind, who)
            return
        raise Refusal(
            429,
            "too_many_requests",
            f"this {kind} may ask {rate}; try again in {wait} seconds",
            limit=rate.amount,
            headers={"retry-after": str(wait)},
        )


class Gate:
    """The ASGI piece that asks the doorkeeper before anything of a body is read."""

    def __init__(self, app: ASGIApp, doorkeeper: Doorkeeper) -> None:
        self.app = app
        self.doorkeeper = doorkeeper

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not _is_open(scope["path"]):
            client = scope.get("client")
            await self.doorkeeper.admit_address(client[0] if client else "unknown")
            key = _key(scope)
            if key or scope["path"] not in KEY_IN_FORM:
                record_of(scope).key = await self.doorkeeper.admit_key(key)
        await self.app(scope, receive, send)


def _is_open(path: str) -> bool:
    return path in OPEN or path.startswith(STATIC_PREFIX)


def _key(scope: Scope) -> str:
    headers = Headers(scope=scope)
    scheme, _, key = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return key.strip()
    name = KEY_IN_QUERY.get(scope["path"])
    query = parse_qs(scope["query_string"].decode("latin-1")) if name else {}
    return headers.get("x-api-key", "") or query.get(name or "", [""])[0]


def _network(address: str) -> str:
    """What counts as one address: of IPv6 the network that one customer gets."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    if isinstance(known, IPv6Address):
        mapped = known.ipv4_mapped
        return str(mapped or ip_network((known, 64), strict=False))
    return address
