"""The environment files of conda.

Their ``pip:`` part is a requirements file. Which project, or package of Spack, a conda package
is, ``conda_packages.json`` says; what it does not know is noted as left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name

from ...errors import HostError, UsageError
from ...pypi.limits import is_short
from . import requirements_txt
from .model import ExtrasAndGroups, Format, RequirementSet, TextFile
from .shape import Shape

#: The longest that is read, characters: readers of YAML take a minute for ten times as much.
_LONGEST = 1 << 20
#: ``channel::name``, then the versions.
_MATCH = re.compile(r"(?:[\w./-]+::)?([A-Za-z0-9][\w.-]*)\s*(.*)", re.S)
#: Recipes depend on these where they need them.
_TOOLS = frozenset({"pip", "setuptools", "wheel"})
_PYTHON = "python"
_UNKNOWN = (
    "a conda package; if an index has it as a Python project, put its name into the pip: part, "
    "else add Spack's package to the environment"
)
_VERSIONS = "a conda package whose versions mean nothing in Python; write them as >=1.2,<2"


@cache
def known_packages() -> Mapping[str, Mapping[str, str]]:
    """By conda name: a ``project`` of an index or a ``package`` of Spack, and the ``source``."""
    text = Path(__file__).with_name("conda_packages.json").read_text(encoding="utf-8")
    known: Mapping[str, Mapping[str, str]] = json.loads(text)
    return known


def _read(file: TextFile, selected: ExtrasAndGroups, requirements: RequirementSet) -> None:
    if len(file.text) > _LONGEST:
        raise UsageError(f"{file.path} is longer than {_LONGEST:,} characters, the limit")
    try:
        document = requirements.parse_yaml(file.text)
    except (HostError, UsageError) as error:
        raise UsageError(f"{file.path}: {error}") from None
    except ValueError as error:
        reason = str(error).partition("\n")[0]
        raise UsageError(f"{file.path} is not valid YAML: {reason}") from None
    shape = Shape(file.path, "environment of conda")
    table = shape.table(document, "the document")
    listed = table.get("dependencies")
    if not isinstance(listed, list):
        raise UsageError(
            f"{file.path} is not read: it has no list of dependencies, as an environment.yml of "
            "conda has; list the Python projects that it names in a requirements.txt"
        )
    for each in listed:
        if isinstance(each, str):
            _add(each, file, requirements)
        else:
            lines = shape.texts(shape.table(each, "a dependency").get("pip"), "pip")
            inner = TextFile(file.path, "\n".join(lines))
            requirements_txt.REQUIREMENTS_TXT.read(inner, selected, requirements)


def _add(text: str, file: TextFile, requirements: RequirementSet) -> None:
    match = _MATCH.fullmatch(text.strip()) if is_short(text) else None
    versions = specifier(match[2]) if match else None
    if match is None or versions is None:
        requirements.skip(text[:200], _VERSIONS)
        return
    name = match[1].lower()
    known: Mapping[str, Any] = known_packages().get(name, {})
    if name == _PYTHON:
        requirements.environment.check_python(str(versions), file.path)
    elif "project" in known:
        requirements.add(f"{known['project']}{versions}", file.path)
    elif "package" in known:
        requirements.packages.append((known["package"], versions))
    elif canonicalize_name(name) not in _TOOLS:
        requirements.skip(text, _UNKNOWN)


def specifier(text: str) -> SpecifierSet | None:
    """What the versions of a conda package mean (PEP 440); None where they mean nothing there.

    https://docs.conda.io/projects/conda/en/stable/user-guide/concepts/pkg-specs.html
    """
    text = text.strip()
    if "[" in text or "|" in text:
        return None
    clauses = []
    for clause in filter(None, re.split(r"\s*,\s*", text)):
        exact = re.fullmatch(r"==?\s*([^=<>!~\s]+?)\s*(?:=\s*\S+|\s\S+)?", clause)
        plain = re.fullmatch(r"([^=<>!~\s]+)(?:\s+\S+)?", clause)
        if exact:
            # =1.2 is all of 1.2; with a build, as conda exports it, it is this version.
            whole = clause.startswith("==") or "=" in clause.lstrip("=")
            clauses.append(f"=={exact[1]}" if whole else f"=={exact[1].rstrip('.*')}.*")
        elif plain:
            clauses += [f"=={plain[1]}"] if plain[1] != "*" else []
        else:
            clauses.append(clause.replace(" ", ""))
    try:
        return SpecifierSet(",".join(clauses))
    except InvalidSpecifier:
        return None


ENVIRONMENT_YML = Format(
    "environment.yml",
    "https://docs.conda.io/projects/conda/en/stable/user-guide/tasks/manage-environments.html",
    names=("*.yml", "*.yaml"),
    marks=(r"^dependencies:\s*$", r"^[ \t]*- "),
    read=_read,
)
