"""What the table of known needs, and files of an archive, say of a ``depends_on`` line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set

from ...recipe.model import Dependency
from ...translate import spack_order
from ...translate.known_needs import KnownNeed, known_needs
from .model import Cited
from .says import ReleaseSays

NOT_REQUIRED = "no metadata requires it"


def known_need(dependency: Dependency, says: ReleaseSays) -> tuple[Cited, tuple[str, ...]] | None:
    """What the table of known needs, or a file of the archive, says of the package, and how the
    line differs from that; None where they say nothing."""
    needs, variants = _needs(dependency, says), {*dependency.variants}
    if not needs:
        return None
    need = max(needs, key=lambda each: len(variants.intersection(each.dependency.variants)))
    notes, where = [NOT_REQUIRED], "the table" if need.in_table else "the file"
    if not spack_order.contained([dependency.versions], need.dependency.versions):
        notes.append(f"it accepts versions that {where} does not")
    if not spack_order.contained([need.dependency.versions], dependency.versions):
        notes.append(f"it excludes versions that {where} accepts")
    return Cited(f"from {need.origin}", need.dependency.spec), tuple(notes)


def _needs(dependency: Dependency, says: ReleaseSays) -> Sequence[KnownNeed]:
    """What the table of known needs, and files of the archive, say of the package."""
    needs = says.built.needs if says.built is not None else known_needs(says.release)
    return [each for each in needs if each.dependency.package == dependency.package]


def _variants(dependency: Dependency, says: ReleaseSays) -> Sequence[KnownNeed]:
    """What the release uses of the package that is there with a variant."""
    used = says.built.variants if says.built is not None else ()
    return [each for each in used if each.dependency.package == dependency.package]


def needed_variants(dependency: Dependency, says: ReleaseSays) -> Set[str]:
    """The variants of the package that the release needs though no metadata asks for them."""
    needs = [*_needs(dependency, says), *_variants(dependency, says)]
    return {name for each in needs for name in each.dependency.variants}


def lacks_a_name(dependency: Dependency, says: ReleaseSays, version: str) -> bool:
    """Whether this version of the package has not all names that the release always imports."""
    return any(
        not spack_order.contains(need.dependency.versions, version)
        for need in _variants(dependency, says)
    )


def asking(dependency: Dependency, says: ReleaseSays) -> Iterator[Cited]:
    """What needs variants or versions that the line has."""
    used = _variants(dependency, says)
    for need in [*_needs(dependency, says), *used]:
        versions = need.dependency.versions if need in used else ""
        same = bool(versions) and versions == dependency.versions
        if same or not {*need.dependency.variants}.isdisjoint(dependency.variants):
            yield Cited(f"from {need.origin}", need.dependency.spec)
