"""What breaks while it serves: `python -m serving.load.faults [--only NAME ...]`.

    worker        the only worker is killed under load: how long until answers come again
    disk          no file may grow any more (RLIMIT_FSIZE of 0): logs and metrics cannot be written
    bundle        a byte of the network's file changes underneath, then SIGHUP: it has to be
                  refused, and the old answers go on; mended, SIGHUP has to be taken
    descriptors   callers who say nothing hold all descriptors (RLIMIT_NOFILE)

    clock         the wall clock of the server jumps a day ahead, then two days back

The clock is that of Python, `time.time`, in the server's processes alone: the machine's own clock
moves for nobody. Limits of processes are set from outside by `prlimit`, so this needs Linux.
All answers are compared with the engine's own.
"""

import argparse
import asyncio
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import psutil

from sayso.bundle.bundle import NETWORK
from serving.load.client import Tally, call, closed_loop, new_client
from serving.load.expected_answers import Case, ExpectedAnswers
from serving.load.gates import Gates, progress
from serving.load.generated_news import Newsroom
from serving.load.raw_http import hang_up
from serving.load.server import ROOT, Server, sayso

RECOVER_WITHIN = 40.0  # seconds
FREED_WITHIN = 15.0  # seconds, once descriptors are there again
LOADED_WITHIN = 60.0  # seconds for a reload to be in the log
SENDERS = 8
RATE, WINDOW = 200, 10  # requests in so many seconds, where the clock jumps
DAY = 86_400
CLOCK = """import time
from pathlib import Path
real = time.time
time.time = lambda: real() + float(Path({file!r}).read_text() or 0)
"""
SPARE, CALLERS = 6, 60  # descriptors left to a worker, and callers who say nothing


def kill_worker(cases: list[Case], gates: Gates) -> None:
    """SIGKILL the only worker under load."""

    async def run(server: Server) -> None:
        (before,) = server.workers()
        async with new_client(server.url) as client:
            load = asyncio.create_task(closed_loop(client, cases, SENDERS, RECOVER_WITHIN + 5))
            await asyncio.sleep(4)
            before.kill()
            killed = time.monotonic()
            seconds = await until_right(server, cases[0], RECOVER_WITHIN, unlike=before.pid)
            took = "never" if seconds is None else f"{seconds:.1f} s"
            _, tally = await load
        lost = tally.other
        later = sum(at > killed + (seconds or 0) for at in tally.right_at)
        gates.figure("worker", "right answers again after", took)
        gates.figure("worker", "requests lost with the worker", f"{lost}: {tally.others()}")
        gates.figure("worker", "right answers of the load after that", later)
        gates.require(f"worker: recovers within {RECOVER_WITHIN:g} s", seconds is not None)
        gates.require("worker: the load goes on", later > 0)
        # What was under way is lost once; connections kept open may be lost once more.
        gates.require("worker: no more lost than were under way", lost <= 2 * SENDERS)
        gates.require("worker: no wrong answer, no hang", not tally.wrong and not tally.hangs)

    with sayso() as server:
        asyncio.run(run(server))


def fill_disk(cases: list[Case], gates: Gates) -> None:
    """Let no file grow, as on a full disk; then let them again."""

    async def run(server: Server) -> None:
        async with new_client(server.url) as client:
            await closed_loop(client, cases, SENDERS, 2)
            size = server.log.stat().st_size
            limit(server, psutil.RLIMIT_FSIZE, 0)
            _, full = await closed_loop(client, cases, SENDERS, 10)
            grown = server.log.stat().st_size - size
            limit(server, psutil.RLIMIT_FSIZE, None)
            _, after = await closed_loop(client, cases, SENDERS, 3)
        again = server.log.stat().st_size - size - grown
        gates.figure("disk", "right answers while full, after", right(full, after))
        gates.figure("disk", "other than 200 and 503 while full", full.others())
        gates.figure("disk", "bytes logged while full, after", f"{grown}, {again}")
        gates.require("disk: answers while it is full", bool(full.right_at))
        gates.require("disk: was full indeed", grown == 0)
        gates.require("disk: logs again afterwards", again > 0)
        gates.require("disk: only 200 (the engine's own) and 503", is_clean(full, after))

    with sayso() as server:
        asyncio.run(run(server))


def change_bundle(cases: list[Case], gates: Gates) -> None:
    """Damage the bundle that is served, reload, mend it, reload."""

    async def run(server: Server, bundle: Path) -> None:
        workers = {one.pid for one in server.workers()}
        async with new_client(server.url) as client:
            flip_a_byte(bundle / NETWORK)
            _, changed = await closed_loop(client, cases, SENDERS, 3)
            refused = await reload(server, "the bundle was not reloaded")
            _, kept = await closed_loop(client, cases, SENDERS, 5)
            flip_a_byte(bundle / NETWORK)
            taken = await reload(server, '"reloaded: ')
            _, mended = await closed_loop(client, cases, SENDERS, 3)
        counts = right(changed, kept, mended)
        gates.figure("bundle", "right answers: changed, refused, mended", counts)
        gates.require("bundle: the damaged one is refused by SIGHUP", refused)
        gates.require("bundle: the old answers go on", is_clean(changed, kept))
        gates.require("bundle: right answers in each phase", all((changed.right_at, kept.right_at)))
        gates.require("bundle: the mended one is taken", taken and is_clean(mended))
        same = workers == {one.pid for one in server.workers()}
        gates.require("bundle: the workers are the same", same)

    with TemporaryDirectory(prefix="sayso-bench-") as folder:
        bundle = Path(folder) / "bundle"
        shutil.copytree(ExpectedAnswers().scorer.bundle.path, bundle, copy_function=shutil.copyfile)
        with sayso(bundle=bundle) as server:
            asyncio.run(run(server, bundle))


def use_up_descriptors(cases: list[Case], gates: Gates) -> None:
    """Let callers who say nothing hold every descriptor of the worker."""

    async def run(server: Server) -> None:
        (worker,) = server.workers()
        inside = Tally()
        async with new_client(server.url) as client:
            await call(client, cases[0], inside)  # its connection stays open
            usual = worker.rlimit(psutil.RLIMIT_NOFILE)
            most = worker.num_fds() + SPARE
            worker.rlimit(psutil.RLIMIT_NOFILE, (most, usual[1]))
            writers = [
                (await asyncio.open_connection("127.0.0.1", server.port))[1] for _ in range(CALLERS)
            ]
            await call(client, cases[0], inside)
            await asyncio.sleep(1)
            for case in cases[:10]:
                await call(client, case, inside)
            held = worker.num_fds()
            for writer in writers:
                await hang_up(writer)
        seconds = await until_right(server, cases[1], FREED_WITHIN)
        took = "never" if seconds is None else f"{seconds:.1f} s"
        worker.rlimit(psutil.RLIMIT_NOFILE, usual)
        gates.figure("descriptors", "open, of at most", f"{held}, {most}")
        gates.figure("descriptors", "right on a connection from before", len(inside.right_at))
        gates.figure("descriptors", "a new connection is answered after", took)
        gates.require("descriptors: they ran out indeed", held >= most)
        gates.require("descriptors: who was inside is answered", len(inside.right_at) == 12)
        gates.require(f"descriptors: free within {FREED_WITHIN:g} s", seconds is not None)
        same = [one.pid for one in server.workers()] == [worker.pid]
        gates.require("descriptors: the worker is the same", same)

    with sayso() as server:
        asyncio.run(run(server))


def jump_the_clock(cases: list[Case], gates: Gates) -> None:
    """Move the wall clock, which rates count on, there and back."""

    async def run(server: Server, clock: Path) -> None:
        phases = []
        async with new_client(server.url) as client:
            for seconds in (0, DAY, -DAY):
                clock.write_text(str(seconds), encoding="ascii")
                await asyncio.sleep(1)
                phases.append((await closed_loop(client, cases, SENDERS, 4))[1])
                refused = await burst(client, cases[0])
                gates.figure(
                    "clock", f"at {seconds:+,} s: right, 429", f"{right(phases[-1])}, {refused}"
                )
                gates.require(f"clock: a rate still holds at {seconds:+,} s", refused > 0)
                clock.write_text(str(seconds + WINDOW + 1), encoding="ascii")  # the window is over
        gates.require("clock: right answers in each phase", all(one.right_at for one in phases))
        gates.require(
            "clock: nothing wrong, nothing hung",
            not any(one.wrong or one.hangs or one.other for one in phases),
        )

    with TemporaryDirectory(prefix="sayso-bench-") as folder:
        clock = Path(folder) / "clock"
        clock.write_text("0", encoding="ascii")
        (Path(folder) / "sitecustomize.py").write_text(
            CLOCK.format(file=str(clock)), encoding="utf-8"
        )
        settings = {
            "SAYSO_ADDRESS_RATE": f"{RATE}/{WINDOW} seconds",
            "PYTHONPATH": f"{folder}:{ROOT}",
        }
        with sayso(settings=settings) as server:
            asyncio.run(run(server, clock))


async def burst(client: httpx.AsyncClient, case: Case) -> int:
    """How many of more requests than the rate allows are answered 429."""
    tally = Tally()
    await asyncio.gather(*(call(client, case, tally) for _ in range(2 * RATE)))
    return tally.statuses["429"]


async def until_right(
    server: Server, case: Case, within: float, unlike: int | None = None
) -> float | None:
    """Seconds until a new connection gets the right answer, from another worker than `unlike`."""
    start = time.monotonic()
    while (waited := time.monotonic() - start) < within:
        workers = {one.pid for one in server.workers()}
        if workers and unlike not in workers:
            tally = Tally()
            async with new_client(server.url) as client:
                try:
                    async with asyncio.timeout(within - waited):
                        await call(client, case, tally)
                except TimeoutError:
                    return None
            if tally.right_at:
                return time.monotonic() - start
        await asyncio.sleep(0.1)
    return None


async def reload(server: Server, said: str) -> bool:
    """Send SIGHUP to the server; whether its log then says so."""
    before = server.log_text().count(said)
    server.process.send_signal(signal.SIGHUP)
    until = time.monotonic() + LOADED_WITHIN
    while time.monotonic() < until:
        if server.log_text().count(said) > before:
            return True
        await asyncio.sleep(0.2)
    return False


def limit(server: Server, what: int, soft: int | None) -> None:
    """Set the soft limit of all the server's processes; None lifts it."""
    for process in server.processes():
        hard = process.rlimit(what)[1]
        process.rlimit(what, (hard if soft is None else soft, hard))


def flip_a_byte(file: Path) -> None:
    """Change a byte in the middle, in place; twice is as before."""
    with file.open("r+b") as stream:
        stream.seek(file.stat().st_size // 2)
        byte = stream.read(1)[0]
        stream.seek(-1, 1)
        stream.write(bytes([byte ^ 0xFF]))


def right(*tallies: Tally) -> str:
    """How many right answers each has."""
    return ", ".join(f"{len(tally.right_at):,}" for tally in tallies)


def is_clean(*tallies: Tally) -> bool:
    """Nothing wrong, nothing hung, nothing but 200 and 503."""
    return not any(one.wrong or one.hangs or one.other or one.statuses["429"] for one in tallies)


FAULTS: dict[str, Callable[[list[Case], Gates], None]] = {
    "worker": kill_worker,
    "disk": fill_disk,
    "bundle": change_bundle,
    "descriptors": use_up_descriptors,
    "clock": jump_the_clock,
}


def main() -> None:
    """Run the faults from the command line."""
    parser = argparse.ArgumentParser(description="Break things while the service runs.")
    parser.add_argument("--only", nargs="+", choices=FAULTS, default=list(FAULTS), metavar="NAME")
    parser.add_argument("--seed", type=int, default=1, help="of the texts (1)")
    options = parser.parse_args()
    if not sys.platform.startswith("linux"):
        parser.error("limits of other processes can be set on Linux only")

    expected, texts = ExpectedAnswers(), Newsroom(options.seed).articles(60, (2, 5, 10))
    cases = [expected.score(text) for text in texts]
    gates = Gates("Faults", head=("fault", "figure", "value"))
    with progress() as bar:
        for name in bar.track(options.only, description="faults"):
            FAULTS[name](cases, gates)
    gates.finish()


if __name__ == "__main__":
    main()
