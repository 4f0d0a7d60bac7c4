"""Recipes that may be sent upstream: those of a repo, or the changes of a checkout."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from ...errors import HostError
from ...host.port import Changed, Checkout, Host, Target
from ...recipe.edit import RecipeText
from ...recipe.model import DependencyLine
from ...recipe.reduce import rename_packages
from ...recipe.text_edits import Uneditable
from ...translate import spack_order


@dataclass(frozen=True)
class LocalRecipe:
    """A recipe that may be sent: its file, its text, the project that it stands for. ``before``:
    what it was where the checkout that it lies in left the line of the base; None for a new one
    and for one of another repo."""

    file: Path
    text: str
    before: str | None = None
    project: str | None = None

    @cached_property
    def _read(self) -> RecipeText | None:
        try:
            return RecipeText(self.text)
        except Uneditable:
            return None

    @property
    def versions(self) -> Sequence[str]:
        """Its plain releases, newest first."""
        found = [v for v in self._read.versions if v[:1].isdigit()] if self._read else []
        return sorted(found, key=spack_order.key, reverse=True)

    @property
    def stated(self) -> Sequence[DependencyLine]:
        """Its plain dependencies."""
        return self._read.stated if self._read else ()


def sources(host: Host, checkout: Checkout, target: Target) -> dict[str, LocalRecipe]:
    """What may be sent: all recipes of a repo, or, where it is the checkout's own, those that
    changed; package name to recipe."""
    files = {file.resolve(): package for package, file in host.repos.recipes_in(target).items()}
    if checkout.holds(target.root):
        found = [each for each in checkout.changed_here() if each.file.resolve() in files]
    else:
        found = [Changed(file, None) for file in files]
    packages = {files[each.file.resolve()]: each for each in found}
    return {
        name: LocalRecipe(each.file, read(each.file), each.before, host.repos.project_of(name))
        for name, each in packages.items()
    }


def selected(every: Mapping[str, LocalRecipe], named: Sequence[str]) -> dict[str, LocalRecipe]:
    """The named packages, without names those that stand for projects, with all they need of the
    others. Raises `HostError` for a name that is not among them."""
    for package in named:
        if package not in every:
            raise HostError(
                f"{package} has no recipe in the repo, or its recipe has no changes to send"
            )
    found: dict[str, LocalRecipe] = {}
    todo = list(named) or [package for package, source in every.items() if source.project]
    while todo:
        package = todo.pop()
        if package not in found:
            found[package] = every[package]
            needed = (line.dependency.package for line in every[package].stated)
            todo += [name for name in needed if name in every]
    return {package: found[package] for package in sorted(found)}


def under(every: Mapping[str, LocalRecipe], names: Mapping[str, str]) -> dict[str, LocalRecipe]:
    """The same, but packages (keys of ``names``) have other names, also where they are needed."""
    if not names:
        return dict(every)
    return {
        names.get(package, package): replace(source, text=rename_packages(source.text, names))
        for package, source in every.items()
    }


def read(file: Path) -> str:
    """A recipe's text, with the ends of its lines as its author's."""
    return file.read_bytes().decode("utf-8")
