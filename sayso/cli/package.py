"""`sayso package`: a Bento, which runs anywhere that BentoML runs."""

from importlib.metadata import distribution, version
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from sayso.errors import InputError


def package(
    bundle: Annotated[
        str | None, typer.Argument(help="A model bundle's folder or name; the shipped default.")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            help="New folder for the Bento; left out, it goes to BentoML's own store, "
            "$BENTOML_HOME or ~/bentoml, where `bentoml list` and `bentoml containerize` find it."
        ),
    ] = None,
) -> None:
    """Pack the service, its code and one bundle as a Bento. Prints the Bento's folder.

    Needs no network. Give each server that runs from a Bento a BENTOML_HOME of its own: two that
    share one mix their metrics.
    """
    import os
    import shutil
    from tempfile import TemporaryDirectory

    from sayso.console.messages import print_message
    from sayso.engine.scorer import Scorer
    from sayso.extras import require_extra

    require_extra("bento", "sayso package")
    if output is not None and output.exists():
        raise InputError(f"{output} is there already; --output names a new folder")
    packed = Scorer(bundle, threads=1).bundle
    with TemporaryDirectory(prefix="sayso-package-") as work:
        if output is not None:
            os.environ["BENTOML_HOME"] = str(Path(work, "home"))
        tag, folder = _build(packed.path, Path(work, "context"))
        if output is not None:
            folder = shutil.copytree(folder, output.resolve())  # BentoML takes "x" for a tag
    print_message(f"packed {packed.model_version} as {tag}")
    print_message(f"run it: bentoml serve {folder} --host 127.0.0.1 --port 8000")
    if output is None:
        print_message(f"make an image of it: bentoml containerize {tag}")
    typer.echo(folder)


def _build(bundle: Path, context: Path) -> tuple[str, Path]:
    """Build a Bento in BentoML's store; its tag and its folder there."""
    from bentoml import bentos

    _lay_out(bundle, context)
    bento = bentos.build(
        "serving.service:service",
        build_ctx=str(context),
        include=["*"],
        description=(bundle / "MODEL_CARD.md").read_text(encoding="utf-8"),
        # Locking asks the package index; what is installed here is pinned instead.
        python={"packages": pinned_requirements(), "lock_packages": False},
    )
    return str(bento.tag), Path(bento.path)


def _lay_out(bundle: Path, context: Path) -> None:
    """Copy the rooms, the bundle and the distribution's metadata to where the Bento is built."""
    import shutil

    from sayso.server.settings import PACKED_BUNDLE

    code = Path(str(files("sayso")))
    unwanted = shutil.ignore_patterns("__pycache__", "shipped", "training")
    shutil.copytree(code, context / "sayso", ignore=unwanted)
    shutil.copytree(bundle, context / PACKED_BUNDLE.name)
    # With it `import sayso` knows its version in the Bento, where it is not installed.
    installed = distribution("sayso")
    metadata = context / f"sayso-{installed.version}.dist-info" / "METADATA"
    metadata.parent.mkdir()
    metadata.write_text(str(installed.metadata), encoding="utf-8")


def pinned_requirements() -> list[str]:
    """What serving from a Bento needs, in the versions that are installed here."""
    from packaging.requirements import Requirement

    wanted = [Requirement(line) for line in distribution("sayso").requires or ()]
    return [
        f"{one.name}=={version(one.name)}"
        for one in wanted
        if one.marker is None or one.marker.evaluate({"extra": "bento"})
    ]
