"""What several rooms' tests share."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

# How long something takes never decides a test.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

os.environ.setdefault("HF_HUB_OFFLINE", "1")

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"


@pytest.fixture
def corpora() -> Path:
    """The directory of the labelled corpora, which are not part of the repository."""
    folder = SHARED / "data"
    if not folder.is_dir():
        pytest.skip(f"needs the labelled corpora in {folder}")
    return folder
