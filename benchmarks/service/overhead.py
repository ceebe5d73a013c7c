"""What the service costs beside a bare engine: `python -m benchmarks.service.overhead`.

Requests of one sentence a second: Sayso's service under BentoML with one worker, and the same
engine behind plain Starlette under uvicorn with one worker (`bare.py`), which checks, limits,
counts and logs nothing. Both servers are up all the time and are asked in turns, the order turning
from round to round; the ratio is the median of the rounds' own ratios. Every answer of both is
compared with the engine's own.
"""

import argparse
import asyncio
import sys
from statistics import median

from benchmarks.service.calls import closed_loop, new_client
from benchmarks.service.news import Newsroom
from benchmarks.service.own import Case, Own
from benchmarks.service.server import running, sayso
from benchmarks.service.verdict import Verdict, progress

SERVICE, BARE = "sayso serve", "bare engine, Starlette, uvicorn"
WARM_UP = 2.0  # seconds


def bare_command(port: int) -> list[str]:
    """Run `bare.py` under uvicorn."""
    where = ["--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    app = "benchmarks.service.bare:app"
    return [sys.executable, "-P", "-m", "uvicorn", app, "--no-access-log", *where]


async def measure(urls: dict[str, str], cases: list[Case], options: argparse.Namespace) -> Verdict:
    """Rounds of both, as a verdict."""
    clients = {name: new_client(url) for name, url in urls.items()}
    rates: dict[str, list[float]] = {name: [] for name in urls}
    wrong, other = 0, 0
    try:
        for client in clients.values():
            await closed_loop(client, cases, options.senders, WARM_UP)
        names = list(urls)
        with progress() as bar:
            for turn in bar.track(range(options.rounds), description="rounds"):
                for name in names if turn % 2 == 0 else reversed(names):
                    rate, tally = await closed_loop(
                        clients[name], cases, options.senders, options.seconds
                    )
                    rates[name].append(rate)
                    wrong += tally.wrong
                    other += tally.statuses.total() - tally.statuses["200"] + tally.hangs
    finally:
        for client in clients.values():
            await client.aclose()
    verdict = Verdict("Overhead", head=("requests / s, one sentence", "median", "min to max"))
    for name, found in rates.items():
        spread = f"{min(found):.1f} to {max(found):.1f}"
        verdict.figure(name, f"{median(found):.1f}", spread)
    verdict.gate("only answers 200, each the engine's own", wrong == other == 0)
    if all(rates[BARE]):
        ratios = [a / b for a, b in zip(rates[SERVICE], rates[BARE], strict=True)]
        ratio = median(ratios)
        spread = f"{min(ratios):.2f} to {max(ratios):.2f}"
        verdict.figure(f"{SERVICE} / bare", f"{ratio:.2f}", spread)
        if options.at_least is not None:
            verdict.gate(f"ratio >= {options.at_least:g}", ratio >= options.at_least)
    return verdict


def main() -> None:
    """Run the comparison from the command line."""
    parser = argparse.ArgumentParser(description="Compare the service with a bare engine.")
    parser.add_argument("--rounds", type=int, default=7, help="3 or more (7)")
    parser.add_argument("--seconds", type=float, default=6, help="of each server a round (6)")
    parser.add_argument("--senders", type=int, default=4, help="at once (4)")
    parser.add_argument("--seed", type=int, default=1, help="of the sentences (1)")
    parser.add_argument("--at-least", type=float, metavar="RATIO", help="fail below (no gate)")
    options = parser.parse_args()
    options.rounds = max(3, options.rounds)

    own, sentences = Own(), Newsroom(options.seed).articles(200, (1,))
    cases = [own.score(sentence) for sentence in sentences]
    with sayso() as service, running(bare_command) as bare:
        urls = {SERVICE: service.url, BARE: bare.url}
        verdict = asyncio.run(measure(urls, cases, options))
    verdict.end()


if __name__ == "__main__":
    main()
