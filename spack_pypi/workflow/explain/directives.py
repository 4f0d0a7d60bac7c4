"""What releases say of a recipe's lines that are not ``depends_on``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Callable

from packaging.utils import canonicalize_name

from ...host.port import Host, Meaning
from ...pypi.model import Index, Project
from ...recipe.methods import METHODS
from ...recipe.model import Dependency, DependencyLine
from ...recipe.statements import Statement
from ...translate import license_comparison, spack_order
from ...translate.only_platform import only_platform, systems
from ...translate.spelling import meant
from ...translate.variants import is_not_packaged
from ..compare import oracle
from ..publishers import UNVERIFIED, listed
from .dependencies import PlainLine
from .homepages import Homepages
from .licences import Licences
from .model import BY_A_PERSON, Cited, Ground, Verdict
from .says import ReleaseSays
from .settings import of_builds
from .skipped import of_skipped
from .wanted import Requirements

_A_PERSONS = (Ground(Verdict.UNEXPLAINED, notes=(BY_A_PERSON,)),)
_CONFLICT = re.compile(r"\^?([\w-]+)@([^\s+~%^]+)")


class DirectiveGrounds:
    """What ``releases`` (newest first) of a ``project`` say of the lines of its recipe."""

    def __init__(
        self,
        host: Host,
        index: Index,
        meaning: Meaning,
        project: Project,
        releases: Sequence[ReleaseSays],
        requirements: Requirements,
    ) -> None:
        self._host, self._index, self._meaning = host, index, meaning
        self._project, self._releases = project, releases
        self._requirements = requirements
        self.licences = Licences(index, project, releases)
        self._homepages = Homepages(index, project, releases)
        self._released = {release.version for release in project.releases}
        self._every_extra = {extra for says in releases for extra in says.extras}
        self._kinds: Mapping[str, Callable[[Statement], Iterable[Ground]]] = {
            "version": self._version,
            "license": self._license,
            "variant": self._variant,
            "conflicts": self._conflict,
            "requires": self._platform,
            "pypi": self._pypi,
            "url": self._url,
            "homepage": self._homepage,
            "url_for_version": self._archives,
            **dict.fromkeys((*METHODS, "resource"), self._of_builds),
            **dict.fromkeys(("extends", "root_cmakelists_dir"), self._by_cmake),
            "skip_modules": self._skipped,
        }

    def grounds(self, statement: Statement) -> Iterable[Ground]:
        """What each release to which the statement applies says of it."""
        of_kind = self._kinds.get(statement.kind)
        return of_kind(statement) if of_kind else _A_PERSONS

    def _applying(self, statement: Statement) -> list[ReleaseSays]:
        ranges = (statement.when.versions, *statement.within)
        return [
            says
            for says in self._releases
            if all(spack_order.contains(text, says.version) for text in ranges)
        ]

    # --- archives -----------------------------------------------------------------------------

    def _version(self, statement: Statement) -> Iterable[Ground]:
        version = statement.first
        says = next((each for each in self._releases if each.version == version), None)
        declared = next((v for v in self._meaning.versions if v.text == version), None)
        if declared is not None and declared.branch:
            note = "a state of the project's repository, no release: a person wrote it"
            yield Ground(Verdict.UNEXPLAINED, notes=(note,))
        elif says is not None:
            yield self._archive(statement, says)
        elif meant(version, self._released) not in self._released:
            yield Ground(Verdict.UNKNOWN, notes=("the index has no such release",))

    def _archive(self, statement: Statement, says: ReleaseSays) -> Ground:
        url = statement.keywords.get("url", "")
        name = url if statement.only_if else self._meaning.archive(says.version) or url
        name = str(name).partition("#")[0].rpartition("/")[2]
        sha256 = str(statement.keywords.get("sha256", ""))
        files = says.release.files
        file = next((f for f in files if f.name == name), None)
        file = file or next((f for f in files if sha256 and f.sha256 == sha256), None)
        if file is None:
            known = ", ".join(f.name for f in files if not f.is_wheel) or "only wheels"
            notes = [f"its archive {name} is not a file of the release" if name else ""]
            notes = [*filter(None, notes)] or ["which archive it is, is not known"]
            return _ground(Verdict.DIFFERS, says, [Cited("files on the index", known)], notes)
        cited, notes = [Cited("file on the index", file.name)], []
        if file.sha256 and file.sha256 == sha256:
            cited = [Cited("file on the index, with this sha256", file.name)]
        elif file.sha256:
            notes.append(f"the index states another sha256: {file.sha256}")
        if says.publishers and file == (says.release.sdist or says.release.best_wheel):
            said = f"{listed(says.publishers)}: {UNVERIFIED}"
            cited.append(Cited("published by", said))
        if file.yanked is not None:
            cited.append(Cited("withdrawn from the index (PEP 592)", file.yanked or "no reason"))
        if statement.only_if:
            cited.append(Cited("only if", statement.only_if))
        if statement.keywords.get("deprecated") and file.yanked is None:
            notes.append("that it is deprecated is not on the index: a person wrote it")
        return _ground(Verdict.DIFFERS if notes else Verdict.EXPLAINED, says, cited, notes)

    def _pypi(self, statement: Statement) -> Iterable[Ground]:
        folder, _, name = statement.first.rpartition("/")
        cited = [Cited("project on the index", self._project.name)]
        versions = [
            str(release.version)
            for release in self._project.releases
            if any(file.name == name for file in release.files)
        ]
        if canonicalize_name(folder) != self._project.name:
            yield Ground(Verdict.DIFFERS, tuple(cited), ("it names another project",))
        elif not versions:
            yield Ground(Verdict.DIFFERS, tuple(cited), (f"the index has no file {name}",))
        else:
            cited.append(Cited(f"file of {versions[0]}", name))
            yield Ground(Verdict.EXPLAINED, tuple(cited))

    def _url(self, statement: Statement) -> Iterable[Ground]:
        """An address: is the file of that name one of the project's?"""
        name = statement.first.partition("#")[0].rpartition("/")[2]
        for release in self._project.releases:
            if name in {file.name for file in release.files}:
                cited = Cited(f"file of {release.version}", name)
                yield Ground(Verdict.EXPLAINED, (cited,))
                return
        yield from _A_PERSONS

    def _archives(self, statement: Statement) -> Iterable[Ground]:
        """A method that gives archives their addresses: is it those of the index?"""
        for says in self._releases:
            name = self._meaning.archive(says.version)
            if name in {file.name for file in says.release.files}:
                cited = [Cited("it gives the names of files on the index", "")]
                yield _ground(Verdict.EXPLAINED, says, cited)
            else:
                note = f"it gives {name or 'no address on an index'}, no file of the release"
                yield _ground(Verdict.DIFFERS, says, (), [note])

    def _of_builds(self, statement: Statement) -> Iterable[Ground]:
        """A resource, or a method with settings of a build."""
        found = [of_builds(statement, says) for says in self._releases]
        return [each for each in found if each is not None] or _A_PERSONS

    def _by_cmake(self, statement: Statement) -> Iterable[Ground]:
        """What a recipe says that is built with CMake, in place of the backend."""
        for says in self._releases:
            cmake = says.built.cmake if says.built is not None else None
            if cmake is not None and statement.first in ("python", cmake.folder):
                rule = "rule: what cmeel packs is built with CMake alone"
                yield _ground(Verdict.EXPLAINED, says, [Cited(rule, statement.first)])
            else:
                yield _ground(Verdict.UNEXPLAINED, says, (), [BY_A_PERSON])

    def _skipped(self, statement: Statement) -> Iterable[Ground]:
        found = [of_skipped(statement.text, says) for says in self._releases]
        return [each for each in found if each is not None] or _A_PERSONS

    # --- what describes the project -----------------------------------------------------------

    def _homepage(self, statement: Statement) -> Iterable[Ground]:
        return self._homepages.grounds(statement.first)

    def _license(self, statement: Statement) -> Iterable[Ground]:
        known = self.licences.of(self._applying(statement), statement.first)
        others = [stated.expression for _, stated in known.values() if stated.expression]
        for says in self._applying(statement):
            cited, stated = known[says.version]
            if stated.expression and license_comparison.same(statement.first, stated.expression):
                yield _ground(Verdict.EXPLAINED, says, cited)
            elif stated.expression:
                same = any(stated.expression in each.text for each in cited)
                note = "it is another licence" if same else f"that is {stated.expression}"
                yield _ground(Verdict.DIFFERS, says, cited, [note])
            else:
                notes = [f"the licence is not certain: {stated.problem}"]
                if others and all(
                    license_comparison.same(statement.first, other) for other in others
                ):
                    notes.append("the other releases have this one, and none another")
                else:
                    notes.append("a person wrote it")
                yield _ground(Verdict.UNEXPLAINED, says, cited, notes)

    # --- variants and conflicts ---------------------------------------------------------------

    def _variant(self, statement: Statement) -> Iterable[Ground]:
        name = canonicalize_name(statement.first)
        for says in self._applying(statement):
            if name in says.extras:
                provided = [*says.metadata.provides_extra]
                spelled = next((e for e in provided if canonicalize_name(e) == name), name)
                yield _ground(Verdict.EXPLAINED, says, [Cited("extra", spelled)])
            elif says.requires_unknown:
                yield _ground(Verdict.UNKNOWN, says, (), [says.requires_unknown])
            else:
                note = "the release has no extra of this name: a person wrote it"
                yield _ground(Verdict.UNEXPLAINED, says, (), [note])

    def _conflict(self, statement: Statement) -> Iterable[Ground]:
        match = _CONFLICT.fullmatch(statement.first)
        variant = re.fullmatch(r"\+([\w-]+)", statement.first)
        for says in self._applying(statement):
            if variant:
                said = str(statement.keywords.get("msg", ""))
                yield self._without(canonicalize_name(variant[1]), says, said)
            elif match and match[1] == "python":
                known = self._host.repos.python_versions()
                here = [v for v in known if spack_order.contains(match[2], v)]
                cited = [Cited("Requires-Python", says.metadata.requires_python)]
                accepted = [v for v in here if says.python is None or v in says.python]
                yield _of_versions(says, cited, here, accepted)
            elif match:
                yield self._excluded(match[1], match[2], statement, says)
            else:
                yield _ground(Verdict.UNEXPLAINED, says, (), [BY_A_PERSON])

    def _platform(self, statement: Statement) -> Iterable[Ground]:
        for says in self._applying(statement):
            platform = only_platform([(says.release, says.metadata)])
            if statement.first == f"platform={platform}":
                cited = [Cited("Classifier", text) for text in systems(says.metadata)]
                cited.append(Cited("files on the index", f"wheels for {platform} only"))
                yield _ground(Verdict.EXPLAINED, says, cited)
            else:
                yield _ground(Verdict.UNEXPLAINED, says, (), [BY_A_PERSON])

    def _without(self, extra: str, says: ReleaseSays, why: str) -> Ground:
        """That a release does not have a variant, as its recipe says ``why``."""
        if extra in says.extras and is_not_packaged(why):
            rule = Cited("rule: what only a variant needs is not added unasked", f"{extra} {why}")
            return _ground(Verdict.EXPLAINED, says, [rule])
        if extra in says.extras:
            note = "the release has this extra, and no metadata says why it is excluded"
            return _ground(Verdict.UNKNOWN, says, (), [note])
        if extra in self._every_extra:
            rule = Cited("rule: other releases have this extra, this one has not", extra)
            return _ground(Verdict.EXPLAINED, says, [rule])
        return _ground(Verdict.UNEXPLAINED, says, (), [BY_A_PERSON])

    def _excluded(
        self, package: str, ranges: str, statement: Statement, says: ReleaseSays
    ) -> Ground:
        """That it works with no version of a package in some ranges."""
        with_extras = {canonicalize_name(v[1:]) for v in statement.when.variants if v[0] == "+"}
        required = self._requirements.of(says, frozenset(with_extras))
        line = PlainLine(DependencyLine(Dependency(package, when=statement.when)))
        where = self._requirements.where(line.holds_in, says)
        about = [each for each in required if each.package == package and each.cells & where]
        if not about:
            return _ground(Verdict.UNEXPLAINED, says, (), [BY_A_PERSON])
        if any(where & ~each.cells for each in about):
            note = "what is required is not the same wherever it holds"
            return _ground(Verdict.UNKNOWN, says, [each.cited for each in about], [note])
        known = self._requirements.known(about[0])
        here = [v for v in known if spack_order.contains(ranges, v)]
        accepted = [
            v for v in here if all(oracle.accepts(each.required.specifier, v) for each in about)
        ]
        return _of_versions(says, [each.cited for each in about], here, accepted)


def _of_versions(
    says: ReleaseSays, cited: Sequence[Cited], excluded: Sequence[str], accepted: Sequence[str]
) -> Ground:
    """What a release says of versions that a conflict excludes; of these, it accepts some."""
    if excluded and not accepted:
        return _ground(Verdict.EXPLAINED, says, tuple(dict.fromkeys(cited)))
    if len(accepted) < len(excluded):
        texts = sorted(accepted, key=spack_order.key)
        note = f"it excludes {oracle.few(texts)}, which the metadata accepts"
        return _ground(Verdict.DIFFERS, says, tuple(dict.fromkeys(cited)), [note])
    return _ground(Verdict.UNEXPLAINED, says, (), [BY_A_PERSON])


def _ground(
    verdict: Verdict, says: ReleaseSays, cited: Sequence[Cited], notes: Sequence[str] = ()
) -> Ground:
    return Ground(verdict, tuple(cited), tuple(notes), (says.version,))
