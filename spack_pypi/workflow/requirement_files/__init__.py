"""Whole sets of requirements, as files list them.

To add a format, add its record (`model.Format`) to `FORMATS` and a row to
``tests/workflow/test_requirement_files.py``. What is no project of an index (a folder, a
repository), or not for the environment, is reported as left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Callable

from ...errors import UsageError
from ...files import read_text
from ...pypi.named_index import NamedIndex, at
from . import (
    conda,
    installed,
    pdm_lock,
    pipfile_lock,
    poetry_lock,
    pylock,
    pyproject,
    requirements_txt,
    script,
    setup_cfg,
    unread,
    uv_lock,
    wheel_house,
)
from .marker_environment import MarkerEnvironment, here, named
from .model import OTHER_PLATFORM, ExtrasAndGroups, Format, RequirementSet, TextFile

__all__ = [
    "FORMATS",
    "OTHER_PLATFORM",
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
    poetry_lock.POETRY_LOCK,
    pdm_lock.PDM_LOCK,
    pipfile_lock.PIPFILE_LOCK,
    pyproject.PYPROJECT,
    setup_cfg.SETUP_CFG,
    *unread.FORMATS,
    script.SCRIPT,
    conda.ENVIRONMENT_YML,
    requirements_txt.REQUIREMENTS_TXT,
)


def read(
    files: Sequence[str],
    extras: Iterable[str] = (),
    groups: Iterable[str] = (),
    environment: MarkerEnvironment | None = None,
    parse_yaml: Callable[[str], object] | None = None,
) -> RequirementSet:
    """What the files require in the environment (default: this one), in their order, with these
    ``extras`` and ``groups``. A file may also be a folder, or a Python (``python:PATH``). Raises
    `UsageError` for a file that cannot be read or understood, and where none has extras or groups.
    """
    selected = ExtrasAndGroups(frozenset(extras), tuple(groups))
    pythons = {name: installed.interpreter(name) for name in files}
    asked = next(filter(None, pythons.values()), None)
    requirements = RequirementSet(
        environment or (installed.environment(asked) if asked else here())
    )
    if parse_yaml is not None:
        requirements.parse_yaml = parse_yaml
    has_parts = False
    for name, python in pythons.items():
        if python is not None:
            installed.read(python, requirements)
        else:
            has_parts |= _read(Path(name), selected, requirements)
    if (selected.extras or selected.groups) and not has_parts:
        raise UsageError(
            f"{' and '.join(files)} cannot have extras or groups: name a pyproject.toml or a lock "
            "file with --from, or pass NAME[EXTRA]"
        )
    requirements.listed += _pinned(requirements)
    return requirements


def _read(path: Path, selected: ExtrasAndGroups, requirements: RequirementSet) -> bool:
    """Add what a file or folder requires; whether it can have extras or groups."""
    if path.is_dir():
        project = path / "pyproject.toml"
        if not project.exists() and wheel_house.is_wheel_house(path):
            wheel_house.read(path, requirements)
            return False
        if not project.exists():
            raise UsageError(
                f"{path} is a folder without pyproject.toml, wheels or sdists; "
                "pass the file that lists its requirements"
            )
        path = project
    unread_by_name = any(each.is_called(path) for each in unread.FORMATS)
    file = TextFile(path, "" if unread_by_name else read_text(path))
    its = format_of(file)
    its.read(file, selected, requirements)
    return its.has_parts


def _pinned(requirements: RequirementSet) -> Iterator[NamedIndex]:
    """The indexes of a lock file but the one that most releases are locked from, which is the one
    that is used anyway; each has what is locked from it."""
    by_index: dict[str, list[str]] = {}
    for project, index in requirements.indexes.items():
        by_index.setdefault(index, []).append(project)
    most_first = sorted(by_index, key=lambda index: -len(by_index[index]))
    for url in most_first[1:]:
        projects = tuple(by_index[url])
        if url.startswith(("http://", "https://")):
            yield replace(at(url, "see the lock file"), projects=projects, explicit=True)
        else:
            names = ", ".join(projects)
            requirements.skip(
                url, f"the index of {names}, looked up on the same one as all others"
            )


def format_of(file: TextFile) -> Format:
    """The format of a file, by its name or, where that says nothing, by its text."""
    by_name = next(each for each in FORMATS if each.is_called(file.path))
    if by_name is not FORMATS[-1]:
        return by_name
    return next((each for each in FORMATS if each.is_marked(file.text)), by_name)
