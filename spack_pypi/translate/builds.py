"""What a release needs to be built: requirements, tools that are no Python projects, compilers.

PEP 518 says what `[build-system]` asks for; backends ask for more only when they are called, which
is here as facts with the place where each is documented.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from ..pypi.model import InTree, ModuleImport, Release, Source, at, strings
from ..recipe.model import BUILD, Dependency
from . import native
from .modules import provider
from .requirements import Untranslatable
from .versions import Inexpressible, ranges

#: Build requirement → Spack tools that its backend runs.
#: https://mesonbuild.com/meson-python, https://scikit-build-core.readthedocs.io
_CALLED_FOR: Mapping[str, tuple[str, ...]] = {
    "meson-python": ("meson", "ninja"),
    "scikit-build-core": ("cmake", "ninja"),
    "scikit-build": ("cmake", "ninja"),
    "maturin": ("rust",),
    "setuptools-rust": ("rust",),
}
#: Provider of dynamic metadata → what scikit-build-core asks for when it is used.
#: https://scikit-build-core.readthedocs.io/en/latest/configuration/dynamic.html
_PROVIDERS: Mapping[str, str] = {
    "scikit_build_core.metadata.setuptools_scm": "setuptools-scm",
    "scikit_build_core.metadata.fancy_pypi_readme": "hatch-fancy-pypi-readme",
}
#: Plugin of hatchling, by the name under which it is configured → project that brings it.
#: https://hatch.pypa.io/latest/plugins/about/
_HATCH_PLUGINS: Mapping[str, str] = {
    "cython": "hatch-cython",
    "fancy-pypi-readme": "hatch-fancy-pypi-readme",
    "jupyter-builder": "hatch-jupyter-builder",
    "mypyc": "hatch-mypyc",
    "nodejs": "hatch-nodejs-version",
    "regex_commit": "hatch-regex-commit",
    "requirements_txt": "hatch-requirements-txt",
    "uv-dynamic-versioning": "uv-dynamic-versioning",
    "vcs": "hatch-vcs",
}
#: scikit-build-core runs with no CMake that is older.
_OLDEST_CMAKE = "3.15"

#: Backends, by the first part of their module, that have no way to compile anything.
_NEVER_COMPILE = ("flit_core", "flit", "flit_scm", "uv_build")
#: Backends whose needs are known here.
_KNOWN = {
    "flit", "flit_core", "flit_scm", "hatchling", "jupyter_packaging", "maturin", "mesonpy", "pdm",
    "poetry", "poetry_dynamic_versioning", "scikit_build_core", "setuptools", "setuptools_rust",
    "sipbuild", "skbuild", "uv_build", "whey",
}  # fmt: skip
#: Hooks of hatchling that compile nothing; https://hatch.pypa.io/latest/config/build/#build-hooks
_HARMLESS_HOOKS = {
    "version",
    "vcs",
    "build-scripts",
    "jupyter-builder",
    "autorun",
    "requirements-txt",
}

#: setuptools 82 is the first without pkg_resources, Python 3.12 the first without distutils, which
#: setuptools then brings (PEP 632).
_BROUGHT_BACK: Mapping[str, str] = {
    "pkg_resources": "setuptools<82",
    "distutils": "setuptools; python_version >= '3.12'",
}


#: What setup.py files import and often forget to require.
_OFTEN_FORGOTTEN = {
    "Cython", "cffi", "numpy", "packaging", "pkgconfig", "pybind11", "requests", "skbuild", "toml",
}  # fmt: skip


@dataclass(frozen=True)
class Builds:
    """``requirements`` are PEP 508 texts of what is asked for to build the release;
    ``also_building`` and ``also_running`` of what its imports show to be needed besides;
    ``languages`` a part of c, cxx, fortran; ``tools`` are dependencies on packages that are no
    Python projects; ``hints`` what else may be needed; ``remarks`` what could not be told.
    ``certain``: the backend asks for nothing more when it is called, for all that is known."""

    requirements: tuple[str, ...] = ()
    also_building: tuple[str, ...] = ()
    also_running: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    tools: tuple[Dependency, ...] = ()
    untranslatable: tuple[Untranslatable, ...] = ()
    hints: tuple[native.Hint, ...] = ()
    remarks: tuple[str, ...] = ()
    certain: bool = True


def builds(source: Source, release: Release) -> Builds:
    """What it takes to build the release from its sdist; nothing where there is none."""
    if release.sdist is None:
        return Builds()
    if source.problem:
        untranslatable = (Untranslatable("build requirements", source.problem),)
        return Builds(untranslatable=untranslatable, certain=False)
    requirements = [
        *_build_system(source),
        *(source.setup_requires if _top(source) == "setuptools" else ()),
        *_asked_when_called(source),
    ]
    names = _names(requirements)
    called = sorted({tool for name in names for tool in _CALLED_FOR.get(name, ())})
    tools = tuple(
        Dependency(tool, _minimum(tool, names, source), types=BUILD)
        for tool in called
        if tool not in names
    )
    pure = _is_pure(release, names)
    running = _brought_back(release, {each.module for each in source.imports})
    to_build = {module for module, _ in source.setup_py.imports} if source.setup_py else set()
    return Builds(
        requirements=tuple(dict.fromkeys(requirements)),
        also_building=_brought_back(release, to_build & {"pkg_resources"}),
        also_running=running,
        languages=() if pure else _languages(source, names, release),
        tools=tools,
        hints=() if pure else native.hints(source, names | set(called)),
        remarks=_remarks(source, names, running),
        certain=_is_certain(source),
    )


def _top(source: Source) -> str:
    """The backend that builds, by the first part of its module: the one that a backend in the
    archive calls, where it is known here."""
    called = (
        module.partition(".")[0] for module in (source.in_tree.calls if source.in_tree else ())
    )
    return next((top for top in called if top in _KNOWN), source.backend.partition(".")[0])


def _is_certain(source: Source) -> bool:
    """Whether the backend asks for nothing when it is called but what is known here."""
    if source.in_tree is not None and not source.in_tree.whole:
        return False
    top = _top(source)
    if top == "setuptools" and source.setup_py is not None:
        called = source.setup_py
        dynamic = called.names is None or "setup_requires" in called.names
        return not dynamic or "setup_requires" in called.keywords
    # The custom hook of hatchling is a program that may ask for more.
    return top in _KNOWN and "custom" not in _hooks(source.pyproject or {})


def _is_pure(release: Release, names: set[str]) -> bool:
    """Whether nothing is compiled: there is a wheel for all platforms. Where there are others,
    too, the release can be built in both ways, and does compile when it asks for Cython."""
    pure = [wheel.is_pure_wheel for wheel in release.wheels]
    return any(pure) and (all(pure) or "cython" not in names)


def _build_system(source: Source) -> list[str]:
    """``[build-system] requires``; setuptools where it is not said (PEP 518)."""
    table = (source.pyproject or {}).get("build-system")
    if not isinstance(table, dict):
        return ["setuptools"]
    texts = strings(table.get("requires"))
    if "build-backend" not in table and "setuptools" not in _names(texts):
        texts.append("setuptools")
    return texts


def _asked_when_called(source: Source) -> list[str]:
    """What a backend asks for by ``get_requires_for_build_wheel`` (PEP 517), from its tables in
    pyproject.toml, or from the archive where it is part of that."""
    top = _top(source)
    pyproject = source.pyproject or {}
    own = source.in_tree.requirements if source.in_tree else ()
    found: list[str] = []
    if top == "hatchling":
        # https://hatch.pypa.io/latest/config/build/#dependencies
        for table in (*_hatch_tables(pyproject), *_hooks(pyproject).values()):
            found += strings(table.get("dependencies"))
            if table.get("require-runtime-dependencies") is True:
                found += strings(at(pyproject, "project", "dependencies"))
        hatch = at(pyproject, "tool", "hatch")
        named = {str(at(hatch, "version", "source")), *_hooks(pyproject)}
        metadata_hooks = at(hatch, "metadata", "hooks")
        named |= set(metadata_hooks) if isinstance(metadata_hooks, dict) else set()
        found += [_HATCH_PLUGINS[name] for name in sorted(named) if name in _HATCH_PLUGINS]
    elif top == "setuptools" and at(pyproject, "tool", "setuptools_scm") is not None:
        # Without it the version would be 0.0.0. https://setuptools-scm.readthedocs.io
        found.append("setuptools-scm")
    elif top == "pdm" and at(pyproject, "tool", "pdm", "build", "run-setuptools") is True:
        # https://backend.pdm-project.org/build_config/
        found.append("setuptools>=40.8.0")
    elif top == "scikit_build_core":
        fields = at(pyproject, "tool", "scikit-build", "metadata")
        for field in fields.values() if isinstance(fields, dict) else ():
            provider = str(at(field, "provider"))
            if provider in _PROVIDERS:
                found.append(_PROVIDERS[provider])
    names = _names(_build_system(source))
    return [*own, *(text for text in found if not _names([text]) <= names)]


def _hatch_tables(pyproject: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The tables that configure hatchling's building of a wheel."""
    build = at(pyproject, "tool", "hatch", "build")
    return [t for t in (build, at(build, "targets", "wheel")) if isinstance(t, dict)]


def _hooks(pyproject: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The hooks of hatchling that are on, with their tables."""
    found: dict[str, Mapping[str, Any]] = {}
    for table in _hatch_tables(pyproject):
        hooks = at(table, "hooks")
        for name, hook in hooks.items() if isinstance(hooks, dict) else ():
            if _is_on(hook):
                found[str(name)] = hook
    return found


def _is_on(hook: Any) -> bool:
    return isinstance(hook, dict) and hook.get("enable-by-default", True) is not False


def _brought_back(release: Release, imported: set[str]) -> tuple[str, ...]:
    """What brings back the modules that setuptools or Python dropped, if they are imported."""
    if release.project == "setuptools":
        return ()
    return tuple(text for module, text in _BROUGHT_BACK.items() if module in imported)


def _names(requirements: Iterable[str]) -> set[str]:
    names: set[str] = set()
    for text in requirements:
        try:
            names.add(canonicalize_name(Requirement(text).name))
        except InvalidRequirement:
            continue
    return names


def _minimum(tool: str, names: set[str], source: Source) -> str:
    """The versions of a tool that the archive asks for (``3.15:``), ``""`` for any."""
    minimum = ""
    if tool == "rust":
        minimum = source.rust_version
    elif tool == "meson":
        minimum = native.meson_minimum(source)
    elif "scikit-build-core" in names:
        said = _scikit_build_minimum(tool, source.pyproject or {})
        minimum = said or ""
        if tool == "cmake" and said is not None:
            minimum = said or native.cmake_minimum(source) or _OLDEST_CMAKE
            minimum = max(_OLDEST_CMAKE, minimum, key=Version)
    elif tool == "cmake":
        minimum = native.cmake_minimum(source)
    return ranges(SpecifierSet(f">={minimum}")) if minimum else ""


def _scikit_build_minimum(tool: str, pyproject: Mapping[str, Any]) -> str | None:
    """The version of CMake or Ninja that ``[tool.scikit-build]`` asks for, ``""`` where it says
    nothing of it, None where it wants no check."""
    table = at(pyproject, "tool", "scikit-build", tool)
    if not isinstance(table, dict):
        return ""
    old = table.get("minimum-version")
    if isinstance(old, str) and re.fullmatch(r"[0-9]+(\.[0-9]+)*", old):
        return old
    said = table.get("version")
    if not isinstance(said, str) or said == "CMakeLists.txt":
        return ""
    if not said:
        return None
    try:
        found = ranges(SpecifierSet(said))
    except (InvalidSpecifier, Inexpressible):
        return ""
    return found[:-1] if found.endswith(":") else ""


def _languages(source: Source, names: set[str], release: Release) -> tuple[str, ...]:
    """The languages that are compiled: what the backend's configuration says, else those of the
    source files."""
    top = _top(source)
    plain: tuple[str, ...] | None = None
    if top == "mesonpy" or "meson-python" in names:
        plain = native.meson_languages(source)
    elif "scikit-build" in names:
        plain = _with_those_that_are_tried(source, native.cmake_languages(source) or ())
    elif "scikit-build-core" in names:
        plain = native.cmake_languages(source)
    if plain is not None:
        return plain
    found = set(native.file_languages(source)) if _compiles(source, top, release) else set()
    if source.setup_py is not None and top in ("setuptools", "poetry", "pdm"):
        found |= set(source.setup_py.languages) if found or source.setup_py.compiles else set()
    found |= set(_generated(source, top))
    if "cxx" in found or names & {"maturin", "setuptools-rust"}:
        # setuptools compiles C++ with the C compiler, and Rust links with it.
        found.add("c")
    return native.in_order(found)


def _with_those_that_are_tried(source: Source, languages: tuple[str, ...]) -> tuple[str, ...]:
    """scikit-build first tries the compilers of ``cmake_languages``, C and C++ unless it is told
    otherwise. https://scikit-build.readthedocs.io/en/latest/usage.html"""
    tried = source.setup_py.keywords.get("cmake_languages") if source.setup_py else None
    said = [native.CMAKE_LANGUAGES.get(name.upper(), "") for name in strings(tried)]
    return native.in_order([*languages, *(said or ("c", "cxx"))])


def _compiles(source: Source, top: str, release: Release) -> bool:
    """Whether the release compiles the source files that it has."""
    pyproject = source.pyproject or {}
    if not all(wheel.is_pure_wheel for wheel in release.wheels):
        return True
    if top in _NEVER_COMPILE:
        return False
    if top == "setuptools":
        said = source.setup_py is not None and source.setup_py.compiles
        return said or at(pyproject, "tool", "setuptools", "ext-modules") is not None
    if top == "poetry":
        return at(pyproject, "tool", "poetry", "build") is not None
    if top == "pdm":
        return at(pyproject, "tool", "pdm", "build", "run-setuptools") is True
    if top == "hatchling":
        return bool(_hooks(pyproject).keys() - _HARMLESS_HOOKS)
    return True


def _generated(source: Source, top: str) -> tuple[str, ...]:
    """The languages of code that is written while building: by hatch-cython and hatch-mypyc, by
    sip (https://python-sip.readthedocs.io)."""
    if top == "sipbuild":
        return ("c", "cxx")
    hooks = _hooks(source.pyproject or {}) if top == "hatchling" else {}
    return ("c",) if hooks.keys() & {"cython", "mypyc"} else ()


def _remarks(source: Source, names: set[str], running: Sequence[str]) -> tuple[str, ...]:
    """What a reader should know: a backend that is not known, or is part of the archive; what is
    needed to run beyond what is declared (``running``); what setup.py imports."""
    found: list[str] = []
    if source.in_tree is not None:
        found += _about_in_tree(source, source.in_tree)
    elif _top(source) not in _KNOWN:
        found.append(
            f"the build backend '{source.backend}' is not known here: "
            "it may need more than [build-system] lists"
        )
    if running:
        found += _about_imports(source.imports)
    if "pyqt-builder" in names:
        found.append("PyQt-builder runs Qt's qmake, which no requirement names")
    if source.setup_py is not None and _top(source) == "setuptools":
        for module, line in source.setup_py.imports:
            if module in _OFTEN_FORGOTTEN and provider(module) not in names:
                found.append(f"setup.py:{line} imports {module}, which is no build requirement")
    return tuple(found)


def _about_imports(imports: Sequence[ModuleImport]) -> Iterator[str]:
    """Where modules are imported that setuptools brings back: one place each."""
    files: dict[str, dict[str, int]] = {}
    for each in imports:
        files.setdefault(each.module, {}).setdefault(each.file, each.line)
    for module, places in files.items():
        (file, line), *others = places.items()
        told = f"{file}:{line} imports {module}"
        if others:
            more = f"{len(others)} other file{'s' if len(others) > 1 else ''}"
            told = f"{file}:{line} and {more} import {module}"
        yield f"{told}, so the recipe asks for setuptools to run"


def _about_in_tree(source: Source, in_tree: InTree) -> Iterator[str]:
    """What a reader should know of a backend that is part of the archive."""
    backend = f"the build backend '{source.backend}' is part of the archive"
    if in_tree.requirements:
        listed = ", ".join(sorted(_names(in_tree.requirements)))
        yield f"{backend}: {in_tree.file} asks for {listed} when it is called, and maybe for more"
    elif in_tree.file and not in_tree.whole:
        yield (
            f"{backend}: what {in_tree.file} asks for when it is called cannot be told "
            "without running it"
        )
    elif not in_tree.file and not _is_wrapper(in_tree):
        yield f"{backend}, but was not found there: it may need more than [build-system] lists"


def _is_wrapper(in_tree: InTree) -> bool:
    return any(module.partition(".")[0] in _KNOWN for module in in_tree.calls)
