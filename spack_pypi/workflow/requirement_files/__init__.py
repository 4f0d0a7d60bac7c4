"""Whole sets of requirements, as files list them.

To add a format, add its record (`model.Format`) to `FORMATS` and a row to
``tests/workflow/test_requirement_files.py``. What is no project of an index (a folder, a
repository), or not for the environment, is reported as left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from ...errors import UsageError
from ...files import read_text
from . import pylock, pyproject, requirements_txt, unread, uv_lock
from .marker_environment import MarkerEnvironment, here, named
from .model import ExtrasAndGroups, Format, RequirementSet, TextFile

__all__ = [
    "FORMATS",
    "Format",
    "MarkerEnvironment",
    "RequirementSet",
    "format_of",
    "named",
    "read",
]

#: The first that knows the name of a file reads it, else the first that knows its text; the last
#: one reads all others.
FORMATS: tuple[Format, ...] = (
    uv_lock.UV_LOCK,
    pylock.PYLOCK,
    pyproject.PYPROJECT,
    *unread.FORMATS,
    requirements_txt.REQUIREMENTS_TXT,
)


def read(
    files: Sequence[str],
    extras: Iterable[str] = (),
    groups: Iterable[str] = (),
    environment: MarkerEnvironment | None = None,
) -> RequirementSet:
    """What the files require in the environment (default: this one), in their order, with these
    ``extras`` and ``groups``. Raises `UsageError` for a file that cannot be read or understood,
    and where none has extras or groups."""
    selected = ExtrasAndGroups(frozenset(extras), tuple(groups))
    requirements = RequirementSet(environment or here())
    formats = [_read(Path(name), selected, requirements) for name in files]
    if (selected.extras or selected.groups) and not any(each.has_parts for each in formats):
        raise UsageError(
            f"{' and '.join(files)} cannot have extras or groups: name a pyproject.toml or a lock "
            "file with --from, or pass NAME[EXTRA]"
        )
    _note_indexes(requirements)
    return requirements


def _read(path: Path, selected: ExtrasAndGroups, requirements: RequirementSet) -> Format:
    """Add what a file requires; its format."""
    if path.is_dir():
        if not (path / "pyproject.toml").exists():
            raise UsageError(
                f"{path} is a folder without pyproject.toml; "
                "pass the file that lists its requirements"
            )
        path = path / "pyproject.toml"
    unread_by_name = next((each for each in unread.FORMATS if each.is_called(path)), None)
    file = TextFile(path, "" if unread_by_name else read_text(path))
    its = format_of(file)
    its.read(file, selected, requirements)
    return its


def _note_indexes(requirements: RequirementSet) -> None:
    """Report the projects of all indexes but the one that most of them are locked from."""
    by_index: dict[str, list[str]] = {}
    for project, index in requirements.indexes.items():
        by_index.setdefault(index, []).append(project)
    for index in sorted(by_index, key=lambda index: -len(by_index[index]))[1:]:
        names = ", ".join(by_index[index])
        requirements.skip(index, f"an index of the lock file; {names} are looked up as all others")


def format_of(file: TextFile) -> Format:
    """The format of a file, by its name or, where that says nothing, by its text."""
    by_name = next(each for each in FORMATS if each.is_called(file.path))
    if by_name is not FORMATS[-1]:
        return by_name
    return next((each for each in FORMATS if each.is_marked(file.text)), by_name)
