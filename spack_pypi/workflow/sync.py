"""``sync``: bring recipes to newer releases, each by the smallest change that says what is new."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Callable

from ..errors import SpackPyPIError, UsageError
from ..host.port import Host
from ..pypi.model import Index
from ..recipe.text_edits import added_lines
from ..resolve.choose import Policy
from .compare.differences import differences
from .create import create
from .outcome import Request, Result
from .outdated import Outdated

#: How hard a bump is.
VERSION_ONLY = "a version only"
NEW_LINES = "with new lines"
EDITS = "with edits of lines"
BY_HAND = "not automatic"


@dataclass(frozen=True)
class Bump:
    """What became of one recipe. ``new`` are the versions that it gets, none where it is current;
    ``hardness`` is `VERSION_ONLY`, `NEW_LINES`, `EDITS` or, with the ``reason``, `BY_HAND`, then
    ``proposal`` are lines that a person could put in. ``report`` tells what the newest version
    asks for otherwise than the one before; ``texts`` maps recipes to (before, after),
    before is empty for a new one."""

    outdated: Outdated
    new: tuple[str, ...] = ()
    hardness: str = ""
    reason: str = ""
    proposal: str = ""
    report: tuple[str, ...] = ()
    texts: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def sync(  # noqa: PLR0913
    host: Host,
    index: Index,
    lagging: Outdated,
    request: Request,
    *,
    to: str,
    every: bool = False,
    connections: int = 8,
    progress: Callable[[str], None] = lambda what: None,
) -> Bump:
    """Bring one recipe of the target repo to a release (see `Outdated.target`), with ``every``
    release in between, and with all that this newly needs; ``request`` says where and how, its
    names aside. Nothing is written unless the new versions say exactly what they declare and all
    others what they did."""
    if lagging.problem:
        return Bump(lagging, reason=lagging.problem)
    try:
        target = lagging.target(to)
    except UsageError as error:
        return Bump(lagging, hardness=BY_HAND, reason=str(error))
    if target is None:
        return Bump(lagging)
    above = f">{lagging.version},<={target.version}"
    asked = above if every else f"=={target.version}"
    pre = request.policy.pre or target.version.is_prerelease
    policy = Policy(None if every else 1, pre)
    request = replace(
        request,
        names=(f"{lagging.project}{asked}",),
        packages={lagging.project: lagging.package},
        policy=policy,
        force=False,
    )
    try:
        result = create(host, index, request, connections=connections, progress=progress)
    except SpackPyPIError as error:
        return Bump(lagging, hardness=BY_HAND, reason=str(error))
    record = result.records[lagging.project]
    if result.failed or result.problems or lagging.package not in result.texts:
        reasons = [each.reason for each in result.failed]
        reasons += [f"{each.package}: {each.message}" for each in result.problems]
        return Bump(
            lagging,
            hardness=BY_HAND,
            reason="; ".join(reasons) or record.reason,
            proposal=record.proposal
            or added_lines(*_texts(result).get(lagging.package, ("", ""))),
        )
    texts = _texts(result)
    revised = {old.package: (old, new) for old, new in result.revised}
    told = differences(*revised[lagging.package], lagging.current, record.versions[0])
    return Bump(
        lagging,
        record.versions,
        _hardness(*texts[lagging.package]),
        report=tuple(told),
        texts=texts,
    )


def _texts(result: Result) -> dict[str, tuple[str, str]]:
    return {
        package: (result.originals.get(package, ""), text)
        for package, text in result.texts.items()
    }


def _hardness(before: str, after: str) -> str:
    changed = [
        line for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line[0] in "+-"
    ]
    if any(line.startswith("-") for line in changed):
        return EDITS
    return NEW_LINES if any("depends_on" in line for line in changed) else VERSION_ONLY
