"""What starting costs: `python -m benchmarks.startup [--rounds N] [--output FILE]`.

CPU seconds of whole processes, cold in that each is a new one: Python alone, `sayso --help`, and
`sayso score` of one short text. Processes take turns, and what is printed is the median with the
least and the most of the rounds, and how many times Python's own start that is.
"""

import argparse
import resource
import subprocess
import sys
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from benchmarks.speed.command import write

SAYSO = (sys.executable, "-m", "sayso")
TEXT = "Officials said on Monday that the dam above the town could fail.\n"
PROCESSES = {
    "Python alone": (sys.executable, "-c", "pass"),
    "sayso --help": (*SAYSO, "--help"),
    "sayso score, one sentence": (*SAYSO, "score", "-"),
}


def cpu_seconds(command: tuple[str, ...]) -> float:
    """User and system time of a process and its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, input=TEXT, text=True, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)


def measure(rounds: int) -> dict[str, dict[str, float]]:
    """Figures of each process; all are started once before the first round."""
    for command in PROCESSES.values():
        cpu_seconds(command)
    seconds: dict[str, list[float]] = {name: [] for name in PROCESSES}
    for _ in range(rounds):
        for name, command in PROCESSES.items():
            seconds[name].append(cpu_seconds(command))
    bare = median(next(iter(seconds.values())))
    return {
        name: {
            "median": median(found),
            "min": min(found),
            "max": max(found),
            "beyond_python": median(found) - bare,
            "times_python": median(found) / bare,
        }
        for name, found in seconds.items()
    }


def main() -> None:
    """Run the measurement from the command line."""
    parser = argparse.ArgumentParser(description="Measure what starting costs.")
    parser.add_argument("--rounds", type=int, default=7, help="starts of each process (7)")
    parser.add_argument("--output", type=Path, metavar="FILE", help="write the figures as JSON")
    options = parser.parse_args()

    figures = measure(options.rounds)
    table = Table("CPU seconds", "median", "min to max", "beyond Python", "times Python")
    for name, one in figures.items():
        table.add_row(
            name,
            f"{one['median']:.2f}",
            f"{one['min']:.2f} to {one['max']:.2f}",
            f"{one['beyond_python']:.2f}",
            f"{one['times_python']:.0f}",
        )
    Console().print(table)
    write(figures, options.output)


if __name__ == "__main__":
    main()
