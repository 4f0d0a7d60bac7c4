"""Recipes that may be sent upstream: those of a repo, or those that a checkout changes."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from ...errors import HostError
from ...files import file_bytes
from ...host.port import Changed, Checkout, Host, Target
from ...recipe.edit import RecipeText
from ...recipe.model import DependencyLine
from ...recipe.reduce import rename_packages
from ...recipe.text_edits import Uneditable
from ...syntax import parse
from ...translate import spack_order


@dataclass(frozen=True)
class LocalRecipe:
    """A recipe that may be sent: its file, its text, and its project if that is known. ``before``
    is its text in the last commit that its checkout shares with the base; None if it is new there,
    or a recipe of another repo."""

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
        releases = [v for v in self._read.versions if v[:1].isdigit()] if self._read else []
        return sorted(releases, key=spack_order.key, reverse=True)

    @property
    def hides_versions(self) -> bool:
        """Whether it has others: in a loop, under a condition, or computed."""
        if self._read is None:
            return False
        calls = (node for node in ast.walk(parse(self.text)) if isinstance(node, ast.Call))
        named = [c for c in calls if isinstance(c.func, ast.Name) and c.func.id == "version"]
        return len(named) > len(self._read.versions)

    @property
    def stated(self) -> Sequence[DependencyLine]:
        """Its plain dependencies."""
        return self._read.stated if self._read else ()


def sources(host: Host, checkout: Checkout, target: Target) -> dict[str, LocalRecipe]:
    """The recipes that may be sent, by package: all of the target repo, or, if that is the
    checkout's own, those that it changes."""
    files = {file.resolve(): package for package, file in host.repos.recipes_in(target).items()}
    if checkout.holds(target.root):
        changed = [each for each in checkout.changed_here() if each.file.resolve() in files]
    else:
        changed = [Changed(file, None) for file in files]
    packages = {files[each.file.resolve()]: each for each in changed}
    return {
        name: LocalRecipe(each.file, read(each.file), each.before, host.repos.project_of(name))
        for name, each in packages.items()
    }


def selected(every: Mapping[str, LocalRecipe], named: Sequence[str]) -> dict[str, LocalRecipe]:
    """The named packages, or without names all that are projects', with their dependencies among
    the others. Raises `HostError` for a name that is not among them."""
    for package in named:
        if package not in every:
            raise HostError(
                f"{package} has no recipe in the repo, or its recipe has no changes to send"
            )
    selection: dict[str, LocalRecipe] = {}
    todo = list(named) or [package for package, source in every.items() if source.project]
    while todo:
        package = todo.pop()
        if package not in selection:
            selection[package] = every[package]
            required = (line.dependency.package for line in every[package].stated)
            todo += [name for name in required if name in every]
    return {package: selection[package] for package in sorted(selection)}


def renamed(
    recipes: Mapping[str, LocalRecipe], names: Mapping[str, str]
) -> dict[str, LocalRecipe]:
    """The recipes by their new ``names`` (package to package), which they then depend on, too."""
    if not names:
        return dict(recipes)
    return {
        names.get(package, package): replace(source, text=rename_packages(source.text, names))
        for package, source in recipes.items()
    }


def read(file: Path) -> str:
    """The text of a recipe, with its line endings as they are. Raises `HostError` for what is not
    text, or cannot be read."""
    try:
        content = file_bytes(file)
    except OSError as error:
        raise HostError(f"{file} cannot be read: {error.strerror}") from None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise HostError(f"{file}, line {line}, is not UTF-8: correct it there") from None
