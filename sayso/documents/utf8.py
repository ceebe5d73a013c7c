"""UTF-8, the only encoding that Sayso reads, and advice on files in other encodings."""

import re

from sayso.errors import InputError

LONGEST_EXCERPT = 2000
_BOM = b"\xef\xbb\xbf"
_UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")
_ESCAPED_BYTE = re.compile("[\udc80-\udcff]")


def decode(data: bytes, *, start: int = 0) -> str:
    """The text of UTF-8 bytes, without a byte order mark; `start` is their offset in the file.

    Raises:
        InputError: naming the first byte that is not UTF-8, and its offset.
    """
    body = data.removeprefix(_BOM) if start == 0 else data
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        position = len(data) - len(body) + error.start
        raise InputError(
            f"not UTF-8: byte 0x{data[position]:02X} at position {start + position}; "
            + _advice(data, start)
        ) from error


def refuse_other_encodings(first_bytes: bytes) -> None:
    """Refuse a file in UTF-16 once, rather than each of its lines.

    Raises:
        InputError: if the file begins like UTF-16.
    """
    if first_bytes.startswith(_UTF16_BOMS):
        decode(first_bytes)  # fails at the first byte


def require_utf8(text: str, where: str) -> None:
    """Check a text that was decoded with `errors="surrogateescape"`; `where` begins the message.

    Raises:
        InputError: naming the first byte that is not UTF-8.
    """
    match = _ESCAPED_BYTE.search(text)
    if match:
        byte = ord(match[0]) - 0xDC00
        raise InputError(
            f"{where} is not UTF-8: byte 0x{byte:02X} at character {match.start()}; "
            + _advice(b"", 0)
        )


def excerpt(data: bytes) -> str:
    r"""The beginning of unreadable data, at most `LONGEST_EXCERPT` characters and then `…`; bytes
    that are not UTF-8 are shown as `\xe9`.
    """
    text = data[: 4 * (LONGEST_EXCERPT + 1)].decode("utf-8", "backslashreplace")
    return text if len(text) <= LONGEST_EXCERPT else f"{text[:LONGEST_EXCERPT]}…"


def _advice(data: bytes, start: int) -> str:
    utf16 = start == 0 and data.startswith(_UTF16_BOMS)
    encoding = "UTF-16" if utf16 else "WINDOWS-1252"
    likely = "it looks like UTF-16" if utf16 else "if it is Western European"
    return f"convert it first ({likely}: iconv -f {encoding} -t UTF-8 FILE > NEWFILE)"
