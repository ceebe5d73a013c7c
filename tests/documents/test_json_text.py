import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.documents.json_text import json_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("café 🙂", '"café 🙂"'),
        ("\x1b\x7f\x85\u2028\u2029", '"\\u001b\\u007f\\u0085\\u2028\\u2029"'),
        ("\ud83d", '"\\ud83d"'),
        ({"a": [1, None]}, '{"a": [1, null]}'),
    ],
)
def test_json_is_readable_and_safe_to_show(value: object, text: str) -> None:
    assert json_text(value) == text


@given(st.text(), st.none() | st.integers(0, 4))
def test_json_is_one_line_per_value_and_reads_back(text: str, indent: int | None) -> None:
    written = json_text({"text": text}, indent)
    assert json.loads(written) == {"text": text}
    written.encode()
    assert len(written.splitlines()) == (1 if indent is None else 3)
