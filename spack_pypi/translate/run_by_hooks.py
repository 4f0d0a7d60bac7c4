"""Programs that a build hook in the archive runs: what the build ends without is a need, what it
may run is said in the recipe."""

from __future__ import annotations

from collections.abc import Collection

from ..pypi.model import Source
from ..recipe.model import BUILD, Dependency
from .build_programs import PACKAGES
from .known_needs import KnownNeed


def needed_by_hooks(source: Source, there: Collection[str]) -> tuple[KnownNeed, ...]:
    """What hooks cannot do without, and that is not ``there``."""
    found = {
        PACKAGES[name]: f"{file}:{line} runs {name}"
        for name, file, line, certain in source.hook_programs
        if certain and name in PACKAGES and PACKAGES[name] not in there
    }
    return tuple(
        KnownNeed(Dependency(package, types=BUILD), why, in_table=False)
        for package, why in found.items()
    )


def said_of_hooks(source: Source, there: Collection[str]) -> tuple[str, ...]:
    """What a recipe says of the other programs, as clauses."""
    others = [
        (name, f"{file}:{line}")
        for name, file, line, certain in source.hook_programs
        if not (certain and name in PACKAGES) and not {name, PACKAGES.get(name)} & {*there}
    ]
    if not others:
        return ()
    *first, last = dict.fromkeys(name for name, _ in others)
    names = f"{', '.join(first)} or {last}" if first else last
    return (f"its build may run {names} ({others[0][1]})",)
