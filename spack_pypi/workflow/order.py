"""The order in which packages are written: dependencies first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence


def dependencies_first(dependencies: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Each name of a mapping after those that it depends on; a cycle starts with the name of it
    that is reached first. Names that are not keys are left out."""
    seen: set[str] = set()
    # Not recursive: chains of dependencies have any length.
    todo = [(name, False) for name in reversed([*dependencies])]
    while todo:
        name, ready = todo.pop()
        if ready:
            yield name
        elif name in dependencies and name not in seen:
            seen.add(name)
            todo += [(name, True), *((inner, False) for inner in reversed(dependencies[name]))]
