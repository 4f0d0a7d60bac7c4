"""What a release needs to be built: requirements, tools that are not Python projects, compilers.

`[build-system]` lists requirements (PEP 518); a backend may require more when it is called (PEP
517), which the registry `backends` knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from packaging.utils import canonicalize_name

from ..pypi.model import GIT_MODULES, ModuleImport, Release, Smaller, Source, strings
from ..recipe.model import BUILD, LANGUAGES, THE_WHEEL, Dependency
from . import (
    backends,
    brought_back,
    by_cmake,
    compiled,
    native,
    required_by_cmake,
    required_by_meson,
    undeclared,
)
from .backends.rust import rust_needed
from .backends.setuptools import READS_LICENSE, SETUPTOOLS, for_license, reads_license
from .build_remarks import UNSHOWN, unclear, without_advice
from .build_settings import FoundSettings, build_settings
from .cmake_minimum import cmake_minimum
from .config_programs import asked_by_setup_py
from .crates_rust import LeastRust
from .every_hint import every_hint
from .history import reads_history
from .included_headers import included_by_extensions
from .known_needs import KnownNeed, KnownResource, KnownSetting, beside, known_needs
from .linked_by_setup_py import linked_by_setup_py, links
from .of_variants import having_variants, newer_versions, using_variants
from .pins import series_of_numpy
from .pyo3_pythons import known_to_pyo3
from .removed_modules import having_modules
from .required_by_cargo import required_by_cargo
from .requirements import UNBUILT, UNREAD, Untranslatable, parse
from .run_by_build_rs import needed_by_build_rs
from .run_by_hooks import needed_by_hooks, said_of_hooks
from .run_by_setup_py import run_by_setup_py, runs
from .spack_order import contains
from .stubs import Unbuildable, lacking, stub
from .undeclared import ReasonToDepend


@dataclass(frozen=True)
class Builds:
    """``requirements`` are PEP 508 texts of the build requirements of the release; ``added`` more
    of them that are known to be missing there, and ``for_license`` why a later setuptools is.
    ``dropped`` are the modules that it imports and that only setuptools has,
    ``dropped_to_build`` those that only its setup.py does, and ``lacked`` its imports, and those
    of its setup.py, of what no requirement brings; ``languages`` a part of c, cxx, fortran;
    ``tools`` are dependencies on packages that are no Python projects, ``rust`` is the least Rust,
    and why; ``lacking`` says why it cannot be built without a patch; ``needs`` are those known
    from elsewhere, ``variants`` what packages that it requires must have besides; ``hints`` what
    else may be needed; ``unclear`` what a reviewer should check, ``doubtful`` what of that is
    guessed or not known, ``undeclared`` the imports that may need more, and ``package_needs`` what
    packages inside it cannot be imported without; ``downloads`` (what, file, line) what its build
    may fetch itself, ``compiled_for`` says for what it compiles besides Spack's target,
    ``settings`` are those that its build needs, ``resources`` the sources that it downloads
    otherwise (then all ``downloads`` are of these), ``cmake`` how Spack builds it without its
    backend, and ``hooks`` what hooks may run. ``certain``: the backend is known to require nothing
    else when called. ``unusable`` says why nothing can be built from the source archive, and
    ``by_wheel`` why a wheel is installed in its place. Of a repository, ``reads_history``: the
    build finds its version there, and ``submodules``: it has some, fetched with it. ``smaller``
    have all that it imports of larger projects."""

    requirements: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    for_license: str = ""
    rust: LeastRust = LeastRust("")
    dropped: tuple[str, ...] = ()
    dropped_to_build: tuple[str, ...] = ()
    lacked: tuple[ModuleImport, ...] = ()
    languages: tuple[str, ...] = ()
    tools: tuple[Dependency, ...] = ()
    needs: tuple[KnownNeed, ...] = ()
    variants: tuple[KnownNeed, ...] = ()
    untranslatable: tuple[Untranslatable, ...] = ()
    lacking: Unbuildable | None = None
    unusable: str = ""
    by_wheel: str = ""
    hints: tuple[native.Hint, ...] = ()
    unclear: tuple[str, ...] = ()
    doubtful: tuple[str, ...] = ()
    undeclared: tuple[ModuleImport, ...] = ()
    package_needs: tuple[ModuleImport, ...] = ()
    downloads: tuple[tuple[str, str, int], ...] = ()
    compiled_for: tuple[str, ...] = ()
    settings: tuple[KnownSetting, ...] = ()
    resources: tuple[KnownResource, ...] = ()
    cmake: by_cmake.ByCMake | None = None
    hooks: tuple[str, ...] = ()
    certain: bool = True
    reads_history: bool = False
    submodules: bool = False
    smaller: tuple[Smaller, ...] = ()

    @property
    def said(self) -> tuple[str, ...]:
        """What a recipe must say of the build that its directives do not, as clauses."""
        if self.by_wheel:
            return (f"{THE_WHEEL}{self.by_wheel}",)
        first = [f"{file}:{line} ({what})" for what, file, line in self.downloads[:3]]
        more = [f"{len(self.downloads) - 3} more"] if len(self.downloads) > 3 else []
        places = ", ".join([*first, *more])
        is_known = not places or self.resources
        downloads = [] if is_known else [f"its build may download something: {places}"]
        there = {each.dependency.package for each in self.needs}
        undecided = undeclared.undecided(self.undeclared, there)
        return (*self.compiled_for, *self.hooks, *downloads, *undecided)

    @property
    def to_build(self) -> tuple[str, ...]:
        """The build requirements, and what is known to be missing there."""
        return (*self.requirements, *self.added)

    @property
    def also_running(self) -> tuple[str, ...]:
        """The requirements (PEP 508) of what is imported when it runs, beyond those declared."""
        lacked = [each for each in self.lacked if not undeclared.is_to_build(each)]
        return (*brought_back.by(self.dropped), *map(undeclared.requirement, lacked))

    @property
    def also_building(self) -> tuple[str, ...]:
        """The same of what setup.py imports, and what else is missing to build."""
        lacked = [each for each in self.lacked if undeclared.is_to_build(each)]
        return (*self.added, *map(undeclared.requirement, lacked))

    @property
    def remarks(self) -> tuple[str, ...]:
        """What a reviewer should check."""
        return (*self.unclear, *map(undeclared.remark, self.lacked))

    @property
    def imported(self) -> tuple[str, ...]:
        """What a recipe must say of dependencies that no metadata declares, as clauses."""
        return tuple(each.text for each in self.reasons)

    @property
    def reasons(self) -> tuple[ReasonToDepend, ...]:
        """The same, each with the project or package of which it is the reason."""
        return (
            *(undeclared.of_need(each) for each in self.needs if each.comment),
            *undeclared.of_dropped(self.dropped),
            *undeclared.of_dropped(self.dropped_to_build, to_build=True),
            *undeclared.of_license(self.for_license),
            *map(undeclared.of_lacked, self.lacked),
        )

    def beside(self, requirements: Iterable[str] | None) -> Builds:
        """The same beside requirements (PEP 508) of the release, which are there when it is built
        and when it runs, None if these are unknown: nothing is lacked that they bring."""
        if self.for_license and reads_license(requirements or ()):
            return replace(self, for_license="").beside(requirements)
        if not (self.lacked or self.undeclared):
            return self  # as almost always
        always = [each for each in self.undeclared if each.always]
        lacked = undeclared.beside(self.lacked, requirements)
        return replace(
            self,
            lacked=tuple(each for each in lacked if not undeclared.is_of_extra(each)),
            undeclared=(
                *filter(undeclared.is_of_extra, lacked),
                *undeclared.beside(always, requirements),
                *(each for each in self.undeclared if not each.always),
            ),
        )

    def among(self, pythons: Iterable[str]) -> Builds:
        """The same where there are these ``pythons``: without a need of Python that excludes none
        of them."""
        idle = [
            each
            for each in self.needs
            if replace(each.dependency, versions="") == Dependency("python")
            and all(contains(each.dependency.versions, version) for version in pythons)
        ]
        if not idle:
            return self
        return replace(self, needs=tuple(each for each in self.needs if each not in idle))


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
            needs=(*needs, *having_variants(source)),
            variants=(*using_variants(source), *newer_versions(source)),
            untranslatable=(Untranslatable(UNBUILT, str(nothing)),),
            certain=False,
            unusable=nothing.reason,
        )
    own = backends.of(source)
    requirements = build_requirements(source)
    names = _names(requirements)
    used = backends.used(source, names)
    tools = backends.tools(source, used)
    pure = compiled.is_pure(source, release, own, names)
    shown = () if pure else compiled.languages(source, release, own, used, requirements)
    unshown = shown is None and not any(n.dependency.package in LANGUAGES for n in needs)
    # Both compilers come with one package, and C alone would not do for C++.
    languages = ("c", "cxx") if unshown else shown or ()
    used_to_build = {*names, *tools}
    if own.runs_setup_py and not pure:
        there = {*used_to_build, *(need.dependency.package for need in needs)}
        run = run_by_setup_py(source, there)
        used_to_build |= {need.dependency.package for need in run}
        needs += run
        needs = beside(needs, linked_by_setup_py(source), used_to_build)
        needs = beside(needs, included_by_extensions(source, names), used_to_build)
        there |= {need.dependency.package for need in needs} | native.copied(source, used_to_build)
        needs += tuple(n for n in asked_by_setup_py(source) if n.dependency.package not in there)
    needs += needed_by_hooks(source, used_to_build)
    hints = every_hint(source, release, used_to_build, names, pure=pure)
    needs = needs if pure else _by_build_files(source, used_to_build, needs)
    found = FoundSettings()
    if not pure:
        found = build_settings(source, release, used_to_build, own.runs_setup_py)
    seen = {need.source for need in needs}
    remarks = (UNSHOWN,) if unshown else ()
    older = undeclared.old_python(source, names) if own.runs_setup_py else ()
    older = older or having_modules(source, release, own.runs_setup_py)
    older += () if pure else known_to_pyo3(source, release)
    needs += tuple(sorted(older, key=newest_python)[:1])
    needs += having_variants(source)
    lacked = [*undeclared.at_run_time(source)]
    lacked += () if pure else undeclared.by_compiled(names)
    lacked += undeclared.by_setup_py(source, release, names) if own.runs_setup_py else ()
    newest = min(map(newest_python, older), default=brought_back.NEWEST)
    dropped = brought_back.dropped(release, {each.module for each in source.imports}, newest)
    to_build = {each.module for each in undeclared.of_setup_py(source)}
    dropped_to_build = brought_back.dropped_to_build(release, to_build, requirements)
    licence = for_license(source, requirements) if own is SETUPTOOLS else ""
    return Builds(
        requirements=requirements,
        added=(*brought_back.by(dropped_to_build), *((READS_LICENSE,) if licence else ())),
        for_license=licence,
        rust=rust_needed(source),
        dropped=dropped,
        dropped_to_build=tuple(each for each in dropped_to_build if each not in dropped),
        lacked=tuple(lacked),
        languages=languages,
        tools=tuple(
            Dependency(tool, version, types=BUILD)
            for tool, version in tools.items()
            if tool not in names
        ),
        needs=tuple(n for n in needs if n.dependency.package not in {*languages, *tools}),
        variants=(*using_variants(source), *newer_versions(source)),
        lacking=lacking(source, own.runs_setup_py),
        hints=tuple(hint for hint in hints if not seen.intersection(_as_needed(hint))),
        unclear=(*unclear(source, names, used, dropped), *remarks),
        doubtful=(*map(without_advice, (*unclear(source, names, used, ()), *remarks)),),
        undeclared=tuple(each for each in source.undeclared if each not in lacked),
        package_needs=source.package_needs,
        downloads=(
            *(source.downloads if own.runs_setup_py or source.in_tree else ()),
            *(() if pure else required_by_cmake.downloads(source, used_to_build)),
        ),
        hooks=said_of_hooks(source, used_to_build),
        compiled_for=found.said,
        settings=(*found.settings, *by_cmake.settings(source, own)),
        resources=found.resources,
        cmake=by_cmake.by_cmake(source, own),
        certain=own.is_whole(source) and (source.in_tree is None or source.in_tree.whole),
        reads_history=reads_history(source, names),
        submodules=GIT_MODULES in source.build_files,
        smaller=source.smaller,
    )


def newest_python(need: KnownNeed) -> int:
    """The minor version of the newest Python of a need like ``python@:3.12``."""
    return int(need.dependency.versions.rpartition(".")[2])


def _as_needed(hint: native.Hint) -> Iterator[str]:
    """How the source of a need is named that is also a hint."""
    for function in required_by_cmake.FUNCTIONS:
        yield required_by_cmake.requires(hint.file, hint.line, hint.name, function)
    yield required_by_cmake.uses(hint.file, hint.line, hint.name)
    yield runs(hint.name, hint.line)
    yield f"{hint.file}:{hint.line} {hint.text}"
    yield links(hint.name, hint.line, hint.file)
    yield required_by_meson.requires(hint.file, hint.line, hint.name)


def _by_build_files(
    source: Source, tools: set[str], known: Sequence[KnownNeed]
) -> tuple[KnownNeed, ...]:
    """What is ``known``, with what CMake, Meson and Cargo require that the archive has no copy
    of."""
    found = (
        *required_by_cmake.required_by_cmake(source, tools),
        *required_by_meson.required_by_meson(source, tools),
        *required_by_cargo(source, tools),
        *needed_by_build_rs(source, tools),
    )
    return beside(known, found, native.copied(source, tools))


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
    read. CMake without a version gets the least one that CMakeLists.txt asks for, and a pin of
    NumPy is its `series_of_numpy`."""
    if source.problem:
        return ()
    backend, system = backends.of(source), _build_system(source)
    names = _names(system)
    found = [
        *by_cmake.required(source, backend, system),
        *backend.declares(source),
        *(source.in_tree.requirements if source.in_tree else ()),
        *(text for text in backend.requires(source) if not _names([text]) <= names),
    ]
    least = cmake_minimum(source)
    return tuple(
        f"{text}>={least}" if least and text == "cmake" else series_of_numpy(text)
        for text in dict.fromkeys(found)
    )


def _names(requirements: Iterable[str]) -> set[str]:
    return {canonicalize_name(requirement.name) for requirement in parse(requirements)[0]}
