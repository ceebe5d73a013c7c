"""`sayso package`: a Bento, which runs anywhere that BentoML runs."""

import sys
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, distribution
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from sayso.errors import InputError

BASE_IMAGE = f"python:{sys.version_info.major}.{sys.version_info.minor}-slim-bookworm"
IMAGE_VARIABLES = {"BENTOML_HOST": "0.0.0.0", "BENTOML_PORT": "8000"}
"""Where the server of an image listens; a Bento's folder is served on this machine only."""


def package(
    bundle: Annotated[
        str | None, typer.Argument(help="A model bundle's folder or name; the shipped default.")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            help="New folder for the Bento; by default it goes to BentoML's own store, "
            "$BENTOML_HOME or ~/bentoml, where `bentoml list` and `bentoml containerize` find it."
        ),
    ] = None,
) -> None:
    """Pack the service, its code and one bundle as a Bento. Prints the Bento's folder.

    Needs no network. Give each server that runs from a Bento its own BENTOML_HOME.
    """
    import os
    import shutil
    from tempfile import TemporaryDirectory

    from sayso.console.messages import print_message
    from sayso.engine.scorer import Scorer
    from sayso.extras import require_extra

    require_extra("bento", "sayso package")
    if output is not None and output.exists():
        raise InputError(f"{output} exists already; --output names a new folder")
    packed = Scorer(bundle, threads=1).bundle
    with TemporaryDirectory(prefix="sayso-package-") as work:
        if output is not None:
            os.environ["BENTOML_HOME"] = str(Path(work, "home"))
        tag, folder = _build(packed.path, Path(work, "context"))
        if output is not None:
            folder = shutil.copytree(folder, output.resolve())  # BentoML takes "x" for a tag
    print_message(f"packed {packed.model_version} as {tag}")
    print_message(f"run it: bentoml serve {folder} --port 8000")
    if output is None:
        print_message(f"make an image of it: bentoml containerize {tag}")
    typer.echo(folder)


def _build(bundle: Path, context: Path) -> tuple[str, Path]:
    """Build a Bento in BentoML's store; its tag and its folder there."""
    import json

    from bentoml import bentos

    _lay_out(bundle, context)
    options = {
        "service": "sayso.server.bento:service",
        "description": (bundle / "MODEL_CARD.md").read_text(encoding="utf-8"),
        "include": ["sayso*"],
        # Locking asks the package index; what is installed here is pinned instead.
        "python": {"packages": pinned_requirements(), "lock_packages": False},
        "docker": {"base_image": BASE_IMAGE},
        "envs": [{"name": name, "value": value} for name, value in IMAGE_VARIABLES.items()],
    }
    file = context / "bentofile.yaml"
    file.write_text(json.dumps(options), encoding="utf-8")  # JSON is YAML
    bento = bentos.build_bentofile(str(file), build_ctx=str(context))
    return str(bento.tag), Path(bento.path)


def _lay_out(bundle: Path, context: Path) -> None:
    """Copy the code, the bundle and the distribution's metadata to where the Bento is built."""
    import shutil

    from sayso.bundle.bundle import DEFAULT_BUNDLE

    code = Path(str(files("sayso")))
    unwanted = shutil.ignore_patterns("__pycache__", "shipped", "training")
    shutil.copytree(code, context / "sayso", ignore=unwanted)
    shutil.copytree(bundle, context / "sayso" / "bundle" / "shipped" / DEFAULT_BUNDLE)
    # With it `import sayso` knows its version in the Bento, where it is not installed.
    installed = distribution("sayso")
    metadata = context / f"sayso-{installed.version}.dist-info" / "METADATA"
    metadata.parent.mkdir()
    metadata.write_text(str(installed.metadata), encoding="utf-8")


def pinned_requirements() -> list[str]:
    """All packages that a Bento is served with, in the versions that are installed here."""
    pinned: dict[str, str] = {}
    for name in ("sayso", "valkey"):  # valkey is only packed where it is installed
        _pin(name, "bento", pinned)
    del pinned["sayso"]
    return [f"{name}=={version}" for name, version in sorted(pinned.items())]


def _pin(name: str, extra: str, pinned: dict[str, str]) -> None:
    """Add an installed package, and all that it requires with an extra."""
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    with suppress(PackageNotFoundError):  # it is for another platform, or left out
        package = distribution(name)
        pinned[canonicalize_name(name)] = package.version
        for wanted in map(Requirement, package.requires or ()):
            is_wanted = wanted.marker is None or wanted.marker.evaluate({"extra": extra})
            if is_wanted and canonicalize_name(wanted.name) not in pinned:
                _pin(wanted.name, ",".join(wanted.extras), pinned)
