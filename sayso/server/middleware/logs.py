"""The service's log: one JSON object a line, or plain lines; never a text, a key or an address."""

import logging
import sys
from typing import Literal

from pythonjsonlogger.json import JsonFormatter

access = logging.getLogger("sayso.access")


def set_up(form: Literal["json", "text"], level: str) -> None:
    """Send what Sayso logs to standard error in the wished form."""
    handler = logging.StreamHandler(sys.stderr)
    if form == "json":
        formatter: logging.Formatter = JsonFormatter(
            "%(asctime)s %(levelname)s %(name)s %(message)s",
            rename_fields={"asctime": "time", "levelname": "level", "name": "logger"},
            datefmt="%Y-%m-%dT%H:%M:%S%z",
        )
    else:
        formatter = logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
    handler.setFormatter(formatter)
    logger = logging.getLogger("sayso")
    logger.handlers = [handler]
    logger.setLevel(level.upper())
    logger.propagate = False
