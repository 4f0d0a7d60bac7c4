"""The complaints of ruff, with the settings of a checkout, about a recipe that was changed."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from ..errors import HostError
from .port import Changed


def complaints(checkout: Path, changed: Changed) -> Sequence[str] | None:
    """Those that the recipe before the change did not cause; None where ruff is not installed.
    Raises `HostError` for a ruff that was ended."""
    beside = str(Path(sys.executable).parent)
    ruff = shutil.which("ruff") or shutil.which("ruff", path=beside)
    if ruff is None:
        return None
    after = _complaints(ruff, checkout, changed.file, changed.file.read_bytes())
    if after and changed.before is not None:
        before = changed.before.encode("utf-8", "surrogateescape")
        return [*(Counter(after) - Counter(_complaints(ruff, checkout, changed.file, before)))]
    return after


def _complaints(ruff: str, checkout: Path, file: Path, text: bytes) -> list[str]:
    """Without the places, which differ from text to text."""
    found = []
    for command in (["format", "--check"], ["check", "--no-fix", "--output-format=concise"]):
        done = subprocess.run(
            [ruff, *command, "--quiet", "--no-cache", "--stdin-filename", str(file), "-"],
            cwd=checkout,
            input=text,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        if done.returncode < 0:
            raise HostError(f"ruff was ended by signal {-done.returncode}: run it again")
        if done.returncode:
            lines = done.stdout.decode("utf-8", "replace").splitlines()
            texts = [re.sub(r"^.*?:\d+:\d+: ", "", line) for line in lines if line.strip()]
            found += texts if command[0] == "check" else ["ruff would format it differently"]
    return found
