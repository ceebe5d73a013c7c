import pytest
from jinja2 import UndefinedError

from sayso.reports.html.rendering import render, strip_marks
from tests.reports.sample_reports import sentence


def test_values_are_text_and_steer_nothing() -> None:
    page = render("problem.html", problem="<b>\x1b[31m\u202e & \u2028</b>")
    assert page == '<p class="problem">&lt;b&gt;␛[31m� &amp; �&lt;/b&gt;</p>\n'


def test_a_missing_value_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        render("problem.html")


def test_a_strip_shows_where_flagged_sentences_are() -> None:
    plain = sentence("x" * 30)
    flagged = sentence("It may." + "x" * 23, marks={"hedging": ["may"]})
    assert list(strip_marks("hedging", [plain, flagged, plain, flagged])) == [(60, 60), (180, 60)]
    assert list(strip_marks("loaded_framing", [plain, flagged])) == []
