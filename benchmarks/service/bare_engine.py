"""The bare scorer behind plain Starlette, for `benchmarks.service.overhead` to compare with."""

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from sayso.engine.scorer import Scorer
from sayso.server.answers import report_answer, to_json
from serving.load.expected_answers import PLAIN

scorer = Scorer()


async def score(request: Request) -> Response:
    """What the service's `/v1/score` answers, without any check."""
    body = await request.json()
    report = await run_in_threadpool(scorer.score, body["text"])
    return Response(to_json(report_answer(report, PLAIN)), media_type="application/json")


async def is_ready(request: Request) -> Response:
    """Said once the model is loaded."""
    return PlainTextResponse("ready\n")


app = Starlette(routes=[Route("/v1/score", score, methods=["POST"]), Route("/readyz", is_ready)])
