"""Whether what is about to be written says what its releases declare: the comparison of ``check``,
over recipes that are staged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from ..host.port import Host, Meaning
from ..pypi.model import Index
from ..resolve.facts import KnownIndex
from ..resolve.lessons import Unit
from ..resolve.resolution import Resolution
from .assemble import Assembled
from .compare.check import archive
from .compare.comparison import ERROR, Comparison, Expected, Finding


def inexact(
    host: Host, index: Index, resolution: Resolution, assembled: Mapping[str, Assembled]
) -> Iterator[tuple[Unit, str]]:
    """The units whose recipes do not say what their releases declare, and how ``check`` sees it;
    without what the recipes say themselves that they leave out. To be asked while they are
    staged. Raises `SpackPyPIError`."""
    staged = {project: resolution.package(project).package for project in assembled}
    comparison = Comparison(host, KnownIndex(resolution.catalog.facts, index), staged)
    for project, done in assembled.items():
        meaning = host.evaluator.meaning(resolution.package(project).package)
        on_this_machine = {version.text for version in meaning.versions}
        for version, text in done.spelled.items():
            if text not in on_this_machine:
                continue  # it has wheels for other machines only
            declared = _declared(resolution, project, Unit(project, version), meaning, text)
            left_out = _left_out(resolution, done, text)
            found: list[tuple[frozenset[str], Finding]] = [
                (frozenset(), finding) for finding in archive(meaning, text, declared)
            ]
            found += comparison.by_extras(meaning, text, declared)
            for extras, finding in found:
                if finding.severity == ERROR and finding.subject not in left_out:
                    extra = next(iter(extras)) if len(extras) == 1 else ""
                    yield Unit(project, version, extra), in_words(finding)


def _declared(
    resolution: Resolution, project: str, unit: Unit, meaning: Meaning, text: str
) -> Expected:
    release = resolution.release(project, unit.version)
    found = resolution.declared(project, unit.version)
    listed = next(version for version in meaning.versions if version.text == text)
    # A wheel is built already.
    built = release.sdist is None or listed.archive.endswith(".whl") or found.builds.untranslatable
    return Expected(
        release,
        # Also where nothing confirms it, the recipe must say it.
        replace(found.metadata, confirmed=True),
        None if built else found.builds.requirements,
    )


def _left_out(resolution: Resolution, done: Assembled, text: str) -> set[str]:
    """The packages that a version needs and its recipe says that it leaves out."""
    return {
        resolution.package(omission.dependency).package
        for omission in done.omissions
        if omission.dependency and omission.version in ("", text)
    }


def in_words(finding: Finding) -> str:
    """A difference in one clause."""
    about = " ".join(part for part in (finding.subject, finding.kind) if part)
    metadata = f"its metadata says {finding.declared or 'nothing'}"
    recipe = f"a recipe would say {finding.recipe or 'nothing'}"
    return f"{about}: {metadata}, {recipe}"
