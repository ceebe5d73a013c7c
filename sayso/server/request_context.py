"""The context of a request: no text, and nothing that identifies the caller."""

from dataclasses import dataclass, field
from math import inf
from typing import cast

from starlette.types import Scope

from sayso.engine.stopwatch import Stopwatch


@dataclass(slots=True)
class RequestContext:
    """One request. `stopwatch` times the parts `queue`, `split`, `tokenise` and `infer`."""

    id: str
    key: str = ""
    """Name of the key, not the key."""
    route: str = "unknown"
    """The route's pattern, not its path: a client may have written text into the path."""
    documents: int = 0
    sentences: int = 0
    characters: int = 0
    code: str = ""
    """The error code, if the answer is an error."""
    due: float = inf
    """The deadline of the answer, on the clock of the event loop."""
    stopwatch: Stopwatch = field(default_factory=Stopwatch)


def context_of(scope: Scope) -> RequestContext:
    """The context that the error boundary put into a request's scope."""
    return cast(RequestContext, scope["state"]["context"])
