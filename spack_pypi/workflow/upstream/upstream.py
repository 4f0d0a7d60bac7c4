"""``upstream``: recipes of a repo, or changes of a checkout, as commits on what everybody shares.

What is new is taken as it is, but with fewer versions; what the shared repo has gets its versions
there, in place, as ``sync`` would give them. Nothing becomes a commit before all of it was loaded
and audited.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Callable

from ...diagnostics import Diagnostic
from ...errors import SpackPyPIError
from ...host.port import Checkout, Host, Meaning, Problem
from ...recipe.edit import RecipeText
from ...recipe.reduce import reduced
from ...recipe.text_edits import Uneditable
from ...resolve.choose import Policy
from ...session import Phase, Session
from ...translate import spack_order
from ...translate.revise import applies_to
from ..compare import oracle
from ..compare.unchanged import altered, changes
from ..outdated import outdated
from ..request import Request, Verify
from ..sync import sync
from .newest import newest
from .review import Options, meanings, note, rejected, review
from .series import Series, in_order
from .source import LocalRecipe, read, under

#: Recipes that import those of another repo cannot be sent.
_FOREIGN = re.compile(r"^\s*from\s+spack_repo\.(?!builtin\b)(\w+)", re.M)


def upstream(
    session: Session,
    host: Host,
    checkout: Checkout,
    chosen: Mapping[str, LocalRecipe],
    options: Options,
) -> Series:
    """Put the chosen recipes into the checkout's worktree and verify them there; ``host`` knows
    only the repo in it. Nothing is committed. Raises `SpackPyPIError`."""
    work = _Work(session, host, checkout, chosen, options.every_version)
    work.add_new()
    if not work.problems:
        work.extend_existing()
    if work.problems or not checkout.changed():
        return Series(diagnostics=(*rejected(work.problems), *work.notes))
    series = review(session, host, checkout, work.chosen, options)
    return replace(series, diagnostics=(*work.notes, *series.diagnostics))


@dataclass
class _Work:
    """The series while it is made."""

    session: Session
    host: Host
    checkout: Checkout
    chosen: Mapping[str, LocalRecipe]
    every_version: bool
    problems: list[Problem] = field(default_factory=list)
    notes: list[Diagnostic] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.target = self.host.repos.target(None, None, write=True)
        self.cells = oracle.cells(self.host.repos.python_versions())
        self._rename()
        existing = {name: self.host.repos.package(name) for name in self.chosen}
        self.there = {name: found.versions for name, found in existing.items() if found}
        offered = {
            name: [v for v in source.versions if v not in self.there.get(name, ())]
            for name, source in self.chosen.items()
        }
        stated = {name: source.stated for name, source in self.chosen.items()}
        few = newest(offered, self.there, stated)
        self.versions = offered if self.every_version else few

    def _rename(self) -> None:
        """Where the shared repo has a project under another name by now, all recipes of the series
        name that."""
        names = {}
        for name, source in self.chosen.items():
            other = self.host.repos.package_for(source.project) if source.project else None
            if other is not None and other.name != name and self.host.repos.package(name) is None:
                names[name] = other.name
                self.notes.append(
                    note(name, f"the patches call it {other.name}, its name in the base")
                )
        self.chosen = under(self.chosen, names)

    # --- what the shared repo does not have -------------------------------------------------

    def add_new(self) -> None:
        """Write the new recipes, with those versions that are needed."""
        new = {name: s for name, s in self.chosen.items() if name not in self.there}
        for name, source in new.items():
            what = self._unfit(source)
            self.problems += [Problem(name, what)] if what else []
        if not new or self.problems:
            return
        self.session.progress(Phase.LOAD, "new packages")
        for name, source in new.items():
            _copy_others(source.file.parent, self.host.repos.recipe_path(self.target, name).parent)
        texts = {name: source.text for name, source in new.items()}
        before, self.problems = meanings(self.host, self.target, texts)
        fewer = {name: self._fewer(name, source) for name, source in new.items()}
        if self.problems:
            return
        names = [name for name in new if fewer[name] != new[name].text]
        self._put(fewer, lambda: (what for name in names for what in self._lost(before[name])))

    def _lost(self, before: Meaning) -> Iterator[Problem]:
        """What the versions that are left of a recipe do not say any more."""
        after = self.host.evaluator.meaning(before.package)
        kept = [version.text for version in after.versions]
        for what in changes(before, after, self.cells, only=kept):
            yield Problem(before.package, f"leaving out older versions would change {what}")

    def _put(
        self,
        texts: Mapping[str, str],
        compare: Callable[[], Iterable[Problem]] = lambda: (),
    ) -> None:
        """Write recipes into the worktree, if they load and nothing is found when their meaning is
        compared with another."""
        with self.host.writer.stage(self.target, texts) as staging:
            problems = [*staging.load()]
            problems = problems or [*compare()]
            self.problems += problems
            if not problems:
                staging.commit()

    def _unfit(self, source: LocalRecipe) -> str:
        """Why a recipe cannot be a new package; empty where it can."""
        foreign = _FOREIGN.search(source.text)
        if foreign:
            return f"its recipe inherits one of the repo {foreign[1]}, which builtin cannot use"
        if _inherits(source):
            return "its recipe inherits one that the base of these patches does not have"
        return ""

    def _fewer(self, package: str, source: LocalRecipe) -> str:
        versions = self.versions[package]
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

    # --- what it has ------------------------------------------------------------------------

    def extend_existing(self) -> None:
        """Give the packages that are there their versions, what others need first."""
        for name in in_order(
            {
                name: {line.dependency.package for line in s.stated}
                for name, s in self.chosen.items()
            }
        ):
            if name not in self.there:
                continue
            source = self.chosen[name]
            added = set(source.versions) - set(self.there[name])
            if source.before is not None and added <= {*self.versions[name]}:
                self._take_over(name, source)
            elif self.versions[name]:
                self._extend(name, source)

    def _take_over(self, package: str, source: LocalRecipe) -> None:
        """What was changed in the checkout itself, as it is."""
        file = self.host.repos.recipe_path(self.target, package)
        merged = self.checkout.merged(read(file), source.before or "", source.text)
        if merged is None:
            what = "its changes conflict with the base of the patches: rebase the checkout first"
            self.problems.append(Problem(package, what))
            return
        _copy_others(source.file.parent, file.parent)
        self._put({package: merged})

    def _extend(self, package: str, source: LocalRecipe) -> None:
        """Its versions, made in the shared recipe as ``sync`` makes them."""
        if self.host.repos.project_of(package) is None:
            self.notes.append(note(package, "left out: its recipe names no project on an index"))
            return
        request = Request((), repo=str(self.checkout.repo), verify=Verify.LOAD)
        policy = Policy(pre=True, pythons=tuple(self.host.repos.python_versions()))
        for version in reversed(self.versions[package]):
            self.session.progress(Phase.UPDATE, f"{package} {version}")
            (found,) = outdated(self.session, self.host, [package], policy)
            try:
                bump = sync(self.session, self.host, found, request, to=version)
            except SpackPyPIError as error:
                self.problems.append(Problem(package, str(error)))
                return
            if bump.new:
                continue
            if _inherits(source):
                self._copy_lines(package, source, version)
                self.notes.append(
                    note(package, f"{version} is copied from {source.file}: {bump.reason}")
                )
                continue
            lines = f"; add it by hand with these lines:\n{bump.proposal}" if bump.proposal else ""
            self.problems.append(
                Problem(package, f"{version} cannot be added: {bump.reason}{lines}")
            )
            return

    def _copy_lines(self, package: str, source: LocalRecipe, version: str) -> None:
        """A version with what the recipe that inherits the shared one says of it, where nothing
        else can tell."""
        inherits = RecipeText(source.text)
        lines = [line.dependency for line in inherits.stated if applies_to(line, version)]
        declared = inherits.version_line(version)
        text = self.host.repos.recipe_texts(package)[0]
        before = self.host.evaluator.meaning(package)
        edited = RecipeText(text).edited([declared], lines, {})
        self._put(
            {package: edited},
            lambda: altered(before, self.host.evaluator.meaning(package), self.cells),
        )


def _inherits(source: LocalRecipe) -> bool:
    """Whether a recipe only adds to the shared one of its name."""
    return bool(re.search(rf"builtin\.packages\.{source.file.parent.name}\b", source.text))


def _copy_others(source: Path, to: Path) -> None:
    """Patches and what else lies beside a recipe."""
    to.mkdir(parents=True, exist_ok=True)
    ignored = shutil.ignore_patterns("__pycache__", "package.py")
    shutil.copytree(source, to, ignore=ignored, dirs_exist_ok=True)
