"""Files of a project that list requirements, for a table that names them: ``{file = [...]}`` of
setuptools, ``file:`` in a setup.cfg, ``files`` of hatch-requirements-txt.

https://setuptools.pypa.io/en/latest/userguide/pyproject_config.html#dynamic-metadata
https://github.com/repo-helper/hatch-requirements-txt
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .. import limits
from .declared import DeclaredRequirements
from .egg_info import conditioned
from .requirement_lines import requirement_lines
from .toml import at, strings

#: Which files of an archive are kept, as they may be named so; where others are, what is required
#: is known only of a tree in which they can be looked for.
NAME = re.compile(
    r"(?:[^/]+/){0,3}(?:[^/]*(?:req|depend|deps)[^/]*|(?:[^/]*(?:req|depend|deps)[^/]*/)[^/]+)"
    r"\.(?:txt|in|pip)",
    re.I,
)
#: Files from which a setup.py may read such a list, beside these.
TOP_JSON = re.compile(r"[^/]+\.json")


def named_in_code(setup_py: str, files: Mapping[str, str]) -> dict[str, str]:
    """Those of the files whose name stands in a setup.py."""
    return {path: text for path, text in files.items() if path.rpartition("/")[2] in setup_py}


def named(pyproject: Mapping[str, Any] | None, setup_cfg: Iterable[str]) -> Sequence[str]:
    """The paths of all files that these tables, and these options of setup.cfg, name."""
    dynamic = at(pyproject, "tool", "setuptools", "dynamic")
    hatch = at(pyproject, "tool", "hatch", "metadata", "hooks", "requirements_txt")
    said = [at(dynamic, "dependencies", "file"), at(hatch, "files")]
    for table in (at(dynamic, "optional-dependencies"), at(hatch, "optional-dependencies")):
        extras = table.values() if isinstance(table, dict) else ()
        said += [at(each, "file") if isinstance(each, dict) else each for each in extras]
    said += [_of_option(text) for text in setup_cfg if text.strip().startswith("file:")]
    return [path.removeprefix("./") for paths in said for path in _paths(paths)]


def of_setuptools(
    pyproject: Mapping[str, Any] | None, files: Mapping[str, str]
) -> DeclaredRequirements | None:
    """What ``[tool.setuptools.dynamic]`` says with the files (path to text) that it names; None
    where it does not say all that ``[project]`` calls dynamic."""
    project, table = at(pyproject, "project"), at(pyproject, "tool", "setuptools", "dynamic")
    dynamic = strings(at(project, "dynamic"))
    required: list[str] = []
    extras: list[str] = []
    if "dependencies" in dynamic:
        found = listed(at(table, "dependencies", "file"), files)
        if found is None:
            return None
        required += found
    else:
        required += strings(at(project, "dependencies"))
    named = at(project, "optional-dependencies")
    if "optional-dependencies" in dynamic:
        named = at(table, "optional-dependencies")
        if not isinstance(named, dict):
            return None
    for extra, said in named.items() if isinstance(named, dict) else ():
        texts = strings(said) if isinstance(said, list) else listed(at(said, "file"), files)
        if texts is None:
            return None
        extras.append(extra)
        required += [conditioned(text, extra) for text in texts]
    return DeclaredRequirements(required, extras, str(at(project, "requires-python") or ""))


def of_hatch(
    pyproject: Mapping[str, Any] | None, files: Mapping[str, str]
) -> DeclaredRequirements | None:
    """What the plugin hatch-requirements-txt reads; None where it is not used, or another one is
    too."""
    project, hooks = at(pyproject, "project"), at(pyproject, "tool", "hatch", "metadata", "hooks")
    if not isinstance(hooks, dict) or [*hooks] != ["requirements_txt"]:
        return None
    table, dynamic = hooks["requirements_txt"], strings(at(project, "dynamic"))
    required: list[str] | None = strings(at(project, "dependencies"))
    if "dependencies" in dynamic:
        required = listed(at(table, "files"), files)
    named = at(project, "optional-dependencies") or {}
    if "optional-dependencies" in dynamic:
        named = at(table, "optional-dependencies")
    if required is None or not isinstance(named, dict):
        return None
    extras: list[str] = []
    for extra, said in named.items():
        texts = listed(said, files) if "optional-dependencies" in dynamic else strings(said)
        if texts is None:
            return None
        extras.append(extra)
        required += [conditioned(text, extra) for text in texts]
    return DeclaredRequirements(required, extras, str(at(project, "requires-python") or ""))


def named_in_cfg(text: str, files: Mapping[str, str]) -> list[str] | None:
    """The requirements of an option ``file: a.txt, b.txt``."""
    return listed(_of_option(text), files)


def _of_option(text: str) -> list[str]:
    return [name.strip() for name in text.partition(":")[2].split(",")]


def _paths(said: Any) -> list[str]:
    return [said] if isinstance(said, str) else strings(said)


def listed(named: Any, files: Mapping[str, str]) -> list[str] | None:
    """The requirements in the files of these paths; None where one is not there, or has anything
    else in it."""
    paths = _paths(named)
    found: list[str] = []
    for path in paths:
        text = files.get(path.removeprefix("./"))
        lines = requirement_lines(text)
        if lines is None or any(limits.requirement(line) is None for line in lines):
            return None
        found += lines
    return found if paths else None
