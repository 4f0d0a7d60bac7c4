"""What is assembled for a project: its recipe, and what that leaves out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from packaging.version import Version

from ..recipe.model import Omission, Recipe


@dataclass(frozen=True)
class Assembled:
    """The recipe of a project, as a value, or as its text if an existing one is edited; neither if
    nothing of the project can be installed, or if the existing recipe cannot be edited
    (``problem``). ``versions`` are those that are written, ``extends`` the package (with
    namespace) that they are added to. ``proposal`` are the lines of the new versions, for a person
    to add. ``spelled`` maps the releases to how the recipe spells them."""

    recipe: Recipe | None
    omissions: tuple[Omission, ...]
    text: str = ""
    versions: tuple[str, ...] = ()
    extends: str = ""
    problem: str = ""
    proposal: str = ""
    spelled: Mapping[Version, str] = field(default_factory=dict)


def comments(omissions: Sequence[Omission]) -> tuple[str, ...]:
    """What the recipe itself says about omissions, a sentence each, with the versions that leave
    it out; none are named where all do."""
    versions: dict[str, list[str]] = {}
    for omission in omissions:
        what = "" if omission.unconfirmed else " is left out:"
        text = f"{omission.declared}{what} {omission.reason}"
        versions.setdefault(text, []).append(omission.version)
    return tuple(f"{', '.join(by)}: {text}" if all(by) else text for text, by in versions.items())
