"""Figures and answers in the documents: `python -m docs.figures` writes, `--check` compares them.

Each is between two comments, the first with its name:

    <!-- figures: accuracy -->
    <!-- end -->
"""

import argparse
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from docs import wire_examples
from sayso.bundle.bundle import NETWORK, Bundle

ROOT = Path(__file__).parents[1]
SPEED = ROOT / "docs" / "speed.md"
SECTION = re.compile(r"(<!-- figures: ([\w-]+) -->\n)(.*?)(<!-- end -->)", re.DOTALL)
NUMBER = re.compile(r"(?<![\w.])\d+\.\d+(?![\w.])")
BUNDLES = ("base", "fast")
OTHER_SYSTEMS = {
    "open": "recipe open",
    "quickstart": "recipe quickstart",
    "TF-IDF + LR": "TF-IDF + LR",
    "cue words": "cue words",
}
"""Columns of the table of accuracy, and the names of these systems in the evaluation of `base`."""


@dataclass(frozen=True)
class Line:
    """A line of the table of accuracy: one figure of one label on one corpus.

    `head` is the auxiliary head that predicts; empty for the label's own.
    """

    title: str
    corpus: str
    label: str
    metric: str
    head: str = ""


LINES = (
    *(
        Line(f"newsroom, `{label}`: F1 at the shipped threshold", "newsroom", label, "f1")
        for label in ("hedging", "unverified_attribution", "loaded_framing")
    ),
    Line(
        "BABE, `loaded_framing`: macro-F1, threshold from dev", "babe", "loaded_framing", "macro_f1"
    ),
    Line(
        "BABE, by the auxiliary head that BABE taught",
        "babe", "loaded_framing", "macro_f1", "lexical_bias",
    ),
    Line(
        "the same, on test rows that share no article with training",
        "babe, strict", "loaded_framing", "macro_f1", "lexical_bias",
    ),
    Line(
        "Szeged Wikipedia, hedges, by the auxiliary head: F1",
        "szeged_wiki", "hedging", "f1", "semantic_hedge",
    ),
    Line(
        "CoNLL-2010 Wikipedia, vagueness, by the auxiliary head: F1",
        "conll2010_wiki", "hedging", "f1", "vagueness",
    ),
    Line(
        "Szeged FactBank, hedges, never trained on: mean F1 of ten folds",
        "szeged_factbank", "hedging", "folds", "semantic_hedge",
    ),
    Line("BASIL, `loaded_framing`, zero-shot: MCC", "basil", "loaded_framing", "mcc"),
    *(
        Line(f"evidence for `{label}`: F1 over characters", "newsroom", label, "evidence")
        for label in ("hedging", "unverified_attribution", "loaded_framing")
    ),
    Line("kind of an unverified attribution: accuracy", "newsroom", "", "kinds"),
    *(
        Line(f"expected calibration error: `{label}`", "newsroom", label, "calibration_error")
        for label in ("hedging", "unverified_attribution", "loaded_framing")
    ),
)  # fmt: skip


@cache
def metrics(bundle: str) -> dict[str, Any]:
    """The evaluation of a shipped bundle and its parity, as `sayso train` wrote them."""
    file = ROOT / "models" / bundle / "metrics.json"
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


def flips(bundle: str) -> dict[str, Any]:
    """The minimal pairs of all kinds together."""
    found: list[dict[str, Any]] = metrics(bundle)["evaluation"]["flips"]
    return next(one for one in found if one["changes"] == "all")


def accuracy() -> str:
    """The figures of the shipped bundles and of other systems on the same rows."""
    columns = ["measure", *(f"`{name}`" for name in BUNDLES), "`open`", "`quickstart`"]
    rows = [[*columns, "TF-IDF + LR", "cue words"], ["---"] * 7]
    for line in LINES:
        shipped = f"sayso, head {line.head}" if line.head else "sayso"
        figures = [figure(bundle, line, shipped) for bundle in BUNDLES]
        figures += [figure("base", line, system) for system in OTHER_SYSTEMS.values()]
        rows.append([line.title, *("" if one is None else three(one) for one in figures)])
    return "\n".join(f"| {' | '.join(row)} |".replace("  ", " ") for row in rows)


def figure(bundle: str, line: Line, system: str) -> float | None:
    """One cell; None if the system was not measured there."""
    results = metrics(bundle)["evaluation"]
    match line.metric:
        case "folds":
            found = [_mean(one["f1s"]) for one in results["folds"] if one["system"] == system]
        case "evidence":
            found = [
                one["f1"]
                for one in results["evidence"]
                if (one["corpus"], one["label"]) == (line.corpus, line.label)
            ]
        case "kinds":
            found = [one["accuracy"] for one in results["kinds"] if one["corpus"] == line.corpus]
        case metric:
            found = [
                one["metrics"][metric]
                for one in results["sentences"]
                if (one["corpus"], one["label"], one["system"]) == (line.corpus, line.label, system)
            ]
    # Only Sayso has evidence and kinds, and other recipes have no auxiliary heads.
    alone = line.metric in ("evidence", "kinds") and not system.startswith("sayso")
    if alone or (line.head and system.startswith("recipe")):
        return None
    return float(found[0]) if found else None


def pairs() -> str:
    """The number of minimal pairs with different flags."""
    by_bundle = {name: flips(name) for name in BUNDLES}
    (count,) = {one["pairs"] for one in by_bundle.values()}
    flipped = [
        f"{one['flipped']} get different flags from `{name}`" for name, one in by_bundle.items()
    ]
    return (
        f"Of {count} pairs of sentences that differ only in a name, a place, a side or a party,\n"
        f"{' and '.join(flipped)}."
    )


def bundles() -> str:
    """Size, speed and accuracy of the shipped bundles, a column for each."""
    lines = [line for line in LINES if line.corpus == "newsroom"]
    titles = ["version", "network, MB", "sentences in a CPU second"]
    titles += [line.title.removeprefix("newsroom, ") for line in lines]
    titles += ["minimal pairs with different flags", "decisions changed by int8"]
    columns = [_bundle_column(name, lines) for name in BUNDLES]
    head = ["", *(f"`{name}`" for name in BUNDLES)]
    rows = [head, ["---"] * len(head), *map(list, zip(titles, *columns, strict=True))]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _bundle_column(name: str, lines: Sequence[Line]) -> list[str]:
    bundle, found = Bundle.load(name), flips(name)
    speed = re.search(
        rf"^\| sayso, {name} \| ([\d,.]+) ", SPEED.read_text(encoding="utf-8"), re.MULTILINE
    )
    assert speed is not None
    return [
        f"`{bundle.model_version}`",
        f"{(bundle.path / NETWORK).stat().st_size / 1e6:.1f}",
        speed[1],
        *(three(figure(name, line, "sayso") or 0.0) for line in lines),
        f"{found['flipped']} of {found['pairs']}",
        f"{metrics(name)['parity']['int8']['flips']:.2%}",
    ]


def example() -> str:
    """The marked example article, as in a terminal without colours."""
    unset = ("FORCE_COLOR", "CLICOLOR_FORCE")
    environment = {name: value for name, value in os.environ.items() if name not in unset}
    output = subprocess.run(
        [sys.executable, "-m", "sayso", "score", "examples/harbour.txt"],
        env=environment | {"COLUMNS": "92", "NO_COLOR": "1"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return f"```text\n{output.strip()}\n```"


ANSWERS: dict[str, Callable[[], str]] = {"example": example, **wire_examples.SECTIONS}
"""Answers of the shipped default on this machine."""
SECTIONS: dict[str, Callable[[], str]] = {
    "accuracy": accuracy,
    "pairs": pairs,
    "bundles": bundles,
    **ANSWERS,
}
DOCUMENTS = ("README.md", "docs/wire.md", "models/README.md")


def written(document: str) -> str:
    """A document with current sections.

    Raises:
        KeyError: if a comment names an unknown section.
    """
    return SECTION.sub(lambda found: f"{found[1]}{SECTIONS[found[2]]()}\n{found[4]}", document)


def differences(document: str) -> list[str]:
    """The lines of a document's sections that are out of date, each with the right one."""
    wrong = []
    for found in SECTION.finditer(document):
        shown, right = found[3].strip().splitlines(), SECTIONS[found[2]]().splitlines()
        width = max(len(shown), len(right))
        for old, new in zip(_padded(shown, width), _padded(right, width), strict=True):
            if not same(old, new, exact=found[2] not in ANSWERS):
                wrong.append(f"{found[2]}:\n- {old}\n+ {new}")
    return wrong


def same(old: str, new: str, *, exact: bool) -> bool:
    """Whether two lines agree.

    Answers may differ in the last digits, because int8 products differ between processors.
    """
    if exact or old == new:
        return old == new
    numbers = list(zip(NUMBER.findall(old), NUMBER.findall(new), strict=False))
    near = all(
        abs(float(one) - float(other)) <= max(0.002, 1.1 * 10 ** -len(other.partition(".")[2]))
        for one, other in numbers
    )
    return near and NUMBER.sub("0", old) == NUMBER.sub("0", new)


def three(value: float) -> str:
    """A figure between 0 and 1 with three digits: `.906`."""
    return f"{value:.3f}".removeprefix("0")


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)


def _padded(lines: list[str], width: int) -> list[str]:
    return [*lines, *[""] * (width - len(lines))]


def main() -> None:
    """Write or check all documents; exits with 1 if one differs."""
    parser = argparse.ArgumentParser(prog="python -m docs.figures", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare without writing")
    check = parser.parse_args().check
    wrong = []
    for name in DOCUMENTS:
        file = ROOT / name
        document = file.read_text(encoding="utf-8")
        if check:
            wrong += [f"{name}, {one}" for one in differences(document)]
        else:
            file.write_text(written(document), encoding="utf-8")
    if wrong:
        sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main()
