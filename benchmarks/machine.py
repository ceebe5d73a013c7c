"""The machine that figures were measured on."""

import os
import platform
import re
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from sayso.engine.runtime import available_cores

PACKAGES = ("sayso", "onnxruntime", "tokenizers", "torch", "transformers", "bentoml", "uvicorn")
_CPUINFO = Path("/proc/cpuinfo")


def describe_machine() -> dict[str, Any]:
    """Processor, cores and versions; `load` is the machine's load in the minute before."""
    text = _CPUINFO.read_text(encoding="utf-8") if _CPUINFO.exists() else ""
    model = re.search(r"^model name\s*: (.+)$", text, re.MULTILINE)
    return {
        "cpu": model[1] if model else platform.processor() or platform.machine(),
        "cores": available_cores(),
        "flags": sorted(set(re.findall(r"\b(?:avx2|avx512|avx_vnni|amx)\w*", text))),
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
        "versions": {"python": platform.python_version()} | _versions(),
    }


def machine_line(machine: dict[str, Any]) -> str:
    """The same as a line of text."""
    notable = [flag for flag in machine["flags"] if "vnni" in flag or "amx" in flag]
    versions = [f"{name} {number}" for name, number in machine["versions"].items()]
    load = f"load {machine['load']} before"
    return ", ".join([machine["cpu"], f"{machine['cores']} cores", load, *notable, *versions])


def _versions() -> dict[str, str]:
    found = {}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
