"""The table of the shipped bundles: `python -m training.tools.bundle_table`.

Writes size, speed and accuracy of each bundle into models/README.md, from the files of the bundle
and from the figures of speed in docs/speed.md.
"""

import argparse
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sayso.bundle.bundle import DEFAULT_BUNDLE, METRICS, NETWORK, Bundle, shipped_bundles
from sayso.labels import LABELS
from sayso.training.tables import TextTable, markdown

ROOT = Path(__file__).parents[2]
README = ROOT / "models" / "README.md"
SPEED = ROOT / "docs" / "speed.md"
BLOCK = re.compile(r"(?<=<!-- table bundles -->\n).*?(?=<!-- end -->)", re.DOTALL)


def table() -> TextTable:
    """The figures of all shipped bundles, the default first; a column for each."""
    names = sorted(shipped_bundles(), key=lambda name: (name != DEFAULT_BUNDLE, name))
    columns = [figures(Bundle.load(name)) for name in names]
    header = ("", *(f"`{name}`" for name in names))
    return header, [(title, *(column[title] for column in columns)) for title in columns[0]]


def figures(bundle: Bundle) -> dict[str, str]:
    """The figures of one bundle by their titles."""
    metrics = json.loads((bundle.path / METRICS).read_text(encoding="utf-8"))
    evaluation = metrics["evaluation"]

    def only(kind: str, **values: str) -> dict[str, Any]:
        (found,) = [result for result in evaluation[kind] if values.items() <= result.items()]
        return dict(found)

    sentences = {
        label: only("sentences", corpus="newsroom", system="sayso", label=label)["metrics"]
        for label in LABELS
    }
    evidence = {label: only("evidence", corpus="newsroom", label=label) for label in LABELS}
    pairs = only("flips", changes="all")
    return {
        "version": f"`{bundle.model_version}`",
        "network, MB": f"{(bundle.path / NETWORK).stat().st_size / 1e6:.1f}",
        "sentences in a CPU second": _speed(bundle.manifest.name),
        **{f"`{label}`: F1": _three(sentences[label]["f1"]) for label in LABELS},
        **{
            f"`{label}`: calibration error": _three(sentences[label]["calibration_error"])
            for label in LABELS
        },
        **{f"`{label}`: F1 of the evidence": _three(evidence[label]["f1"]) for label in LABELS},
        "kind of an unverified attribution: accuracy": _three(
            only("kinds", corpus="newsroom")["accuracy"]
        ),
        "minimal pairs with different flags": f"{pairs['flipped']} of {pairs['pairs']}",
        "decisions changed by int8": f"{metrics['parity']['int8']['flips']:.2%}",
    }


def filled(document: str) -> str:
    """The document with the table between its comments."""
    return BLOCK.sub(lambda _: markdown(table()) + "\n", document)


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the table into models/README.md."""
    argparse.ArgumentParser(
        prog="python -m training.tools.bundle_table",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    ).parse_args(arguments)
    README.write_text(filled(README.read_text(encoding="utf-8")), encoding="utf-8")


def _speed(name: str) -> str:
    """The median of a bundle in the table of engines."""
    (found,) = re.findall(
        rf"^\| sayso, {name} \| ([\d,.]+) ", SPEED.read_text(encoding="utf-8"), re.MULTILINE
    )
    return str(found)


def _three(number: float) -> str:
    return f"{number:.3f}".lstrip("0")


if __name__ == "__main__":
    main()
