"""The version that the files of a tree say, which has no PKG-INFO: in a table, or where its build
backend finds it without running anything.

What only code or the history finds is not known here, but for what an archive keeps of the
history.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Callable

from packaging.utils import canonicalize_name

from .. import limits
from ..limits import is_short
from ..model import MESON_BUILD, Source, at, strings
from ..project_files import (
    cargo,
    flit,
    meson_project,
    module_values,
    own_pattern,
    setup_cfg,
)
from ..project_files.module_values import Texts, Value
from .other_files import line, module_roots, text_of

#: What hatchling and scikit-build-core search by default, and what pdm-backend does.
#: https://hatch.pypa.io/latest/plugins/version-source/regex/
#: https://scikit-build-core.readthedocs.io/en/latest/configuration/dynamic.html
#: https://backend.pdm-project.org/metadata/#dynamic-project-version
_ASSIGNED = re.compile(
    r"^(?:__version__|VERSION)(?: ?: ?str)? *= *(['\"])v?(?P<version>.+?)\1", re.I | re.M
)
_OF_PDM = re.compile(r"^__version__\s*=\s*[\"'](?P<version>.+?)[\"']\s*(?:#.*)?$", re.M)
#: What git writes there for the commit of a tag; for another one the number of commits since it.
_DESCRIBED = re.compile(r"^describe-name: (?:[\w-]+-)?v?(\d+(?:\.\d+)*[\w.]*)$", re.M)
_OF_HISTORY = {"setuptools-scm", "hatch-vcs"}
_REGEX_PROVIDER = "scikit_build_core.metadata.regex"


def read(source: Source, texts: Texts) -> str:
    """The version that is written in the files of a tree, which ``texts`` reads; empty if it is
    known only by a build. The source is `other_files.completed`."""
    project, tool = at(source.pyproject, "project"), at(source.pyproject, "tool")
    if isinstance(project, dict) and "version" not in strings(project.get("dynamic")):
        said = project.get("version")
    elif at(tool, "poetry") is not None:
        is_made = at(tool, "poetry-dynamic-versioning") or at(tool, "poetry", "version") == "0.0.0"
        said = None if is_made else at(tool, "poetry", "version")
    else:
        said = _BACKENDS.get(source.backend.split(".")[0], _of_setuptools)(source, texts)
        said = said or _of_tag(source, texts)
    return said if isinstance(said, str) and is_short(said) else ""


def _of_setuptools(source: Source, texts: Texts) -> str:
    """``[tool.setuptools.dynamic]``, else setup.py, else setup.cfg."""
    table = at(source.pyproject, "tool", "setuptools", "dynamic", "version")
    attribute, file = at(table, "attr"), at(table, "file")
    parser = setup_cfg.read(source.setup_cfg)
    said = parser.get("metadata", "version", fallback="").strip()
    called = source.setup_py.keywords.get("version") if source.setup_py else None
    if table is None and called and isinstance(called, str):
        return called
    if table is None and said.startswith("attr:"):
        attribute = said[len("attr:") :].strip()
    elif table is None and said.startswith("file:"):
        file = said[len("file:") :].strip()
    elif table is None:
        return said
    if isinstance(attribute, str):
        module, _, name = attribute.rpartition(".")
        return module_values.text(Value(module, name), module_roots(source), texts)
    paths = [file] if isinstance(file, str) else strings(file)
    return line(paths[0], texts) if len(paths) == 1 else ""


def _of_flit(source: Source, texts: Texts) -> str:
    module = flit.module(source.pyproject, "version")
    return module_values.text(Value(module, "__version__"), flit.FOLDERS, texts) if module else ""


def _of_hatch(source: Source, texts: Texts) -> str:
    table = at(source.pyproject, "tool", "hatch", "version")
    by, path = at(table, "source") or "regex", _text(at(table, "path"))
    if by == "nodejs":  # of hatch-nodejs-version
        return _of_package_json(text_of(path or "package.json", texts))
    if by == "code":
        return _of_code(path, at(table, "expression") or "__version__", texts)
    pattern = at(table, "pattern")
    if by != "regex":  # such as env: known only where it is built
        return ""
    if isinstance(pattern, str) and pattern:
        return own_pattern.searched(pattern, text_of(path, texts), "version")
    return _found(_ASSIGNED, path, texts) if pattern in (None, True) else ""


def _of_code(path: str, expression: object, texts: Texts) -> str:
    """What a module has under a name, which hatchling runs for that:
    https://hatch.pypa.io/latest/plugins/version-source/code/"""
    if not (isinstance(expression, str) and expression.isidentifier() and path.endswith(".py")):
        return ""
    module = path.removeprefix("./")[: -len(".py")].removesuffix("/__init__").replace("/", ".")
    return module_values.text(Value(module, expression), ("",), texts)


def _of_package_json(text: str) -> str:
    try:
        return _text(at(limits.parsed(json.loads, text or "{}"), "version"))
    except ValueError:
        return ""


def _of_pdm(source: Source, texts: Texts) -> str:
    table = at(source.pyproject, "tool", "pdm", "version")
    is_file = at(table, "source") == "file"
    return _found(_OF_PDM, _text(at(table, "path")), texts) if is_file else ""


def _of_scikit_build(source: Source, texts: Texts) -> str:
    table = at(source.pyproject, "tool", "scikit-build", "metadata", "version")
    own = {"result", "remove"} & {*table} if isinstance(table, dict) else True
    if own or at(table, "provider") != _REGEX_PROVIDER:
        return ""
    path, pattern = _text(at(table, "input")), at(table, "regex")
    if isinstance(pattern, str):
        return own_pattern.searched(pattern, text_of(path, texts), "value")
    return _found(_ASSIGNED, path, texts) if pattern is None else ""


def _of_meson(source: Source, texts: Texts) -> str:
    said = meson_project.version(source.build_files.get(MESON_BUILD, ""))
    return line(said.file, texts) if said.file else said.text


def _of_cargo(source: Source, texts: Texts) -> str:
    return cargo.described(source.pyproject, source.build_files).get("version", "")


def _of_tag(source: Source, texts: Texts) -> str:
    """What an archive says that git, and so a forge, made of a tag, for setuptools-scm and what is
    built on it: https://setuptools-scm.readthedocs.io/en/latest/usage/#git-archives"""
    texts_of_build = strings(at(source.pyproject, "build-system", "requires"))
    required = map(limits.requirement, [*texts_of_build, *source.setup_requires])
    if not _OF_HISTORY & {canonicalize_name(each.name) for each in required if each}:
        return ""
    found = _DESCRIBED.search(text_of(".git_archival.txt", texts))
    return found[1] if found else ""


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _found(pattern: re.Pattern[str], path: str, texts: Texts) -> str:
    found = pattern.search(text_of(path, texts))
    return found["version"] if found else ""


_BACKENDS: Mapping[str, Callable[[Source, Texts], str]] = {
    "flit": _of_flit,
    "flit_core": _of_flit,
    "hatchling": _of_hatch,
    "maturin": _of_cargo,
    "mesonpy": _of_meson,
    "pdm": _of_pdm,
    "scikit_build_core": _of_scikit_build,
}
