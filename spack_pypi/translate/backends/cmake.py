"""scikit-build, which builds with CMake and Ninja; its successor scikit-build-core, which does so
where there is Ninja, and CMake and what that brings, make; and cmeel, which packs what CMake
installs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from ...pypi.model import CMAKE_LISTS, Source, at, strings
from ...recipe.build_system import CMAKE
from ..build_files import NUMBERS, in_order
from ..cmake_languages import CMAKE_LANGUAGES, cmake_languages
from ..cmake_minimum import cmake_minimum
from ..requirements import parse
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

_CORE = "scikit-build-core"
#: The extra that those before a version have what they import in.
#: https://scikit-build-core.readthedocs.io/en/latest/about/changelog.html
_EXTRA, _WHOLE = "pyproject", Version("0.9")


def _checked_languages(source: Source) -> tuple[str, ...]:
    """scikit-build first checks the compilers of ``cmake_languages``, C and C++ by default."""
    checked = source.setup_py.keywords.get("cmake_languages") if source.setup_py else None
    named = [CMAKE_LANGUAGES.get(name.upper(), "") for name in strings(checked)]
    return in_order([*(cmake_languages(source) or ()), *(named or ("c", "cxx"))])


def _requires(source: Source) -> Sequence[str]:
    fields = at(source.pyproject, "tool", "scikit-build", "metadata")
    named = [str(at(f, "provider")) for f in fields.values()] if isinstance(fields, dict) else []
    return [_PROVIDERS[provider] for provider in named if provider in _PROVIDERS]


def _declares(source: Source) -> Sequence[str]:
    """The extra of scikit-build-core with what it is to import, where only releases are allowed
    that do not require that anyway; pip gets it from ``get_requires_for_build_wheel``."""
    table = at(source.pyproject, "build-system", "requires")
    listed = [each for each in parse(strings(table))[0] if canonicalize_name(each.name) == _CORE]
    return [
        f"{_CORE}[{_EXTRA}]{each.specifier}"
        for each in listed
        if not (_EXTRA in each.extras or each.marker or _allows_whole(each.specifier))
    ]


def _allows_whole(specifier: SpecifierSet) -> bool:
    """Whether a release is allowed that requires all that it imports: the first one that does, or
    one that the specifier names itself."""
    named = (Version(each.version.rstrip(".*")) for each in specifier if each.operator != "===")
    later = [_WHOLE, *(version for version in named if version > _WHOLE)]
    return any(specifier.contains(version, prereleases=True) for version in later)


def _least_cmake(source: Source) -> str:
    configured = _configured_minimum("cmake", source)
    if configured is None:
        return ""
    asked = (configured, cmake_minimum(source))
    return max((_OLDEST_CMAKE, *filter(None, asked)), key=Version)


def _least_ninja(source: Source) -> str:
    return _configured_minimum("ninja", source) or ""


def _needs_ninja(source: Source) -> bool:
    """Whether a project asks for Ninja: else scikit-build-core runs make where there is no Ninja,
    and Spack's cmake brings that.
    https://scikit-build-core.readthedocs.io/en/latest/configuration/index.html#ninja"""
    configured = at(source.pyproject, "tool", "scikit-build", "ninja")
    arguments = strings(at(source.pyproject, "tool", "scikit-build", "cmake", "args"))
    defined = at(source.pyproject, "tool", "scikit-build", "cmake", "define")
    return (
        bool(_least_ninja(source))
        or at(configured, "make-fallback") is False
        or "Ninja" in f"{arguments} {defined}"
    )


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
    tools=(Tool("cmake", _least_cmake), Tool("ninja", _least_ninja, _needs_ninja)),
    languages=_languages,
    declares=_declares,
    requires=_requires,
)
CMEEL = Backend(
    "cmeel",
    "https://cmeel.readthedocs.io/en/latest/",
    modules=("cmeel",),
    reads=(CMAKE_LISTS,),
    tools=(Tool("cmake", cmake_minimum),),
    languages=cmake_languages,
    build_system=CMAKE,
)
