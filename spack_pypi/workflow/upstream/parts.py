"""A series in parts of at most so many packages, each of which can be merged after the ones that
it needs: pull requests that can be read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """Some ``packages``, dependencies first, and which earlier parts they need, directly or not:
    none if they can be merged as they are."""

    packages: tuple[str, ...]
    needs: tuple[int, ...] = ()


def parts(needed: Mapping[str, Sequence[str]], most: int) -> list[Part]:
    """The packages of a series in parts of at most ``most``. ``needed`` are, by package and
    dependencies first, the others of the series that it depends on. Packages that need each other
    stay together, even if they are more.

    What is connected in no way is in different parts, and those that fit into one come first.
    """
    groups = _connected(needed)
    small = [group for group in groups if len(group) <= most]
    found: list[Part] = []
    place: dict[str, int] = {}
    for group in (*small, *(group for group in groups if len(group) > most)):
        left = list(group)
        while left:
            packages = _next(left, needed, most)
            left = [name for name in left if name not in packages]
            earlier = {place[name] for each in packages for name in needed[each] if name in place}
            needs = {*earlier, *(at for each in earlier for at in found[each].needs)}
            place.update(dict.fromkeys(packages, len(found)))
            found.append(Part(packages, tuple(sorted(needs))))
    return found


def _next(left: Sequence[str], needed: Mapping[str, Sequence[str]], most: int) -> tuple[str, ...]:
    """As many of the packages that are left as one part can hold, with all that they need."""
    chosen: set[str] = set()
    while True:
        closures = [_closure(name, needed, {*left} - chosen) for name in left]
        fitting = [each for each in closures if each and len(each) <= most - len(chosen)]
        if not fitting:
            break
        chosen |= max(fitting, key=len)
    if not chosen:  # packages that need each other
        chosen = min((_closure(name, needed, {*left}) for name in left), key=len)
    return tuple(name for name in left if name in chosen)


def _closure(name: str, needed: Mapping[str, Sequence[str]], among: set[str]) -> set[str]:
    """The package and all that it needs, directly or not, of those ``among`` which it is."""
    found: set[str] = set()
    todo = [name]
    while todo:
        each = todo.pop()
        if each in among and each not in found:
            found.add(each)
            todo += needed[each]
    return found


def _connected(needed: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """The packages in groups between which there is no dependency, each in the given order."""
    group_of: dict[str, list[str]] = {name: [name] for name in needed}
    for name, others in needed.items():
        for other in others:
            one, two = group_of[name], group_of[other]
            if one is not two:
                one += two
                group_of.update(dict.fromkeys(two, one))
    order = {name: at for at, name in enumerate(needed)}
    groups: Iterable[list[str]] = {id(group): group for group in group_of.values()}.values()
    return sorted(
        (sorted(group, key=order.__getitem__) for group in groups), key=lambda g: order[g[0]]
    )
