"""Formats that are recognized and not read: the message says what to do instead."""

from __future__ import annotations

from ...errors import UsageError
from .model import ExtrasAndGroups, Format, RequirementSet, TextFile


def _unread(*patterns: str, instead: str, documented: str) -> Format:
    """A format that is not read; ``instead`` says what to do, with the file as ``{path}``."""

    def read(file: TextFile, selected: ExtrasAndGroups, requirements: RequirementSet) -> None:
        raise UsageError(f"{file.path} is not read; {instead.format(path=file.path)}")

    return Format(patterns[0], documented, patterns, read)


_LIST = "list the Python projects that it names in a requirements.txt"

FORMATS: tuple[Format, ...] = (
    _unread(
        "Pipfile",
        instead="lock it: pipenv lock, and pass Pipfile.lock",
        documented="https://pipenv.pypa.io/en/latest/pipfile.html",
    ),
    _unread(
        "pixi.toml",
        "pixi.lock",
        "conda-lock.yml",
        instead=_LIST,
        documented="https://pixi.sh/latest/workspace/lockfile/",
    ),
    _unread(
        "setup.py",
        instead=_LIST,
        documented="https://setuptools.pypa.io/en/latest/references/keywords.html",
    ),
    _unread(
        "*.whl",
        "*.zip",
        "*.tar.*",
        "*.tgz",
        instead="name the project instead, if an index lists it",
        documented="https://packaging.python.org/en/latest/discussions/package-formats/",
    ),
)
