"""What a release needs to be built: requirements, tools that are no Python projects, compilers.

PEP 518 says what `[build-system]` asks for; backends ask for more only when they are called, which
the table `_CALLED_FOR` holds as facts with the place where each is documented.
"""

from __future__ import annotations

import configparser
import re
from dataclasses import dataclass
from typing import Any, List, Mapping, Optional, Set, Tuple

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from ..pypi.model import Release, Source
from ..recipe.model import BUILD, Dependency
from .requirements import Unsaid
from .versions import Inexpressible, ranges

#: Source file endings → the language that Spack's compilers are asked for.
_LANGUAGES = (
    ("c", (".c", ".pyx", ".pxd")),
    ("cxx", (".cc", ".cpp", ".cxx", ".c++", ".cu")),
    ("fortran", (".f", ".for", ".f77", ".f90", ".f95", ".f03", ".f08")),
)

#: Build requirement → Spack tools that its backend runs.
#: https://mesonbuild.com/meson-python, https://scikit-build-core.readthedocs.io
_CALLED_FOR: Mapping[str, Tuple[str, ...]] = {
    "meson-python": ("meson", "ninja"),
    "scikit-build-core": ("cmake", "ninja"),
    "scikit-build": ("cmake", "ninja"),
    "maturin": ("rust",),
    "setuptools-rust": ("rust",),
}


@dataclass(frozen=True)
class Builds:
    """``requirements`` are PEP 508 texts; ``languages`` a part of c, cxx, fortran; ``tools`` are
    dependencies on packages that are no Python projects."""

    requirements: Tuple[str, ...] = ()
    languages: Tuple[str, ...] = ()
    tools: Tuple[Dependency, ...] = ()
    unsaid: Tuple[Unsaid, ...] = ()


def builds(source: Source, release: Release) -> Builds:
    """What it takes to build the release from its sdist; nothing where there is none."""
    if release.sdist is None:
        return Builds()
    if source.problem:
        return Builds(unsaid=(Unsaid("build requirements", source.problem),))
    requirements = _build_system(source) + _setup_requires(source)
    names = _names(requirements)
    pyproject = source.pyproject or {}
    tools = tuple(
        _tool(tool, pyproject, source)
        for tool in dict.fromkeys(tool for name in names for tool in _CALLED_FOR.get(name, ()))
        if tool not in names
    )
    pure = any(wheel.is_pure_wheel for wheel in release.wheels)
    return Builds(tuple(requirements), () if pure else _languages(source, names), tools)


def _build_system(source: Source) -> List[str]:
    """``[build-system] requires``; setuptools where it is not said (PEP 518)."""
    table = (source.pyproject or {}).get("build-system")
    if not isinstance(table, dict):
        return ["setuptools"]
    requires = table.get("requires", [])
    texts = [text for text in requires if isinstance(text, str)]
    if "build-backend" not in table and "setuptools" not in _names(texts):
        texts.append("setuptools")
    return texts


def _setup_requires(source: Source) -> List[str]:
    """The static ``setup_requires`` of setup.cfg (``[options]``)."""
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(source.setup_cfg)
    except configparser.Error:
        return []
    text = parser.get("options", "setup_requires", fallback="").strip()
    # One a line; on a single line they are separated by semicolons, as markers are.
    lines = text.split("\n") if "\n" in text or _is_requirement(text) else text.split(";")
    return [line.strip() for line in lines if line.strip()]


def _is_requirement(text: str) -> bool:
    try:
        Requirement(text)
    except InvalidRequirement:
        return False
    return True


def _names(requirements: List[str]) -> Set[str]:
    names: Set[str] = set()
    for text in requirements:
        try:
            names.add(canonicalize_name(Requirement(text).name))
        except InvalidRequirement:
            continue
    return names


def _tool(name: str, pyproject: Mapping[str, Any], source: Source) -> Dependency:
    minimum = ""
    if name == "rust" and source.rust_version:
        minimum = source.rust_version
    elif name in ("cmake", "ninja"):
        minimum = _scikit_build_minimum(name, pyproject)
    return Dependency(name, f"{minimum}:" if minimum else "", types=BUILD)


def _scikit_build_minimum(tool: str, pyproject: Mapping[str, Any]) -> str:
    """The version of CMake or Ninja that ``[tool.scikit-build]`` asks for, ``""`` for none."""
    table: Any = pyproject.get("tool", {})
    for key in ("scikit-build", tool):
        table = table.get(key, {}) if isinstance(table, dict) else {}
    if not isinstance(table, dict):
        return ""
    old = table.get("minimum-version")
    if isinstance(old, str) and re.fullmatch(r"[0-9.]+", old):
        return old
    found: Optional[str] = None
    if isinstance(table.get("version"), str):
        from packaging.specifiers import InvalidSpecifier, SpecifierSet

        try:
            found = ranges(SpecifierSet(table["version"]))
        except (InvalidSpecifier, Inexpressible):
            found = None
    return found[:-1] if found and found.endswith(":") else ""


def _languages(source: Source, names: Set[str]) -> Tuple[str, ...]:
    """Languages of the source files; a Rust extension links with the C compiler."""
    suffixes = {suffix.lower() for suffix in source.suffixes}
    found = [language for language, endings in _LANGUAGES if suffixes & set(endings)]
    if names & {"maturin", "setuptools-rust"} and "c" not in found:
        found.insert(0, "c")
    if "cxx" in found and "c" not in found and names & {"scikit-build-core", "scikit-build"}:
        found.insert(0, "c")
    return tuple(found)
