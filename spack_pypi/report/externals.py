"""What ``externals`` prints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ..errors import some_of
from ..workflow.externals.externals import ExternalsResult
from ..workflow.externals.found import NotUsed
from ..workflow.verifying.verification import Step
from .next_steps import MOST_NAMED
from .terminal import WIDEST, count, filled

_VERIFIED = {
    Step.LOADED: "not concretized (--verify load)",
    Step.CONCRETIZED: "concretized",
    Step.INSTALLED: "concretized, built on, loaded and imported",
}


def lines(result: ExternalsResult, dry_run: bool, create: str = "") -> Iterator[str]:
    """What is used and where that was written, then what is not used, by reason, with the command
    that writes the recipes that are lacking."""
    found, written = result.found, result.written
    for project, external in sorted(found.externals.items()):
        marks = [
            mark
            for mark, packages in (("new or changed", written.changed), ("kept", written.kept))
            if external.package in packages
        ]
        yield f"{external.spec} ({', '.join([project, *marks])})"
        for library, virtuals in external.virtuals.items():
            yield f"  its {' and '.join(virtuals)}: {library.spec} in {library.prefix}"
    for package in written.removed:
        yield f"{package}: removed, it is no longer installed, cannot be used or is excluded"
    yield from _not_used(result)
    if create:
        yield f"Recipes for them: {create}"
    if found.notes:
        yield ""
        for project, note in sorted(found.notes.items()):
            yield f"{found.externals[project].package}: {note}"
    if found.assumed:
        yield ""
        yield "Not known, so Spack takes the defaults of these variants:"
        for project, variants in sorted(found.assumed.items()):
            yield f"  {found.externals[project].package}: {', '.join(variants)}"
    yield ""
    yield _summary(result, dry_run)


def _not_used(result: ExternalsResult) -> Iterator[str]:
    """What is not used, by reason, and the recipes that it lacks."""
    by_reason: dict[str, list[NotUsed]] = {}
    for each in result.found.not_used:
        reason = "no recipe has this version" if each.lacks_recipe else each.reason
        by_reason.setdefault(reason, []).append(each)
    if result.found.not_used:
        yield ""
        yield "Not used:"
    for reason, same in by_reason.items():
        line = f"  {', '.join(map(_name, same))}: {reason}"
        yield line if len(line) <= WIDEST or len(same) == 1 else _listed(reason, same)
    if result.planned:
        yield (
            f"Recipes would be written first for {some_of(result.planned, MOST_NAMED)}; whether "
            "Spack then uses what is installed is only verified without --dry-run."
        )


def _listed(reason: str, same: Sequence[NotUsed]) -> str:
    """What is not used for one reason, in several lines."""
    *others, last = map(_name, same)
    below = filled([*(f"{name}," for name in others), last], "    ", "    ")
    return "\n".join([f"  {reason}:", *below])


def _name(each: NotUsed) -> str:
    found = each.distribution
    return f"{found.project} {found.version}".rstrip()


def _summary(result: ExternalsResult, dry_run: bool) -> str:
    number = count(len(result.found.externals), "package")
    how = _VERIFIED[result.verified]
    written = result.written
    if not (written.changed or written.removed):
        if not result.found.externals:
            return f"Nothing can be used, and {written.file} has no entries of it."
        return f"{number} ({how}); {written.file} says so already."
    if dry_run:
        return f"{number} ({how}) for {written.file}; nothing was written (--dry-run)."
    return f"Wrote {number} into {written.file} ({how})."


def external_json(result: ExternalsResult) -> dict[str, Any]:
    """The same for programs."""
    found, written = result.found, result.written
    return {
        "python": found.python.command,
        "version": ".".join(map(str, found.python.version)),
        "prefix": str(found.python.prefix),
        "file": written.file,
        "verified": result.verified.value,
        "externals": [
            {
                "project": project,
                "spec": each.spec,
                "requires": [*each.requires],
                "libraries": {
                    virtual: {"spec": library.spec, "prefix": str(library.prefix)}
                    for virtual, library in each.libraries
                },
            }
            for project, each in sorted(found.externals.items())
        ],
        "changed": [*written.changed],
        "removed": [*written.removed],
        "kept": [*written.kept],
        "not_used": [
            {
                "project": each.distribution.project,
                "version": each.distribution.version,
                "path": str(each.distribution.path),
                "reason": each.reason,
                "lacks_recipe": each.lacks_recipe,
            }
            for each in found.not_used
        ],
        "notes": dict(sorted(found.notes.items())),
        "assumed": {project: [*names] for project, names in sorted(found.assumed.items())},
    }
