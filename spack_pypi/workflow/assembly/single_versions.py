"""What a recipe states for single versions only, and a new version would lose.

A native dependency that no metadata declares may stand in a recipe for the version before the new
one alone: ``when="@1.5.2"``, or in a loop over versions. Nothing says whether the new one needs it
too. A least version is carried on to it; where the line names versions that belong to this one
version, or says what only Spack understands, a person has to decide.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ...host.port import DeclaredDependency, Meaning
from ...recipe.calls import condition, dependency_line
from ...recipe.model import LANGUAGES, Dependency
from ...translate.revise import NewVersion, Revision


@dataclass(frozen=True)
class SingleVersions:
    """``lines`` are those that each new version gets, as the version before it has them;
    ``problem``: why a person has to decide, then without the versions that nobody knows."""

    lines: Mapping[str, Sequence[Dependency]] = field(default_factory=dict)
    problem: str = ""

    def in_revision(self, revision: Revision) -> Revision:
        """A revision of the recipe with these lines."""
        added = {
            text: [*lines, *self.lines.get(text, ())] for text, lines in revision.added.items()
        }
        return replace(revision, added=added)


def single_versions(
    meaning: Meaning, before: str, new: Mapping[str, NewVersion], said: Collection[str]
) -> SingleVersions:
    """What a recipe states for a version ``before`` alone, for the ``new`` ones. What the metadata
    of either says, or another change of the recipe (the packages ``said``), is not lost."""
    found: dict[str, list[Dependency]] = {}
    problem = ""
    for version, known in new.items():
        explained = {each.package for each in (*known.dependencies, *known.before)}
        for line in _lost(meaning, before, version, {*said, *explained}):
            when = condition(line.when)
            if ":" in (when.versions if when else line.when):
                continue  # its author wrote where it ends
            read = dependency_line(line.text, when, (), line.types) if when else None
            if read is None:
                problem = problem or (
                    f"it states {line.text} only for {before}, and nothing says whether "
                    f"{version} needs it"
                )
                continue
            always = replace(read.dependency.when, versions="")
            dependency = replace(read.dependency, when=always)
            if dependency.versions and not dependency.versions.endswith(":"):
                problem = problem or (
                    f"it states {dependency.spec} only for {before}, and nothing says which "
                    f"{dependency.package} {version} needs"
                )
                dependency = replace(dependency, versions="")
            found.setdefault(version, []).append(dependency)
    return SingleVersions(found, problem)


def _lost(
    meaning: Meaning, before: str, version: str, said: Collection[str]
) -> Iterator[DeclaredDependency]:
    """The native lines that apply to the version before, of packages about which none applies to
    the new one."""
    lines = [line for line in meaning.lines if line.types and not line.native]
    stays = {line.package for line in lines if line.applies(version, meaning.variants)}
    for line in lines:
        is_native = not line.package.startswith("py-") and line.package != "python"
        if is_native and line.package not in {*stays, *said, *LANGUAGES}:
            needed = {*line.types} - {"test"}
            if needed and line.applies(before, meaning.variants):
                yield line
