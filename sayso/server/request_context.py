"""What is known of a request while it is answered: no text, nothing that tells who asks."""

from dataclasses import dataclass, field
from math import inf

from starlette.types import Scope

from sayso.engine.stopwatch import Stopwatch


@dataclass(slots=True)
class Record:
    """One request. `watch` counts the parts `queue`, `split`, `tokenise` and `infer`."""

    id: str
    key: str = ""
    """Name of the key, not the key."""
    route: str = "unknown"
    """The route's own pattern: what a client wrote into the path may be text."""
    documents: int = 0
    sentences: int = 0
    characters: int = 0
    code: str = ""
    """Of the error, where the answer is one."""
    due: float = inf
    """When the answer has to be there, on the clock of the event loop."""
    watch: Stopwatch = field(default_factory=Stopwatch)


def record_of(scope: Scope) -> Record:
    """The record that the guard has put into a request's scope."""
    record: Record = scope["state"]["record"]
    return record
