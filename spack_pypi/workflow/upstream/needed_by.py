"""For which packages of a series a version is added to one that was there before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ...host.port import Meaning


def needed_by(
    package: str, added: Sequence[str], old: Sequence[str], meanings: Mapping[str, Meaning]
) -> Iterator[str]:
    """A phrase for each requirement of the others that accepts one of the ``added`` versions, and
    none of the ``old`` ones; ``meanings`` are those of all packages of the series."""
    phrases: dict[str, None] = {}
    for name, meaning in sorted(meanings.items()):
        for line in meaning.lines if name != package else ():
            is_new = not any(map(line.accepts, old)) and any(map(line.accepts, added))
            if line.package == package and line.types and is_new:
                how = "" if "run" in line.types else " to build"
                phrases[f"for {name}, which needs {line.text}{how}"] = None
    yield from phrases
