"""What a project needs because Spack's packages have a module that it always imports, or names
that it uses, only with a variant (``python+tkinter``, ``arrow+parquet``, ``opencv+imgproc``) or
from a version on (``py-pydantic@2:``)."""

from __future__ import annotations

from collections.abc import Sequence

from packaging.version import Version

from ..pypi.model import (
    NEWER_NAMES,
    VARIANT_MODULES,
    ModuleImport,
    Source,
    variant_of_name,
    variants_beside,
)
from ..recipe.model import Dependency
from .known_needs import KnownNeed


def having_variants(source: Source) -> tuple[KnownNeed, ...]:
    """The packages, each with all variants that the project needs of it."""
    by_package: dict[str, dict[str, ModuleImport]] = {}
    for each in source.variant_modules:
        package, variant = VARIANT_MODULES[each.module]
        of_it = by_package.setdefault(package, {})
        # A module that has the name of the variant says the most.
        if variant not in of_it or each.module == variant:
            of_it[variant] = each
    return tuple(_need(package, by_package[package]) for package in sorted(by_package))


def using_variants(source: Source) -> tuple[KnownNeed, ...]:
    """The variants of packages whose names the project uses, each by itself with those without
    which the package does not have it: they are needed of what the project requires, as a name
    alone makes no dependency."""
    found: dict[tuple[str, str], str] = {}
    beside: dict[tuple[str, str], str] = {}
    for each in source.variant_names:
        needed = variant_of_name(each.module)
        if needed is not None:
            uses = f"{each.file}:{each.line} uses {each.module}"
            found.setdefault((needed.package, needed.variant), uses)
            for other in variants_beside(needed):
                why = f"{uses} of {needed.variant}, which needs {other}"
                beside.setdefault((needed.package, other), why)
    return tuple(
        KnownNeed(Dependency(package, variants=(f"+{variant}",)), why, in_table=False)
        for (package, variant), why in sorted({**beside, **found}.items())
    )


def newer_versions(source: Source) -> tuple[KnownNeed, ...]:
    """The versions of packages that have the names which the project always imports, for what it
    requires in any version: a name alone makes no dependency."""
    found: dict[str, tuple[Version, KnownNeed]] = {}
    for each in source.newer_names:
        package, project, first = NEWER_NAMES[each.module]
        name = each.module.rpartition(".")[2]
        need = KnownNeed(
            Dependency(package, f"{first}:"),
            f"{each.file}:{each.line} imports {each.module}",
            in_table=False,
            comment=f"{name} is imported, which {project} has since version {first}",
        )
        if package not in found or found[package][0] < Version(first):
            found[package] = Version(first), need
    return tuple(need for _, need in found.values())


def _need(package: str, imports: dict[str, ModuleImport]) -> KnownNeed:
    found: Sequence[ModuleImport] = [imports[variant] for variant in sorted(imports)]
    why = ", ".join(f"{each.file}:{each.line} imports {each.module}" for each in found)
    # What ``python+tkinter`` is for needs no comment.
    said = [each.module for each in found if each.module not in imports]
    comment = f"{' and '.join(said)} {'is' if len(said) == 1 else 'are'} imported" if said else ""
    variants = tuple(f"+{variant}" for variant in sorted(imports))
    dependency = Dependency(package, variants=variants)
    return KnownNeed(dependency, why, in_table=False, comment=comment, imported=True)
