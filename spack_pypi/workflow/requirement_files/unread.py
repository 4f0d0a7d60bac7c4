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
        "poetry.lock",
        instead="export it: poetry export -o requirements.txt",
        documented="https://github.com/python-poetry/poetry-plugin-export",
    ),
    _unread(
        "pdm.lock",
        instead="export it: pdm export -o requirements.txt",
        documented="https://pdm-project.org/latest/usage/lockfile/",
    ),
    _unread(
        "Pipfile.lock",
        "Pipfile",
        instead="export it: pipenv requirements > requirements.txt",
        documented="https://pipenv.pypa.io/en/latest/cli.html",
    ),
    _unread(
        "environment.yml",
        "*.yml",
        "*.yaml",
        "pixi.toml",
        "pixi.lock",
        instead=_LIST,
        documented="https://docs.conda.io/projects/conda/en/stable/user-guide/tasks/manage-environments.html",
    ),
    _unread(
        "setup.py",
        "setup.cfg",
        instead=_LIST,
        documented="https://setuptools.pypa.io/en/latest/references/keywords.html",
    ),
    _unread(
        "*.py",
        instead="export what it requires: uv export --script {path} -o requirements.txt",
        documented="https://peps.python.org/pep-0723/",
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
