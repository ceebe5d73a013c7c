"""What all pages share: head, style, and text that can only ever be text."""

from collections.abc import Iterable
from functools import cache
from html import escape
from importlib.resources import files

from sayso import __version__
from sayso.console.messages import printable
from sayso.labels import LABEL_MEANINGS
from sayso.reports.wording import label_name

# Nothing on a page may load or run anything, whatever text it shows.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def head(title: str, labels: Iterable[str], *, broad: bool = False) -> str:
    """A page up to its first content: title, and what each mark means."""
    body = '<body class="broad">' if broad else "<body>"
    legend = "".join(
        f'<li><mark class="{label}">{label_name(label)}</mark> {LABEL_MEANINGS[label]}</li>'
        for label in labels
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{text(title)}</title>\n<style>\n{_style()}</style>\n</head>\n{body}\n<main>\n"
        f'<header class="top">\n<h1>{heading(title)}</h1>\n<ul class="legend">{legend}</ul>\n'
        "</header>\n"
    )


def foot(*notes: str) -> str:
    """The end of a page; notes are plain text."""
    said = "".join(f"<p>{text(note)}</p>" for note in notes)
    return (
        f"<footer>{said}<p>Sayso {__version__} judges wording, never truth; sentences, never "
        "outlets. A score is the probability that a reader who follows the guidelines would give "
        "the label.</p></footer>\n</main>\n</body>\n</html>\n"
    )


def text(words: object) -> str:
    """Words as HTML: never markup, and nothing that turns the direction of what follows."""
    return escape(printable(str(words)))


def heading(name: str) -> str:
    """A name as a heading; a path is broken into lines after a slash where it is too long."""
    return text(name).replace("/", "/<wbr>")


@cache
def _style() -> str:
    return files("sayso.reports.html").joinpath("style.css").read_text(encoding="utf-8")
