"""What people read: nothing read from a file may steer the reader's terminal."""

import sys

from sayso.engine.report import ReportWarning

_REPLACEMENT = 0xFFFD
_SHOWN_AS = {
    **{code: 0x2400 + code for code in range(0x20)},  # control pictures: ␛ for escape
    0x09: 0x20,
    0x7F: 0x2421,
    **dict.fromkeys(range(0x80, 0xA0), _REPLACEMENT),
    # Line separators and what turns the direction of the text around it.
    **dict.fromkeys([0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2066, 0x206A)], _REPLACEMENT),
    **dict.fromkeys(range(0xD800, 0xE000), _REPLACEMENT),
}


def printable(text: str) -> str:
    """The text with a visible character for each control character; offsets stay as they are."""
    return text.translate(_SHOWN_AS)


def counted(number: int, thing: str) -> str:
    """So many of a thing: `1 sentence`, `2,000 sentences`."""
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"


def print_message(message: str) -> None:
    """Print a message for the person at the terminal, on standard error.

    Its further lines are indented, so that none of them looks like another message.
    """
    first, *others = (printable(line.strip()) for line in message.splitlines() or [""])
    sys.stderr.write("\n  ".join([f"sayso: {first}", *others]) + "\n")
    sys.stderr.flush()


def warning_text(warning: ReportWarning, name: str = "sentence") -> str:
    """The message, with the sentence counted from 1 as it is in the article."""
    if warning.sentence is None:
        return warning.message
    return f"{name} {warning.sentence + 1}: {warning.message}"
