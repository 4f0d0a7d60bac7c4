"""Whether the lines of a recipe say what a new line says, in every environment that matters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ..recipe.model import Condition, Dependency, DependencyLine
from . import spack_order
from .environments import PLATFORMS

#: Some of the `LineEnvironments`, as the bits of a number.
Where = int


class LineEnvironments:
    """Every Python that some condition of the lines distinguishes, on every platform, without
    those on which the new release, which has the ``new`` lines, does not run, and without those
    before the oldest of the ``host_pythons``, if these are given."""

    def __init__(
        self,
        stated: Sequence[DependencyLine],
        new: Sequence[Dependency],
        host_pythons: Sequence[str],
    ) -> None:
        pythons = {
            "2.7.18",
            *(f"3.{minor}.{patch}" for minor in range(3, 21) for patch in (0, 99)),
        }
        conditions = [line.dependency.when for line in stated] + [line.when for line in new]
        supported = [line.versions for line in new if line.package == "python"]
        ranges = [condition.python for condition in conditions] + supported
        for bound in re.findall(r"\d+(?:\.\d+)+", " ".join(dict.fromkeys(ranges))):
            pythons |= {bound, f"{bound}.99"}
        if host_pythons:
            oldest = min(map(spack_order.key, host_pythons))
            pythons = {each for each in pythons if spack_order.key(each) >= oldest}
        self._pythons = pythons
        usable = [p for p in sorted(pythons) if all(spack_order.contains(r, p) for r in supported)]
        self._all = [(python, platform) for python in usable for platform in PLATFORMS]
        self._known: dict[tuple[str, str], Where] = {}

    def all_in(self, ranges: str) -> bool:
        """Whether ranges of Python versions hold every Python, also those that the new release
        does not run on."""
        return all(spack_order.contains(ranges, python) for python in self._pythons)

    def where(self, when: Condition) -> Where:
        """The environments in which a condition, variants and targets aside, holds."""
        key = (when.platform, when.python)
        if key not in self._known:
            self._known[key] = sum(
                1 << at
                for at, (python, platform) in enumerate(self._all)
                if when.platform in ("", platform) and spack_order.contains(when.python, python)
            )
        return self._known[key]

    def cases(
        self, where: Where, lines: Sequence[Dependency]
    ) -> Iterator[tuple[Where, list[Dependency]]]:
        """The environments ``where`` in groups in which the same lines hold, with these lines:
        what is decided by them is decided once for each group."""
        groups: list[tuple[Where, list[Dependency]]] = [(where, [])] if where else []
        for line in lines:
            here = self.where(line.when)
            groups = [
                (part, [*held, line] if inside else held)
                for group, held in groups
                for inside, part in ((True, group & here), (False, group & ~here))
                if part
            ]
        return iter(groups)


def is_stated(
    line: Dependency,
    kept: Sequence[Dependency],
    environments: LineEnvironments,
    excluded: Sequence[Dependency] = (),
) -> bool:
    """Whether the existing lines state a new one already, with the versions of dependencies that
    are ``excluded`` by conflicts."""
    same = [
        old
        for old in (*kept, *excluded)
        if old.package == line.package
        and old.when.target in ("", line.when.target)
        and set(old.when.variants) <= set(line.when.variants)
    ]
    # What is installed to run is enough; the build type is for import tests only.
    types = {"run"} if "run" in line.types else set(line.types)
    if line.package == "python":
        types = set()  # each PythonPackage has it with all types
    return all(
        any(old.types for old in here)
        and _contained_but(here, line.versions)
        and types <= {kind for old in here for kind in old.types}
        and set(line.variants) <= {variant for old in here for variant in old.variants}
        for _, here in environments.cases(environments.where(line.when), same)
    )


def _contained_but(here: Sequence[Dependency], ranges: str) -> bool:
    """Whether the lines accept no version out of the ranges but what conflicts (lines without a
    type) exclude. A conflict with ``5.0`` is one with ``5``, as the same release is meant."""
    accepted = [line.versions for line in here if line.types]
    holes = ",".join(line.versions for line in here if not line.types)
    if contained(accepted, ranges) or not holes:
        return contained(accepted, ranges)
    parts = map(_from_the_release, holes.split(","))
    return spack_order.contained(accepted, ",".join([ranges, *parts]))


def _from_the_release(part: str) -> str:
    """A version as the range from the release that it means: ``5.0`` also excludes ``5``, which
    no index lists beside it. A range begins where it says: ``1.8.0:1.8.1`` does not exclude
    ``1.8``, as pydantic's first release of that series is spelled."""
    if part.startswith("=") or ":" in part:
        return part
    return f"{re.sub(r'(?:[.]0)+$', '', part)}:{part}"


def contained(inner: Sequence[str], outer: str) -> bool:
    """`spack_order.contained`, but ``22.5.0:`` holds as much as ``22.5:``: only a release that is
    spelled 22.5 is in one of them alone, and a person who writes one means the other."""
    plain = [re.sub(r"(?:\.0)+:", ":", ranges) for ranges in (*inner, outer)]
    return spack_order.contained(plain[:-1], plain[-1])
