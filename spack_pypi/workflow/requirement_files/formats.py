"""The formats of requirement files, and which one a file has.

To add a format, add its record (`model.Format`) to `FORMATS` and a row to
``tests/workflow/test_requirement_files.py``. What is not a project of an index (a folder, a
repository), or not for the environment, is reported as left out.
"""

from __future__ import annotations

from pathlib import Path

from ...errors import UsageError
from ...files import read_text
from . import (
    conda,
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
from .model import ExtrasAndGroups, Format, RequirementSet, TextFile

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


def read_file(path: Path, selected: ExtrasAndGroups, requirements: RequirementSet) -> bool:
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


def format_of(file: TextFile) -> Format:
    """The format of a file, by its name or, where that says nothing, by its text."""
    by_name = next(each for each in FORMATS if each.is_called(file.path))
    if by_name is not FORMATS[-1]:
        return by_name
    return next((each for each in FORMATS if each.is_marked(file.text)), by_name)
