"""The extension's own commands, and the contents of the archives."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.slow
EXTENSION = ROOT / "extension"
BROWSERS = ("chromium", "firefox")


def npm(*arguments: str) -> str:
    command = shutil.which("npm")
    if command is None:
        pytest.skip("no Node.js is installed")
    done = subprocess.run([command, *arguments], cwd=EXTENSION, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def archives() -> dict[str, Path]:
    if not (EXTENSION / "node_modules").is_dir():
        npm("ci")
    npm("run", "build")
    return {browser: EXTENSION / "dist" / f"sayso-{browser}.zip" for browser in BROWSERS}


def manifest(archive: Path) -> dict[str, Any]:
    with ZipFile(archive) as opened:
        found: dict[str, Any] = json.loads(opened.read("manifest.json"))
    return found


def test_types_lint_and_unit_tests_pass(archives: dict[str, Path]) -> None:
    npm("run", "check")
    npm("run", "lint")
    npm("test")


def test_the_same_files_make_the_same_archives(archives: dict[str, Path]) -> None:
    first = {browser: path.read_bytes() for browser, path in archives.items()}
    npm("run", "build")
    assert {browser: path.read_bytes() for browser, path in archives.items()} == first
    for path in archives.values():
        with ZipFile(path) as opened:
            assert opened.testzip() is None


def test_the_extension_requests_few_permissions(archives: dict[str, Path]) -> None:
    chromium, firefox = (manifest(archives[browser]) for browser in BROWSERS)
    assert set(firefox["permissions"]) == {"activeTab", "scripting", "storage"}
    assert set(chromium["permissions"]) == {*firefox["permissions"], "sidePanel"}
    for one in (chromium, firefox):
        assert one["manifest_version"] == 3
        assert not {"host_permissions", "content_scripts", "web_accessible_resources"} & one.keys()
        policy = one["content_security_policy"]["extension_pages"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy


def test_both_manifests_differ_only_where_the_browsers_do(archives: dict[str, Path]) -> None:
    chromium, firefox = (manifest(archives[browser]) for browser in BROWSERS)
    different = {name for name in chromium | firefox if chromium.get(name) != firefox.get(name)}
    assert different == {
        "permissions",
        "background",
        "minimum_chrome_version",
        "side_panel",
        "storage",
        "sidebar_action",
        "browser_specific_settings",
    }


def test_the_archives_hold_all_named_files(archives: dict[str, Path]) -> None:
    for path in archives.values():
        with ZipFile(path) as opened:
            names = set(opened.namelist())
            pages = [opened.read(name).decode() for name in names if name.endswith(".html")]
        about = json.dumps(manifest(path))
        named = {name for name in names if f'"{name}"' in about}
        assert {"background.js", "panel.html", "options.html", "icon-128.png"} <= named
        for page in pages:
            assert "http" not in page.replace("https://sayso.example.org", "")


def test_the_lock_file_names_no_registry() -> None:
    lock = json.loads((EXTENSION / "package-lock.json").read_text(encoding="utf-8"))
    assert not any("resolved" in one for one in lock["packages"].values())
    package = json.loads((EXTENSION / "package.json").read_text(encoding="utf-8"))
    assert all(version[0].isdigit() for version in package["devDependencies"].values())
