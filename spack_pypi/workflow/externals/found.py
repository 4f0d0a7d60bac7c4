"""Which distributions of a Python can be externals of Spack."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from ...errors import UsageError, some_of
from ...host.port import External, Host, Package
from ...prefixes.distributions import Distribution, installed
from ...prefixes.interpreter import Interpreter, SiteKind
from ...prefixes.mpi import SONAMES
from ...prefixes.standard_library import hidden_by
from ...translate import spack_order
from ...translate.library_versions import library_version
from ...translate.spelling import meant
from ..installed_requirements import refused_python, required, satisfies
from ..requirement_files.installed import environment
from .blas import UsedBlas, used_blas
from .damaged import damage
from .mpi import UsedMpi, used_mpi

#: What builds packages. As externals they would show all of the prefix to every build.
_BUILD_TOOLS = frozenset({"pip", "setuptools", "wheel"})
#: Of how many modules a reason names each one.
_MOST_NAMED = 3
#: The project whose BLAS others ask for.
_NUMPY = "numpy"


@dataclass(frozen=True)
class NotUsed:
    """A distribution that becomes no external, and why; ``lacks_recipe`` if only because no recipe
    has this version, which `create` may change; ``builds`` if only because it builds packages, and
    was not named."""

    distribution: Distribution
    reason: str
    lacks_recipe: bool = False
    builds: bool = False

    @property
    def requirement(self) -> str:
        """The release as a requirement (PEP 508)."""
        return f"{self.distribution.project}=={self.distribution.version}"


@dataclass(frozen=True)
class Found:
    """What of an interpreter Spack can use, by project, and what it cannot use. ``assumed`` are
    the variants of each project's package of which nothing is known: Spack takes their defaults.
    ``distributions`` are those that the Python imports, by project; ``named`` the projects that
    were asked for by name."""

    python: Interpreter
    distributions: Mapping[str, Distribution]
    externals: Mapping[str, External]
    not_used: Sequence[NotUsed]
    assumed: Mapping[str, tuple[str, ...]]
    named: frozenset[str]
    notes: Mapping[str, str] = field(default_factory=dict)

    @property
    def installed(self) -> Mapping[str, str]:
        """The versions that there are, by project, where Spack can use them, or could with a
        recipe."""
        lacking = (each.distribution for each in self.not_used if each.lacks_recipe)
        usable = (self.distributions[project] for project in self.externals)
        return {each.project: each.version for each in (*usable, *lacking)}

    @property
    def lacking(self) -> list[str]:
        """The releases (PEP 508) of which only recipes are lacking."""
        return [each.requirement for each in self.not_used if each.lacks_recipe]

    def without(self, refused: Mapping[str, str]) -> Found:
        """The same without those projects that are refused, each for a reason."""
        packages = {self.externals[project].package for project in refused}
        kept = {p: e.without(packages) for p, e in self.externals.items() if p not in refused}
        not_used = [NotUsed(self.distributions[p], reason) for p, reason in refused.items()]
        assumed = {project: names for project, names in self.assumed.items() if project in kept}
        not_used = [*self.not_used, *not_used]
        notes = {project: text for project, text in self.notes.items() if project in kept}
        return replace(self, externals=kept, not_used=not_used, assumed=assumed, notes=notes)


def found(host: Host, python: Interpreter, names: Sequence[str], exclude: Sequence[str]) -> Found:
    """The distributions of an interpreter as externals: those that are named (projects or
    packages), else all but what builds packages. Raises `UsageError` for a name that is not
    installed."""
    distributions = installed(python)
    chosen = _Choice(host, python, distributions)
    named, excluded = chosen.projects(names), chosen.projects(exclude)
    externals: dict[str, External] = {}
    not_used: list[NotUsed] = []
    by_package: dict[str, str] = {}
    assumed: dict[str, tuple[str, ...]] = {}
    for each in distributions:
        if each.project in excluded or (named and each.project not in named):
            continue
        if not named and each.project in _BUILD_TOOLS:
            reason = "builds would see all of the prefix; name it to use it"
            not_used.append(NotUsed(each, reason, builds=True))
            continue
        refused = chosen.refused(each)
        if refused is not None:
            not_used.append(refused)
            continue
        external, unknown = chosen.external(each)
        other = by_package.setdefault(external.package, each.project)
        if other != each.project:
            # Such as opencv-python and opencv-python-headless: Spack has one package of both.
            reason = f"{external.package} is the package of {other} too, which is installed"
            not_used.append(NotUsed(each, reason))
            continue
        externals[each.project] = external
        if unknown:
            assumed[each.project] = unknown
    packages = {project: external.package for project, external in externals.items()}
    if named:
        # Those of an earlier run are known by their entries.
        packages = {**chosen.usable(excluded), **packages}
    needed = {
        project: chosen.with_requirements(externals[project], project, packages)
        for project in externals
    }
    notes = {project: text for project, text in chosen.notes() if project in needed}
    return Found(python, chosen.first, needed, not_used, assumed, named, notes)


class _Choice:
    """Decides about the distributions of one interpreter; ``first`` are those that it imports, by
    project."""

    def __init__(
        self, host: Host, python: Interpreter, distributions: Sequence[Distribution]
    ) -> None:
        self._host, self._python = host, python
        self._environment = environment(python)
        self.first = {d.project: d for d in distributions if not (d.shadowed_by or d.problem)}
        self._projects = {d.project for d in distributions}
        # What an interrupted installation leaves lies beside what it installed.
        self._copies: dict[tuple[str, Path], list[Distribution]] = {}
        for each in (d for d in distributions if not d.problem):
            self._copies.setdefault((each.project, each.folder), []).append(each)
        self._mpis: dict[str, UsedMpi | None] = {}
        self._blas: UsedBlas | None = None
        self._hiding: dict[Path, list[str]] = {}

    def projects(self, names: Sequence[str]) -> frozenset[str]:
        """The projects that names mean. Raises `UsageError` for one that is not installed."""
        for name in names:
            if self._project(name) not in self._projects:
                raise UsageError(f"{name} is not installed for {self._python.command}")
        return frozenset(map(self._project, names))

    def _project(self, name: str) -> str:
        """The project that a name means: itself, or that of a package."""
        project = str(canonicalize_name(name))
        if project not in self._projects and project.startswith("py-"):
            return self._host.repos.project_of(name) or project[len("py-") :]
        return project

    def usable(self, excluded: Collection[str]) -> Mapping[str, str]:
        """The packages of all that can be an external, by project."""
        found = {}
        for project, each in self.first.items():
            package = self._host.repos.package_for(project)
            if package and project not in excluded and self.refused(each) is None:
                found[project] = package.name
        return found

    def refused(self, found: Distribution) -> NotUsed | None:
        """Why a distribution cannot be an external; None if it can."""
        reason = self._not_usable(found) or self._broken(found)
        if reason:
            return NotUsed(found, reason)
        package = self._host.repos.package_for(found.project)
        if package is None:
            return NotUsed(found, "Spack has no package of it", lacks_recipe=True)
        if not (package.from_index or self._is_program(found, package)):
            whole = f"{package.namespace}.{package.name}"
            return NotUsed(found, f"{whole} is more than the Python modules that are installed")
        if self._spelled(package, found) is None:
            reason = f"{package.namespace}.{package.name} has no version {found.version}"
            return NotUsed(found, reason, lacks_recipe=True)
        mpi = self._mpi(found, package)
        return NotUsed(found, mpi.problem) if mpi and mpi.problem else None

    def _spelled(self, package: Package, found: Distribution) -> str | None:
        """How a recipe spells the version that is installed; None where it has no such version."""
        numbers = self._host.repos.numbers(found.project)
        wanted = library_version(Version(found.version), numbers)
        return next((text for text in package.declared if meant(text) == wanted), None)

    def _is_program(self, found: Distribution, package: Package) -> bool:
        """Whether a package is a program that its project installs, such as cmake. Others are
        libraries, which what is built on them would look for in the prefix."""
        program = self._prefix(found) / "bin" / package.name
        return not package.requires and program.is_file()

    def _mpi(self, found: Distribution, package: Package) -> UsedMpi | None:
        """How a distribution uses MPI; None where that is not known."""
        if found.project != "mpi4py" and "mpi" not in package.variants:
            return None
        if found.project not in self._mpis:
            used = used_mpi(found, self._prefix(found), self._host.store)
            self._mpis[found.project] = used
        return self._mpis[found.project]

    def notes(self) -> Iterator[tuple[str, str]]:
        """What else is known of externals, by project."""
        yield from (
            (project, used.note) for project, used in self._mpis.items() if used and used.note
        )
        if self._blas and self._blas.note:
            yield _NUMPY, self._blas.note

    def _not_usable(self, found: Distribution) -> str:
        """Why Spack would not find what is installed; empty if it does."""
        site = found.site
        by_kind = {
            SiteKind.USER: f"it is installed for one user, in {site.folder}",
            SiteKind.BASE: f"it belongs to {self._python.base}, which has externals of its own",
            SiteKind.PTH: f"it lies in {site.folder}, which only {site.named_by} names",
        }
        if found.problem:
            return found.problem
        versions = {copy.version for copy in self._copies_of(found)}
        if len(versions) > 1 and found.folder == self.first[found.project].folder:
            listed = " and of ".join(sorted(versions, key=Version))
            return f"{site.folder} has metadata of {listed}: install the one that is meant again"
        if found.shadowed_by is not None:
            return f"{found.shadowed_by.parent} has it too, and is looked at first"
        if site.kind in by_kind:
            return by_kind[site.kind]
        if self._python.prefix_of(site) is None:
            if site.kind is SiteKind.MODULE:
                where = " or ".join(map(str, self._python.own))
                return f"it lies in {site.folder}, and Spack looks in {where} of a prefix"
            where = " and ".join(str(self._python.prefix / folder) for folder in self._python.own)
            return f"it lies in {site.folder}, and Spack looks in {where}"
        hidden = self._hidden_by(site.folder)
        if hidden:
            return (
                f"{site.folder} has modules that hide those of Python itself where Spack uses it: "
                f"{some_of(hidden, _MOST_NAMED)}; uninstall what they belong to"
            )
        if found.is_editable:
            return "its code lies elsewhere (pip install --editable)"
        if found.address:
            return f"it was installed from {found.address}, not from an index"
        if found.project in SONAMES:
            return "it is an MPI without Python modules; externals that are linked with it name it"
        return damage(found, self._python.minor)

    def _hidden_by(self, folder: Path) -> list[str]:
        if folder not in self._hiding:
            library = self._python.base / "lib" / f"python{self._python.minor}"
            self._hiding[folder] = hidden_by(folder, library)
        return self._hiding[folder]

    def _broken(self, found: Distribution) -> str:
        """What it requires and does not get, as ``pip check`` finds it; empty for nothing."""
        if refused_python(found, self._environment.full_python) is not None:
            return f"it requires Python {found.requires_python}"
        for requirement in self._required(found):
            project = canonicalize_name(requirement.name)
            if project not in self.first:
                why = "of which nothing says the version" if project in self._projects else ""
                return f"it requires {requirement.name}, {why or 'which is not installed'}"
            if damage(self.first[project], self._python.minor):
                return f"it requires {requirement.name}, which is damaged"
            for other in self._copies_of(self.first[project]):
                if not satisfies(other, requirement):
                    wanted = f"{requirement.name}{requirement.specifier}"
                    return f"it requires {wanted}, and {other.version} is installed"
        return ""

    def _copies_of(self, found: Distribution) -> Sequence[Distribution]:
        """All metadata of a project in the folder of one of it: each may be the true one."""
        return self._copies[found.project, found.folder]

    def _required(self, found: Distribution, extra: str = "") -> Iterator[Requirement]:
        return required(found, self._environment, extra)

    def external(self, found: Distribution) -> tuple[External, tuple[str, ...]]:
        """A distribution as an external, and its variants of which nothing is known."""
        package = self._host.repos.package_for(found.project)
        assert package is not None
        text = self._spelled(package, found)
        assert text is not None
        variants, unknown = [*package.requires], []
        extras = {canonicalize_name(extra) for extra in found.extras}
        mpi = self._mpi(found, package)
        fixed = {variant[1:] for variant in package.requires}
        for name in package.variants:
            if name in fixed or not spack_order.contains(
                package.variant_ranges.get(name, ""), text
            ):
                continue
            if name == "mpi" and mpi is not None:
                variants.append("+mpi" if mpi.is_linked else "~mpi")
                continue
            if canonicalize_name(name) not in extras:
                unknown.append(name)
                continue
            has_all = all(map(self._is_satisfied, self._required(found, canonicalize_name(name))))
            variants.append(f"{'+' if has_all else '~'}{name}")
        folders = self._python.library_folders
        external = External(
            package.name, text, self._prefix(found), tuple(variants), folders=folders
        )
        if mpi is not None and mpi.external is not None:
            external = replace(
                external,
                libraries=(("mpi", mpi.external),),
                environment=mpi.environment,
                folders=(*folders, *mpi.folders),
            )
        if found.project == _NUMPY:
            self._blas = used_blas(found, external.prefix, self._host.store)
            if self._blas.external is not None:
                virtuals = (("blas", self._blas.external), ("lapack", self._blas.external))
                external = replace(external, libraries=(*external.libraries, *virtuals))
        return external, tuple(unknown)

    def _prefix(self, found: Distribution) -> Path:
        """The prefix of a distribution that can be used."""
        return self._python.prefix_of(found.site) or self._python.prefix

    def _is_satisfied(self, requirement: Requirement) -> bool:
        other = self.first.get(canonicalize_name(requirement.name))
        return other is not None and all(
            satisfies(copy, requirement) for copy in self._copies_of(other)
        )

    def with_requirements(
        self, external: External, project: str, packages: Mapping[str, str]
    ) -> External:
        """The external with those of the other ``packages`` (by project) that it requires."""
        required = {canonicalize_name(each.name) for each in self._required(self.first[project])}
        needed = sorted(packages[name] for name in required if name in packages)
        return replace(external, requires=tuple(needed))
