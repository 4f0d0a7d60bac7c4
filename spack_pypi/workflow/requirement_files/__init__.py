"""Whole sets of requirements, as files list them.

To add a format, add its record (`model.Format`) to `FORMATS` and a row to
``tests/workflow/test_requirement_files.py``. What is no project of an index (a folder, a
repository), or not for this machine, is reported as left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from ...errors import UsageError
from . import locks, pyproject, requirements_txt, unread
from .model import ExtrasAndGroups, Format, RequirementSet

__all__ = ["FORMATS", "Format", "RequirementSet", "read"]

#: The first that recognizes a file reads it; the last one recognizes all.
FORMATS: tuple[Format, ...] = (
    locks.UV_LOCK,
    locks.PYLOCK,
    pyproject.PYPROJECT,
    *unread.FORMATS,
    requirements_txt.REQUIREMENTS_TXT,
)


def read(
    files: Sequence[str], extras: Iterable[str] = (), groups: Iterable[str] = ()
) -> RequirementSet:
    """What the files require, in their order; ``extras`` and ``groups`` (PEP 735) are those of a
    pyproject.toml. Raises `UsageError` for a file that cannot be read or understood."""
    selected = ExtrasAndGroups(frozenset(extras), tuple(groups))
    requirements = RequirementSet()
    for name in files:
        path = Path(name)
        if path.is_dir():
            path = path / "pyproject.toml"
            if not path.exists():
                raise UsageError(
                    f"{name} is a folder without pyproject.toml; "
                    "pass the file that lists its requirements"
                )
        next(each for each in FORMATS if each.recognizes(path)).read(path, selected, requirements)
    return requirements
