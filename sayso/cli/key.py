"""`sayso key`: a key for the HTTP service."""

from typing import Annotated

import typer


def key(
    name: Annotated[
        str, typer.Argument(help="The key's name: letters, digits, dots, dashes and underscores.")
    ],
) -> None:
    """Make a random key. Give the key to the client and its line to the service.

    The line holds a hash of the key: put it into the file that SAYSO_KEYS_FILE names, or into
    SAYSO_KEYS. The key itself is shown this once and kept nowhere.
    """
    from sayso.console.messages import print_message
    from sayso.server.keys import new_key

    secret, line = new_key(name)
    print_message(f"the key, to be kept by {name} (shown this once):")
    typer.echo(secret)
    print_message("the line for the service:")
    typer.echo(line)
