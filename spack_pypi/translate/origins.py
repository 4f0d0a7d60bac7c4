"""Why a release needs what it is built with: the field, the file, or the rule behind each thing.

What it needs is decided in `builds`; each `Origin` belongs to one of the things found there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from ..pypi.cmeel import build_requirements as without_cmeel
from ..pypi.model import ENDINGS, Source, at, strings
from . import backends
from .backends import Backend
from .backends.rust import rust_needed
from .backends.setuptools import READS_LICENSE
from .brought_back import BROUGHT_BACK
from .builds import Builds
from .cmake_minimum import Minimum, stated_minimum
from .modules import provider
from .pins import series_of_numpy
from .requirements import parse
from .undeclared import of_setup_py
from .versions import ranges

#: How files state the least version of a tool that a backend runs.
_MINIMUM = r"(?:rust-version\s*=|meson_version\s*:)[^\n]*?{}"


#: Why a newer setuptools is needed than its requirement says.
_LICENSE = "license in [project] is as setuptools reads it since version 77 (PEP 639)"


@dataclass(frozen=True)
class Origin:
    """``what`` the release needs (a requirement by PEP 508, a language, or a package of Spack with
    its ``versions``), and ``where`` that is declared, or the rule by which it follows;
    ``running``: it is needed to run, too."""

    what: str
    where: str
    versions: str = ""
    running: bool = False


def requirements(source: Source, built: Builds) -> Iterator[Origin]:
    """The origin of each build requirement, and of what imports need beyond those."""
    backend = backends.of(source)
    for text in built.requirements:
        yield Origin(text, _of_requirement(text, source, backend))
    for text in built.also_running:
        at_run_time = (*source.imports, *source.undeclared)
        found = [(each.file, each.line, module) for each in at_run_time for module in each.modules]
        yield Origin(text, _of_import(text, found), running=True)
    for text in built.also_building:
        if text == READS_LICENSE:
            yield Origin(text, f"rule: {_LICENSE}")
            continue
        found = [(each.file, each.line, each.module) for each in of_setup_py(source)]
        yield Origin(text, _of_import(text, found))


def _bringing(module: str) -> Iterator[str]:
    """The requirements that may bring a module."""
    yield provider(module)
    if module in BROUGHT_BACK:
        yield BROUGHT_BACK[module].requirement


def _of_import(text: str, imports: Sequence[tuple[str, int, str]]) -> str:
    """Of what brings back a module that is imported: where it is (file, line, module)."""
    file, line, module = next(each for each in imports if text in _bringing(each[2]))
    brings = "setuptools brings" if module in BROUGHT_BACK else "is not declared"
    return f"rule: {file}:{line} imports {module}, which {brings}"


def _of_requirement(text: str, source: Source, backend: Backend) -> str:
    table = at(source.pyproject, "build-system")
    for asked in strings(at(table, "requires")):
        if asked != text == series_of_numpy(asked):
            said = _of_requirement(asked, source, backend)
            return (
                f"{said}: {asked}, a pin for wheels (rule: Spack builds with the NumPy that runs)"
            )
    called = source.setup_py.requirements("setup_requires") if source.setup_py else ()
    if text in (*strings(at(table, "requires")), *without_cmeel(source)):
        return "[build-system] requires in pyproject.toml"
    least = stated_minimum(source)
    if least and text == f"cmake>={least.version}":
        said = _of_requirement("cmake", source, backend)
        return f"{said}; {least.version} {_by_file(least)}"
    if text == "setuptools" and not isinstance(table, dict):
        return "rule: without [build-system] it is setuptools that builds (PEP 518)"
    if text == "setuptools" and "build-backend" not in table:
        return "rule: without build-backend it is setuptools that builds (PEP 517)"
    if text in called:
        return "setup_requires in setup.py"
    if text in source.setup_requires:
        return "setup_requires in setup.cfg"
    if source.in_tree is not None and text in source.in_tree.requirements:
        return f"get_requires_for_build_wheel() in {source.in_tree.file}"
    return f"rule: {backend.name} requires it when it is called ({backend.documented})"


def tools(source: Source, built: Builds) -> Iterator[Origin]:
    """The origin of each tool that a backend runs."""
    wanted = {tool.package: tool.versions for tool in built.tools}
    for backend in _used(source, built):
        for tool in backend.tools:
            if tool.package not in wanted:
                continue
            minimum = tool.minimum(source)
            versions = ranges(SpecifierSet(f">={minimum}")) if minimum else ""
            if versions == wanted[tool.package]:
                least = (
                    f"; {minimum} {_of_minimum(source, tool.package, minimum)}" if minimum else ""
                )
                yield Origin(
                    tool.package,
                    f"rule: the build backend {backend.name} runs it{least}",
                    versions,
                )


def _by_file(stated: Minimum) -> str:
    return f"is the least version by {stated.file}:{stated.line}"


def _of_minimum(source: Source, tool: str, minimum: str) -> str:
    stated = stated_minimum(source) if tool == "cmake" else None
    if stated and stated.version == minimum:
        return _by_file(stated)
    why = rust_needed(source).why if tool == "rust" else ""
    if why:
        return f"is the least version, as {why}"
    pattern = re.compile(_MINIMUM.format(re.escape(minimum)), re.I)
    by_depth = sorted(source.build_files.items(), key=lambda item: (item[0].count("/"), item[0]))
    for path, text in by_depth:
        match = pattern.search(text)
        if match:
            return f"is the least version by {path}:{text.count(chr(10), 0, match.start()) + 1}"
    return "is the least version by its configuration, or by a rule of its own"


def languages(source: Source, built: Builds) -> Iterator[Origin]:
    """The origin of each language that is compiled."""
    used = _used(source, built)
    for backend in used:
        if backend.languages(source) is not None:
            for language in built.languages:
                files = " or ".join((*backend.reads[:1], "its configuration"))
                yield Origin(language, f"rule: by {files}, as {backend.name} reads it")
            return
    for language in built.languages:
        by_itself = _of_language(language, source, used)
        if by_itself:
            yield Origin(language, by_itself)
        elif language == "c" and _of_language("cxx", source, used):
            yield Origin(
                language,
                "rule: it may be compiled with the C compiler, as setuptools before 72.2 does it",
            )
        else:
            yield Origin(language, "rule: the wheels of the release hold extension modules")


def _of_language(language: str, source: Source, used: Sequence[Backend]) -> str:
    """What in the archive shows that a language is compiled; empty for nothing."""
    endings = [s for s in source.suffixes if s.lower() in ENDINGS[language]]
    if endings:
        return f"rule: source files in the archive end in {', '.join(sorted(endings))}"
    if language == "cxx" and source.cxx_cython:
        return "rule: Cython files in the archive are compiled as C++"
    if source.setup_py is not None and language in source.setup_py.compiling.languages:
        return "rule: setup.py names it"
    for backend in used:
        if language in backend.generates(source):
            return f"rule: {backend.name} writes or links code in it"
    return ""


def _used(source: Source, built: Builds) -> Sequence[Backend]:
    parsed = parse(built.requirements)[0]
    names: set[str] = {canonicalize_name(requirement.name) for requirement in parsed}
    return backends.used(source, names)
