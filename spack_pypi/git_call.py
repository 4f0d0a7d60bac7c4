"""How all rooms call git: in English, it asks for nothing, and does only what it is asked to."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

#: Variables that would lead git to another repository than that of a folder, as in its hooks.
_OF_ONE_REPOSITORY = ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_OBJECT_DIRECTORY")
#: Git does such things beside what it is asked to, and whoever ends it then leaves their locks.
_NOTHING_ELSE = ("maintenance.auto=false", "gc.auto=0", "diff.autoRefreshIndex=false")


def arguments(folder: Path, *words: str, settings: Sequence[str] = ()) -> list[str]:
    """A command of git in a folder, with further ``settings`` (``name=value``)."""
    options = [word for setting in (*_NOTHING_ELSE, *settings) for word in ("-c", setting)]
    return ["git", "-C", str(folder), *options, *words]


def environment() -> dict[str, str]:
    """The variables for a command of git."""
    inherited = {k: v for k, v in os.environ.items() if k not in _OF_ONE_REPOSITORY}
    return {**inherited, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0"}
