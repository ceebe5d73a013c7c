"""The service's log, as JSON or plain lines; it never holds a text, a key or an address."""

import logging
import sys
from typing import Literal

from pythonjsonlogger.json import JsonFormatter


def configure_logging(form: Literal["json", "text"], level: str) -> None:
    """Log to standard error in the given format."""
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
