"""LanguageTool's annotated text: parts to read, and markup that offsets count but nobody reads."""

from bisect import bisect_right
from operator import itemgetter
from typing import Any

from sayso.engine.text_checks import require_unicode
from sayso.errors import InputError


class AnnotatedText:
    """The readable `text` of `{"annotation": [{"text"} | {"markup", "interpretAs"?}...]}`, and its
    positions in the `whole`, in code points. A plain `{"text"}` is one part.

    Raises:
        InputError: if a part has another form.
    """

    def __init__(self, data: Any) -> None:
        parts = data.get("annotation") if isinstance(data, dict) else None
        if isinstance(data, dict) and parts is None and isinstance(data.get("text"), str):
            parts = [{"text": data["text"]}]
        if not isinstance(parts, list) or len({"annotation", "text"} & data.keys()) == 2:
            raise InputError("expected {'annotation': [...]} or {'text': '...'}", field="data")
        read, whole = [], []
        self._parts: list[tuple[int, int, int | None]] = []
        """Of each part: its start in the text and in the whole, and the length of markup."""
        at = position = 0
        for index, part in enumerate(parts):
            text, markup = (_string(part, name, index) for name in ("text", "markup"))
            if (text is None) == (markup is None):
                raise InputError("expected 'text' or 'markup'", field=f"data.annotation[{index}]")
            written = text if text is not None else markup or ""
            interpreted = text if text is not None else _string(part, "interpretAs", index) or ""
            if interpreted:
                self._parts.append((at, position, None if text is not None else len(written)))
            read.append(interpreted)
            whole.append(written)
            at += len(interpreted)
            position += len(written)
        self.text = "".join(read)
        self.whole = "".join(whole)

    def range(self, start: int, end: int) -> tuple[int, int]:
        """A non-empty half-open range of `text`, as a range of `whole`; interpreted markup counts
        in full.
        """
        return self._position(start)[0], self._position(end - 1)[1]

    def _position(self, offset: int) -> tuple[int, int]:
        part = bisect_right(self._parts, offset, key=itemgetter(0)) - 1
        at, position, markup = self._parts[part]
        if markup is not None:
            return position, position + markup
        return position + offset - at, position + offset - at + 1


def _string(part: Any, name: str, index: int) -> str | None:
    value = part.get(name) if isinstance(part, dict) else None
    if value is not None and not isinstance(value, str):
        raise InputError("expected a string", field=f"data.annotation[{index}].{name}")
    if value is not None:
        require_unicode(value, f"data.annotation[{index}].{name}")
    return value
