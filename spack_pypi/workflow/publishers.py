"""Who published an archive, as the index attests (PEP 740), and whether that changed: a release
that somebody made with a stolen password has no attestation, or that of another publisher."""

from __future__ import annotations

from ..diagnostics import Diagnostic, Severity
from ..errors import IndexFailure
from ..pypi.model import Index, Publisher, Release
from ..translate import spack_order

#: Said wherever a publisher is shown.
UNVERIFIED = "the index's word (PEP 740); no signature was verified here"


def published_by(index: Index, release: Release) -> tuple[Publisher, ...] | None:
    """Who published the archive of a release; none where the index attests nothing, None where
    that cannot be asked."""
    try:
        return index.publishers(release)
    except IndexFailure:
        return None


def listed(publishers: tuple[Publisher, ...]) -> str:
    """The publishers in words."""
    return " and ".join(map(str, publishers))


def publisher_changed(
    index: Index, package: str, before: Release | None, after: Release
) -> list[Diagnostic]:
    """A warning where no publisher of the release ``before`` published the one ``after`` it.
    Another workflow in the same place is no change."""
    old = published_by(index, before) if before is not None else None
    new = published_by(index, after) if old else None
    if before is None or not old or new is None:
        return []
    if {each.place for each in old} & {each.place for each in new}:
        return []
    now = f"was published by {listed(new)}" if new else "has no attestation"
    version = spack_order.spelling(after.version) or str(after.version)
    text = (
        f"{version} {now}, and {before.version} was published by {listed(old)}: look at what "
        f"changed ({UNVERIFIED})"
    )
    return [Diagnostic("publisher-changed", Severity.WARNING, package, (version,), text=text)]
