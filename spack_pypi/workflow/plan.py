"""What is to be written, as a value: `create`, `sync`, `upstream` and `why` start with a plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Callable

from packaging.version import Version

from ..diagnostics import Diagnostic, Severity
from ..host.port import Meaning, Target
from ..recipe.model import Omission
from .order import dependencies_first
from .request import Request

if TYPE_CHECKING:
    from ..resolve.resolution import Resolution


class RecordStatus(Enum):
    """What becomes of a project."""

    EXISTS = "exists"
    NEW = "new"
    FAILED = "failed"


@dataclass(frozen=True)
class Record:
    """What becomes of one project. ``extends`` is the package that versions are added to, and
    ``because`` says what for, unless it was named;
    ``dependencies`` are the projects that it requires; ``languages`` those that its newest version
    compiles; ``reason`` is why it fails, or what an existing package lacks; ``proposal`` are the
    lines for a recipe that cannot be edited. ``omittable``: it could be written without what
    cannot be had. The project comes from the ``index`` at this address, ``one_of_several``, where
    something of it is written."""

    project: str
    package: str
    status: RecordStatus
    namespace: str = ""
    versions: tuple[str, ...] = ()
    path: Path | None = None
    extends: str = ""
    because: str = ""
    reason: str = ""
    proposal: str = ""
    dependencies: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    omittable: bool = False
    diagnostics: tuple[Diagnostic, ...] = ()
    index: str = ""
    one_of_several: bool = False

    @property
    def incomplete(self) -> bool:
        """Whether its recipe lacks something that is required; the recipe says so itself."""
        return any(each.code == "missing-dependency" for each in self.diagnostics)


@dataclass(frozen=True)
class PlannedRecipe:
    """A recipe that is to be written.

    ``releases`` maps the releases that its ``versions`` come from to how the recipe spells them.
    A new package has ``variants``. Otherwise ``extends`` is the package (with namespace) that gets
    the versions, and ``before`` the text of its recipe, which is edited or inherited; ``left_out``
    is what its author left out of it before, and which is left out again."""

    project: str
    package: str
    text: str
    releases: Mapping[Version, str]
    versions: tuple[str, ...]
    omissions: tuple[Omission, ...]
    variants: frozenset[str] = frozenset()
    extends: str = ""
    before: str = ""
    left_out: tuple[str, ...] = ()


class Unresolved(Exception):
    """A plan was kept without its resolution."""


@dataclass(frozen=True)
class Plan:
    """What is to be written for a request.

    ``projects`` are those that are named. ``recipes`` and ``records`` are by project: the records
    are of all that is named, written or required. ``resolve`` gives the `resolution`; of
    a plan that was kept it raises `Unresolved`.
    ``specs`` are what a user types for the named projects (``py-foo+extra``), ``groups`` the specs
    that are concretized together, by their projects, ``roots`` and ``constraints`` (package,
    ranges) what an environment lists. ``deprecated`` are (dependent, requirement) that only
    deprecated versions satisfy; the dependent is empty for a named project. ``before`` is what the
    extended packages mean before they get versions."""

    request: Request
    target: Target
    resolve: Callable[[], Resolution]
    projects: tuple[str, ...]
    recipes: Mapping[str, PlannedRecipe]
    records: Mapping[str, Record]
    specs: tuple[str, ...]
    groups: Mapping[tuple[str, ...], Sequence[str]]
    roots: tuple[str, ...]
    constraints: tuple[tuple[str, str], ...]
    deprecated: tuple[tuple[str, str], ...]
    before: Mapping[str, Meaning]

    @property
    def resolution(self) -> Resolution:
        """What the plan follows from. Raises `Unresolved`."""
        return self.resolve()

    def opposed(self) -> tuple[str, str] | None:
        """A project whose locked version excludes what others require, and why; None where nothing
        is known against them, or a lock file names none. Raises `Unresolved`."""
        request = self.request
        if self.failed or request.strict or not request.locked:
            return None
        given_up = {*self.projects} - request.locked.keys() | request.deviations.keys()
        return self.resolution.opposed(frozenset(given_up), request.python)

    @property
    def named(self) -> tuple[Record, ...]:
        """What becomes of the named projects."""
        return tuple(self.records[project] for project in self.projects)

    @property
    def unrequired(self) -> list[str]:
        """The written projects that nothing written requires, and that were not named: existing
        packages depend on them. Each before what it requires."""
        written = {project: self.records[project].dependencies for project in self.recipes}
        reached = self._with_required(self.projects)
        found = []
        for project in reversed([*dependencies_first(written)]):
            if project not in reached:
                found.append(project)
                reached |= self._with_required([project])
        return found

    def _with_required(self, projects: Sequence[str]) -> set[str]:
        """These projects and all that they require."""
        found: set[str] = set()
        todo = [*projects]
        while todo:
            project = todo.pop()
            if project in self.records and project not in found:
                found.add(project)
                todo += self.records[project].dependencies
        return found

    @property
    def failed(self) -> tuple[Record, ...]:
        """The named projects that cannot be written."""
        return tuple(record for record in self.named if record.status is RecordStatus.FAILED)

    @property
    def diagnostics(self) -> list[Diagnostic]:
        """The diagnostics of the plan, by package."""
        diagnostics = [each for record in self.records.values() for each in record.diagnostics]
        for project, text in self.request.deviations.items():
            package = self.records[project].package if project in self.records else ""
            diagnostics.append(
                Diagnostic("not-as-locked", Severity.WARNING, package, subject=project, text=text)
            )
        for dependent, requirement in self.deprecated:
            package, _, version = dependent.partition(" ")
            versions = (version,) if version else ()
            text = f"only deprecated versions satisfy {requirement}"
            diagnostics.append(
                Diagnostic(
                    "deprecated-version", Severity.NOTE, package, versions, requirement, text
                )
            )
        return diagnostics

    @property
    def texts(self) -> Mapping[str, str]:
        """The recipes by package, each after those that it depends on: a process that is killed
        while recipes are moved in leaves none that depends on a package which is not there."""
        records = self.records.items()
        order = dependencies_first({project: record.dependencies for project, record in records})
        recipes = (self.recipes[project] for project in order if project in self.recipes)
        return {recipe.package: recipe.text for recipe in recipes}

    def needed_by(self, project: str) -> Sequence[str]:
        """The projects that have recipes here, of all that a named project needs: also with other
        versions of these recipes than it chose."""
        found: dict[str, None] = {}
        todo = [project, *self.resolution.chosen[project].releases]
        while todo:
            name = todo.pop()
            if name in self.recipes and name not in found:
                found[name] = None
                todo += self.records[name].dependencies if name in self.records else ()
        return [*found]

    def recipe_of(self, package: str) -> PlannedRecipe | None:
        """The planned recipe of a package."""
        recipes = (recipe for recipe in self.recipes.values() if recipe.package == package)
        return next(recipes, None)
