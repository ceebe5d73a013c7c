from hypothesis import given
from hypothesis import strategies as st

from sayso.engine.offsets import Utf16Offsets


@given(st.text(), st.data())
def test_offsets_are_those_of_the_utf16_encoding(text: str, data: st.DataObject) -> None:
    offset = data.draw(st.integers(0, len(text)))
    assert Utf16Offsets(text)(offset) * 2 == len(text[:offset].encode("utf-16-le"))
