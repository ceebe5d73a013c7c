"""Messages on standard error; text from files cannot control the terminal that shows it."""

import sys

from sayso.engine.report import ReportWarning

_REPLACEMENT = 0xFFFD
_VISIBLE = {
    **{code: 0x2400 + code for code in range(0x20)},  # control pictures: ␛ for escape
    0x09: 0x20,
    0x7F: 0x2421,
    **dict.fromkeys(range(0x80, 0xA0), _REPLACEMENT),
    # Line separators, and characters that change the direction of text.
    **dict.fromkeys([0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2066, 0x206A)], _REPLACEMENT),
    **dict.fromkeys(range(0xD800, 0xE000), _REPLACEMENT),
}


def printable(text: str) -> str:
    """The text with a visible character in place of each control character, of equal length."""
    return text.translate(_VISIBLE)


def counted(number: int, noun: str) -> str:
    """A number with its noun: `1 sentence`, `2,000 sentences`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def print_message(message: str) -> None:
    """Print a message on standard error.

    Its second and later lines are indented, so that none of them looks like another message.
    """
    first, *others = (printable(line.strip()) for line in message.splitlines() or [""])
    sys.stderr.write("\n  ".join([f"sayso: {first}", *others]) + "\n")
    sys.stderr.flush()


def warning_text(warning: ReportWarning, name: str = "sentence") -> str:
    """A warning's message, with the number of its sentence, from 1."""
    if warning.sentence is None:
        return warning.message
    return f"{name} {warning.sentence + 1}: {warning.message}"
