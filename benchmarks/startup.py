"""Start-up time: `python -m benchmarks.startup [--rounds N] [--output FILE]`.

CPU seconds of whole, new processes: Python alone, `sayso --help`, and `sayso score` of one short
text. The processes alternate; the table shows the median with the minimum and the maximum of the
rounds, and the ratio to Python alone.
"""

import subprocess
import sys
from functools import partial

from benchmarks.command import new_parser, write
from benchmarks.table import ResultTable
from benchmarks.timing import children_cpu, interleave, measured, spread

SAYSO = (sys.executable, "-m", "sayso")
TEXT = "Officials said on Monday that the dam above the town could fail.\n"
PROCESSES = {
    "Python alone": (sys.executable, "-c", "pass"),
    "sayso --help": (*SAYSO, "--help"),
    "sayso score, one sentence": (*SAYSO, "score", "-"),
}


def cpu_seconds(command: tuple[str, ...], _: int) -> float:
    """User and system time of a process and its children."""
    with measured(children_cpu) as elapsed:
        subprocess.run(command, input=TEXT, text=True, check=True, stdout=subprocess.DEVNULL)
    return elapsed.cpu


def measure(rounds: int) -> dict[str, dict[str, float]]:
    """Figures of each process; all are started once before the first round."""
    starts = {name: partial(cpu_seconds, command) for name, command in PROCESSES.items()}
    for start in starts.values():
        start(0)
    spreads = {name: spread(seconds) for name, seconds in interleave(starts, rounds).items()}
    python = spreads["Python alone"]["median"]
    return {
        name: seconds
        | {
            "beyond_python": seconds["median"] - python,
            "times_python": seconds["median"] / python,
        }
        for name, seconds in spreads.items()
    }


def table(figures: dict[str, dict[str, float]]) -> ResultTable:
    """A row for each process."""
    head = ("CPU seconds", "median", "min to max", "beyond Python", "times Python")
    rows = [
        (
            name,
            f"{seconds['median']:.2f}",
            f"{seconds['min']:.2f} to {seconds['max']:.2f}",
            f"{seconds['beyond_python']:.2f}",
            f"{seconds['times_python']:.0f}",
        )
        for name, seconds in figures.items()
    ]
    return ResultTable("Start-up", head, rows)


def main() -> None:
    """Run the measurement from the command line."""
    parser = new_parser("Measure the CPU time of a start.")
    parser.add_argument("--rounds", type=int, default=7, help="starts of each process (7)")
    options = parser.parse_args()

    figures = measure(options.rounds)
    table(figures).show()
    write(figures, options.output)


if __name__ == "__main__":
    main()
