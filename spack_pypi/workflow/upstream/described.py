"""What reviewers want to know of a commit: what the project says, what ``check`` finds, and where
its lines come from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ...errors import HostError, IndexFailure
from ...host.port import Host
from ...pypi.model import Release
from ...pypi.network.private_network import leads_inside
from ...pypi.own.git_repository import tags_at
from ...session import Session
from ...translate import spack_order
from ..compare.check import check
from ..explain.changed import changed
from ..explain.explain import explain
from ..publishers import listed, published_by, publisher_changed
from . import links
from .series import Commit


def described(session: Session, host: Host, commit: Commit, before: str | None) -> Commit:
    """The commit with the diagnostics of its versions, the newest release on the index, and the
    summary and link of the newest version."""
    project = host.repos.project_of(commit.package)
    if project is None or not commit.versions:
        return commit
    index = session.index
    compared = check(session, host, [commit.package], only=commit.versions)
    diagnostics = tuple(found for checked in compared for found in checked.diagnostics)
    newest = commit.versions[0]
    releases = index.project(project).releases
    by_text = {spack_order.spelling(each.version): each for each in reversed(releases)}
    release, older = by_text.get(newest), by_text.get(before)
    commit = replace(commit, diagnostics=diagnostics, latest=_latest(releases))
    if release is None:
        return commit
    commit = replace(
        commit,
        publisher=listed(published_by(index, release) or ()),
        warnings=tuple(publisher_changed(index, commit.package, older, release)),
    )
    metadata = index.metadata(release)
    address = links.repository(metadata)
    link = ""
    if address:
        # What an index says may lead to any server.
        may_ask = not leads_inside(index.origin(project).index, address)
        tags = tags_at(address, host.cache) if may_ask else ()
        link = links.changes(address, tags, project, before, newest)
    summary = " ".join(metadata.summary.split())
    return replace(commit, summary=summary, link=link)


def _latest(releases: Iterable[Release]) -> str:
    """The newest release that is not a pre-release and was not withdrawn, as Spack writes it."""
    usable = (each for each in releases if each.files and not each.yanked)
    numbers = [each.version for each in usable if not each.version.is_prerelease]
    return (spack_order.spelling(max(numbers)) or "") if numbers else ""


def with_origins(
    session: Session,
    host: Host,
    commit: Commit,
    texts: tuple[str, str | None],
    before: str | None,
) -> Commit:
    """The commit with where its new lines come from, by the versions that it adds and the one
    ``before``; ``texts`` are those of the recipe, now and before. As it is where nothing can be
    said of them."""
    wanted = [*commit.versions, *([before] if before else [])]
    ranges = ",".join(f"={version}" for version in wanted)
    try:
        explained = changed(explain(session, host, commit.package, ranges), *texts)
    except (HostError, IndexFailure):
        return commit
    return replace(commit, explained=explained)
