"""A difference between what a release declares and what a recipe says, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ...diagnostics import Diagnostic, Severity

#: Code → what it says of its subject. Other codes have a phrase of their own.
_PHRASES: Mapping[str, str] = {
    "missing-dependency": "{} is missing",
    "missing-build-dependency": "{} is missing as a build dependency",
    "build-only-dependency": "{} is only a build dependency",
    "extra-dependency": "{} is not required",
    "condition-too-narrow": "{} is missing in some configurations",
    "condition-too-wide": "{} is not required in some configurations",
    "range-too-wide": "the version range of {} is too wide",
    "range-too-narrow": "the version range of {} is too narrow",
    "python-too-wide": "the range of Python versions is too wide",
    "python-too-narrow": "the range of Python versions is too narrow",
    "cycle": "{} is missing, because it requires this package itself",
    "not-comparable": "a requirement cannot be compared",
    "license-differs": "the licence differs",
    "wrong-archive": "the archive is not a file of the release",
    "wrong-checksum": "the sha256 does not match the archive",
}


#: How much of what the metadata or a recipe says is repeated in a sentence, characters.
_LONGEST = 400


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


@dataclass(frozen=True)
class About:
    """What a difference is about: a version of a package, a dependency (``subject``), what the
    metadata declares of it and what the recipe says."""

    package: str
    version: str
    subject: str = ""
    declared: str = ""
    recipe: str = ""

    def diagnostic(
        self, code: str, severity: Severity, example: str = "", phrase: str = ""
    ) -> Diagnostic:
        """The difference; ``example`` are versions or a configuration that show it."""
        what = phrase or _PHRASES[code].format(self.subject)
        parts = [
            f"the metadata says {_shortened(self.declared) or 'nothing'}",
            f"the recipe says {_shortened(self.recipe) or 'nothing'}",
            *([f"for example {example}"] if example else []),
        ]
        details = (("metadata", self.declared), ("recipe", self.recipe), ("example", example))
        return Diagnostic(
            code,
            severity,
            self.package,
            (self.version,),
            self.subject,
            f"{what}: {'; '.join(parts)}",
            details=details,
        )
