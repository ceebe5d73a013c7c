import json
import shutil
import subprocess
from pathlib import Path

import pytest

from sayso.bundle.bundle import (
    FILES,
    MANIFEST,
    NETWORK,
    SHIPPED,
    Bundle,
    shipped_bundles,
    write_checksums,
)
from sayso.errors import BundleCorrupt, BundleNotFound, BundleTooNew, NotABundle


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the shipped bundle, free to be broken."""
    return Path(shutil.copytree(SHIPPED / "base", tmp_path / "bundle"))


def test_the_default_bundle_loads() -> None:
    bundle = Bundle.load()
    assert bundle.path == SHIPPED / "base"
    assert bundle.model_version.startswith("base-")


def test_shipped_bundles_load_by_name() -> None:
    for name in shipped_bundles():
        assert Bundle.load(name).manifest.name == name


def test_sha256sum_accepts_the_checksums(copy: Path) -> None:
    subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=copy, check=True)


def test_a_shipped_bundle_is_small_and_has_no_pickle() -> None:
    files = list((SHIPPED / "base").iterdir())
    assert sum(file.stat().st_size for file in files) < 30e6
    assert not [file for file in files if file.read_bytes()[:1] == b"\x80"]


@pytest.mark.parametrize("name", shipped_bundles())
def test_a_shipped_network_has_no_trace_of_its_build_machine(name: str) -> None:
    network = (SHIPPED / name / NETWORK).read_bytes()
    assert b"stack_trace" not in network
    assert b".py" not in network


def test_a_missing_bundle_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(BundleNotFound, match="sayso train"):
        Bundle.load(tmp_path / "nowhere")


def test_a_file_is_not_a_bundle(tmp_path: Path) -> None:
    file = tmp_path / "model.onnx"
    file.write_bytes(b"")
    with pytest.raises(NotABundle, match="is a file"):
        Bundle.load(file)


def test_a_transformers_folder_is_recognised(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(NotABundle, match="looks like a transformers model"):
        Bundle.load(tmp_path)


def test_too_new_is_reported_before_changed(copy: Path) -> None:
    body = json.loads((copy / MANIFEST).read_text())
    (copy / MANIFEST).write_text(json.dumps(body | {"format_version": 99}))
    with pytest.raises(BundleTooNew):
        Bundle.load(copy)


@pytest.mark.parametrize("name", FILES)
def test_a_changed_byte_is_found(copy: Path, name: str) -> None:
    content = bytearray((copy / name).read_bytes())
    content[-2] ^= 0x01
    (copy / name).write_bytes(bytes(content))
    with pytest.raises(BundleCorrupt):
        Bundle.load(copy)


@pytest.mark.parametrize("name", [*(name for name in FILES if name != MANIFEST), "SHA256SUMS"])
def test_a_missing_file_is_named(copy: Path, name: str) -> None:
    (copy / name).unlink()
    with pytest.raises(BundleCorrupt, match=f"{name} is missing"):
        Bundle.load(copy)


def test_a_file_without_a_checksum_is_rejected(copy: Path) -> None:
    sums = (copy / "SHA256SUMS").read_text().splitlines(keepends=True)
    (copy / "SHA256SUMS").write_text("".join(line for line in sums if NETWORK not in line))
    with pytest.raises(BundleCorrupt, match=f"no line for {NETWORK}"):
        Bundle.load(copy)


def test_the_version_changes_with_any_file(copy: Path) -> None:
    before = Bundle.load(copy).model_version
    (copy / "MODEL_CARD.md").write_text("another card")
    write_checksums(copy)
    assert Bundle.load(copy).model_version != before
