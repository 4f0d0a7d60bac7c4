"""What a release needs although no requirement names it: what its modules and its setup.py always
import, where it is certain which project that comes from; and what compiled modules import."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from ..pypi.model import ModuleImport, Release, Source
from ..recipe.model import Dependency
from . import brought_back
from .brought_back import BROUGHT_BACK
from .known_needs import KnownNeed
from .modules import is_known, provider
from .requirements import is_for_extra, parse

_SETUP_PY = "setup.py"
#: What Spack builds with is there.
_BUILDS = "pip"
#: Markers of extras for those who develop a project, and of requirements for some Pythons only.
_TO_DEVELOP = re.compile(
    r"""["'-](?:all-)?(?:dev\w*|tests?|testing|docs?|lint\w*|typing|ci|examples?|bench\w*)["'-]""",
    re.I,
)
_FOR_SOME = re.compile("python|platform|sys_|os_")
#: Build requirements of which a module imports those with which it was compiled, to have the
#: functions that their headers name:
#: https://mpi4py.readthedocs.io/en/stable/reference/mpi4py.html#mpi4py.get_include
_COMPILED_WITH = {"mpi4py"}
#: The projects that bring a module versioneer, which is found before that beside setup.py.
_VERSIONEERS = {"versioneer", "versioneer-518"}


def at_run_time(source: Source) -> Iterator[ModuleImport]:
    """The imports without which a project cannot be imported itself."""
    return (e for e in source.undeclared if e.always and any(map(is_known, e.modules)))


def may_lack(undeclared: Iterable[ModuleImport], project: str) -> Iterator[ModuleImport]:
    """The imports without which a ``project`` (PEP 503 name) cannot be imported, of modules whose
    names are of several words, or with which its own name begins (snakemake-storage-x): these come
    from the project of that name, if there is one. Another single word may be the name of a
    project and of a module of another one (snappy, which python-snappy has)."""
    for each in undeclared:
        if each.others or not each.always or is_known(each.module):
            continue
        if "_" in each.module.strip("_") or project.startswith(f"{each.module.lower()}-"):
            yield each


def of_setup_py(source: Source) -> Iterator[ModuleImport]:
    """What setup.py always imports, and what modules beside it do that it imports: of theirs only
    what is there no longer."""
    called = source.setup_py
    imports = [ModuleImport(m, _SETUP_PY, line) for m, line in (called.imports if called else ())]
    files = {f"{each.module}.py" for each in imports}
    yield from imports
    yield from (each for each in source.beside_setup_py if each.file in files)


def by_setup_py(source: Source, release: Release, names: set[str]) -> Iterator[ModuleImport]:
    """The imports without which setup.py does not run; those of the build requirements (``names``)
    and of files beside it are there."""
    seen = {*names, release.project}
    for module, line in source.setup_py.imports if source.setup_py else ():
        is_beside = {module, f"{module}.py"} & source.at_top
        if is_beside or module in BROUGHT_BACK or module == _BUILDS or not is_known(module):
            continue
        if provider(module) not in seen:
            seen.add(provider(module))
            yield ModuleImport(module, _SETUP_PY, line, always=True)


def by_compiled(names: set[str]) -> Iterator[ModuleImport]:
    """What the compiled modules of a release import, given the names of its build requirements."""
    return (ModuleImport(each, "", 0, always=True) for each in sorted(_COMPILED_WITH & names))


def beside(
    lacked: Iterable[ModuleImport], requirements: Iterable[str] | None
) -> tuple[ModuleImport, ...]:
    """Those imports that no requirement (PEP 508; None: unknown) of the release brings. Of what a
    text about the project mentions there may be another edition (``tensorflow-cpu``), or one for
    each Python; what is not known by its name may come from a project that has it in its own."""
    known = parse(requirements or ())[0]
    stated = {canonicalize_name(each.name) for each in known if not each.marker}
    maybe = [canonicalize_name(each.name) for each in known if not is_for_extra(each)]

    def has(module: str, mentioned: bool) -> bool:
        project, name = provider(module), canonicalize_name(module)
        others = [each for each in maybe if each != project]
        if project in stated or any(project in each or name in each for each in others):
            return True
        is_doubtful = mentioned or not is_known(module)
        return is_doubtful and (requirements is None or project in maybe)

    def is_brought(imported: ModuleImport) -> bool:
        return any(has(module, imported.mentioned) for module in imported.modules)

    optional = [each for each in known if is_for_extra(each)]
    return tuple(_of_extras(each, optional) for each in lacked if not is_brought(each))


def _of_extras(imported: ModuleImport, optional: Iterable[Requirement]) -> ModuleImport:
    """An import with what the requirements of extras that are for users say of its project: in
    which versions, if all agree, and name more than one. Where they name just one of several
    modules, it is that."""
    projects = {*map(provider, imported.modules)}
    named = [
        each
        for each in optional
        if canonicalize_name(each.name) in projects and not _TO_DEVELOP.search(str(each.marker))
    ]
    names = {canonicalize_name(each.name) for each in named}
    chosen = [module for module in imported.modules if provider(module) in names]
    if imported.others and len(chosen) == 1:
        imported = replace(imported, module=chosen[0], others=())
    wanted = {
        each.specifier
        for each in named
        if imported.before or not _FOR_SOME.search(str(each.marker))
    }
    one = wanted.pop() if len(wanted) == 1 else SpecifierSet()
    is_range = not imported.others and all(clause.operator not in ("==", "===") for clause in one)
    return replace(imported, optional=bool(named), specifier=_widened(one) if is_range else "")


def _widened(wanted: SpecifierSet) -> str:
    """The versions that an extra accepts; of one minor series all later ones as well, as it is a
    pin, and who does without the extra has none."""
    lower = [Version(each.version) for each in wanted if each.operator in (">=", "~=")]
    if len(lower) == 1:
        major, minor = lower[0].major, lower[0].minor
        if not any(f"{after}.9999" in wanted for after in (f"{major}.{minor + 1}", major + 1)):
            return f">={lower[0]}"
    return str(wanted)


def requirement(imported: ModuleImport) -> str:
    """The requirement (PEP 508) of what is imported."""
    marker = f'; python_version < "{imported.before}"' if imported.before else ""
    return f"{provider(imported.module)}{imported.specifier}{marker}"


def is_of_extra(imported: ModuleImport) -> bool:
    """Whether most packages or modules of a project import what an extra for users names: who
    wants these asks for the extra."""
    return bool(imported.most) and imported.optional


def is_to_build(imported: ModuleImport) -> bool:
    """Whether something is only imported to build."""
    return imported.file == _SETUP_PY


def remark(imported: ModuleImport) -> str:
    """What the report says of an import."""
    what = imported.module if imported.others else "it"
    return f"{place(imported)}, {unnamed(imported)}, so the recipe depends on {what}"


def undecided(undeclared: Iterable[ModuleImport], there: Collection[str]) -> Iterator[str]:
    """What a recipe says of imports of one of several modules, none of which is known to have a
    package, nor comes from a package of its name that is ``there`` (ESMF)."""
    for each in undeclared:
        if each.others and {module.lower() for module in each.modules}.isdisjoint(there):
            yield f"{place(each)}, {unnamed(each)}"


def place(imported: ModuleImport) -> str:
    """Where something is imported, as a clause."""
    if not imported.file:
        return f"code compiled with {imported.module} imports it"
    where = f"{imported.file}:{imported.line}"
    if imported.most:
        return f"most of its {imported.most} import {imported.module} ({where})"
    return f"{where} imports {_either(imported)}"


def _either(imported: ModuleImport) -> str:
    """What is imported, in words."""
    if not imported.others:
        return imported.module
    *more, last = imported.others
    return f"one of {', '.join([imported.module, *more])} and {last}"


class ReasonToDepend(NamedTuple):
    """A clause (``text``) that says why a ``project`` is needed, maybe only ``to_build``; or a
    ``package`` of Spack that is none of a project."""

    text: str
    project: str = ""
    to_build: bool = False
    package: str = ""


def of_dropped(modules: Iterable[str], to_build: bool = False) -> Iterator[ReasonToDepend]:
    """What a recipe says of modules that were dropped; ``to_build``: that setup.py imports."""
    for each in modules:
        text = brought_back.reason(each, to_build)
        yield ReasonToDepend(text, brought_back.BRINGS, to_build)


def of_license(reason: str) -> Iterator[ReasonToDepend]:
    """What a recipe says of a version of setuptools that reads the licence, if there is a
    reason."""
    if reason:
        yield ReasonToDepend(reason, brought_back.BRINGS, to_build=True)


def of_need(need: KnownNeed) -> ReasonToDepend:
    """What a recipe says of what is known from a file."""
    needed = need.dependency
    return ReasonToDepend(need.comment, "", "run" not in needed.types, needed.package)


def of_lacked(imported: ModuleImport) -> ReasonToDepend:
    """What a recipe says of an import of what no requirement brings."""
    return ReasonToDepend(_reason(imported), provider(imported.module), is_to_build(imported))


def _reason(imported: ModuleImport) -> str:
    if is_to_build(imported):
        return f"setup.py imports {imported.module}, {unnamed(imported)}"
    if not imported.file:
        return f"code compiled with {imported.module} imports it, {unnamed(imported)}"
    if imported.most:
        return f"most of its {imported.most} import {imported.module}, {unnamed(imported)}"
    what = _either(imported)
    if imported.optional:
        return f"{what} is imported, but only an extra requires it"
    return f"{what} is imported, but {'none of them is' if imported.others else 'not'} declared"


def unnamed(imported: ModuleImport) -> str:
    """What requirements say of something that is imported, as a clause."""
    if imported.optional and not is_to_build(imported):
        return "which only an extra requires"
    return "none of which is declared" if imported.others else "which is not declared"


def old_python(source: Source, names: set[str]) -> tuple[KnownNeed, ...]:
    """The Pythons for which NumPy has what setup.py imports of it
    (https://numpy.org/doc/stable/reference/distutils_status_migration.html), or that have what
    the versioneer.py beside it uses, if ``names``, the build requirements, have no versioneer."""
    called = source.setup_py
    line = called.for_old_python if called else 0
    what = "imports numpy.distutils, which NumPy has up to Python 3.11"
    reasons = [(_SETUP_PY, line, what)] if line else []
    imports = {module for module, _ in called.imports} if called else set()
    if "versioneer" in imports and names.isdisjoint(_VERSIONEERS):
        for each in source.beside_setup_py:
            if each.file == "versioneer.py" and each.module not in BROUGHT_BACK:
                uses = f"uses {each.module}, gone in Python 3.12"
                reasons.append((each.file, each.line, uses))
    python = Dependency("python", ":3.11")
    return tuple(
        KnownNeed(python, f"{file}:{line} {what}", in_table=False, comment=f"{file} {what}")
        for file, line, what in reasons[:1]
    )
