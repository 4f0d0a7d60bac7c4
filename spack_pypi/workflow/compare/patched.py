"""What a release declares, compared with what is built of it: its recipe may change, by patches
and methods, the files that say what is required."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from packaging.utils import canonicalize_name

from ...diagnostics import Diagnostic, Severity
from ...errors import some_of
from ...host.port import Meaning
from ...pypi import limits
from ...pypi.model import Metadata
from ...recipe.source_changes import SourceChange

_CODE = "patched-metadata"
#: How many names are listed.
_MOST_NAMES = 6


def notes(meaning: Meaning, text: str, required: Iterable[str]) -> Iterator[Diagnostic]:
    """What of the ``required`` (PEP 508, or ``python``) a recipe changes for a version."""
    names = [*dict.fromkeys(map(_name, required))]
    for change in meaning.source_changes(text):
        if not change.file:
            said = f"the patch {change.by} was not read: it may change what is required"
        elif change.lines is None:
            said = f"{change.by} changes versions in {change.file}"
        else:
            touched = [name for name in names if _touches(change, name)]
            if not touched:
                continue
            said = (
                f"{change.by} changes what {change.file} says of {some_of(touched, _MOST_NAMES)}"
            )
        yield Diagnostic(_CODE, Severity.NOTE, meaning.package, (text,), "", said)


def required_names(metadata: Metadata, builds: Sequence[str] | None) -> list[str]:
    """What a release requires to run and to be built, as `notes` takes it."""
    return [*(metadata.requires_dist or ()), *(builds or ()), "python"]


def weighed(found: Iterable[Diagnostic], changes: Sequence[SourceChange]) -> Iterator[Diagnostic]:
    """The differences; those about what the recipe changes are only notes, and say so."""
    for each in found:
        project = each.subject.removeprefix("py-")
        change = next((c for c in changes if c.lines is None or _touches(c, project)), None)
        # What a patch that was not read changes is not known either, but most change code.
        if change is None or not change.file or each.severity is not Severity.ERROR:
            yield each
            continue
        said = f"{each.text}; {change.by} of the recipe changes {change.file}"
        yield replace(each, severity=Severity.NOTE, text=said)


def changing(changes: Iterable[SourceChange], required: Iterable[str]) -> str:
    """A clause about what certainly changes what is required; empty if nothing does."""
    names = [*dict.fromkeys(map(_name, required))]
    for change in changes:
        touched = [name for name in names if _touches(change, name)]
        if change.file and (touched or change.lines is None):
            what = some_of(touched, _MOST_NAMES) if touched else "some versions"
            return f"{change.by} of the recipe changes what {change.file} says of {what}"
    return ""


def _touches(change: SourceChange, project: str) -> bool:
    return project in {canonicalize_name(name) for name in change.names}


def _name(text: str) -> str:
    """The normalized name in a requirement; what is not a requirement stays as it is."""
    requirement = limits.requirement(text)
    return canonicalize_name(requirement.name if requirement else text)
