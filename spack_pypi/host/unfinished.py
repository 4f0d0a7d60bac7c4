"""What a run is about to make in somebody's checkout is noted, so that it can be undone: by the
run itself where it fails, by the next one where it was killed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from ..errors import HostError
from ..files import file_bytes, write_whole
from .git import git, git_or


class Unfinished:
    """The note (a ``file``) of one run at a time, about the checkout at ``root``. Methods raise
    `HostError`."""

    def __init__(self, file: Path, root: Path) -> None:
        self._file, self._root = file, root

    def begin(
        self,
        refs: Sequence[str],
        *,
        branches: Mapping[str, str] | None = None,
        folders: Sequence[Path] = (),
    ) -> None:
        """Git is about to write ``refs``; of them the ``branches`` are new, with the ids that they
        will have. Patches are put into the ``folders``, which are empty."""
        note = {
            "locks": [f"{name}.lock" for name in refs],
            "branches": dict(branches or {}),
            "folders": [str(folder.resolve()) for folder in folders],
        }
        try:
            write_whole(self._file, json.dumps(note).encode())
        except OSError as error:
            raise HostError(f"cannot write to {self._file.parent}: {error.strerror}") from None

    def done(self) -> None:
        """All of it is there."""
        self._file.unlink()

    def undo(self) -> None:
        """Delete what is there of it, unless it is all."""
        note = self._note()
        if note is None:
            return
        common = Path(git(self._root, "rev-parse", "--git-common-dir").strip())
        for lock in note["locks"]:
            with suppress(FileNotFoundError):
                file = self._root / common / lock
                # An older one is somebody else's.
                if file.stat().st_mtime >= self._file.stat().st_mtime:
                    file.unlink()
        wanted = note["branches"]
        ids = {name: self._id(name) for name in wanted}
        there = [name for name, commit in wanted.items() if ids[name] == commit]
        # Whoever has committed on one of them since then has found them all.
        goes_on = any(found not in ("", wanted[name]) for name, found in ids.items())
        if not goes_on and not (wanted and len(there) == len(wanted)):
            for name in there:
                git(self._root, "update-ref", "-d", f"refs/heads/{name}", wanted[name])
            for folder in note["folders"]:
                for made in [*Path(folder).glob("*.patch"), Path(folder, "cover.md")]:
                    with suppress(FileNotFoundError):
                        made.unlink()
        self.done()

    def _id(self, branch: str) -> str:
        found = git_or(self._root, "rev-parse", "--verify", "--quiet", f"refs/heads/{branch}")
        return (found or "").strip()

    def _note(self) -> Any:
        """What was noted; None for nothing, and for what is not a note of ours."""
        try:
            note = json.loads(file_bytes(self._file))
            lists = [[*note["branches"].items()], note["locks"], note["folders"]]
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None
        return note if all(isinstance(each, list) for each in lists) else None
