"""Exact pins of build requirements: what they become with ``--loosen-build-pins``, and those of
NumPy in any case."""

from __future__ import annotations

from copy import copy

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from ..pypi.limits import requirement as parsed_requirement


def loosened(requirement: str) -> str | None:
    """``hatchling>=1.26.3`` for ``hatchling==1.26.3``, with its extras and marker; None for a
    requirement (PEP 508) that is not pinned to one version."""
    parsed = parsed_requirement(requirement)
    clauses = [*parsed.specifier] if parsed is not None else []
    if parsed is None or parsed.url or len(clauses) != 1 or clauses[0].operator != "==":
        return None
    version = clauses[0].version
    if version.endswith(".*") or "+" in version:
        return None
    parsed.specifier = SpecifierSet(f">={version}")
    return str(parsed)


def series(pin: Requirement) -> Requirement | None:
    """``hatchling>=1.26.3,<2`` for ``hatchling==1.26.3``, and ``setuptools>=68.1.0,<69`` for
    ``setuptools~=68.1.0``; None for what is not pinned so."""
    clauses = [*pin.specifier]
    if pin.url or len(clauses) != 1 or clauses[0].operator not in ("==", "~="):
        return None
    if clauses[0].version.endswith(".*") or "+" in clauses[0].version:
        return None
    least = Version(clauses[0].version)
    later = copy(pin)  # what was parsed is shared
    later.specifier = SpecifierSet(f">={least},<{least.major + 1}")
    return later


def series_of_numpy(text: str) -> str:
    """A build requirement (PEP 508) without a pin of NumPy, which is for wheels: what is compiled
    with one release works with all later ones of its series
    (https://numpy.org/doc/stable/dev/depending_on_numpy.html), and Spack builds with the one that
    is there when the package runs. ``numpy<2`` for ``oldest-supported-numpy``, whose releases pin
    the first NumPy 1 that has wheels for each Python, but any for Pythons that are long past, as
    there is no NumPy 2 for those; other requirements, and pins for such Pythons, as they are."""
    found = parsed_requirement(text)
    name = canonicalize_name(found.name) if found else ""
    if found is None or name not in ("numpy", "oldest-supported-numpy"):
        return text
    marker = f"; {found.marker}" if found.marker else ""
    if name != "numpy":
        return f"numpy{'' if _is_past(found) else '<2'}{marker}"
    versions = "" if _is_past(found) else _series(found)
    return f"numpy{versions}{marker}" if versions else text


def _is_past(numpy: Requirement) -> bool:
    """Whether it is only for Pythons before 3.9, of which NumPy 2 needs at least that."""
    pythons = ({"python_version": f"3.{minor}"} for minor in range(9, 15))
    return numpy.marker is not None and not any(map(numpy.marker.evaluate, pythons))


def _series(numpy: Requirement) -> str:
    pins = [each.version for each in numpy.specifier if each.operator == "=="]
    if len(pins) != 1 or pins[0].endswith("*"):
        return ""
    pin = Version(pins[0])
    return f">={pin.public},<{pin.major + 1}"
