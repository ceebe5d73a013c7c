"""Four times more than it can answer: `python -m serving.load.overload [--seconds N]`.

First the peak: right answers a second with senders that wait for their answers, the best of
several numbers of senders. Then requests come at a fixed rate of four times that, whether or not
earlier ones are answered. Goodput is what of the storm was answered with 200 and the engine's own
bytes before the storm ended. Also counted: each status, requests without an answer past the
deadline, memory before and after, and how long a request takes before the storm, in the moment in
which it ends (it waits behind what was let in), and first after the last answer.
The load comes from the same machine, so both figures hold what the senders cost.
"""

import argparse
import asyncio
import time
from statistics import median

import httpx

from serving.load.client import DEADLINE, Tally, call, closed_loop, latency, new_client
from serving.load.expected_answers import Case, ExpectedAnswers
from serving.load.gates import MIB, Gates, progress
from serving.load.generated_news import Newsroom
from serving.load.server import Server, sayso

SENDERS = (2, 8, 32)
TIMES = 4
GOODPUT = 0.8  # of the peak
MOST_REQUESTS = 100_000  # of a storm
TICK = 0.02  # seconds
REPEATS = 7
SLOWER = 1.5
GROWTH = 0.1


async def find_peak(
    client: httpx.AsyncClient, cases: list[Case], seconds: float
) -> tuple[float, int, Tally]:
    """The best closed-loop rate, with how many senders, and all that was counted."""
    best, with_senders, all_counts = 0.0, 0, Tally()
    with progress() as bar:
        for senders in bar.track(SENDERS, description="peak"):
            rate, tally = await closed_loop(client, cases, senders, seconds)
            all_counts.wrong += tally.wrong
            all_counts.hangs += tally.hangs
            all_counts.statuses += tally.statuses
            if rate > best:
                best, with_senders = rate, senders
    return best, with_senders, all_counts


async def storm(
    client: httpx.AsyncClient, cases: list[Case], rate: float, seconds: float
) -> tuple[int, float, Tally, str]:
    """Requests sent, right answers a second, all counts, and how the first one afterwards went."""
    total = min(MOST_REQUESTS, round(rate * seconds))
    tally, sent, start = Tally(), 0, time.monotonic()
    until = start + seconds
    running: set[asyncio.Task[None]] = set()
    with progress() as bar:
        task = bar.add_task("storm", total=total)
        while (now := time.monotonic()) < until and sent < total:
            due = min(total, int((now - start) * rate) + 1)
            for number in range(sent, due):
                one = asyncio.create_task(call(client, cases[number % len(cases)], tally))
                running.add(one)
                one.add_done_callback(running.discard)
            sent = due
            bar.update(task, completed=sent)
            await asyncio.sleep(TICK)
    await asyncio.sleep(max(0.0, until - time.monotonic()))
    goodput = sum(at <= until for at in tally.right_at) / seconds
    first = Tally()
    after = await latency(client, cases[0], first)
    await asyncio.gather(*list(running))
    tally.statuses += first.statuses
    tally.wrong += first.wrong
    tally.hangs += first.hangs
    first_answer = f"{after:.0f} ms, status {', '.join(first.statuses) or 'none'}"
    return sent, goodput, tally, first_answer


async def measure(server: Server, cases: list[Case], options: argparse.Namespace) -> Gates:
    """Peak and storm, with what has to hold."""
    gates = Gates("Overload")
    async with new_client(server.url) as client:
        cold = await latency(client, cases[0], Tally())
        peak, senders, calm = await find_peak(client, cases, options.peak_seconds)
        if not peak:
            gates.require(f"any right answer at all (other: {calm.others()})", False)
            return gates
        before = median([await latency(client, cases[0], calm) for _ in range(REPEATS)])
        rss = server.rss()
        sent, goodput, tally, after = await storm(client, cases, TIMES * peak, options.seconds)
        first, rss_after = await latency(client, cases[0], calm), server.rss()
    wrong, hangs = tally.wrong + calm.wrong, tally.hangs + calm.hangs
    gates.figure("peak, right answers / s", f"{peak:.1f} with {senders} senders")
    gates.figure("storm", f"{sent:,} requests in {options.seconds:g} s")
    asked = sent / options.seconds / peak
    gates.figure("rate of the storm / peak", f"{asked:.2f}")
    for status in ("200", "429", "503"):
        gates.figure(f"answers {status}", f"{tally.statuses[status]:,}")
    gates.figure("other", tally.others())
    gates.figure(f"without an answer after {DEADLINE:g} s", hangs)
    gates.figure("wrong answers", wrong)
    gates.figure("goodput / s", f"{goodput:.1f}, {goodput / peak:.0%} of the peak")
    gates.figure("RSS before, after", f"{rss / MIB:.0f} MiB, {rss_after / MIB:.0f} MiB")
    gates.figure("first request of the server", f"{cold:.0f} ms")
    gates.figure(f"one request before the storm, median of {REPEATS}", f"{before:.0f} ms")
    gates.figure("one request in the moment of its end", after)
    gates.figure("first request after the last answer", f"{first:.0f} ms")
    gates.require(f"goodput >= {GOODPUT:.0%} of the peak", goodput >= GOODPUT * peak)
    gates.require(f"the storm was {TIMES} times the peak (within 5 %)", asked >= 0.95 * TIMES)
    gates.require(f"first request after it <= {SLOWER:g} x before", first <= SLOWER * before)
    flat = rss_after <= (1 + GROWTH) * rss
    gates.require(f"memory after it within {GROWTH:.0%} of before", flat)
    gates.require("no wrong answer", wrong == 0)
    gates.require("no request past its deadline", hangs == 0)
    gates.require("nothing but 200, 429 and 503", tally.other + calm.other == 0)
    return gates


def main() -> None:
    """Run the measurement from the command line."""
    parser = argparse.ArgumentParser(description="Ask four times more than can be answered.")
    parser.add_argument("--seconds", type=float, default=60, help="how long the storm is (60)")
    parser.add_argument("--peak-seconds", type=float, default=12, help="of each try (12)")
    parser.add_argument("--sentences", type=int, default=12, help="of each article (12)")
    parser.add_argument("--workers", type=int, default=1, help="of the server (1)")
    parser.add_argument("--seed", type=int, default=1, help="of the texts (1)")
    options = parser.parse_args()

    expected = ExpectedAnswers()
    texts = Newsroom(options.seed).articles(200, (options.sentences,))
    with progress() as bar:
        cases = [expected.score(text) for text in bar.track(texts, description="expected answers")]
    with sayso(workers=options.workers) as server:
        gates = asyncio.run(measure(server, cases, options))
    gates.finish()


if __name__ == "__main__":
    main()
