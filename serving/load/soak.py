"""A mix of everything for a long time: `python -m serving.load.soak [--seconds N]`.

Articles, batches, streams, bodies that are wrong or not UTF-8, senders that are slow or never end,
connections that are reset halfway. Each answer 200 is compared with the engine's own bytes; a
refusal has to have the status that belongs to it. Memory is the sum over all processes, sampled
every few seconds; the figure before is the median after the warm-up, the one after is the median
at the end.
"""

import argparse
import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from statistics import median

import httpx

from serving.load import raw_http
from serving.load.client import DEADLINE, HEADERS, new_client
from serving.load.expected_answers import Case, ExpectedAnswers
from serving.load.gates import MIB, Gates, progress
from serving.load.generated_news import Newsroom
from serving.load.server import Server, sayso

BODY_SECONDS = 5  # the server's limit here, so that slow senders meet it often
GROWTH = 0.05
SAMPLE_EVERY = 2.0
BAD_BODIES = (
    (b"{", 400),
    (b"", 400),
    (b'{"text": "caf\xe9 closed on Monday"}', 400),
    (b'{"text": "\xff\xfe half a sentence"}', 400),
    (b"[]", 422),
    (b'{"text": ""}', 422),
    (b'{"text": 7}', 422),
    (b'{"text": "Officials said so.", "mood": "calm"}', 422),
    (b'{"text": "half a pair \\ud83c here"}', 422),
    (b'{"sentences": []}', 422),
    (b" " * 1_100_000, 413),
)


@dataclass
class Soak:
    """The mix, and what came of it."""

    server: Server
    cases: dict[str, list[Case]]
    client: httpx.AsyncClient
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    wrong: int = 0
    bad: Counter[str] = field(default_factory=Counter)
    """What must not be: a status that does not belong, any 5xx among them, or no answer."""
    samples: list[tuple[float, int]] = field(default_factory=list)

    async def sender(self, seed: int, until: float) -> None:
        """One after another, chosen at random."""
        chance = random.Random(seed)
        actions: list[tuple[int, str, Callable[[random.Random], Awaitable[None]]]] = [
            (8, "article", lambda one: self.plain("article", one)),
            (3, "batch", lambda one: self.plain("batch", one)),
            (4, "stream", lambda one: self.plain("stream", one)),
            (4, "bad body", self.bad_body),
            (2, "slow sender", self.slow),
            (1, "endless sender", self.endless),
            (2, "aborted", self.aborted),
        ]
        weights = [weight for weight, _, _ in actions]
        while time.monotonic() < until:
            _, name, act = chance.choices(actions, weights)[0]
            try:
                await act(chance)
            except TimeoutError:
                self.bad[f"{name}: no answer in {DEADLINE:g} s"] += 1
            except (httpx.TransportError, OSError) as error:
                self.bad[f"{name}: {type(error).__name__}"] += 1

    async def plain(self, kind: str, chance: random.Random) -> None:
        """A request as it should be."""
        case = chance.choice(self.cases[kind])
        async with asyncio.timeout(DEADLINE):
            answer = await self.client.post(case.path, content=case.body, headers=HEADERS)
        self.count(kind, answer.status_code, 200, answer.content, case.answer)

    async def bad_body(self, chance: random.Random) -> None:
        """A body that is refused."""
        body, status = chance.choice(BAD_BODIES)
        path = chance.choice(("/v1/score", "/v1/score/stream"))
        async with asyncio.timeout(DEADLINE):
            answer = await self.client.post(path, content=body, headers=HEADERS)
        self.count("bad body", answer.status_code, status)

    async def slow(self, chance: random.Random) -> None:
        """A body that comes in pieces, but in time."""
        case = chance.choice(self.cases["article"])
        data, count = raw_http.request(case.path, case.body), chance.randint(3, 8)
        size = len(data) // count + 1
        parts = [data[at : at + size] for at in range(0, len(data), size)]
        pause = chance.uniform(0.05, 0.5 * BODY_SECONDS / count)
        answer = await raw_http.exchange(self.server.port, parts, pause=pause, seconds=DEADLINE)
        self.count("slow sender", answer.status, 200, answer.body, case.answer)

    async def endless(self, chance: random.Random) -> None:
        """A body that never comes whole."""
        case = chance.choice(self.cases["article"])
        whole = raw_http.request(case.path, case.body)
        answer = await raw_http.exchange(self.server.port, [whole[:-10]], seconds=DEADLINE)
        self.count("endless sender", answer.status, 408)

    async def aborted(self, chance: random.Random) -> None:
        """A caller that goes away."""
        case = chance.choice(self.cases[chance.choice(("article", "batch", "stream"))])
        data = raw_http.request(case.path, case.body)
        if chance.random() < 0.4:
            data = data[: chance.randint(1, len(data) - 1)]
        await raw_http.abort(self.server.port, data, chance.uniform(0.0, 0.3))
        self.counts["aborted", "reset"] += 1

    def count(
        self, kind: str, status: int, expected: int, body: bytes = b"", answer: bytes = b""
    ) -> None:
        """Count an answer, and see whether it is as it has to be."""
        self.counts[kind, str(status)] += 1
        if status == 200 and expected == 200:
            self.wrong += body != answer
        elif status != expected:
            self.bad[f"{kind}: {status} in place of {expected}"] += 1

    async def sample(self, start: float, until: float) -> None:
        """Memory, every few seconds."""
        with progress() as bar:
            task = bar.add_task("soak", total=round(until - start))
            while (now := time.monotonic()) < until:
                self.samples.append((now - start, self.server.rss()))
                bar.update(task, completed=round(now - start))
                await asyncio.sleep(SAMPLE_EVERY)


async def measure(
    server: Server, cases: dict[str, list[Case]], options: argparse.Namespace
) -> Gates:
    """All senders at once, with what has to hold."""
    workers = {one.pid for one in server.workers()}
    async with new_client(server.url) as client:
        soak, start = Soak(server, cases, client), time.monotonic()
        until = start + options.seconds
        senders = (soak.sender(options.seed * 1000 + n, until) for n in range(options.senders))
        await asyncio.gather(soak.sample(start, until), *senders)
    gates = Gates("Soak", head=("kind", "status", "count"))
    for (kind, status), count in sorted(soak.counts.items()):
        gates.figure(kind, status, f"{count:,}")
    warm, window = 0.3 * options.seconds, 0.15 * options.seconds
    before = median(rss for at, rss in soak.samples if warm <= at < warm + window)
    after = median(rss for at, rss in soak.samples if at >= options.seconds - window)
    gates.figure("RSS after warm-up, MiB", "", f"{before / MIB:.1f}")
    gates.figure("RSS at the end, MiB", "", f"{after / MIB:.1f} ({after / before - 1:+.1%})")
    for what, count in sorted(soak.bad.items()):
        gates.figure("must not be", what, count)
    right = sum(count for (_, status), count in soak.counts.items() if status == "200")
    gates.require("there were answers 200, each the engine's own", right > 0 and not soak.wrong)
    gates.require("no 5xx, no other status than expected, no hang", not soak.bad)
    gates.require(f"RSS within {GROWTH:.0%} after warm-up", after <= (1 + GROWTH) * before)
    same = workers == {one.pid for one in server.workers()}
    gates.require("the workers are the same as at the start", same)
    return gates


def main() -> None:
    """Run the soak from the command line."""
    parser = argparse.ArgumentParser(description="Send a mix of everything for a long time.")
    parser.add_argument("--seconds", type=float, default=600, help="how long, 60 or more (600)")
    parser.add_argument("--senders", type=int, default=6, help="at once (6)")
    parser.add_argument("--workers", type=int, default=1, help="of the server (1)")
    parser.add_argument("--seed", type=int, default=1, help="of texts and mix (1)")
    options = parser.parse_args()
    options.seconds = max(60.0, options.seconds)

    expected, texts = ExpectedAnswers(), Newsroom(options.seed).articles(60, (1, 3, 8, 20, 40))
    cases: dict[str, list[Case]] = {"article": [], "batch": [], "stream": []}
    with progress() as bar:
        for at in bar.track(range(len(texts)), description="expected answers"):
            cases["article"].append(expected.score(texts[at]))
            cases["stream"].append(expected.stream(texts[at]))
            if at % 4 == 0:
                cases["batch"].append(expected.batch(texts[at : at + 4]))
    settings = {"SAYSO_LIMITS__BODY_SECONDS": str(BODY_SECONDS)}
    with sayso(workers=options.workers, settings=settings) as server:
        gates = asyncio.run(measure(server, cases, options))
    gates.finish()


if __name__ == "__main__":
    main()
