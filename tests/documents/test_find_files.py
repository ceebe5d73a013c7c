from pathlib import Path

import pytest

from sayso.documents.documents import InputKind
from sayso.documents.find_files import InputFile, find_files, total_size, without_output
from sayso.errors import InputError


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in (
        "news/b.jsonl.gz",
        "news/a.txt",
        "news/2024/c.CSV.zst",
        "news/2024/d.parquet",
        "news/2024/photo.png",
        "news/notes",
        "news/.hidden/e.txt",
        "news/.f.txt",
        "odd[1].txt",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return tmp_path


def test_a_folder_is_all_its_files_of_known_types(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert find_files(["news"]) == [
        InputFile("news/2024/c.CSV.zst", InputKind.CSV),
        InputFile("news/2024/d.parquet", InputKind.PARQUET),
        InputFile("news/a.txt", InputKind.TEXT),
        InputFile("news/b.jsonl.gz", InputKind.JSONL),
    ]
    assert "skipped files of unknown type: 1 with .png, 1 with no suffix" in capsys.readouterr().err
    assert len(find_files(["news"], InputKind.TEXT)) == 6


def test_matches_are_sorted_by_name_and_paths_keep_their_order(folder: Path) -> None:
    names = [source.name for source in find_files(["news/a.txt", "news/**/*.*[tz]", "-"])]
    assert names == [
        "news/a.txt",
        "news/2024/c.CSV.zst",
        "news/2024/d.parquet",
        "news/a.txt",
        "news/b.jsonl.gz",
        "-",
    ]


def test_an_existing_file_is_not_taken_for_a_pattern(
    folder: Path,
) -> None:
    assert find_files(["odd[1].txt"]) == [InputFile("odd[1].txt", InputKind.TEXT)]


def test_a_missing_file_is_no_error_before_it_is_opened(folder: Path) -> None:
    assert find_files(["gone.csv.xz"]) == [InputFile("gone.csv.xz", InputKind.CSV)]


@pytest.mark.parametrize(
    ("paths", "message"),
    [
        (["-", "-"], "more than once"),
        (["news/*.html"], "no file matches"),
        (["news/empty"], "no file of a known type in this folder"),
    ],
)
def test_paths_without_files_are_errors(folder: Path, paths: list[str], message: str) -> None:
    (folder / "news/empty").mkdir()
    with pytest.raises(InputError, match=message):
        find_files(paths)


def test_the_output_file_is_skipped_under_any_name(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "link.txt").symlink_to(folder / "news/a.txt")
    sources = find_files(["news", "link.txt", "news/a.txt"])
    kept = ["news/2024/c.CSV.zst", "news/2024/d.parquet", "news/b.jsonl.gz"]
    for output in (Path("link.txt"), folder / "news" / "a.txt", Path("news/2024/../a.txt")):
        capsys.readouterr()
        found = [source.name for source in without_output(sources, output)]
        assert [name for name in found if name != "link.txt"] == kept
        assert "sayso: news/a.txt: skipped: it is the output file" in capsys.readouterr().err
    assert without_output(sources, folder / "news/other/a.txt") == sources


def test_files_of_bad_rows_are_read_only_if_named(folder: Path) -> None:
    side = folder / "news/2024/scores.jsonl.bad.jsonl"
    side.touch()
    paths = ["news", "news/**/*.jsonl*"]
    assert not any("bad" in source.name for source in find_files(paths))
    assert find_files([str(side)]) == [InputFile(str(side), InputKind.JSONL)]


def test_the_total_size_is_unknown_with_standard_input(folder: Path) -> None:
    (folder / "news/a.txt").write_text("It may.")
    assert total_size(find_files(["news", "gone.txt"])) == 7
    assert total_size(find_files(["news", "-"])) is None
