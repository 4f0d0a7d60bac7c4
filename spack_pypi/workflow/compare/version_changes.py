"""How one version of a package differs from another, in words: requirements and licence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ...host.port import DeclaredDependency, Meaning
from ...translate import spack_order
from . import oracle

#: What a version requires of a package: range, condition, whether at run time.
_Requirement = tuple[str, str, bool]
_ANY = "any version"


def version_changes(before: Meaning, after: Meaning, old: str, new: str) -> Iterator[str]:
    """The dependencies that are added, removed, tightened or loosened from the version ``old`` to
    ``new``, each with all variants that it has switched on, and another licence; a phrase for
    each."""
    licences = before.license(old), after.license(new)
    if all(licences) and licences[0] != licences[1]:
        yield f"changed the licence from {licences[0]} to {licences[1]}"
    was, now = _requirements(before, old), _requirements(after, new)
    for package in sorted({*was, *now}):
        if package not in was:
            yield f"added {_printed(package, now[package])}"
        elif package not in now:
            yield f"removed {_printed(package, was[package])}"
        elif _tightest(was[package]) != _tightest(now[package]):
            kind = _kind([r for r, _, _ in was[package]], [r for r, _, _ in now[package]])
            yield f"{kind} {_difference(package, was[package], now[package])}"


def kept_caps(
    meaning: Meaning, version: str, requires_python: str, pythons: Sequence[str]
) -> Iterator[str]:
    """The lines that exclude ``pythons`` (newest first) which are later than all that the version
    can use, though its Requires-Python accepts them: a person knew why, or it is out of date."""
    accepted = [each for each in pythons if oracle.accepts(requires_python, each)]
    for line in meaning.lines:
        capping = line.package == "python" and line.types and not (line.native or line.opaque)
        if capping and accepted and line.applies(version, meaning.variants):
            usable = [each for each in pythons if line.accepts(each)]
            if usable and pythons.index(accepted[0]) < pythons.index(usable[0]):
                yield f"kept {line.text}: the metadata accepts Python {accepted[0]}, too"


def _requirements(meaning: Meaning, version: str) -> dict[str, set[_Requirement]]:
    variants = {
        name: spack_order.contains(meaning.variant_ranges.get(name, ""), version)
        for name in meaning.variants
    }
    requirements: dict[str, set[_Requirement]] = {}
    for line in meaning.lines:
        if line.types and not line.native and line.applies(version, variants):
            condition = re.sub(r"^@\S+\s*", "", line.when)
            requirement = (_range(line), condition, "run" in line.types)
            requirements.setdefault(line.package, set()).add(requirement)
    return requirements


def _range(line: DeclaredDependency) -> str:
    match = re.match(r"[\w-]+@([^\s+~%^]+)", line.text)
    return match[1] if match else ""


def _kind(was: Sequence[str], now: Sequence[str]) -> str:
    if all(spack_order.contained(now, text) for text in was):
        return "changed" if all(spack_order.contained(was, t) for t in now) else "tightened"
    return "loosened" if all(spack_order.contained(was, t) for t in now) else "changed"


def _tightest(requirements: set[_Requirement]) -> set[_Requirement]:
    """Without the ranges that another one under the same condition implies."""
    return {
        one
        for one in requirements
        if not any(
            other != one
            and other[1:] == one[1:]
            and spack_order.contained([other[0]], one[0])
            and not spack_order.contained([one[0]], other[0])
            for other in requirements
        )
    }


def _difference(package: str, was: set[_Requirement], now: set[_Requirement]) -> str:
    """Only what differs, where one requires all that the other does."""
    was, now = _tightest(was), _tightest(now)
    if was < now:
        return f"{package}: now also {' and '.join(_parts(now - was))}"
    if now < was:
        return f"{package}: no longer {' and '.join(_parts(was - now))}"
    return f"{_printed(package, was - now)} to {_printed(package, now - was)}"


def _printed(package: str, requirements: set[_Requirement]) -> str:
    first, *others = _parts(_tightest(requirements))
    name = package + ("" if first == _ANY else first if first.startswith("@") else f" {first}")
    return " and ".join([name, *others])


def _parts(requirements: set[_Requirement]) -> list[str]:
    """The range of each requirement, and where it applies."""
    parts: list[str] = []
    for text, condition, running in sorted(requirements):
        where = ", ".join(part for part in (condition, "" if running else "to build") if part)
        words = [f"@{text}" if text else "", f"({where})" if where else ""]
        parts.append(" ".join(word for word in words if word) or _ANY)
    return parts
