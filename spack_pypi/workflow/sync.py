"""``sync``: bring recipes to newer releases, each by the smallest change that says what is new."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field, replace
from typing import Callable, Dict, Iterator, List, Mapping, Sequence, Set, Tuple

from ..errors import SpackPyPIError, UsageError
from ..host.port import DeclaredLine, Host, Meaning
from ..pypi.model import Index
from ..translate import spack_order
from .behind import Behind
from .choose import Policy
from .create import create
from .node import parsed
from .outcome import Request, Result

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

    behind: Behind
    new: Tuple[str, ...] = ()
    hardness: str = ""
    reason: str = ""
    proposal: str = ""
    report: Tuple[str, ...] = ()
    texts: Mapping[str, Tuple[str, str]] = field(default_factory=dict)


def sync(
    host: Host,
    index: Index,
    lagging: Behind,
    request: Request,
    *,
    to: str,
    every: bool = False,
    connections: int = 8,
    progress: Callable[[str], None] = lambda what: None,
) -> Bump:
    """Bring one recipe of the target repo to a release (see `Behind.target`), with ``every``
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
    above = f">{parsed(lagging.current)},<={target.version}"
    asked = above if every else f"=={target.version}"
    policy = Policy(
        "all" if every else "latest", request.policy.pre or target.version.is_prerelease
    )
    request = replace(
        request, names=(f"{lagging.project}{asked}",), policy=policy, exact=True, force=False
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
            proposal=record.proposal or _new_lines(*_texts(result).get(lagging.package, ("", ""))),
        )
    texts = _texts(result)
    revised = {old.package: (old, new) for old, new in result.revised}
    told = _report(*revised[lagging.package], lagging.current, record.versions[0])
    return Bump(
        lagging,
        record.versions,
        _hardness(*texts[lagging.package]),
        report=tuple(told),
        texts=texts,
    )


def _texts(result: Result) -> Dict[str, Tuple[str, str]]:
    return {
        package: (result.originals.get(package, ""), text)
        for package, text in result.texts.items()
    }


def _new_lines(before: str, after: str) -> str:
    compared = difflib.ndiff(before.splitlines(), after.splitlines())
    return "\n".join(line[2:] for line in compared if line.startswith("+ "))


def _hardness(before: str, after: str) -> str:
    changed = [
        line for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line[0] in "+-"
    ]
    if any(line.startswith("-") for line in changed):
        return EDITS
    return NEW_LINES if any("depends_on" in line for line in changed) else VERSION_ONLY


#: What a version asks of a package: range, condition, whether at run time.
_Asked = Tuple[str, str, bool]


def _report(before: Meaning, after: Meaning, old: str, new: str) -> Iterator[str]:
    """Dependencies added, removed, tightened and loosened from one version to another, with all
    variants on that they have."""
    was, now = _asked(before, old), _asked(after, new)
    for package in sorted({*was, *now}):
        if package not in was:
            yield f"added {_printed(package, now[package])}"
        elif package not in now:
            yield f"removed {_printed(package, was[package])}"
        elif was[package] != now[package]:
            kind = _kind([r for r, _, _ in was[package]], [r for r, _, _ in now[package]])
            yield f"{kind} {_printed(package, was[package])} to {_printed(package, now[package])}"


def _asked(meaning: Meaning, version: str) -> Dict[str, Set[_Asked]]:
    variants = {
        name: spack_order.contains(meaning.variant_ranges.get(name, ""), version)
        for name in meaning.variants
    }
    found: Dict[str, Set[_Asked]] = {}
    for line in meaning.lines:
        if line.types and not line.native and line.applies(version, variants):
            condition = re.sub(r"^@\S+\s*", "", line.when)
            asked = (_range(line), condition, "run" in line.types)
            found.setdefault(line.package, set()).add(asked)
    return found


def _range(line: DeclaredLine) -> str:
    match = re.match(r"[\w-]+@([^\s+~%^]+)", line.text)
    return match[1] if match else ""


def _kind(was: Sequence[str], now: Sequence[str]) -> str:
    if all(spack_order.contained(now, text) for text in was):
        return "changed" if all(spack_order.contained(was, t) for t in now) else "tightened"
    return "loosened" if all(spack_order.contained(was, t) for t in now) else "changed"


def _tightest(asked: Set[_Asked]) -> Set[_Asked]:
    """Without the ranges that another one under the same condition implies."""
    return {
        one
        for one in asked
        if not any(
            other != one
            and other[1:] == one[1:]
            and spack_order.contained([other[0]], one[0])
            and not spack_order.contained([one[0]], other[0])
            for other in asked
        )
    }


def _printed(package: str, asked: Set[_Asked]) -> str:
    parts: List[str] = []
    for text, condition, running in sorted(_tightest(asked)):
        where = [part for part in (condition, "" if running else "to build") if part]
        parts.append((f"@{text}" if text else "") + (f" ({', '.join(where)})" if where else ""))
    return package + " and ".join(parts)
