"""``explain``: each line of a recipe, ours or anyone's, with where it comes from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import NamedTuple

from packaging.utils import canonicalize_name

from ...errors import HostError
from ...host.port import Host, Meaning
from ...pypi.model import Project
from ...recipe.statements import Statement, comments, statements
from ...recipe.text_edits import Uneditable
from ...resolve.choose import why_none
from ...session import Phase, Session
from ...translate import describe, spack_order
from ...translate.requirements import parsed
from ...translate.spelling import meant
from ..compare.comparison import Comparison
from ..publishers import published_by
from .dependencies import DependencyGrounds
from .directives import DirectiveGrounds
from .model import (
    Cited,
    ExplainedLine,
    ExplainedRecipe,
    Ground,
    Unsaid,
    Verdict,
    joined,
    joined_unsaid,
)
from .says import ReleaseSays, read
from .unsaid import UnsaidFinder
from .wanted import Requirements

#: The directives that are about a dependency.
_ON_PACKAGES = ("depends_on", "conflicts")


def explain(
    session: Session, host: Host, package: str, versions: str = "", *, publishers: bool = False
) -> ExplainedRecipe:
    """The lines of a package's recipe, by its releases that are in ``versions`` (ranges of Spack;
    empty for all); ``publishers``: also by who published them. Raises `HostError` where that
    cannot be said, and `IndexFailure`."""
    name = host.repos.project_of(package)
    if name is None:
        host.evaluator.meaning(package)  # one that cannot be loaded is another error
        raise HostError(f"the recipe of {package} names no project on an index")
    texts, file = host.repos.recipe_texts(package), host.repos.recipe_file(package)
    return explain_text(
        session, host, ToExplain(package, name, str(file), texts), versions, publishers=publishers
    )


class ToExplain(NamedTuple):
    """The recipe of a ``package`` for a ``project``: its ``file``, its ``texts`` and those that it
    inherits, and the class that Spack has loaded for the package now."""

    package: str
    project: str
    file: str
    texts: Sequence[str]


def explain_text(
    session: Session,
    host: Host,
    recipe: ToExplain,
    versions: str = "",
    *,
    publishers: bool = False,
) -> ExplainedRecipe:
    """As `explain`, of a recipe with this text."""
    package, name, file, texts = recipe
    meaning = host.evaluator.meaning(package)
    project = session.index.project(name)
    if not project.releases:
        raise HostError(f"the recipe of {package}: {why_none(project, (), extends=True)}")
    releases = _read(session, meaning, project, versions)
    if publishers:
        asked = [session.submit(published_by, session.index, each.release) for each in releases]
        releases = [
            replace(each, publishers=by.result() or ()) for each, by in zip(releases, asked)
        ]
    if not releases:
        which = f" in @{versions}" if versions else ""
        raise HostError(f"the recipe of {package} lists no release of {name}{which}")
    try:
        found = statements(texts[0])
    except Uneditable as error:
        raise HostError(f"the recipe of {package} cannot be read: {error}") from None
    explainer = _Explainer(session, host, meaning, project, releases, found, texts)
    return ExplainedRecipe(
        package,
        meaning.namespace,
        file,
        _places(releases),
        tuple(explainer.lines()),
        tuple(explainer.unsaid()),
        versions,
        inherits=len(texts) > 1,
    )


def _read(
    session: Session, meaning: Meaning, project: Project, versions: str
) -> list[ReleaseSays]:
    """What the releases of a recipe declare, in the order of its versions."""
    by_version = {release.version: release for release in project.releases}
    wanted = []
    for version in meaning.versions:
        number = meant(version.text, by_version)
        inside = spack_order.contains(versions, version.text)
        if number in by_version and inside and not version.branch:
            archive = meaning.archive(version.text)
            wanted.append((session.index, version.text, by_version[number], archive))
    wanted.sort(key=lambda each: each[2].version, reverse=True)
    found = []
    for at, future in enumerate(
        session.ahead(lambda one: session.submit_long(read, *one), wanted)
    ):
        session.progress(Phase.CHECK, meaning.package, at, len(wanted))
        found.append(future.result())
    return found


def _places(releases: Sequence[ReleaseSays]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """From where the metadata of which versions is."""
    places: dict[str, list[str]] = {}
    for says in releases:
        places.setdefault(says.metadata_from, []).append(says.version)
    return tuple((place, tuple(texts)) for place, texts in places.items())


class _Explainer:
    def __init__(
        self,
        session: Session,
        host: Host,
        meaning: Meaning,
        project: Project,
        releases: Sequence[ReleaseSays],
        found: Sequence[Statement],
        texts: Sequence[str],
    ) -> None:
        comparison = Comparison(host, session.index)
        named = {line.package for line in meaning.lines}
        requirements = Requirements(comparison, named)
        self._releases, self._meaning, self._found = releases, meaning, found
        self._alone, self._comments = len(texts) == 1, comments(texts[0])
        self._dependencies = DependencyGrounds(host, comparison, requirements, meaning)
        self._directives = DirectiveGrounds(
            host, session.index, meaning, project, releases, requirements
        )
        stated = [each.dependency for each in found if each.dependency is not None]
        self._unsaid = UnsaidFinder(host, comparison, requirements, meaning, stated)

    def lines(self) -> Iterator[ExplainedLine]:
        """What there is to say about each statement."""
        for _, several in groupby(self._found, key=lambda each: (each.line, each.text)):
            of_items = [*several]  # of a loop
            each = of_items[0]
            grounds = [ground for item in of_items for ground in self._grounds(item)]
            about = re.match(r"\^?([\w-]+)", each.first) if each.kind in _ON_PACKAGES else None
            package = about[1] if about else ""
            yield ExplainedLine(each.line, each.end, each.text, package, joined(grounds))

    def _grounds(self, each: Statement) -> Sequence[Ground]:
        line = each.dependency
        if each.computed:
            note = f"computed, not explained: {each.computed}"
            return (Ground(Verdict.UNKNOWN, notes=(note,)),)
        if line is None:
            return [*self._directives.grounds(each)]
        said = (self._dependencies.ground(line, says) for says in self._releases)
        return [ground for ground in said if ground is not None]

    def unsaid(self) -> Sequence[Unsaid]:
        """What releases declare and no line says."""
        found = [*self._homepage(self._releases[0])]
        for says in self._releases:
            found += [*self._licence(says), *self._unsaid.of(says)]
        return joined_unsaid(map(self._commented, found))

    def _commented(self, each: Unsaid) -> Unsaid:
        """With the line of a comment of the recipe that names the project."""
        requirement = parsed(each.cited.text) if each.package else None
        if requirement is None:
            return each
        name = re.compile(rf"(?<![\w-]){re.escape(canonicalize_name(requirement.name))}(?![\w-])")
        line = next((at for at, text in self._comments.items() if name.search(text)), 0)
        note = f"; the comment in line {line} names it" if line else ""
        return replace(each, reason=each.reason + note)

    def _homepage(self, newest: ReleaseSays) -> Iterator[Unsaid]:
        page = describe.homepage(newest.metadata)
        said = any(each.kind == "homepage" for each in self._found)
        if page and self._alone and not said:
            yield Unsaid(Cited("homepage", page), "no line says it", "", (newest.version,))

    def _licence(self, says: ReleaseSays) -> Iterator[Unsaid]:
        if not self._meaning.license(says.version):
            cited, stated = self._directives.licences.own(says)
            reason = stated.problem or f"that is {stated.expression}, and no line says it"
            for each in cited[:1]:
                yield Unsaid(each, reason, "", (says.version,))


def part(host: Host, explained: ExplainedRecipe, line: str) -> ExplainedRecipe:
    """Only the line of this number, or only what is about this package or project; all where
    ``line`` is empty. Raises `HostError` where there is nothing."""
    if not line:
        return explained
    if re.fullmatch(r"[0-9]{1,9}", line):
        found = explained.only(int(line))
        if not found.lines:
            raise HostError(f"line {line} of {explained.file} holds nothing that can be explained")
        return found
    existing = host.repos.package_for(canonicalize_name(line))
    for name in dict.fromkeys((line, existing.name if existing else line, f"py-{line}")):
        found = explained.only(package=name)
        if found.lines or found.unsaid:
            return found
    raise HostError(f"neither the recipe of {explained.package} nor its metadata names {line}")
