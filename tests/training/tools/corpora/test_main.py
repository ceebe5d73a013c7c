from pathlib import Path

import pytest

from training.tools.corpora.__main__ import main

XML = (
    "<Annotation><DocumentSet><Document><DocID>a.txt</DocID><DocumentPart type='Text'>"
    "<Sentence id='S1.1'>It <ccue type='speculation_modal_probable_'>may</ccue> rain.</Sentence>"
    "</DocumentPart></Document></DocumentSet></Annotation>"
)


def failed(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    with pytest.raises(SystemExit) as raised:
        main([str(argument) for argument in arguments])
    assert raised.value.code == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    return captured.err


@pytest.fixture
def wiki(tmp_path: Path) -> Path:
    (tmp_path / "wiki.xml").write_text(XML)
    return tmp_path / "wiki.xml"


@pytest.mark.parametrize("name", ["szeged-wiki", "szeged-factbank"])
def test_splits_are_written_and_counted(
    wiki: Path, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main([name, str(wiki), str(tmp_path / "out")])
    printed = capsys.readouterr().out
    assert printed.startswith("train: 1 rows, 1 documents, 1 spans; uncertain 1 of 1;")
    assert printed.count("\n") == 3
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "train.jsonl",
        "dev.jsonl",
        "test.jsonl",
    }
    assert f'"id": "{name}-00000"' in (tmp_path / "out" / "train.jsonl").read_text()


def test_test_documents_can_be_named(
    wiki: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "ids").write_text("a.txt\n")
    main(["szeged-wiki", str(wiki), str(tmp_path / "o"), "--test-documents", str(tmp_path / "ids")])
    assert "test: 1 rows" in capsys.readouterr().out


def test_the_hub_needs_no_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = []

    def load(source: str, *, streaming: bool) -> dict[str, list[object]]:
        asked.append(source)
        return {name: [] for name in ("train", "dev", "test")}

    monkeypatch.setattr("training.tools.corpora.hub.load_dataset", load)
    main(["babe-hub", str(tmp_path / "a")])
    main(["anno-lexical-hub", str(tmp_path / "b")])
    main(["anno-lexical-hub", "someone/else", str(tmp_path / "c")])
    assert asked == ["mediabiasgroup/BABE", "mediabiasgroup/anno-lexical", "someone/else"]
    assert "dev: 0 rows" in capsys.readouterr().out


def test_unreadable_corpora_are_reported_on_standard_error(
    wiki: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "found no file of BABE" in failed(capsys, "babe", tmp_path, tmp_path / "out")
    assert "expected a copy of PolNeAR" in failed(capsys, "polnear", tmp_path, tmp_path / "out")
    main(["szeged-wiki", str(wiki), str(tmp_path / "out")])
    capsys.readouterr()
    assert "train.jsonl exists" in failed(capsys, "szeged-wiki", wiki, tmp_path / "out")


def test_bad_usage_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "babe needs SOURCE and OUTPUT" in failed(capsys, "babe", tmp_path)
    assert "invalid choice" in failed(capsys, "basil", tmp_path, tmp_path)
    options = ("babe", tmp_path, tmp_path, "--test-documents", tmp_path)
    assert "for szeged-wiki only" in failed(capsys, *options)
