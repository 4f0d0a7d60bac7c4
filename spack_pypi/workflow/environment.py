"""The named requirements as specs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from ..host.port import Repos
from ..resolve.package import ProjectPackage
from ..resolve.resolution import Resolution
from ..translate.spack_order import spelling
from ..translate.spelling import meant
from ..translate.versions import Inexpressible, ranges
from .plan import PlannedRecipe


def plain_specs(
    named: Sequence[Requirement], resolution: Resolution, recipes: Mapping[str, PlannedRecipe]
) -> tuple[str, ...]:
    """What a user types for the named projects that are not failed: the package, with a variant
    for each extra."""
    targets = _targets(named, resolution, recipes)
    return tuple(dict.fromkeys(target.package + extras for _, target, extras in targets))


def root_specs(
    named: Sequence[Requirement], resolution: Resolution, recipes: Mapping[str, PlannedRecipe]
) -> tuple[str, ...]:
    """The named requirements as specs: ``py-foo@1.2:+extra``, exact versions as ``@=1.2.3``."""
    specs = []
    for requirement, target, extras in _targets(named, resolution, recipes):
        accepted = _range(target, requirement.specifier)
        versions = f"@{accepted}" if accepted else ""
        variants = "".join(target.existing.requires if target.existing else ())
        specs.append(target.package + versions + variants + extras)
    return tuple(dict.fromkeys(specs))


def _targets(
    named: Sequence[Requirement], resolution: Resolution, recipes: Mapping[str, PlannedRecipe]
) -> Iterator[tuple[Requirement, ProjectPackage, str]]:
    """The requirements on projects that are not failed, with their packages and the variants for
    their extras."""
    for requirement in named:
        project = canonicalize_name(requirement.name)
        if project not in resolution.failed:
            target = resolution.package(project)
            yield requirement, target, _extras(target, requirement, recipes.get(project))


def _extras(target: ProjectPackage, requirement: Requirement, recipe: PlannedRecipe | None) -> str:
    extras = sorted({canonicalize_name(extra) for extra in requirement.extras})
    if target.extended is None and recipe is not None:
        extras = [extra for extra in extras if extra in recipe.variants]
    return "".join(f"+{target.variant(extra) or extra}" for extra in extras)


def other_specs(
    packages: Iterable[tuple[str, SpecifierSet]], repos: Repos
) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Packages of Spack that are not projects as specs, with the ranges that a file asks for; and
    those that no repo has, or not so, each with the reason."""
    specs, left_out = [], []
    for name, specifier in packages:
        package = repos.package(name)
        if package is None:
            left_out.append((f"{name}{specifier}", "no registered repo has this package"))
            continue
        try:
            accepted = ranges(specifier, package.versions)
        except Inexpressible as error:
            left_out.append((f"{name}{specifier}", str(error)))
            continue
        specs.append(f"{name}@{accepted}" if accepted else name)
    return tuple(specs), tuple(left_out)


def constrained(
    constraints: Mapping[str, str], resolution: Resolution
) -> tuple[tuple[str, str], ...]:
    """The packages of the closure that have constraints, with their ranges."""
    packages = []
    for project, text in sorted(constraints.items()):
        if project in resolution.selection.releases or resolution.answers(project):
            target = resolution.package(project)
            packages.append((target.package, _range(target, SpecifierSet(text))))
    return tuple((package, versions) for package, versions in packages if versions)


def _range(target: ProjectPackage, specifier: SpecifierSet) -> str:
    specifier = SpecifierSet(target.of_library(specifier))
    exact = _exact(specifier)
    if exact is not None:
        declared = target.existing.versions if target.existing else ()
        # As the recipe that declares it spells it.
        text = next((text for text in declared if meant(text) == exact), spelling(exact))
        return f"={text}" if text else ""
    try:
        return ranges(specifier, target.existing.versions if target.existing else ())
    except Inexpressible:
        return ""


def _exact(specifier: SpecifierSet) -> Version | None:
    clauses = list(specifier)
    pinned = len(clauses) == 1 and clauses[0].operator in ("==", "===")
    return meant(clauses[0].version) if pinned else None
