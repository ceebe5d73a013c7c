import pytest

from benchmarks.table import ResultTable, format_spread


def test_a_table_is_as_wide_as_its_figures(capsys: pytest.CaptureFixture[str]) -> None:
    long = "a figure that must not be cut short " * 5
    table = ResultTable("title", ("one", "two"), [("1", long.strip())])
    table.show()
    assert long.strip() in capsys.readouterr().out
    assert table.markdown().splitlines()[1] == "| --- | --: |"


def test_a_spread_shows_median_minimum_and_maximum() -> None:
    assert format_spread({"median": 1234.56, "min": 1, "max": 2000}) == "1,234.6 (1.0 to 2,000.0)"
