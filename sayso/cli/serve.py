"""`sayso serve`: the HTTP service on this machine."""

import socket
import sys
from pathlib import Path
from typing import Annotated

import typer

from sayso.cli.options import BundleOption
from sayso.errors import InputError


def serve(
    host: Annotated[
        str, typer.Option(help="Address to listen on; 0.0.0.0 for every address of this machine.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port to listen on; 0 for any free one.")
    ] = 8000,
    bundle: BundleOption = None,
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

    SIGHUP reloads the bundle while it runs; SIGTERM lets requests in flight finish. POSIX only:
    Linux, macOS, or Windows with WSL.
    """
    if sys.platform == "win32":
        raise InputError("sayso serve needs Linux or macOS; on Windows, run it in WSL")
    import os
    from tempfile import TemporaryDirectory

    from sayso.bundle.bundle import Bundle
    from sayso.console.messages import print_message
    from sayso.server.settings import ServerSettings
    from sayso.server.supervisor import NotStarted, Supervisor

    if config is not None:
        os.environ["SAYSO_CONFIG"] = str(config.resolve())
    given = {"bundle": bundle, "workers": workers}
    settings = ServerSettings.from_environment(**{k: v for k, v in given.items() if v is not None})
    checked = Bundle.load(settings.bundle)
    if check:
        _require_engine(settings.bundle)
    print_message(settings.shown())
    if check:
        print_message(f"{checked.model_version} and these settings can be served")
        return
    # A folder of its own, because servers that share one mix their metrics.
    with _listener(host, port) as listener, TemporaryDirectory(prefix="sayso-serve-") as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        # Not resolved: a link that points to another bundle later is followed by a reload.
        settings = settings.model_copy(update={"bundle": str(checked.path.absolute())})
        greeting = f"{checked.model_version} answers at {_url(listener)} (Ctrl-C stops it)"
        try:
            Supervisor(listener, settings, print_message, greeting).run()
        except NotStarted:
            _require_engine(checked.path)  # one clear message if the bundle is the cause
            raise
    print_message("stopped")


def _require_engine(bundle: Path | str | None) -> None:
    """Load the scorer, since only this shows whether a complete bundle works on this machine; a
    server leaves it to its workers, to start sooner and to stay small.
    """
    from sayso.engine.scorer import Scorer

    Scorer(bundle, threads=1)


def _listener(host: str, port: int) -> socket.socket:
    """A listening socket.

    Raises:
        InputError: if nothing can listen there.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        both = family == socket.AF_INET6 and socket.has_dualstack_ipv6()
        # As many connections may wait to be accepted as with BentoML.
        return socket.create_server(address, family=family, backlog=2048, dualstack_ipv6=both)
    except OSError as error:
        raise InputError(
            f"cannot listen on {host}, port {port}: {(error.strerror or str(error)).lower()}; "
            "choose others with --host and --port"
        ) from error


def _url(listener: socket.socket) -> str:
    address, port = listener.getsockname()[:2]
    return f"http://[{address}]:{port}" if ":" in address else f"http://{address}:{port}"
