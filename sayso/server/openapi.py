"""Which statuses a route may answer with, for the OpenAPI document."""

from typing import Any

from sayso.server.schemas import ErrorAnswer

REFUSALS = {
    400: "The body is not JSON.",
    401: "A key is needed, or it is not known.",
    408: "The body did not come in time.",
    413: "The body, the text, the list of sentences or of documents is longer than the limit.",
    415: "The body is not declared as application/json, or it is compressed.",
    422: "The JSON is not a request that can be answered; `field` says where.",
    429: "This key or address has asked too often; `Retry-After` says when to ask again.",
    500: "A mistake of the server.",
    503: "The server has too much to do, is stopping, or cannot use its model; see `Retry-After`.",
    504: "The text was not scored in time.",
}


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The refusals of a route, for OpenAPI."""
    return {status: {"model": ErrorAnswer, "description": REFUSALS[status]} for status in statuses}
