"""``bundle``: a folder with all that installing projects needs where there is no network.

The recipes are written as `create` writes them. Then what is named is concretized with them, and
each file that Spack would fetch is put where it looks for it by its hash: from the index, where it
lists a file with this hash, else from where Spack itself fetches it.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Callable

from ...diagnostics import Diagnostic, error
from ...errors import HostError, IndexFailure
from ...host.port import CopiedRepo, Host, Needed, SourceFile
from ...pypi.model import File
from ...session import Phase, Session
from ..create import Outcome, create
from ..plan import RecordStatus
from ..request import Request
from ..verifying.by_hash import with_hash
from .contents import BundleContents, read
from .folder import BundleFolder, open_folder

#: How our recipes' repo, and those that are copied, are found: a scope of Spack's configuration.
_CONFIG = "config"


@dataclass(frozen=True)
class Fetch:
    """What is to be fetched, with the ``listed`` file of the index where it has it, and whose it
    is; ``there`` are the files that the bundle has already."""

    listed: Mapping[SourceFile, File | None]
    there: tuple[SourceFile, ...]
    projects: Mapping[SourceFile, str] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Bytes, of those files of which the index says it."""
        return sum(file.size or 0 for file in self.listed.values() if file)

    @property
    def unsized(self) -> int:
        """How many files have no size that is known."""
        return sum(1 for file in self.listed.values() if file is None or file.size is None)


@dataclass(frozen=True)
class Bundle:
    """A bundle: the ``outcome`` of writing recipes, what was to ``fetch``, the files that were
    ``added``, the ``repos`` beside ours, and the ``contents`` of the whole, none where nothing was
    written, as for a ``dry_run``. ``diagnostics`` are about what is missing, and those of the
    recipes."""

    outcome: Outcome
    fetch: Fetch
    added: tuple[SourceFile, ...] = ()
    repos: tuple[CopiedRepo, ...] = ()
    contents: BundleContents = field(default_factory=BundleContents)
    problems: tuple[Diagnostic, ...] = ()
    dry_run: bool = False

    @property
    def diagnostics(self) -> list[Diagnostic]:
        return [*self.outcome.diagnostics, *self.problems]


@dataclass(frozen=True)
class Report:
    """What is said to the user: ``say`` prints a sentence, ``show_fetch`` what will be fetched,
    before it is; ``readme`` makes the README of a bundle."""

    say: Callable[[str], None]
    show_fetch: Callable[[Fetch], None]
    readme: Callable[[BundleContents], str]


def bundle(session: Session, host: Host, request: Request, folder: Path, report: Report) -> Bundle:
    """Make the bundle of the named requirements, or add them to it. With `Request.dry_run` nothing
    is fetched, and the folder stays as it is. Raises `SpackPyPIError`, and `OSError` where
    something cannot be written."""
    folder = folder.absolute()
    with open_folder(folder, request.dry_run, report.say) as place:
        former = read(folder / "bundle.json")
        root = place.recipes(request.namespace)
        indexes = () if request.dry_run else session.index.copy_to(place.index)
        host.sources.make_repo(root)
        # A plan that was kept says nothing of what it rests on, which the other side must know.
        written = replace(request, repo=str(root), namespace=None, dry_run=False, reuse=False)
        outcome = create(session, host, written)
        needed = _needed(session, host, outcome)
        fetch = _fetch_list(session, host, outcome, needed, BundleFolder(folder, place.scratch))
        report.show_fetch(fetch)
        if request.dry_run or not needed:
            problems = tuple(_problems(needed))
            return Bundle(outcome, fetch, problems=problems, dry_run=request.dry_run)
        _check_space(fetch, folder)
        made = Bundle(outcome, fetch, contents=replace(former, indexes=tuple(indexes)))
        return _Filling(session, host, place, report).filled(made, needed, root)


@dataclass(frozen=True)
class _Filling:
    """Puts into a bundle's folder what it lacks."""

    session: Session
    host: Host
    place: BundleFolder
    report: Report

    def filled(
        self, bundle: Bundle, needed: Mapping[tuple[str, ...], Needed], root: Path
    ) -> Bundle:
        """The bundle with all that it lacks; its ``contents`` are still those of an earlier run,
        ``root`` is the repo of our recipes."""
        host, place, outcome = self.host, self.place, bundle.outcome
        self.session.rest()
        self.session.progress(Phase.COPY, "repos")
        repos = host.sources.copy_repos(place.root / "repos", place.scratch, root)
        missing = self._fetched(bundle.fetch)
        problems = _problems(needed) + [
            error("missing-source", file.label, f"{file.path}: {reason}")
            for file, reason in missing.items()
        ]
        solved = [each for each in needed.values() if not each.reason]
        contents = BundleContents(
            installs={
                " ".join(specs): bool(outcome.plan.deprecated)
                for specs, each in needed.items()
                if not each.reason
            },
            repos={
                root.name: (root.relative_to(place.root).as_posix(), ""),
                **{
                    repo.namespace: (repo.root.relative_to(place.root).as_posix(), repo.commit)
                    for repo in repos
                },
            },
            missing={
                **{file.path: f"{file.label}: {reason}" for file, reason in missing.items()},
                **{
                    label: text
                    for each in solved
                    for label, text in (*each.unknown, *each.fetching)
                },
            },
            used=tuple(name for each in solved for name in each.externals),
            platforms=tuple(each.platform for each in solved),
            spacks=(host.name,),
            indexes=bundle.contents.indexes,
        ).with_former(bundle.contents, place.mirror)
        _write(place, contents, self.report.readme(contents))
        added = tuple(file for file in bundle.fetch.listed if file not in missing)
        return replace(
            bundle, added=added, repos=tuple(repos), contents=contents, problems=tuple(problems)
        )

    def _fetched(self, fetch: Fetch) -> dict[SourceFile, str]:
        """Fetch the files; those that cannot be had, and why."""
        session = self.session
        total = len(fetch.listed)
        under_way = {
            file: session.submit_long(self._download, fetch.projects[file], file, listed)
            for file, listed in fetch.listed.items()
            if listed is not None
        }
        failed: dict[SourceFile, str] = {}
        for done, (file, download) in enumerate(under_way.items()):
            session.progress(Phase.FETCH, file.label, done, total)
            try:
                download.result()
            except IndexFailure as failure:
                failed[file] = str(failure)
        session.rest()
        rest = [file for file in fetch.listed if file not in under_way or file in failed]
        missing = {}
        for done, file in enumerate(rest, total - len(rest)):
            session.progress(Phase.FETCH, file.label, done, total)
            reason = self._fetched_by_host(file)
            if reason:
                missing[file] = failed.get(file) or reason
        return missing

    def _download(self, project: str, file: SourceFile, listed: File) -> None:
        made = self.place.scratch / file.sha256
        self.session.index.download(project, listed, made)
        self.place.put(made, f"mirror/{file.path}")

    def _fetched_by_host(self, file: SourceFile) -> str:
        """Why a file cannot be fetched; empty if it was."""
        place = self.place
        other = place.scratch / "mirror"
        reason = self.host.sources.fetch(file, other)
        made = other / file.path
        if not reason and made.is_file():
            place.put(made, f"mirror/{file.path}")
            if not place.holds(file):
                reason = "does not have the sha256 that its recipe gives"
                (place.mirror / file.path).unlink()
        elif not reason:
            reason = f"{self.host.name} says that it fetched it, but did not"
        shutil.rmtree(other, ignore_errors=True)
        return reason


def _needed(session: Session, host: Host, outcome: Outcome) -> dict[tuple[str, ...], Needed]:
    """What each command that installs the named projects needs, by its specs."""
    plan = outcome.plan
    lacking = {
        record.project
        for record in plan.named
        if record.status is RecordStatus.FAILED
        or (record.status is RecordStatus.NEW and record.package not in outcome.written)
    }
    groups = [tuple(specs) for names, specs in plan.groups.items() if not lacking & {*names}]
    found = {}
    for specs in filter(None, dict.fromkeys(groups)):
        session.rest()
        session.progress(Phase.CONCRETIZE, " ".join(specs))
        found[specs] = host.sources.needed(specs, bool(plan.deprecated))
    return found


def _problems(needed: Mapping[tuple[str, ...], Needed]) -> list[Diagnostic]:
    """What no mirror can hold, and what cannot be installed at all."""
    found: dict[Diagnostic, None] = {}
    for specs, each in needed.items():
        if each.reason:
            text = f"cannot be concretized with the recipes of the bundle: {each.reason}"
            found[error("missing-source", specs[0].partition("+")[0], text)] = None
        for label, reason in each.unknown:
            found[error("missing-source", label, reason)] = None
        for label, what in each.fetching:
            text = f"its build fetches {what}, which Spack does not know and no mirror holds"
            found[error("missing-source", label, text)] = None
    return [*found]


def _fetch_list(
    session: Session,
    host: Host,
    outcome: Outcome,
    needed: Mapping[tuple[str, ...], Needed],
    place: BundleFolder,
) -> Fetch:
    projects = {record.package: record.project for record in outcome.plan.records.values()}
    files = dict.fromkeys(file for each in needed.values() for file in each.files)
    there = tuple(file for file in files if place.holds(file))
    asked: dict[SourceFile, Future[File | None]] = {}
    owners: dict[SourceFile, str] = {}
    for file in files:
        project = projects.get(file.package) or host.repos.project_of(file.package)
        if file not in there and file.sha256 and project:
            owners[file] = project
            asked[file] = session.submit(with_hash, session.index, project, file.sha256)
    listed = {
        file: asked[file].result() if file in asked else None
        for file in files
        if file not in there
    }
    return Fetch(listed, there, owners)


def _check_space(fetch: Fetch, folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if fetch.size > free:
        raise HostError(
            f"there is not enough space in {folder}: {fetch.size:,} bytes are to be fetched, "
            f"{free:,} are free"
        )


def _write(place: BundleFolder, contents: BundleContents, readme: str) -> None:
    """The files that say what the bundle holds, for Spack, for us and for people, in this order:
    who reads one of them finds what it names."""
    repos = [f"  {name}: ../{folder}" for name, (folder, _) in contents.repos.items()]
    place.write(f"{_CONFIG}/repos.yaml", "\n".join(["repos:", *repos, ""]))
    place.mirror.mkdir(exist_ok=True)
    place.write(f"{_CONFIG}/mirrors.yaml", _MIRRORS)
    place.write(f"{_CONFIG}/config.yaml", _config(contents))
    place.write("bundle.json", contents.text())
    place.write("README.md", readme)


def _config(contents: BundleContents) -> str:
    """Where Spack keeps its indexes of these repos. It names them by namespace only: in its usual
    cache they would be taken for those of the other side's own builtin, and these for them."""
    said = "\n".join(folder for folder, _ in contents.repos.values())
    name = hashlib.sha256(said.encode()).hexdigest()[:12]
    return f"config:\n  misc_cache: $user_cache_path/pypi-bundle-{name}\n"


#: Paths in it are relative to the file.
_MIRRORS = """\
mirrors:
  spack-pypi-bundle:
    url: ../mirror
    source: true
    binary: false
"""
