"""What `/openapi.json` promises, the real server keeps: Schemathesis tries to find otherwise."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from sayso.server.keys import new_key
from tests.server.live import UNHURRIED, Launcher

EXAMPLES = 25
"""Of each operation, besides those that cover its schema."""
KEY, LINE = new_key("schemathesis")
CONFIG = f"""
[auth.openapi.bearer]
bearer = "{KEY}"

[auth.openapi.header]
api_key = "{KEY}"

# That the field `data` holds JSON, and which, is in contentSchema, to JSON Schema a mere
# annotation. Schemathesis does not follow it, and so takes a string for valid that is no JSON.
[[operations]]
include-path = "/v2/check"
checks.positive_data_acceptance.enabled = false
"""


@pytest.mark.slow
def test_the_server_conforms_to_its_openapi_document(tmp_path: Path, launcher: Launcher) -> None:
    home, work = tmp_path / "server", tmp_path / "schemathesis"
    home.mkdir()
    work.mkdir()
    (work / "schemathesis.toml").write_text(CONFIG, encoding="utf-8")
    with launcher.launch(home, {**UNHURRIED, "SAYSO_KEYS": LINE}) as server:
        operations = sum(map(len, server.client.get("/openapi.json").json()["paths"].values()))
        command = [str(Path(sys.executable).with_name("schemathesis"))]
        command += ["--config-file", "schemathesis.toml", "--no-color"]
        command += ["run", f"{server.url}/openapi.json", f"--max-examples={EXAMPLES}"]
        command += ["--generation-deterministic", "--continue-on-failure"]
        command += ["--report=json", "--report-json-path=report.json"]
        done = subprocess.run(command, cwd=work, capture_output=True, text=True, timeout=600)
        assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
        assert f"Tested: {operations}" in done.stdout
        # It has asked without a key, too, and with ones that nobody gave out.
        assert server.metric("sayso_rejected_total", code="unauthorized") > operations
        assert server.metric("sayso_requests_total", status="200") > EXAMPLES
        assert not server.metric("sayso_requests_total", status="500")
    assert json.loads((work / "report.json").read_text(encoding="utf-8"))
