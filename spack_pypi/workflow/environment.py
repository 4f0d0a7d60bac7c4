"""The named requirements as specs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

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
    specs = []
    for requirement in named:
        project = canonicalize_name(requirement.name)
        if project not in resolution.failed:
            target = resolution.package(project)
            extras = _extras(target, requirement, recipes.get(project))
            specs.append(target.package + extras)
    return tuple(dict.fromkeys(specs))


def root_specs(
    named: Sequence[Requirement], resolution: Resolution, recipes: Mapping[str, PlannedRecipe]
) -> tuple[str, ...]:
    """The named requirements as specs: ``py-foo@1.2:+extra``, exact versions as ``@=1.2.3``."""
    specs = []
    for requirement in named:
        project = canonicalize_name(requirement.name)
        if project in resolution.failed:
            continue
        target = resolution.package(project)
        accepted = _range(target, requirement.specifier)
        variants = "".join(target.existing.requires if target.existing else ())
        versions = f"@{accepted}" if accepted else ""
        extras = _extras(target, requirement, recipes.get(project))
        specs.append(target.package + versions + variants + extras)
    return tuple(dict.fromkeys(specs))


def _extras(target: ProjectPackage, requirement: Requirement, recipe: PlannedRecipe | None) -> str:
    extras = sorted({canonicalize_name(extra) for extra in requirement.extras})
    if target.extended is None and recipe is not None:
        extras = [extra for extra in extras if extra in recipe.variants]
    return "".join(f"+{target.variant(extra) or extra}" for extra in extras)


def required(
    constraints: Mapping[str, str], resolution: Resolution
) -> tuple[tuple[str, str], ...]:
    """The packages of the closure that have constraints, with their ranges."""
    packages = []
    for project, text in sorted(constraints.items()):
        if project in resolution.selection.releases or resolution.answers(project):
            target = resolution.package(project)
            packages.append((target.package, _range(target, SpecifierSet(text))))
    return tuple((package, versions) for package, versions in packages if versions)


def _range(node: ProjectPackage, specifier: SpecifierSet) -> str:
    exact = _exact(specifier)
    if exact is not None:
        declared = node.existing.versions if node.existing else ()
        # As the recipe that declares it spells it.
        text = next((text for text in declared if meant(text) == exact), spelling(exact))
        return f"={text}" if text else ""
    try:
        return ranges(specifier, node.existing.versions if node.existing else ())
    except Inexpressible:
        return ""


def _exact(specifier: SpecifierSet) -> Version | None:
    clauses = list(specifier)
    pinned = len(clauses) == 1 and clauses[0].operator in ("==", "===")
    return meant(clauses[0].version) if pinned else None
