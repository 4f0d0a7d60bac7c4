"""Whether a release is compiled where it is built from its sdist, and which languages."""

from __future__ import annotations

from collections.abc import Sequence

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from ..pypi.model import Compiling, Release, Source
from .backends import Backend
from .backends.rust import MATURIN
from .build_files import file_languages, in_order
from .cmake_languages import cmake_languages, may_enable_c
from .requirements import parse

#: From this release on setuptools compiles and links C++ with the C++ compiler, before that with
#: the one for C. https://github.com/pypa/distutils/pull/228
_USES_CXX, _NEWEST = Version("72.2"), Version("9999")


def is_pure(source: Source, release: Release, own: Backend, names: set[str]) -> bool:
    """Whether nothing is compiled: there is a wheel for all platforms. Where there are others,
    too, the release can be built in both ways, and does compile when it requires Cython, when its
    setup.py makes extension modules, or when that has mypyc make some and requires it. maturin
    compiles in any case."""
    if own is MATURIN:
        return False
    pure = [wheel.is_pure_wheel for wheel in release.wheels]
    said = source.setup_py.compiling if source.setup_py else Compiling()
    extends = said.extends or ("mypy" in names and "c" in said.languages)
    return any(pure) and (all(pure) or not ("cython" in names or extends))


def languages(
    source: Source,
    release: Release,
    own: Backend,
    used: Sequence[Backend],
    requirements: Sequence[str],
) -> tuple[str, ...] | None:
    """The languages that are compiled: what the backend's configuration says, else those of the
    source files, what backends write, and what CMake looks for where setup.py runs it; C for C++,
    where only an older setuptools may build. None where these show none, but wheels hold modules
    that were compiled."""
    parsed = parse(requirements)[0]
    names: set[str] = {canonicalize_name(each.name) for each in parsed}
    for backend in used:
        configured = backend.languages(source)
        if configured is not None:
            return configured
    compiles = own.compiles(source) or not all(wheel.is_pure_wheel for wheel in release.wheels)
    # Of a tree there are no wheels: what requires Cython does compile its files, as in `is_pure`.
    has_cython = {".pyx", ".pxd"} & {*source.suffixes} and "cython" in names
    compiles = compiles or bool(not release.wheels and has_cython)
    found = set(file_languages(source)) if compiles else set()
    builders = {tool.package for backend in used for tool in backend.tools} | names
    by_others = bool({"cmake", "meson"} & builders)
    if source.setup_py is not None and own.runs_setup_py:
        said = source.setup_py.compiling
        found |= set(said.languages) if found or said.mentioned else set()
        by_others = by_others or bool(source.setup_py.programs.named)
        if not (said.names_fortran or by_others):
            found.discard("fortran")  # setuptools does not compile it
        if compiles and source.setup_py.programs.runs("cmake"):
            enabled = cmake_languages(source)
            found |= set(enabled or ())
            by_others = enabled is None or may_enable_c(source)
        elif source.setup_py.programs.may_run_any:
            by_others = by_others or may_enable_c(source)
    for backend in used:
        found |= set(backend.generates(source))
    if "cxx" in found and (by_others or any(map(_is_older, parsed))):
        found.add("c")
    return None if not found and _holds_extensions(release) else in_order(found)


def _is_older(requirement: Requirement) -> bool:
    """Whether it is one of setuptools, of a release before `_USES_CXX` only."""
    if canonicalize_name(requirement.name) != "setuptools":
        return False
    clauses = [each for each in requirement.specifier if each.operator != "==="]
    stated = [Version(each.version.removesuffix(".*")) for each in clauses]
    later = [each for each in (*stated, _USES_CXX, _NEWEST) if each >= _USES_CXX]
    return not any(requirement.specifier.contains(each) for each in later)


def _holds_extensions(release: Release) -> bool:
    """Whether wheels for platforms, of which there are no others, hold extension modules: they are
    for an ABI of Python (PEP 425). Those without may hold programs or libraries."""
    abis = {wheel.name.split("-")[-2] for wheel in release.wheels}
    return bool(abis) and "none" not in abis
