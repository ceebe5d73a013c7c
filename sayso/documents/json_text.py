"""JSON for files and terminals."""

import json
import re
from typing import Any

_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""Escaped in addition to what JSON requires: characters that some programs take for the end of a
line, terminal controls, and lone surrogates, which UTF-8 cannot encode.
"""


def json_text(value: Any, indent: int | None = None) -> str:
    """JSON on which any program agrees, safe to show on a terminal."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return _ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
