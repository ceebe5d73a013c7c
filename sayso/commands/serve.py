"""`sayso serve`: the HTTP service on this machine."""

import socket
from pathlib import Path
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
        str | None, typer.Option(help="A model bundle's folder or name; the shipped default.")
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=64,
            help="Processes that answer; each loads the bundle, and they share the cores.",
        ),
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(envvar="SAYSO_CONFIG", help="A TOML file of settings; docs/operating.md."),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Check settings and bundle, print them, and stop.")
    ] = False,
) -> None:
    """Answer over HTTP: JSON at /v1/score, a page to paste text into at /.

    SIGHUP loads the bundle anew while it runs; SIGTERM lets requests in flight finish.
    """
    import os
    from tempfile import TemporaryDirectory, mkdtemp

    import serving
    from sayso.formats.terminal import tell
    from serving.engine import Engine
    from serving.http.settings import Settings

    if config is not None:
        os.environ["SAYSO_CONFIG"] = str(config.resolve())
    given = {"bundle": bundle, "workers": workers}
    settings = Settings.from_environment(**{k: v for k, v in given.items() if v is not None})
    # Loaded here to check it whole before the server starts; each worker loads its own.
    checked = Engine(settings.bundle, threads=1).bundle
    tell(settings.shown())
    if check:
        tell(f"{checked.model_version} and these settings can be served")
        return
    address, port = _listenable(host, port)
    # A home of its own, because servers that share one mix and delete each other's metrics.
    with TemporaryDirectory(prefix="sayso-serve-") as home:
        os.environ["BENTOML_HOME"] = home
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = mkdtemp(dir=home)
        # Not resolved: a link that points to another bundle later is followed by a reload.
        os.environ["SAYSO_BUNDLE"] = str(checked.path.absolute())
        os.environ["SAYSO_WORKERS"] = str(settings.workers)
        if settings.keys_file is not None:
            os.environ["SAYSO_KEYS_FILE"] = str(settings.keys_file.absolute())
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
