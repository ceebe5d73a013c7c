"""JSON as it is written to files and terminals."""

import json
import re
from typing import Any

_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""Besides what JSON escapes: what some programs take for the end of a line, what steers a
terminal, and halves of surrogate pairs, which UTF-8 cannot hold."""


def json_text(value: Any, indent: int | None = None) -> str:
    """JSON that any program reads and any terminal shows."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return _ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
