"""What a release needs to be built: requirements, tools that are not Python projects, compilers.

`[build-system]` lists requirements (PEP 518); a backend may require more when it is called (PEP
517), which the registry `backends` knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from ..pypi.model import GIT_MODULES, InTree, ModuleImport, Release, Source, strings
from ..recipe.model import BUILD, LANGUAGES, Dependency
from . import backends, brought_back, native, required_by_meson
from .backends import Backend
from .build_files import cmake_minimum, file_languages, in_order
from .history import reads_history
from .known_needs import KnownNeed, known_needs
from .modules import is_known, provider
from .required_by_cmake import required_by_cmake, requires
from .requirements import UNBUILT, UNREAD, Untranslatable, parse, parsed
from .run_by_setup_py import run_by_setup_py, runs
from .stubs import Unbuildable, lacking, stub
from .versions import ranges

_UNSHOWN = (
    "the wheels hold extension modules, but no file of the archive shows in which language they "
    "are written: compare the compilers with what its build does"
)


@dataclass(frozen=True)
class Builds:
    """``requirements`` are PEP 508 texts of the build requirements of the release;
    ``also_building`` and ``also_running`` of what its imports need beyond what is declared, for
    these ``modules``;
    ``languages`` a part of c, cxx, fortran; ``tools`` are dependencies on packages that are no
    Python projects; ``lacking`` says why it cannot be built without a patch; ``needs`` are those
    that are known from elsewhere; ``hints`` what else may be needed; ``remarks`` what a reviewer
    should check, and ``undeclared`` the imports that may need more; ``downloads`` (what, file,
    line) what its build may fetch itself. ``certain``: the backend is known to require nothing
    else when it is called. ``unusable`` says why nothing can be built from the source archive, and
    ``by_wheel`` why a wheel is installed in its place. Of a repository, ``reads_history``: the
    build finds its version there, and ``submodules``: it has some, which are fetched with it."""

    requirements: tuple[str, ...] = ()
    also_building: tuple[str, ...] = ()
    also_running: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    tools: tuple[Dependency, ...] = ()
    needs: tuple[KnownNeed, ...] = ()
    untranslatable: tuple[Untranslatable, ...] = ()
    lacking: Unbuildable | None = None
    unusable: str = ""
    by_wheel: str = ""
    hints: tuple[native.Hint, ...] = ()
    remarks: tuple[str, ...] = ()
    undeclared: tuple[ModuleImport, ...] = ()
    downloads: tuple[tuple[str, str, int], ...] = ()
    certain: bool = True
    reads_history: bool = False
    submodules: bool = False

    @property
    def said(self) -> tuple[str, ...]:
        """What a recipe must say of the build that its directives do not, as clauses."""
        if self.by_wheel:
            return (f"the wheel, as {self.by_wheel}",)
        first = [f"{file}:{line} ({what})" for what, file, line in self.downloads[:3]]
        more = [f"{len(self.downloads) - 3} more"] if len(self.downloads) > 3 else []
        places = ", ".join([*first, *more])
        return (f"its build may download something: {places}",) if places else ()

    @property
    def imported(self) -> tuple[str, ...]:
        """What a recipe must say of dependencies that no metadata declares, as clauses."""
        return tuple(map(brought_back.reason, self.modules))


def builds(source: Source, release: Release) -> Builds:
    """What building the release from its sdist needs; nothing where it has no sdist."""
    needs = known_needs(release)
    if release.sdist is None:
        return Builds(needs=needs)
    if source.problem:
        untranslatable = (Untranslatable(UNREAD, source.problem),)
        return Builds(needs=needs, untranslatable=untranslatable, certain=False)
    nothing = stub(source)
    if nothing is not None:
        return Builds(
            needs=needs,
            untranslatable=(Untranslatable(UNBUILT, str(nothing)),),
            certain=False,
            unusable=nothing.reason,
        )
    own = backends.of(source)
    requirements = build_requirements(source)
    names = _names(requirements)
    used = backends.used(source, names)
    tools = _tools(source, used)
    pure = _is_pure(source, release, names)
    shown = () if pure else _languages(source, release, own, used, names)
    # Both compilers come with one package, and C alone would not do for C++.
    languages = ("c", "cxx") if shown is None else shown
    unshown = shown is None and not any(n.dependency.package in LANGUAGES for n in needs)
    hints = native.looked_for(source) if pure else native.hints(source, {*names, *tools})
    needs += () if pure else _by_build_files(source, {*names, *tools}, needs)
    if own.runs_setup_py and not pure:
        there = {*names, *tools, *(need.dependency.package for need in needs)}
        needs += run_by_setup_py(source, there)
    seen = {need.source for need in needs}
    dropped = brought_back.dropped(release, {each.module for each in source.imports})
    lacked = {each.module: each for each in source.undeclared if _is_needed(each)}
    running = (*brought_back.by(dropped), *map(provider, lacked))
    to_build = {module for module, _ in source.setup_py.imports} if source.setup_py else set()
    return Builds(
        requirements=requirements,
        also_building=brought_back.by(brought_back.dropped(release, to_build & {"pkg_resources"})),
        also_running=running,
        modules=(*dropped, *lacked),
        languages=languages,
        tools=tuple(
            Dependency(tool, version, types=BUILD)
            for tool, version in tools.items()
            if tool not in names
        ),
        needs=tuple(n for n in needs if n.dependency.package not in {*languages, *tools}),
        lacking=lacking(source) if own.runs_setup_py else None,
        hints=tuple(hint for hint in hints if not seen.intersection(_as_needed(hint))),
        remarks=(*_remarks(source, names, used, running), *((_UNSHOWN,) if unshown else ())),
        undeclared=tuple(each for each in source.undeclared if each.module not in lacked),
        downloads=source.downloads if own.runs_setup_py or source.in_tree else (),
        certain=own.is_whole(source) and (source.in_tree is None or source.in_tree.whole),
        reads_history=reads_history(source, names),
        submodules=GIT_MODULES in source.build_files,
    )


def _as_needed(hint: native.Hint) -> Iterator[str]:
    """How the source of a need is named that is also a hint."""
    yield requires(hint.name, hint.line)
    yield runs(hint.name, hint.line)
    yield required_by_meson.requires(hint.file, hint.line, hint.name)


def _is_pure(source: Source, release: Release, names: set[str]) -> bool:
    """Whether nothing is compiled: there is a wheel for all platforms. Where there are others,
    too, the release can be built in both ways, and does compile when it requires Cython, or when
    its setup.py makes extension modules."""
    pure = [wheel.is_pure_wheel for wheel in release.wheels]
    extends = source.setup_py is not None and source.setup_py.extends
    return any(pure) and (all(pure) or not ("cython" in names or extends))


def _by_build_files(
    source: Source, tools: set[str], known: Iterable[KnownNeed]
) -> tuple[KnownNeed, ...]:
    """What CMake and Meson require besides what is ``known``, and that the archive has no copy
    of."""
    there = {each.dependency.package for each in known} | native.copied(source, tools)
    found = (
        *required_by_cmake(source, tools),
        *required_by_meson.required_by_meson(source, tools),
    )
    return tuple(each for each in found if each.dependency.package not in there)


def _build_system(source: Source) -> list[str]:
    """``[build-system] requires``; setuptools by default (PEP 518)."""
    table = (source.pyproject or {}).get("build-system")
    if not isinstance(table, dict):
        return ["setuptools"]
    texts = strings(table.get("requires"))
    if "build-backend" not in table and "setuptools" not in _names(texts):
        texts.append("setuptools")
    return texts


def build_requirements(source: Source) -> tuple[str, ...]:
    """The build requirements (PEP 508) of an sdist, each once: of ``[build-system]``, of the
    backend, and of the archive where the backend is part of that. None of one that cannot be
    read. CMake without a version gets the least one that CMakeLists.txt asks for, and the oldest
    NumPy is `any_old_numpy`."""
    if source.problem:
        return ()
    backend, system = backends.of(source), _build_system(source)
    names = _names(system)
    found = [
        *system,
        *backend.declares(source),
        *(source.in_tree.requirements if source.in_tree else ()),
        *(text for text in backend.requires(source) if not _names([text]) <= names),
    ]
    least = cmake_minimum(source)
    return tuple(
        f"{text}>={least}" if least and text == "cmake" else any_old_numpy(text)
        for text in dict.fromkeys(found)
    )


def any_old_numpy(text: str) -> str:
    """``numpy<2`` in place of ``oldest-supported-numpy``, whose releases pin the first NumPy 1
    that has wheels for each Python, so that a wheel works with all later ones. Spack builds with
    the NumPy that is there when the package runs. Other requirements as they are."""
    found = parsed(text)
    if found is None or canonicalize_name(found.name) != "oldest-supported-numpy":
        return text
    return f"numpy<2; {found.marker}" if found.marker else "numpy<2"


def _is_needed(imported: ModuleImport) -> bool:
    """Whether a project cannot be imported without what no requirement names, and it is certain
    what that is."""
    return imported.always and is_known(imported.module)


def _names(requirements: Iterable[str]) -> set[str]:
    return {canonicalize_name(requirement.name) for requirement in parse(requirements)[0]}


def _tools(source: Source, used: Sequence[Backend]) -> dict[str, str]:
    """The tools that the backends run, by name, each with the versions that fit (``3.15:``),
    ``""`` for any."""
    found: dict[str, list[str]] = {}
    for backend in used:
        for tool in backend.tools:
            found.setdefault(tool.package, []).append(tool.minimum(source))
    return {
        tool: ranges(SpecifierSet(",".join(f">={minimum}" for minimum in minimums if minimum)))
        for tool, minimums in sorted(found.items())
    }


def _languages(
    source: Source, release: Release, own: Backend, used: Sequence[Backend], names: set[str]
) -> tuple[str, ...] | None:
    """The languages that are compiled: what the backend's configuration says, else those of the
    source files, and what backends write. None where these show none, but wheels hold modules that
    were compiled."""
    for backend in used:
        configured = backend.languages(source)
        if configured is not None:
            return configured
    compiles = own.compiles(source) or not all(wheel.is_pure_wheel for wheel in release.wheels)
    # Of a tree there are no wheels: what requires Cython does compile its files, as in `_is_pure`.
    has_cython = {".pyx", ".pxd"} & {*source.suffixes} and "cython" in names
    compiles = compiles or bool(not release.wheels and has_cython)
    found = set(file_languages(source)) if compiles else set()
    if source.setup_py is not None and own.runs_setup_py:
        found |= set(source.setup_py.languages) if found or source.setup_py.compiles else set()
    for backend in used:
        found |= set(backend.generates(source))
    if "cxx" in found:
        # setuptools compiles C++ with the C compiler.
        found.add("c")
    return None if not found and _holds_extensions(release) else in_order(found)


def _holds_extensions(release: Release) -> bool:
    """Whether wheels for platforms, of which there are no others, hold extension modules: they are
    for an ABI of Python (PEP 425). Those without may hold programs or libraries."""
    abis = {wheel.name.split("-")[-2] for wheel in release.wheels}
    return bool(abis) and "none" not in abis


def _remarks(
    source: Source, names: set[str], used: Sequence[Backend], running: Sequence[str]
) -> tuple[str, ...]:
    """What a reviewer should check: a backend that is not known, or is part of the archive; what
    is needed to run beyond what is declared (``running``); the remarks of the backends."""
    found: list[str] = []
    if source.in_tree is not None:
        found += _about_in_tree(source, source.in_tree)
    elif not backends.is_known(source.backend):
        found.append(
            f"the build backend '{source.backend}' is not supported: it may "
            "require more than [build-system] lists; compare the recipe with its documentation"
        )
    if running:
        found += _about_imports(source.imports)
    for each in filter(_is_needed, source.undeclared):
        found.append(
            f"{each.file}:{each.line} imports {each.module}, which no requirement names, so the "
            "recipe depends on it"
        )
    for backend in used:
        found += backend.remarks(source, names)
    return tuple(found)


def _about_imports(imports: Sequence[ModuleImport]) -> Iterator[str]:
    """Where modules are imported that setuptools brings back: one place each."""
    files: dict[str, dict[str, int]] = {}
    for each in imports:
        files.setdefault(each.module, {}).setdefault(each.file, each.line)
    for module, places in files.items():
        (file, line), *others = places.items()
        where = f"{file}:{line} imports {module}"
        if others:
            more = f"{len(others)} other file{'s' if len(others) > 1 else ''}"
            where = f"{file}:{line} and {more} import {module}"
        yield f"{where}, so the recipe depends on setuptools at run time"


def _about_in_tree(source: Source, in_tree: InTree) -> Iterator[str]:
    """What a reviewer should check of a backend that is part of the archive."""
    backend = f"the build backend '{source.backend}' is part of the archive"
    if in_tree.requirements:
        listed = ", ".join(sorted(_names(in_tree.requirements)))
        yield (
            f"{backend}: {in_tree.file} requires {listed} when it is called, and maybe more; "
            "compare the recipe with that file"
        )
    elif in_tree.file and not in_tree.whole:
        yield (
            f"{backend}: {in_tree.file} computes what it requires; "
            "compare the recipe with its get_requires_for_build_wheel()"
        )
    elif not in_tree.file and not any(map(backends.is_known, in_tree.calls)):
        yield (
            f"{backend}, but was not found there: it may require more than "
            "[build-system] lists; compare the recipe with its get_requires_for_build_wheel()"
        )
