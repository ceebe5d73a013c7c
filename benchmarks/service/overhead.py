"""What the service costs beside a bare scorer: `python -m benchmarks.service.overhead --data DIR`.

Requests of one sentence (or of an article of `--sentences`) from 1, 4, 16 and 64 callers, each of
which waits for its answer: Sayso's service with one worker, and the same scorer behind plain
Starlette under uvicorn with one worker (`bare_engine.py`), which checks, limits, counts and logs
nothing. Both servers are up all the time and are asked in alternation, the order changing from
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

from benchmarks.speed.command import new_parser, open_news, write
from benchmarks.speed.drawing import logarithmic, new_axes, save, style
from benchmarks.speed.machine import describe_machine
from benchmarks.speed.news import News
from benchmarks.speed.rounds import Figures, ratios, spreads
from benchmarks.speed.tabular import Table, cell
from serving.load.client import Tally, each_once, new_client
from serving.load.expected_answers import Case, ExpectedAnswers
from serving.load.gates import Gates, progress
from serving.load.server import running, sayso

SERVICE, BARE = "sayso serve", "bare scorer, Starlette, uvicorn"
CALLERS = (1, 4, 16, 64)
PERCENTILES = (50, 95, 99)
WARM_UP = 50  # requests
Found = dict[int, dict[str, list[Figures]]]


def bare_command(port: int) -> list[str]:
    """Run `bare_engine.py` under uvicorn."""
    where = ["--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    app = "benchmarks.service.bare_engine:app"
    return [sys.executable, "-P", "-m", "uvicorn", app, "--no-access-log", *where]


def percentiles(rate: float, tally: Tally) -> Figures:
    """Right answers a second, and milliseconds of percentiles of them."""
    times = 1000 * np.array(tally.seconds or [np.nan])
    return {"rate": rate} | {f"p{one}": float(np.percentile(times, one)) for one in PERCENTILES}


async def measure(
    urls: dict[str, str], expected: ExpectedAnswers, news: News, options: argparse.Namespace
) -> tuple[Found, Counter[str]]:
    """The figures of each number of callers and each server, and what was not right how often.

    What is asked is scored before its round, so that the answers to compare with cost nothing
    while it lasts.
    """
    found: Found = {callers: {name: [] for name in urls} for callers in options.callers}
    steps = [(turn, callers) for turn in range(options.rounds) for callers in options.callers]
    bad, warm_up = Counter[str](), new_cases(expected, news, WARM_UP, 1)
    for url in urls.values():
        await ask(url, warm_up, 4)
    with progress() as bar:
        for turn, callers in bar.track(steps, description="rounds"):
            cases = new_cases(expected, news, options.requests, options.sentences)
            for name in list(urls) if turn % 2 == 0 else reversed(urls):
                rate, tally = await ask(urls[name], cases, callers)
                found[callers][name].append(percentiles(rate, tally))
                bad += {f"{name}: {what}": number for what, number in not_right(tally)}
    return found, bad


async def ask(url: str, cases: list[Case], callers: int) -> tuple[float, Tally]:
    """Each case once, over connections that are new, since a server closes those that wait for the
    other one's turn; they are opened before.
    """
    async with new_client(url) as client:
        await asyncio.gather(*(client.get("/readyz") for _ in range(callers)))
        return await each_once(client, cases, callers)


def not_right(tally: Tally) -> Iterator[tuple[str, int]]:
    """Answers that were not 200 with the engine's own bytes."""
    yield from ((what, count) for what, count in tally.statuses.items() if what != "200")
    yield from ((what, count) for what, count in (("wrong", tally.wrong), ("hang", tally.hangs)))


def new_cases(expected: ExpectedAnswers, news: News, count: int, sentences: int) -> list[Case]:
    """Requests that were not asked before."""
    return [expected.score(news.article(sentences)) for _ in range(count)]


def tables(figures: dict[str, Any]) -> list[Table]:
    """Both servers at each number of callers."""
    rows = []
    for callers, of_callers in figures["callers"].items():
        for name, one in of_callers["servers"].items():
            times = [cell(one[f"p{each}"]) for each in PERCENTILES]
            rows.append((callers, name, cell(one["rate"]), *times))
        ratio = of_callers["service_to_bare"]
        times = [cell(ratio[f"p{each}"], 2) for each in PERCENTILES]
        rows.append((callers, f"{SERVICE} / bare", cell(ratio["rate"], 2), *times))
    what = figures["sentences"]
    title = f"Overhead, requests of {what} sentence{'s'[: what > 1]}, {figures['rounds']} rounds"
    head = ("callers", "server", "requests / s", *(f"p{one} ms" for one in PERCENTILES))
    return [Table("overhead", title, head, rows)]


def draw(figures: dict[str, Any], file: Path) -> None:
    """Percentiles of both over the callers."""
    figure, axes = new_axes("Milliseconds of a request", size=(7.2, 4.4))
    shown: list[float] = []
    for at, name in enumerate((SERVICE, BARE)):
        for number, key in enumerate(f"p{one}" for one in PERCENTILES):
            points = {
                int(callers): one["servers"][name][key]["median"]
                for callers, one in figures["callers"].items()
            }
            looks = style(at) | {"linestyle": ("-", "--", ":")[number]}
            axes.plot(list(points), list(points.values()), label=f"{name}, {key}", **looks)
            shown += points.values()
    logarithmic(axes, shown)
    axes.set(xlabel="callers at once", ylabel="ms")
    axes.grid(alpha=0.3)
    axes.legend(fontsize="small")
    save(figure, file)


def summed_up(found: Found) -> dict[str, Any]:
    """Medians of the rounds, and of the service's ratios to the bare scorer in each."""
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
        for callers, one in figures["callers"].items():
            holds = one["service_to_bare"]["rate"]["median"] >= at_least
            gates.require(f"rate / bare >= {at_least:g} with {callers} callers", holds)
    return gates


def main() -> None:
    """Run the comparison from the command line."""
    parser = new_parser("Compare the service with a bare scorer.")
    parser.add_argument("--callers", type=int, nargs="+", default=CALLERS, help="(1 4 16 64)")
    parser.add_argument("--requests", type=int, default=400, help="to each a round (400)")
    parser.add_argument("--sentences", type=int, default=1, help="of a request (1)")
    parser.add_argument("--rounds", type=int, default=5, help="3 or more (5)")
    parser.add_argument("--at-least", type=float, metavar="RATIO", help="fail below (no gate)")
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
        "callers": summed_up(found),
    }
    write(figures, options.output)
    if options.plot:
        draw(figures, options.plot)
    judge(figures, options.at_least).finish()


if __name__ == "__main__":
    main()
