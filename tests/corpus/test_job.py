import io
import json
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sayso.console import output
from sayso.console.progress import ProgressLine
from sayso.corpus import run_folder as parts_of
from sayso.corpus.job import Job, LocalExecutor, run_job
from sayso.corpus.scoring import Outcome
from sayso.documents.documents import InputKind
from sayso.engine.options import Options
from sayso.errors import InputError, PartialFailure
from sayso.linting.rules import fail_rules
from sayso.linting.settings import LintSettings
from tests.corpus.corpora import BAD, PER_BATCH, QuickScorer, job, text, write_rows


@pytest.fixture(autouse=True)
def no_wait_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda file: None)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return write_rows(tmp_path / "corpus.jsonl")


def score(
    job: Job, path: Path, scorer: QuickScorer | None = None, *, resume: bool = False
) -> Outcome:
    return run_job(job, path, LocalExecutor(scorer or QuickScorer()), resume=resume)  # type: ignore[arg-type]


def records(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_rows_keep_their_order_and_columns_and_bad_ones_go_aside(
    corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.jsonl"
    totals = score(job(corpus), out)
    assert (totals.scored, totals.bad) == (17, 3)
    assert "sayso: 17 scored: " in capsys.readouterr().err
    with pytest.raises(
        PartialFailure, match=r"3 of 20 could not be scored; see .*out\.jsonl\.bad\.jsonl"
    ):
        totals.require_all_scored()
    scored = [number for number in range(20) if number not in BAD]
    assert [(row["input"], row["line"], row["text"]) for row in records(out)] == [
        ({"id": number}, number + 1, text(number)) for number in scored
    ]
    bad = records(tmp_path / "out.jsonl.bad.jsonl")
    assert [(row["source"], row["line"]) for row in bad] == [(str(corpus), n + 1) for n in BAD]
    assert [list(row) for row in bad] == [["source", "line", "error", "row"]] * 3
    assert [row["row"] for row in bad] == list(BAD.values())
    assert "expected a string" in bad[2]["error"]
    assert names(tmp_path) == {"corpus.jsonl", "out.jsonl", "out.jsonl.bad.jsonl"}


def test_no_file_of_bad_rows_where_there_are_none(tmp_path: Path) -> None:
    totals = score(job(write_rows(tmp_path / "a.jsonl", 6, first=10)), tmp_path / "out.jsonl")
    totals.require_all_scored()
    assert names(tmp_path) == {"a.jsonl", "out.jsonl"}


def test_lines_have_one_line_each_and_are_counted_on(tmp_path: Path) -> None:
    path, out = tmp_path / "lines", tmp_path / "out.jsonl"
    path.write_bytes(b"It may.\n" * 1500 + b"\xe9\n\n")
    totals = score(job(path, kind=InputKind.LINES), out)
    assert (totals.scored, totals.bad) == (1501, 1)
    assert [row["index"] for row in records(out)] == list(range(1502))
    assert records(out)[1500]["text"] is None
    (bad,) = records(tmp_path / "out.jsonl.bad.jsonl")
    assert (bad["line"], bad["row"]) == (1501, "\\xe9")


def test_an_interrupted_run_resumes_where_it_ended(
    corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole, out, folder = (tmp_path / name for name in ("whole.jsonl", "o.jsonl", "o.jsonl.parts"))
    score(job(corpus), whole)
    with pytest.raises(KeyboardInterrupt):
        score(job(corpus), out, QuickScorer(stop_at=text(13)))
    assert f"finished work is kept in {folder}; --resume continues it" in capsys.readouterr().err
    assert not out.exists()
    finished = {path.name: path.stat().st_mtime_ns for path in folder.glob("0*.part")}
    assert len(finished) == 3
    with pytest.raises(KeyboardInterrupt):
        score(job(corpus), out, QuickScorer(stop_at=text(17)), resume=True)
    assert (
        finished.items() <= {p.name: p.stat().st_mtime_ns for p in folder.glob("0*.part")}.items()
    )
    scorer = QuickScorer()
    score(job(corpus), out, scorer, resume=True)
    assert scorer.scored == [text(number) for number in range(16, 20)]
    assert out.read_bytes() == whole.read_bytes()
    bad = tmp_path / "o.jsonl.bad.jsonl"
    assert bad.read_bytes() == (tmp_path / "whole.jsonl.bad.jsonl").read_bytes()
    assert not folder.exists()


def cut_off(corpus: Path, out: Path) -> Path:
    with pytest.raises(KeyboardInterrupt):
        score(job(corpus), out, QuickScorer(stop_at=text(13)))
    return out.with_name(f"{out.name}.parts")


def test_an_output_is_never_overwritten(corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    for there in (out, tmp_path / "out.jsonl.bad.jsonl"):
        there.write_text("old")
        with pytest.raises(InputError, match=f"{there.name} exists already; remove it"):
            score(job(corpus), out)
        there.unlink()
    cut_off(corpus, out)
    with pytest.raises(InputError, match="holds an unfinished run; continue it with --resume"):
        score(job(corpus), out)


def test_resuming_without_an_earlier_run_starts_one(corpus: Path, tmp_path: Path) -> None:
    whole, out = tmp_path / "whole.jsonl", tmp_path / "out.jsonl"
    score(job(corpus), whole)
    with pytest.raises(KeyboardInterrupt):
        score(job(corpus), out, QuickScorer(stop_at=text(13)), resume=True)
    assert score(job(corpus), out, resume=True).scored == 17
    assert out.read_bytes() == whole.read_bytes()
    with pytest.raises(InputError, match=r"out\.jsonl exists already"):  # of what run, who knows
        score(job(corpus), out, resume=True)
    (tmp_path / "new.jsonl.parts").mkdir()
    with pytest.raises(InputError, match=r"is not a run: it has no manifest\.json"):
        score(job(corpus), tmp_path / "new.jsonl", resume=True)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda job: replace(job, model="other-2"), "another model .handmade-1 then, other-2 now"),
        (lambda job: replace(job, column="body"), "another text column"),
        (lambda job: replace(job, unit="utf16"), "another offset unit"),
    ],
)
def test_only_the_same_run_is_resumed(
    corpus: Path, tmp_path: Path, change: Callable[[Job], Job], message: str
) -> None:
    cut_off(corpus, tmp_path / "out.jsonl")
    if "column" in message:
        corpus.write_text(corpus.read_text().replace('"text"', '"body"'))
    with pytest.raises(InputError, match=message):
        score(change(job(corpus)), tmp_path / "out.jsonl", resume=True)


def test_options_and_settings_belong_to_the_run(corpus: Path, tmp_path: Path) -> None:
    cut_off(corpus, tmp_path / "out.jsonl")
    other = job(corpus, options=LintSettings(Options(thresholds={"hedging": 0.9})))
    with pytest.raises(InputError, match="another set of options and settings"):
        score(other, tmp_path / "out.jsonl", resume=True)


def test_a_changed_input_is_not_resumed(corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    cut_off(corpus, out)
    content = corpus.read_text()
    corpus.write_text(content + content)
    with pytest.raises(InputError, match="another input"):
        score(job(corpus), out, resume=True)
    corpus.write_text(content.replace("village 5", "village 4"))  # of the same size
    with pytest.raises(InputError, match=r"the input has changed.*part 1 has other rows"):
        score(job(corpus), out, resume=True)
    corpus.write_text(content)
    score(job(corpus), out, resume=True)


def test_a_pipe_with_the_same_content_is_resumed(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, content = tmp_path / "out.jsonl", corpus.read_bytes()

    def score_pipe(data: bytes, scorer: QuickScorer, *, resume: bool) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), "utf-8"))
        score(job(Path("-")), out, scorer, resume=resume)

    with pytest.raises(KeyboardInterrupt):
        score_pipe(content, QuickScorer(stop_at=text(13)), resume=False)
    with pytest.raises(InputError, match="the input has changed"):
        score_pipe(content.replace(b"village 5", b"village 4"), QuickScorer(), resume=True)
    scorer = QuickScorer()
    score_pipe(content, scorer, resume=True)
    assert scorer.scored == [text(number) for number in range(12, 20)]
    assert len(records(out)) == 17


def test_two_runs_do_not_write_the_same_shards(corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    cut_off(corpus, out)

    class Other(QuickScorer):
        def begin(self, *_: object) -> None:  # type: ignore[override]
            with pytest.raises(InputError, match="in use by another run"):
                score(job(corpus), out, resume=True)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        score(job(corpus), out, Other(), resume=True)
    score(job(corpus), out, resume=True)


def test_a_damaged_shard_and_a_damaged_manifest_are_named(corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    folder = cut_off(corpus, out)
    part = folder / "00000001.part"
    whole = part.read_bytes()
    part.write_bytes(b"{")
    with pytest.raises(InputError, match=r"00000001\.part is damaged; remove it"):
        score(job(corpus), out, resume=True)
    part.write_bytes(whole)
    (folder / "manifest.json").write_text("{")
    with pytest.raises(InputError, match="is damaged; remove the folder"):
        score(job(corpus), out, resume=True)


def test_an_only_file_that_cannot_be_read_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        score(job(tmp_path / "gone.jsonl"), tmp_path / "out.jsonl")
    with pytest.raises(InputError, match=r"cannot write --output .*: No such file"):
        path = write_rows(tmp_path / "a.jsonl")
        score(job(path), tmp_path / "none" / "out.jsonl")
    assert names(tmp_path) == {"a.jsonl"}


def test_an_error_before_the_first_shard_leaves_nothing(corpus: Path, tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        score(job(corpus), tmp_path / "out.jsonl", QuickScorer(stop_at=text(0)))
    assert names(tmp_path) == {"corpus.jsonl"}


def test_a_full_disk_keeps_finished_shards(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out.jsonl"
    cut_off(corpus, out)

    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched, pytest.raises(InputError) as raised:
        patched.setattr(parts_of, "write_durably", full)
        score(job(corpus), out, resume=True)
    assert "No space left on device; finished work is kept, --resume continues it" in str(
        raised.value
    )
    score(job(corpus), out, resume=True)


def test_broken_rules_are_counted_over_all_shards(corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    options = LintSettings(fail_on=fail_rules(["hedging"], "--fail-on"))
    with pytest.raises(KeyboardInterrupt):
        score(job(corpus, options=options), out, QuickScorer(stop_at=text(13)))
    totals = score(job(corpus, options=options), out, resume=True)
    (broken,) = totals.broken.values()
    assert broken.count == 17
    assert len(broken.first) == 5
    assert broken.first[0].startswith(f"{corpus}:1: ")


def test_densities_of_lines_need_the_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    path.write_text("It may.\n")
    options = LintSettings(max_density={"hedging": 1.0})
    with pytest.raises(InputError, match="--max-density needs a file of lines as a whole"):
        score(job(path, kind=InputKind.LINES, options=options), tmp_path / "out.jsonl")


def test_progress_moves_within_a_shard(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moves: list[tuple[str, int]] = []
    monkeypatch.setattr(
        ProgressLine, "set_position", lambda _, position: moves.append(("at", position))
    )
    monkeypatch.setattr(ProgressLine, "advance", lambda _, count: moves.append(("done", count)))
    score(job(corpus), tmp_path / "out.jsonl")
    assert sum(count for what, count in moves if what == "done") == 20
    positions = [position for what, position in moves if what == "at"]
    assert positions == sorted(positions)
    size = corpus.stat().st_size
    assert positions[-1] == size
    # So small a file is read at once; in the first part, one of its rows cannot be scored.
    assert positions[:PER_BATCH] == [size * done // PER_BATCH for done in range(1, PER_BATCH + 1)]


class PowerCut(BaseException):
    """Nothing that runs after it changes a file."""


def test_a_run_survives_a_power_failure_at_every_step(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each step that changes files is the last one of some run; the next goes on after it."""
    whole = tmp_path / "whole.jsonl"
    score(job(corpus), whole)
    steps = 0

    def cutting(change: Callable[..., object], last: int) -> Callable[..., object]:
        def step(*args: object, **options: object) -> object:
            nonlocal steps
            if steps >= last:
                raise PowerCut
            steps += 1
            return change(*args, **options)

        return step

    cuts = 0
    while True:
        folder = tmp_path / f"run {cuts}"
        folder.mkdir()
        out, scorer, steps = folder / "out.jsonl", QuickScorer(), 0
        with monkeypatch.context() as patched:
            patched.setattr(output, "_flush", cutting(output._flush, cuts))
            patched.setattr(Path, "replace", cutting(Path.replace, cuts))
            patched.setattr(Path, "unlink", cutting(Path.unlink, cuts))
            patched.setattr(shutil, "rmtree", cutting(shutil.rmtree, cuts))
            try:
                score(job(corpus), out, scorer)
            except PowerCut:
                pass
            else:
                break
        done = len(scorer.scored)
        kept = len(list(folder.glob("out.jsonl.parts/0*.part")))
        left = [] if out.exists() else [n for n in range(PER_BATCH * kept, 20) if n not in BAD]
        try:
            score(job(corpus), out, scorer, resume=True)
        except InputError as error:
            assert "exists already" in str(error)  # the cut came after the last step
        assert out.read_bytes() == whole.read_bytes()
        assert len(scorer.scored) == done + len(left)
        assert len([name for name in names(folder) if not name.startswith(".")]) == 2
        cuts += 1
    assert cuts > 20
