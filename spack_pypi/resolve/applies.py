"""Whether a condition holds where it matters: on Linux, with the Pythons of the host."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from packaging.specifiers import InvalidSpecifier

from ..recipe.model import Condition
from ..translate import spack_order
from .package import specifier_set

#: Machines on which Linux counts.
_LINUX_MACHINES = ("x86_64", "aarch64", "ppc64le")


def holds_with(when: Condition, python: str, machines: Sequence[str] = ("x86_64",)) -> bool:
    """Whether a condition, variants aside, holds with a Python on Linux on one of the machines."""
    targets = when.target.split(",") if when.target else ()
    return (
        when.platform in ("", "linux")
        and (not targets or any(f"{machine}:" in targets for machine in machines))
        and spack_order.contains(when.python, python)
    )


def applies_on_linux(when: Condition, pythons: Sequence[str]) -> bool:
    """Whether a condition, variants aside, holds on Linux with one of the Pythons."""
    return any(holds_with(when, python, _LINUX_MACHINES) for python in pythons)


def running(requires_python: str, pythons: Sequence[str]) -> Sequence[str]:
    """The Pythons that a release accepts; all where it does not say, or not clearly."""
    try:
        accepted = specifier_set(requires_python)
    except InvalidSpecifier:
        return pythons
    return [python for python in pythons if accepted.contains(python)]


@cache
def runs(requires_python: str, pythons: tuple[str, ...]) -> bool:
    """Whether a release accepts one of the Pythons; thousands of releases say the same."""
    return bool(running(requires_python, pythons))
