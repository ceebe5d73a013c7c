"""`sayso serve`: the HTTP service on this machine."""

import socket
from typing import Annotated

import typer

from serving import InputError


def serve(
    host: Annotated[
        str, typer.Option(help="Address to listen on; 0.0.0.0 for every one of this machine.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port to listen on; 0 for any that is free.")
    ] = 8000,
    bundle: Annotated[
        str | None,
        typer.Option(
            envvar="SAYSO_BUNDLE", help="A model bundle's folder or name; the shipped default."
        ),
    ] = None,
    workers: Annotated[
        int,
        typer.Option(
            min=1,
            max=64,
            envvar="SAYSO_WORKERS",
            help="Processes that answer; each loads the bundle, and they share the cores.",
        ),
    ] = 1,
) -> None:
    """Answer over HTTP: JSON at /v1/score, a page to paste text into at /."""
    import os
    from pathlib import Path
    from tempfile import TemporaryDirectory

    import serving
    from sayso.formats.terminal import tell
    from serving.engine import Engine

    address, port = _listenable(host, port)
    # Loaded here to check it whole before the server starts; each worker loads its own.
    checked = Engine(bundle, threads=1).bundle
    # A home of its own, because servers that share one mix and delete each other's metrics.
    with TemporaryDirectory(prefix="sayso-serve-") as home:
        os.environ["BENTOML_HOME"] = home
        os.environ["SAYSO_BUNDLE"] = str(checked.path.resolve())
        os.environ["SAYSO_WORKERS"] = str(workers)
        # Workers import from where they are started, and the user's folder may have a `models`.
        os.chdir(Path(serving.__file__).parents[1])
        from serving.http.service import service

        url = f"http://[{address}]:{port}" if ":" in address else f"http://{address}:{port}"
        tell(f"{checked.model_version} answers at {url} (Ctrl-C stops it)")
        service.serve_http(host=address, port=port)
    tell("stopped")


def _listenable(host: str, port: int) -> tuple[str, int]:
    """The numeric address and the port, both seen to be free."""
    try:
        family, kind, _, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(place)
            address, free = trial.getsockname()[:2]
    except OSError as error:
        raise InputError(
            f"cannot listen on {host}, port {port}: {(error.strerror or str(error)).lower()}; "
            "choose others with --host and --port"
        ) from error
    return str(address), int(free)
