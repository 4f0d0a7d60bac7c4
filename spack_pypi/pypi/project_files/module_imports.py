"""What most modules of a project cannot be imported without, though its packages can: where each
``__init__.py`` is empty, a package imports nothing, and nothing of it works all the same."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from typing import NamedTuple

from ...syntax import parsed
from .always_run import AlwaysRun, imports_alone
from .package_imports import INIT, around, goes_on_without

#: Of larger projects nothing is said: those declare what they need.
_MOST_MODULES = 500
#: Those that only run to test others.
_TESTS = re.compile(r"(^|/)(test_\w+|\w+_tests?|conftest)\.py$")
#: Where something is imported: path and line.
_Place = tuple[str, int]


class UsualImport(NamedTuple):
    """A ``module`` of others that most modules of a project import, and the first place."""

    module: str
    path: str
    line: int


def imported_by_modules(
    texts: Mapping[str, bytes], root: str, names: Set[str]
) -> Iterator[UsualImport]:
    """Which of these modules more than half of those in the package of a folder (``root``) always
    import, and at least half of what lies in it: of a project with a package for each framework,
    that of one may have more in it than all others. None that one of them goes on without."""
    modules = [path for path in texts if path.startswith(f"{root}/") and not _TESTS.search(path)]
    places: Mapping[str, Mapping[str, _Place]] = {}
    for tree in (imports_alone, parsed) if len(modules) <= _MOST_MODULES else ():
        runs = AlwaysRun(texts, root + INIT, tree)
        places = _places(runs, root, modules, names)
        names = {each for each in names if _are_most(places.get(each, {}), modules, root)}
        if not names:
            return
    for module in sorted(names & places.keys()):
        if not any(goes_on_without(module, texts[each]) for each in modules):
            path, line = min(places[module].values())
            yield UsualImport(module, path, line)


def _places(
    runs: AlwaysRun, root: str, modules: Collection[str], names: Set[str]
) -> Mapping[str, Mapping[str, _Place]]:
    """Where each of these names is imported, by the path of the module that cannot be without."""
    found: dict[str, dict[str, _Place]] = {}
    for path in modules:
        for module, at, line in runs.imported([*around(root, path), path]):
            if module in names:
                found.setdefault(module, {}).setdefault(path, (at, line))
    return found


def _are_most(some: Collection[str], modules: Collection[str], root: str) -> bool:
    outer = _members(root, modules, some)
    needing = sum(outer)
    return 2 * len(some) > len(modules) and 2 * needing >= len(outer) and needing > 1


def _members(folder: str, modules: Collection[str], some: Collection[str]) -> Sequence[bool]:
    """Whether each module and package in a folder is one of ``some``, or most of what it has."""
    inside: dict[str, list[str]] = {}
    for path in modules:
        inside.setdefault(path[len(folder) + 1 :].partition("/")[0], []).append(path)
    inside.pop("__init__.py", None)
    return [_needs(f"{folder}/{name}", paths, some) for name, paths in inside.items()]


def _needs(path: str, modules: Collection[str], some: Collection[str]) -> bool:
    if path.endswith(".py"):
        return path in some
    within = _members(path, modules, some)
    return path + INIT in some or 2 * sum(within) > len(within)
