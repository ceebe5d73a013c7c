from training.tools.bundle_table import README, filled, table


def test_the_table_of_the_bundles_has_their_figures() -> None:
    text = README.read_text(encoding="utf-8")
    assert filled(text) == text, "python -m training.tools.bundle_table"


def test_the_default_comes_first_and_every_figure_is_there() -> None:
    header, rows = table()
    assert header == ("", "`base`", "`fast`")
    assert all(all(row) for row in rows)
