"""``create --externals``: recipes beside what a Python has installed already."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from ...diagnostics import Diagnostic, Severity
from ...host.port import Destination, Host
from ...prefixes.interpreter import Interpreter
from ...pypi.branches import shown
from ..create import Outcome
from ..plan import RecordStatus
from ..request import parse_names
from .externals import as_externals, usable
from .found import Found


@dataclass(frozen=True)
class InstalledForCreate:
    """What an interpreter has ``found`` installed, as externals that are not written anywhere."""

    host: Host
    found: Found

    def used(self) -> AbstractContextManager[object]:
        """Inside it the host has the externals."""
        return self.host.externals.using(as_externals(self.found), Destination())

    def noted(self, outcome: Outcome) -> Outcome:
        """The outcome with what is taken from there, and what is not."""
        unsuitable = tuple(dict.fromkeys(self._unsuitable(outcome)))
        said = {each.package for each in unsuitable}
        taken = (
            each
            for each in self._taken(outcome)
            if each.code == "from-environment" or each.package not in said
        )
        unusable = (each for each in self._unusable(outcome) if each.package not in said)
        return replace(outcome, notes=(*taken, *unsuitable, *unusable))

    def names(self, outcome: Outcome) -> list[str]:
        """The projects that an outcome takes from there, or could take with a recipe that it
        wrote."""
        taken = {each.subject for each in outcome.notes if each.code == "from-environment"}
        installed = self.found.installed
        written = {
            recipe.project
            for recipe in outcome.plan.recipes.values()
            if installed.get(recipe.project, "") in map(str, recipe.releases)
        }
        return sorted(taken | (written - {*outcome.plan.projects}))

    def _taken(self, outcome: Outcome) -> Iterator[Diagnostic]:
        graphs: dict[str, set[str]] = {}
        for package, version in outcome.verification.taken:
            graphs.setdefault(package, set()).add(version)
        existing = {
            record.package
            for record in outcome.plan.records.values()
            if record.status is RecordStatus.EXISTS
        }
        for project, each in sorted(self.found.externals.items()):
            if graphs:
                versions = graphs.get(each.package, set())
                if each.version in versions:
                    text = f"in {each.prefix}"
                    yield _note("from-environment", each.package, project, each.version, text)
                elif versions:
                    text = f"Spack takes {', '.join(sorted(versions))} instead"
                    yield _note("not-from-environment", each.package, project, each.version, text)
            elif each.package in existing:
                text = f"in {each.prefix}, not concretized"
                yield _note("from-environment", each.package, project, each.version, text)

    def _unusable(self, outcome: Outcome) -> Iterator[Diagnostic]:
        """What is required, installed, and yet cannot be an external."""
        records = outcome.plan.records
        for each in self.found.not_used:
            project = each.distribution.project
            record = records.get(project)
            # What builds packages is meant to be Spack's own.
            if record is None or each.builds:
                continue
            if record.status is RecordStatus.EXISTS:
                hint = "; spack pypi externals --create adds it" if each.lacks_recipe else ""
                text, version = f"{each.reason}{hint}", each.distribution.version
                yield _note("not-from-environment", record.package, project, version, text)

    def _unsuitable(self, outcome: Outcome) -> Iterator[Diagnostic]:
        """What recipes that are written require in another version than the installed one."""
        installed, resolution = self.found.installed, outcome.plan.resolution
        for recipe in outcome.plan.recipes.values():
            for version in recipe.releases:
                for _, edge in resolution.edges(recipe.project, version):
                    requirement = edge.requirement
                    there = installed.get(requirement.project)
                    if there is None or not edge.required:
                        continue
                    if SpecifierSet(requirement.specifier).contains(there, prereleases=True):
                        continue
                    package = resolution.package(requirement.project).package
                    text = f"{recipe.package} {shown(version)} requires {requirement}"
                    yield _note("not-from-environment", package, requirement.project, there, text)


def installed_for_create(
    host: Host, python: Interpreter, names: Sequence[str], *, solve: bool
) -> InstalledForCreate:
    """What an interpreter has installed and Spack can use, with ``solve`` only what its solver
    uses; without what is named, whose recipes an external would prove nothing about. Raises
    `UsageError` and `HostError`."""
    result = usable(host, python, (), (), Destination(), solve=solve)
    named = {str(canonicalize_name(each.name)) for each in parse_names(names)}
    refused = dict.fromkeys(named & {*result.externals}, "it is named")
    return InstalledForCreate(host, result.without(refused))


def _note(code: str, package: str, project: str, version: str, text: str) -> Diagnostic:
    return Diagnostic(code, Severity.NOTE, package, (version,), project, text)
