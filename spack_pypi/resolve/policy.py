"""How the user wants releases to be chosen, and the other rules of a request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from packaging.specifiers import SpecifierSet
from packaging.version import Version

#: Minor series of a named project that are listed unless the user says otherwise.
DEFAULT_SERIES = 3


@dataclass(frozen=True)
class Policy:
    """Of each root the newest release of each of so many minor ``series`` is listed; all releases
    where it is None. ``pre`` admits pre-releases. ``newest``: of each dependency the newest
    release is taken, however much it brings. ``withdrawn`` admits releases that were withdrawn
    (PEP 592), for roots, which pin one. ``pythons`` are the Python versions that the host has."""

    series: int | None = DEFAULT_SERIES
    pre: bool = False
    newest: bool = False
    withdrawn: bool = False
    pythons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rules:
    """The request of the user. ``force``: the named projects get recipes of their own; ``follow``:
    their dependencies are resolved, too; ``extend``: existing packages may get versions;
    ``constraints``, by project, say which versions may be used at all; ``packages`` maps projects
    to packages, whatever the host says; ``namespace`` is the repo that is written to; ``loosen``:
    exact pins of build requirements get no upper bound, but for those of the releases ``pinned``;
    ``as_written``: what the author of an edited recipe leaves out without harm is not added;
    ``installed`` are the versions that are preferred where a dependency has to be added;
    ``all_variants``: what only variants need that nobody asked for is added as well."""

    policy: Policy
    force: bool = False
    follow: bool = True
    extend: bool = True
    constraints: Mapping[str, SpecifierSet] = field(default_factory=dict)
    packages: Mapping[str, str] = field(default_factory=dict)
    namespace: str = ""
    loosen: bool = False
    pinned: frozenset[tuple[str, Version]] = frozenset()
    as_written: bool = False
    installed: Mapping[str, Version] = field(default_factory=dict)
    all_variants: bool = True
