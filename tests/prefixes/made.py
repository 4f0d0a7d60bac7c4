"""Prefixes of Pythons, made for tests: folders and an interpreter that answers as told."""

from __future__ import annotations

import json
import sys
from pathlib import Path


def answered(
    version: object = (3, 12, 1),
    site: object = (),
    debian: object = (),
    *,
    venv: object = (),
    prefix: str = "/nowhere",
    user: object = (),
    own: object = ("/usual/site-packages", "/usual/site-packages"),
) -> str:
    """What an interpreter answers to our question; ``*`` in ``site`` is the prefix. ``own``: where
    it installs packages, of no prefix if not said."""
    return json.dumps(
        {
            "version": version,
            "executable": "/nowhere/bin/python3",
            "prefix": prefix,
            "site": {"venv": venv, "posix_prefix": site, "nt": []},
            "debian": debian,
            "user": user,
            "own": own,
        }
    )


def interpreter(folder: Path, answer: str) -> str:
    """The command of an interpreter that answers so."""
    command = folder / "python"
    folder.mkdir(parents=True, exist_ok=True)
    command.write_text(f"#!{sys.executable}\nprint({answer!r})\n")
    command.chmod(0o755)
    return str(command)


def distribution(site: Path, project: str, version: str, *requires: str, **files: str) -> Path:
    """Install a project as pip does, with all that its ``RECORD`` lists; in the names of ``files``
    ``__`` is a dot."""
    path = site / f"{project.replace('-', '_')}-{version}.dist-info"
    path.mkdir(parents=True)
    lines = ["Metadata-Version: 2.1", f"Name: {project}", f"Version: {version}"]
    lines += [f"Requires-Dist: {each}" for each in requires]
    (path / "METADATA").write_text("\n".join(lines) + "\n")
    for name, text in files.items():
        (path / name.replace("__", ".")).write_text(text)
    for line in files.get("RECORD", "").splitlines():
        file = site / line.partition(",")[0]
        if site in file.resolve().parents:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch()
    return path


def mpi(prefix: Path, header: str, library: str) -> None:
    """What an MPI installs that others are built with."""
    for name, text in (("include/mpi.h", header), ("bin/mpicc", ""), (library, "")):
        file = prefix / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
