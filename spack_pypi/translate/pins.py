"""Exact pins of build requirements, and what they become with ``--loosen-build-pins``."""

from __future__ import annotations

from packaging.specifiers import SpecifierSet

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
