"""What is assembled for a project: its recipe, and the omissions."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from packaging.version import Version

from ...recipe.model import Omission, Recipe
from ...resolve.answers import FOR_LATER_PYTHONS, FOR_OTHER_PYTHONS

#: What whoever writes a recipe may do about an omission: no matter for those who read it.
_ADVICE = re.compile(r": write a recipe .*")


@dataclass(frozen=True)
class Assembled:
    """The ``recipe`` of a project, or its ``text`` if an existing one is edited; neither if no
    release of the project has an archive, or if the existing recipe cannot be edited
    (``problem``). ``versions`` are those that are written, ``extends`` the package (with
    namespace) that they are added to. ``proposal`` are the lines of the new versions, for a person
    to add. ``releases`` maps the releases to how the recipe spells them; ``left_out`` is what its
    author left out of it before, and which is left out again."""

    recipe: Recipe | None
    omissions: tuple[Omission, ...]
    text: str = ""
    versions: tuple[str, ...] = ()
    extends: str = ""
    problem: str = ""
    proposal: str = ""
    releases: Mapping[Version, str] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()

    @property
    def variants(self) -> frozenset[str]:
        """The variants of the recipe itself."""
        return frozenset(v.name for v in self.recipe.variants) if self.recipe else frozenset()


def comments(
    omissions: Iterable[Omission], built: Mapping[str, Sequence[str]], beside: Container[str]
) -> tuple[str, ...]:
    """The comments on omissions in a recipe, a sentence each, with its versions if not all have
    the omission, and on how versions are ``built``, but for what stands ``beside`` a line. What
    only Pythons need that Spack will not have is no matter for whoever reads the recipe."""
    versions: dict[str, list[str]] = {}
    for omission in omissions:
        if omission.reason == FOR_OTHER_PYTHONS:
            continue
        if f"{omission.declared} {omission.reason}" in beside:
            continue
        what = "" if omission.unconfirmed or omission.loosened else " is left out:"
        text = f"{omission.declared}{what} {_ADVICE.sub('', omission.reason)}"
        if omission.reason == FOR_LATER_PYTHONS:  # often one for each platform and each Python
            text = f"{omission.dependency} is left out for Pythons that Spack does not have yet"
        if omission.version not in versions.setdefault(text, []):
            versions[text].append(omission.version)
    for version, texts in built.items():
        for text in (each for each in texts if each not in beside):
            versions.setdefault(text, []).append(version)
    return tuple(f"{', '.join(by)}: {text}" if all(by) else text for text, by in versions.items())
