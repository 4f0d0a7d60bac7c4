"""``upstream``: recipes of a repo, or changes of a checkout, as commits on the shared repo.

New packages are copied, with fewer versions; packages that the shared repo has get their versions
there, as ``sync`` adds them. Nothing is committed before all of it loads and passes the audit.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from ...diagnostics import Diagnostic, error
from ...files import copy_regular
from ...host.port import Checkout, Host, Meaning
from ...recipe.edit import RecipeText
from ...recipe.model import Changes
from ...recipe.reduce import reduced
from ...recipe.text_edits import Uneditable
from ...resolve.policy import Policy
from ...session import Phase, Session
from ...translate import spack_order
from ...translate.existing_lines import applies_to
from ..compare import oracle
from ..compare.unchanged import changes
from ..order import dependencies_first
from ..outdated import outdated
from ..request import Request, Verify
from ..sync import sync
from .newest import newest
from .review import Options, meanings, note, rejected, review
from .series import Series
from .source import LocalRecipe, read, renamed

#: Recipes that import those of another repo cannot be sent.
_FOREIGN = re.compile(r"^[ \t]*from\s+spack_repo\.(?!builtin\b)(\w+)", re.M)
#: A password in an address.
_PASSWORD = re.compile(r"://[^/?#\s'\"@:]*:[^/?#\s'\"@]+@")


def upstream(
    session: Session,
    host: Host,
    checkout: Checkout,
    recipes: Mapping[str, LocalRecipe],
    options: Options,
) -> Series:
    """The series of the recipes, which are written into the checkout's worktree and verified
    there; ``host`` knows only the repo in it. Nothing is committed. Raises `SpackPyPIError`."""
    worktree = _Worktree(session, host, checkout, recipes, options.every_version)
    worktree.add_new()
    if not worktree.errors:
        worktree.extend_existing()
    if worktree.errors or not checkout.changed():
        return Series(diagnostics=(*worktree.errors, *worktree.notes))
    series = review(session, host, checkout, worktree.recipes, options)
    return replace(series, diagnostics=(*worktree.notes, *series.diagnostics))


class _Worktree:
    """Writes recipes into the worktree; ``errors`` say why one cannot be written, ``notes`` how
    others differ from ``recipes``."""

    def __init__(
        self,
        session: Session,
        host: Host,
        checkout: Checkout,
        recipes: Mapping[str, LocalRecipe],
        every_version: bool,
    ) -> None:
        self._session, self._host, self._checkout = session, host, checkout
        self._target = host.repos.target(None, None, write=True)
        self._cells = oracle.cells(host.repos.python_versions())
        self.errors: list[Diagnostic] = []
        self.notes: list[Diagnostic] = []
        self.recipes = self._renamed(recipes)
        existing = {name: host.repos.package(name) for name in self.recipes}
        self._existing = {name: found.versions for name, found in existing.items() if found}
        new = {
            name: [v for v in source.versions if v not in self._existing.get(name, ())]
            for name, source in self.recipes.items()
        }
        stated = {name: source.stated for name, source in self.recipes.items()}
        #: The versions that each package gets.
        self._versions = new if every_version else newest(new, self._existing, stated)

    def _renamed(self, recipes: Mapping[str, LocalRecipe]) -> Mapping[str, LocalRecipe]:
        """The recipes, by the names under which the shared repo has their projects by now."""
        names = {}
        for name, source in recipes.items():
            other = self._host.repos.package_for(source.project) if source.project else None
            if other is not None and other.name != name and self._host.repos.package(name) is None:
                names[name] = other.name
                self.notes.append(
                    note(name, f"the patches call it {other.name}, its name in the base")
                )
        return renamed(recipes, names)

    # --- packages that the shared repo does not have ----------------------------------------

    def add_new(self) -> None:
        """Write the recipes of new packages, with the versions that they get."""
        new = {name: s for name, s in self.recipes.items() if name not in self._existing}
        for name, source in new.items():
            what = _password(source) or _base_elsewhere(source)
            self.errors += [error("rejected", name, what)] if what else []
        if not new or self.errors:
            return
        self._session.progress(Phase.LOAD, "new packages")
        for name, source in new.items():
            _copy_others(
                source.file.parent, self._host.repos.recipe_path(self._target, name).parent
            )
        texts = {name: source.text for name, source in new.items()}
        before, self.errors = meanings(self._host, self._target, texts)
        fewer = {name: self._with_fewer_versions(name, source) for name, source in new.items()}
        if self.errors:
            return
        smaller = {name: before[name] for name in new if fewer[name] != new[name].text}
        self._write(fewer, smaller, fewer_versions=True)

    def _write(
        self,
        texts: Mapping[str, str],
        before: Mapping[str, Meaning],
        *,
        fewer_versions: bool = False,
    ) -> None:
        """Write recipes into the worktree, if they load, and if those with a meaning ``before``
        still have it; with ``fewer_versions`` for the versions that are left."""
        what = "leaving out older versions would change" if fewer_versions else "would change"
        with self._host.writer.stage(self._target, texts) as staging:
            errors = rejected(staging.load())
            for name, old in before.items() if not errors else ():
                new = self._host.evaluator.meaning(name)
                only = [version.text for version in new.versions] if fewer_versions else None
                for change in changes(old, new, self._cells, only):
                    errors.append(error("rejected", name, f"{what} {change}"))
            self.errors += errors
            if not errors:
                staging.commit()

    def _with_fewer_versions(self, package: str, source: LocalRecipe) -> str:
        """The text of a new recipe with only the versions that it gets, if it can be reduced."""
        versions = self._versions[package]
        if not versions or {*versions} == {*source.versions}:
            return source.text

        def holds(ranges: str) -> bool | None:
            held = {spack_order.contains(ranges, version) for version in versions}
            return held.pop() if len(held) == 1 else None

        try:
            return reduced(source.text, versions, holds, spack_order.met)
        except Uneditable as error:
            self.notes.append(note(package, f"all its versions are sent, because {error}"))
            return source.text

    # --- packages that it has ---------------------------------------------------------------

    def extend_existing(self) -> None:
        """Give the existing packages their versions, dependencies first."""
        dependencies = {
            name: sorted({line.dependency.package for line in source.stated})
            for name, source in sorted(self.recipes.items())
        }
        for name in dependencies_first(dependencies):
            if name not in self._existing:
                continue
            source = self.recipes[name]
            added = set(source.versions) - set(self._existing[name])
            if source.before is not None and added <= {*self._versions[name]}:
                self._merge(name, source)
            elif source.hides_versions:
                what = (
                    "versions of its recipe stand in a loop or under a condition, from where they "
                    "cannot be added to the shared one: add them by hand"
                )
                self.errors.append(error("rejected", name, what))
            elif self._versions[name]:
                self._extend(name, source)

    def _merge(self, package: str, source: LocalRecipe) -> None:
        """Merge the changes of the checkout itself."""
        file = self._host.repos.recipe_path(self._target, package)
        merged = self._checkout.merged(read(file), source.before or "", source.text)
        if merged is None:
            what = "its changes conflict with the base of the patches: rebase the checkout first"
            self.errors.append(error("rejected", package, what))
            return
        _copy_others(source.file.parent, file.parent)
        self._write({package: merged}, {})

    def _extend(self, package: str, source: LocalRecipe) -> None:
        """Add versions to the shared recipe, as ``sync`` adds them."""
        if self._host.repos.project_of(package) is None:
            self.notes.append(note(package, "left out: its recipe names no project on an index"))
            return
        request = Request((), repo=str(self._checkout.repo), verify=Verify.LOAD)
        policy = Policy(pre=True, pythons=tuple(self._host.repos.python_versions()))
        for version in reversed(self._versions[package]):
            self._session.progress(Phase.UPDATE, f"{package} {version}")
            (current,) = outdated(self._session, self._host, [package], policy, older=True)
            update = sync(self._session, self._host, current, request, to=version)
            if update.new:
                continue
            lines = f"; to update it by hand:\n{update.proposal}" if update.proposal else ""
            if _inherits(source):
                try:
                    self._copy_lines(package, source, version)
                    copied = f"{version} is copied from {source.file}: {update.reason}"
                    self.notes.append(note(package, copied))
                    continue
                except Uneditable as failure:
                    lines = f"; nor can it be copied from {source.file}: {failure}"
            self.errors.append(
                error("rejected", package, f"{version} cannot be added: {update.reason}{lines}")
            )
            return

    def _copy_lines(self, package: str, source: LocalRecipe, version: str) -> None:
        """Add a version that ``sync`` cannot add, with the lines of the recipe that inherits the
        shared one. Raises `Uneditable`."""
        inherits = RecipeText(source.text)
        lines = [line.dependency for line in inherits.stated if applies_to(line, version)]
        declared = inherits.version_line(version)
        text = self._host.repos.recipe_texts(package)[0]
        before = self._host.evaluator.meaning(package)
        edited = RecipeText(text).edited(Changes([declared], dependencies=lines))
        self._write({package: edited}, {package: before})


def _password(source: LocalRecipe) -> str:
    """Where a recipe has a password, which everybody would see; empty for nowhere."""
    found = _PASSWORD.search(source.text)
    if found is None:
        return ""
    line = source.text.count("\n", 0, found.start()) + 1
    return f"line {line} of its recipe has an address with a password: take it out, and change it"


def _base_elsewhere(source: LocalRecipe) -> str:
    """Why a recipe cannot be that of a new package; empty where it can."""
    foreign = _FOREIGN.search(source.text)
    if foreign:
        return f"its recipe inherits one of the repo {foreign[1]}, which builtin cannot use"
    if _inherits(source):
        return "its recipe inherits one that the base of these patches does not have"
    return ""


def _inherits(source: LocalRecipe) -> bool:
    """Whether a recipe inherits the shared one of its name."""
    return bool(re.search(rf"builtin\.packages\.{source.file.parent.name}\b", source.text))


def _copy_others(source: Path, to: Path) -> None:
    """Copy patches and whatever else is in the folder of a recipe."""
    to.mkdir(parents=True, exist_ok=True)
    ignored = shutil.ignore_patterns("__pycache__", "package.py")
    shutil.copytree(source, to, ignore=ignored, copy_function=copy_regular, dirs_exist_ok=True)
