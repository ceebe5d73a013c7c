"""The private parts of BentoML that Sayso patches exist, and the patches take effect."""

import subprocess
import sys
from pathlib import Path

CHECK = """
import os
from bentoml._internal.utils.analytics import usage_stats

os.environ["BENTOML_CONTAINERIZED"] = "true"
assert not usage_stats.do_not_track()  # as `bentoml serve` asks, before it imports the service

from sayso.server import bento
from _bentoml_impl.server import serving
import bentoml.serving

assert usage_stats.do_not_track()
watcher = bentoml.serving.create_watcher("service", [])
assert watcher.send_hup and watcher.respawn
# `bentoml serve` takes it from where it was changed.
assert "from bentoml.serving import create_watcher" in open(serving.__file__).read()
assert type(bento.service).to_asgi is bento.SaysoService.to_asgi
"""


def test_every_patch_takes_effect(tmp_path: Path) -> None:
    environment = {"PATH": "", "HOME": str(tmp_path), "BENTOML_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", CHECK], env=environment, capture_output=True, text=True, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
