"""How the user wants releases to be chosen."""

from __future__ import annotations

from dataclasses import dataclass

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
