"""Move recipes into the repo: those of each named project as soon as it is concretized."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from packaging.version import Version

from ..errors import HostError
from ..files import LONGEST_FILE, small_text
from ..host.port import Host, Staging
from .plan import Plan
from .request import Verify

if TYPE_CHECKING:
    from ..resolve.resolution import Resolution


def check_new(plan: Plan, host: Host, moved: Collection[str]) -> None:
    """Raise `HostError` where there is another recipe now for a package that a plan takes for new,
    but for those that were ``moved`` in: somebody wrote it meanwhile."""
    for recipe in plan.recipes.values():
        is_new = not recipe.extends.startswith(f"{plan.target.namespace}.")
        if not is_new or recipe.package in moved or plan.request.force:
            continue
        file = host.repos.recipe_path(plan.target, recipe.package)
        # Another run may have written the same.
        if file.exists() and small_text(file, LONGEST_FILE) != recipe.text:
            raise HostError(
                f"{file} was made by somebody else meanwhile, and stays as it is; run the command "
                "again"
            )


class Moves:
    """Moves the staged recipes of a plan into the repo. ``moved`` maps the packages whose recipes
    are there, by earlier plans of the request too, to their texts; what is moved in is added.

    The recipes that a named project needs are moved in together, when it is concretized and no
    project that may still be refused can change them. So at any time the repo holds whole
    projects, as the last plan of the request has them, and the next run goes on with the others.
    """

    def __init__(self, plan: Plan, staging: Staging, moved: dict[str, str]) -> None:
        self._plan, self._staging, self._moved = plan, staging, moved
        self._recipes = plan.texts
        #: Projects that are concretized and not moved in, and what they need.
        self._waiting: dict[str, Sequence[str]] = {}

    def concretized(self, projects: Sequence[str]) -> None:
        """Note that named projects can be concretized, and move in what need not wait for
        others."""
        if not _is_early(self._plan):
            return
        self._unsettled.remove(projects)
        self._waiting.update((project, self._plan.needed_by(project)) for project in projects)
        ready = [
            project
            for project, needed in self._waiting.items()
            if not any(name in self._unsettled for name in needed)
        ]
        needed = {name for project in ready for name in self._waiting.pop(project)}
        self._move({self._plan.recipes[name].package for name in needed})

    @cached_property
    def _unsettled(self) -> _Unsettled:
        return _Unsettled(self._plan.resolution)

    def finish(self) -> None:
        """Move in all that is not there."""
        self._move(set(self._recipes))

    def _move(self, packages: set[str]) -> None:
        new = {
            package: text
            for package, text in self._recipes.items()
            if package in packages and self._moved.get(package) != text
        }
        if new:
            self._staging.commit([*new])
            self._moved.update(new)


def _is_early(plan: Plan) -> bool:
    """Whether recipes may be moved in while others are not concretized: what is installed, or may
    leave nothing out, is judged at the end."""
    request = plan.request
    at_the_end = request.dry_run or request.strict or request.verify is Verify.INSTALL
    return len(plan.groups) > 1 and not at_the_end


class _Unsettled:
    """The projects whose recipes may still change: they hold a version or an extra that no root
    chose which is concretized already, and another one may be refused."""

    def __init__(self, resolution: Resolution) -> None:
        self._chosen, union = resolution.chosen, resolution.selection
        self._left: dict[str, set[Version | str]] = {
            project: {*releases, *union.extras.get(project, ())}
            for project, releases in union.releases.items()
        }

    def remove(self, roots: Sequence[str]) -> None:
        """Note that roots are concretized."""
        for root in roots:
            chosen = self._chosen[root]
            for project, releases in chosen.releases.items():
                self._left[project] -= {*releases, *chosen.extras.get(project, ())}

    def __contains__(self, project: str) -> bool:
        return bool(self._left.get(project))
