"""What the service costs beside a bare engine: `python -m benchmarks.service.overhead --data DIR`.

Requests of one sentence (or of an article of `--sentences`) from 1, 4, 16 and 64 callers, each of
which waits for its answer: Sayso's service with one worker, and the same engine behind plain
Starlette under uvicorn with one worker (`starlette_baseline.py`), which checks, limits, counts and
logs nothing. Both servers are up all the time and are asked in alternation, the order changing from
round to round; the ratios are medians over the rounds. Both get the same requests in a round, and
none twice in a run. Every answer of both is compared with the engine's own.
"""

import argparse
import asyncio
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.command import open_news, plotting_parser, write
from benchmarks.machine import describe_machine
from benchmarks.news import News
from benchmarks.plots import logarithmic, new_axes, save, style
from benchmarks.table import ResultTable, format_spread
from benchmarks.timing import Figures, ratios, rotated, spreads
from serving.load.client import Tally, each_once, new_client
from serving.load.expected_answers import Case, ExpectedAnswers
from serving.load.gates import Gates, progress
from serving.load.server import running, sayso

SERVICE, BARE = "sayso serve", "bare engine, Starlette, uvicorn"
CALLERS = (1, 4, 16, 64)
PERCENTILES = (50, 95, 99)
WARM_UP = 50  # requests
Found = dict[int, dict[str, list[Figures]]]


def bare_command(port: int) -> list[str]:
    """Run `starlette_baseline.py` under uvicorn."""
    where = ["--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    app = "benchmarks.service.starlette_baseline:app"
    return [sys.executable, "-P", "-m", "uvicorn", app, "--no-access-log", *where]


def percentiles(rate: float, tally: Tally) -> Figures:
    """Right answers a second, and percentiles of their milliseconds."""
    times = 1000 * np.array(tally.seconds or [np.nan])
    return {"rate": rate} | {
        f"p{percentile}": float(np.percentile(times, percentile)) for percentile in PERCENTILES
    }


async def measure(
    urls: dict[str, str], expected: ExpectedAnswers, news: News, options: argparse.Namespace
) -> tuple[Found, Counter[str]]:
    """The figures of each number of callers and each server, and the counts of wrong answers.

    The expected answers of a round are computed before it.
    """
    found: Found = {callers: {name: [] for name in urls} for callers in options.callers}
    steps = [(number, callers) for number in range(options.rounds) for callers in options.callers]
    bad, warm_up = Counter[str](), new_cases(expected, news, WARM_UP, 1)
    for url in urls.values():
        await ask(url, warm_up, 4)
    with progress() as bar:
        for number, callers in bar.track(steps, description="rounds"):
            cases = new_cases(expected, news, options.requests, options.sentences)
            for name in rotated(list(urls), number):
                rate, tally = await ask(urls[name], cases, callers)
                found[callers][name].append(percentiles(rate, tally))
                bad += {f"{name}: {what}": count for what, count in not_right(tally)}
    return found, bad


async def ask(url: str, cases: list[Case], callers: int) -> tuple[float, Tally]:
    """Send each case once over new connections, which are opened before.

    The server closes connections that are idle while the other server is asked.
    """
    async with new_client(url) as client:
        await asyncio.gather(*(client.get("/readyz") for _ in range(callers)))
        return await each_once(client, cases, callers)


def not_right(tally: Tally) -> Iterator[tuple[str, int]]:
    """Counts of answers that were not 200 with the engine's own bytes."""
    yield from ((what, count) for what, count in tally.statuses.items() if what != "200")
    yield from ((what, count) for what, count in (("wrong", tally.wrong), ("hang", tally.hangs)))


def new_cases(expected: ExpectedAnswers, news: News, count: int, sentences: int) -> list[Case]:
    """Requests with new sentences."""
    return [expected.score(news.article(sentences)) for _ in range(count)]


def tables(figures: dict[str, Any]) -> list[ResultTable]:
    """Both servers at each number of callers."""
    rows = []
    for callers, found in figures["callers"].items():
        for name, server in found["servers"].items():
            times = [format_spread(server[f"p{percentile}"]) for percentile in PERCENTILES]
            rows.append((callers, name, format_spread(server["rate"]), *times))
        ratio = found["service_to_bare"]
        times = [format_spread(ratio[f"p{percentile}"], 2) for percentile in PERCENTILES]
        rows.append((callers, f"{SERVICE} / bare", format_spread(ratio["rate"], 2), *times))
    size = figures["sentences"]
    title = f"Overhead, requests of {size} sentence{'s'[: size > 1]}, {figures['rounds']} rounds"
    head = (
        "callers",
        "server",
        "requests / s",
        *(f"p{percentile} ms" for percentile in PERCENTILES),
    )
    return [ResultTable(title, head, rows, "overhead")]


def draw(figures: dict[str, Any], file: Path) -> None:
    """Percentiles of both servers against the number of callers."""
    figure, axes = new_axes("Milliseconds of a request", size=(7.2, 4.4))
    shown: list[float] = []
    for at, name in enumerate((SERVICE, BARE)):
        for dashes, percentile in zip(("-", "--", ":"), PERCENTILES, strict=True):
            key = f"p{percentile}"
            points = {
                int(callers): found["servers"][name][key]["median"]
                for callers, found in figures["callers"].items()
            }
            line = style(at) | {"linestyle": dashes}
            axes.plot(list(points), list(points.values()), label=f"{name}, {key}", **line)
            shown += points.values()
    logarithmic(axes, shown)
    axes.set(xlabel="callers at once", ylabel="ms")
    axes.grid(alpha=0.3)
    axes.legend(fontsize="small")
    save(figure, file)


def summarize(found: Found) -> dict[str, Any]:
    """Medians of the rounds, and of the service's ratios to the bare engine in each."""
    return {
        str(callers): {
            "servers": {name: spreads(rounds) for name, rounds in mine.items()},
            "service_to_bare": {
                key: ratios(mine[SERVICE], mine[BARE], key) for key in mine[BARE][0]
            },
        }
        for callers, mine in found.items()
    }


def judge(figures: dict[str, Any], at_least: float | None) -> Gates:
    """The table, and what has to hold."""
    (table,) = tables(figures)
    gates = Gates(table.title, head=table.head)
    for row in table.rows:
        gates.figure(*row)
    for what, count in figures["not_right"].items():
        gates.figure("", what, f"{count:,} answers")
    gates.require("only answers 200, each the engine's own", not figures["not_right"])
    if at_least is not None:
        for callers, found in figures["callers"].items():
            holds = found["service_to_bare"]["rate"]["median"] >= at_least
            gates.require(f"rate / bare >= {at_least:g} with {callers} callers", holds)
    return gates


def main() -> None:
    """Run the comparison from the command line."""
    parser = plotting_parser("Compare the service with a bare engine.")
    parser.add_argument(
        "--callers", type=int, nargs="+", default=CALLERS, help="numbers of callers (1 4 16 64)"
    )
    parser.add_argument("--requests", type=int, default=400, help="per round and server (400)")
    parser.add_argument("--sentences", type=int, default=1, help="per request (1)")
    parser.add_argument("--rounds", type=int, default=5, help="at least 3 (5)")
    parser.add_argument("--at-least", type=float, metavar="RATIO", help="fail below this (no gate)")
    options = parser.parse_args()
    options.rounds = max(3, options.rounds)
    news, machine, expected = open_news(parser, options.data), describe_machine(), ExpectedAnswers()
    with sayso() as service, running(bare_command) as bare:
        urls = {SERVICE: service.url, BARE: bare.url}
        found, bad = asyncio.run(measure(urls, expected, news, options))
    figures = {
        "benchmark": "service.overhead",
        "machine": machine,
        "bundle": expected.scorer.bundle.model_version,
        "sentences": options.sentences,
        "requests": options.requests,
        "rounds": options.rounds,
        "times_read": news.times_read,
        "not_right": +bad,
        "callers": summarize(found),
    }
    write(figures, options.output)
    if options.plot:
        draw(figures, options.plot)
    judge(figures, options.at_least).finish()


if __name__ == "__main__":
    main()
