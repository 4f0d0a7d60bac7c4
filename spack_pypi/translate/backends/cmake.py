"""scikit-build and its successor scikit-build-core, which build with CMake and Ninja; cmeel, which
builds with CMake."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from ...pypi.model import CMAKE_LISTS, Source, at, strings
from ..build_files import NUMBERS, cmake_minimum, in_order
from ..cmake_languages import CMAKE_LANGUAGES, cmake_languages
from ..versions import Inexpressible, ranges
from .model import Backend, Tool

#: scikit-build-core runs with no CMake that is older.
_OLDEST_CMAKE = "3.15"
#: Provider of dynamic metadata → what scikit-build-core then requires.
#: https://scikit-build-core.readthedocs.io/en/latest/configuration/dynamic.html
_PROVIDERS: Mapping[str, str] = {
    "scikit_build_core.metadata.setuptools_scm": "setuptools-scm",
    "scikit_build_core.metadata.fancy_pypi_readme": "hatch-fancy-pypi-readme",
}


def _checked_languages(source: Source) -> tuple[str, ...]:
    """scikit-build first checks the compilers of ``cmake_languages``, C and C++ by default."""
    checked = source.setup_py.keywords.get("cmake_languages") if source.setup_py else None
    named = [CMAKE_LANGUAGES.get(name.upper(), "") for name in strings(checked)]
    return in_order([*(cmake_languages(source) or ()), *(named or ("c", "cxx"))])


def _requires(source: Source) -> Sequence[str]:
    fields = at(source.pyproject, "tool", "scikit-build", "metadata")
    named = [str(at(f, "provider")) for f in fields.values()] if isinstance(fields, dict) else []
    return [_PROVIDERS[provider] for provider in named if provider in _PROVIDERS]


def _least_cmake(source: Source) -> str:
    configured = _configured_minimum("cmake", source)
    if configured is None:
        return ""
    return max(_OLDEST_CMAKE, configured or cmake_minimum(source) or _OLDEST_CMAKE, key=Version)


def _least_ninja(source: Source) -> str:
    return _configured_minimum("ninja", source) or ""


def _languages(source: Source) -> tuple[str, ...] | None:
    """Those of CMakeLists.txt; none if the wheel is for all platforms, as it then holds nothing
    that is compiled.
    https://scikit-build-core.readthedocs.io/en/latest/reference/configs.html#wheel.platlib"""
    wheel = at(source.pyproject, "tool", "scikit-build", "wheel")
    if at(wheel, "platlib") is False or at(wheel, "cmake") is False:
        return ()
    return cmake_languages(source)


def _configured_minimum(tool: str, source: Source) -> str | None:
    """The version of a tool that ``[tool.scikit-build]`` requires, ``""`` where it does not set
    one, None where it turns the check off."""
    table = at(source.pyproject, "tool", "scikit-build", tool)
    old = at(table, "minimum-version")
    if isinstance(old, str) and re.fullmatch(NUMBERS, old):
        return old
    specifier = at(table, "version")
    if not isinstance(specifier, str) or specifier == "CMakeLists.txt":
        return ""
    if not specifier:
        return None
    try:
        found = ranges(SpecifierSet(specifier))
    except (InvalidSpecifier, Inexpressible):
        return ""
    return found[:-1] if found.endswith(":") else ""


SCIKIT_BUILD = Backend(
    "scikit-build",
    "https://scikit-build.readthedocs.io/en/latest/usage.html",
    modules=("skbuild",),
    projects=("scikit-build",),
    reads=(CMAKE_LISTS,),
    tools=(Tool("cmake", cmake_minimum), Tool("ninja")),
    languages=_checked_languages,
)
SCIKIT_BUILD_CORE = Backend(
    "scikit-build-core",
    "https://scikit-build-core.readthedocs.io/en/latest/configuration/",
    modules=("scikit_build_core",),
    projects=("scikit-build-core",),
    reads=(CMAKE_LISTS,),
    tools=(Tool("cmake", _least_cmake), Tool("ninja", _least_ninja)),
    languages=_languages,
    requires=_requires,
)
CMEEL = Backend(
    "cmeel",
    "https://cmeel.readthedocs.io/en/latest/",
    modules=("cmeel",),
    reads=(CMAKE_LISTS,),
    tools=(Tool("cmake", cmake_minimum),),
    languages=cmake_languages,
)
