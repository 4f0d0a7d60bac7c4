"""What variants need that nobody asks for: it is looked for, and nothing is added for it.

A recipe that gets a version has variants, whose extras may need more than the repos have. Who asks
for none of them needs none of that: such a variant conflicts with the version, and says why.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from packaging.specifiers import SpecifierSet

from ..translate.requirements import ProjectRequirement
from ..translate.variants import not_packaged
from ..translate.versions import Inexpressible, ranges
from .answers import Answers
from .catalog import Catalog
from .lessons import Grade, Unit
from .model import Answer, Releases, Status, units


class Unasked:
    """For one walk, with what it has chosen and what it was asked for by then."""

    def __init__(
        self,
        catalog: Catalog,
        answers: Answers,
        chosen: Releases,
        requested: AbstractSet[Unit],
    ) -> None:
        self._catalog, self._answers = catalog, answers
        self._chosen, self._requested = chosen, requested

    def answer(self, requirement: ProjectRequirement) -> Answer:
        """What satisfies a requirement without an addition; `Status.ABSENT` if nothing does."""
        answer = self._answers.without_addition(requirement, self._chosen)
        if answer is not None and self._is_certain(answer, requirement):
            return answer
        reason = not_packaged([self.spec(requirement)])
        return Answer(Status.ABSENT, Grade.INCOMPLETE, reason=reason)

    def _is_certain(self, answer: Answer, requirement: ProjectRequirement) -> bool:
        """Whether a chosen release has the variants that are required of it: of those that nobody
        asked for, this is not known."""
        release = answer.release
        return release is None or self._requested >= {*units(release, requirement.extras)[1:]}

    def spec(self, requirement: ProjectRequirement) -> str:
        """A requirement as recipes write it, without variants, as far as they can."""
        package = self._catalog.package(requirement.project).package
        try:
            return f"{package}@{ranges(SpecifierSet(requirement.specifier))}".rstrip("@")
        except Inexpressible:
            return f"{package} ({requirement.specifier})"
