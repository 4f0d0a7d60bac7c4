"""What ``create`` writes for some requirements, into a new repo; for ``against_uv.py``."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: Seconds that ``create`` may take.
PATIENCE = 1800


@dataclass(frozen=True)
class Written:
    """What ``create`` did: its exit code, its record of each project, why it failed, and its
    diagnostics."""

    code: int
    records: Mapping[str, Mapping[str, Any]]
    reason: str
    seconds: float
    diagnostics: Sequence[Mapping[str, Any]] = ()

    def of(self, name: str) -> bool:
        """Whether a project was written, or is there."""
        status = self.records.get(name, {}).get("status")
        return status == "exists" or (status == "new" and self._moved(name))

    def _moved(self, name: str) -> bool:
        return Path(self.records[name].get("path") or os.devnull).is_file()

    def why_not(self, name: str) -> str:
        """Why a project was not written."""
        return self.records.get(name, {}).get("reason") or self.reason


def create(names: Sequence[str], repo: Path, code: Path) -> Written:
    import spack.paths

    file = repo / "report.json"
    command = [spack.paths.spack_script, "-c"]
    command += [f"config:extensions:[{code / 'spack_pypi' / 'spack-pypi'}]", "pypi", "create"]
    command += ["--verify", "load", "--repo", str(repo), "--json", str(file), *names]
    environment = {**os.environ, "PYTHONPATH": str(code)}
    start = time.monotonic()
    try:
        done = subprocess.run(
            command,
            env=environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Written(1, {}, f"it took longer than {PATIENCE} s", PATIENCE)
    report = json.loads(file.read_text("utf-8")) if file.exists() else {}
    lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    errors = [line[len("Error: ") :] for line in lines if line.startswith("Error: ")]
    reason = " ".join(errors[:1] or lines[-1:]) if done.returncode else ""
    return Written(
        done.returncode,
        {record["project"]: record for record in report.get("packages", ())},
        reason,
        time.monotonic() - start,
        report.get("diagnostics", ()),
    )


class new_repo:
    """A repo of its own, deleted at the end."""

    def __enter__(self) -> new_repo:
        from spack_pypi.host.repo_folder import make_repo

        self._folder = Path(tempfile.mkdtemp())
        self.root = self._folder / "spack_repo" / "trial"
        make_repo(self.root)
        return self

    def __exit__(self, *exc: object) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
