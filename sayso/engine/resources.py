"""What an engine takes of the machine: cores and memory."""

import os
import sys
from math import ceil
from pathlib import Path

CACHE_BYTES = 32 * 2**20
"""For what is kept of sentences, unless somebody says otherwise: some 20,000 of them."""

_CGROUP_QUOTA = Path("/sys/fs/cgroup/cpu.max")


def available_cores() -> int:
    """Cores that this process may use: those that it may run on, and no more than its control
    group, as a container's limit, lets it have time of.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return max(1, min(cores or 1, _cores_of_group(_CGROUP_QUOTA)))


def _cores_of_group(quota: Path) -> int:
    try:
        microseconds, period = quota.read_text(encoding="ascii").split()
        return ceil(int(microseconds) / int(period))
    except (OSError, ValueError):  # no control group of version 2, or one without a limit ("max")
        return sys.maxsize
