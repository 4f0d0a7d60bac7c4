"""A second opinion: does a recipe hold every edge that uv finds?

    spack python bench/against_uv.py NAMES [--out FILE]

NAMES is a file with a requirement a line. For each, uv resolves it for Linux and the Python at
hand (``pip install uv`` into the Python that runs Spack; where a release has no wheel uv may build
it, which runs its code, but for ``--no-build``), and ``spack pypi create --verify load`` writes it
into a new repo; ``--together-in-one-repo`` writes all with one command. Then each edge of uv's
graph whose dependent has a recipe of ours must be in that recipe, and the version that uv chose be
accepted: ``edges.py`` says what that means. Where a recipe does not list uv's version, the nearest
one that was written is compared with its own metadata, and reported. Existing packages that are
used as they are, are not judged. Of a release without a wheel, uv's own edges are taken.

OUT gets a line of JSON for each project; what is there is not done again. ``--code DIR`` runs the
``create`` of another checkout. Exit code 1: an edge is lost, or too narrow.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from bench.created import Written, create, new_repo
from bench.edges import REPORTED
from bench.judged import Judged
from bench.uv_graph import Uv

#: What may come of a root.
WHOLE, LOSING, UNWRITTEN, OURS_ALONE, NEITHER = (
    "whole",
    "loses edges",
    "not written although uv has an answer",
    "written although uv has no answer",
    "neither has an answer",
)


def main() -> int:
    parser = argparse.ArgumentParser(description="Hold recipes against what uv resolves.")
    parser.add_argument("names", type=Path)
    parser.add_argument("--out", type=Path, help="a line of JSON a root; kept between runs")
    parser.add_argument("--code", type=Path, default=ROOT, help="the checkout whose create runs")
    parser.add_argument("--together-in-one-repo", action="store_true")
    parser.add_argument("--no-build", action="store_true", help="uv builds nothing")
    args = parser.parse_args()
    lines = (line.partition("#")[0].strip() for line in args.names.read_text("utf-8").splitlines())
    names = [line for line in lines if line]
    opinion = _opinion(build=not args.no_build)
    outcomes = []
    if args.together_in_one_repo:
        outcomes = _together(names, args.code, opinion)
        for each in outcomes:
            _keep(args.out, each)
            _print(each)
    else:
        done = _done(args.out)
        for name in names:
            outcome = done.get(name)
            if outcome is None:
                outcome = _alone(name, args.code, opinion)
                _keep(args.out, outcome)
            outcomes.append(outcome)
            _print(outcome)
    return _summary(outcomes)


def _done(file: Path | None) -> dict[str, dict[str, Any]]:
    lines = file.read_text("utf-8").splitlines() if file and file.exists() else []
    return {found["name"]: found for found in map(json.loads, lines)}


def _keep(file: Path | None, outcome: Mapping[str, Any]) -> None:
    if file:
        with file.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(outcome) + "\n")


def _opinion(build: bool) -> Uv:
    """Asks the index that the host asks."""
    from spack_pypi.host.spack.host import SpackHost
    from spack_pypi.pypi.settings import settings

    host = SpackHost()
    try:
        reach = settings(None, default=host.index_url, cache=host.cache)
        return Uv(reach, host.cache, build)
    finally:
        host.close()


def _alone(name: str, code: Path, uv: Uv) -> dict[str, Any]:
    with new_repo() as repo:
        written = create([name], repo.root, code)
        return _outcome(name, written, repo.root, uv)


def _together(names: Sequence[str], code: Path, uv: Uv) -> list[dict[str, Any]]:
    with new_repo() as repo:
        written = create(names, repo.root, code)
        print(f"create takes {written.seconds:.0f} s and exits {written.code}", flush=True)
        return [_outcome(name, written, repo.root, uv) for name in names]


def _outcome(name: str, written: Written, repo: Path, uv: Uv) -> dict[str, Any]:
    start = time.monotonic()
    graph, why_none = uv.resolve(name)
    found: dict[str, Any] = {
        "name": name,
        "code": written.code,
        "create_seconds": round(written.seconds, 1),
        "uv_seconds": round(time.monotonic() - start, 1),
        "uv": why_none or len(graph.versions if graph else ()),
        "verdicts": [],
        "judged": {},
        "edges": 0,
    }
    project = canonicalize_name(Requirement(name).name)
    ours = written.of(project)
    if not ours:
        found["end"] = UNWRITTEN if graph else NEITHER
        found["reason"] = written.why_not(project)
    elif graph is None:
        found["end"] = OURS_ALONE
    else:
        judged = Judged(graph, written, repo, uv)
        try:
            found.update(judged.outcome())
        finally:
            judged.close()
        wrong = [each for each in found["verdicts"] if each["kind"] != REPORTED]
        found["end"] = LOSING if wrong else WHOLE
    return found


def _print(outcome: Mapping[str, Any]) -> None:
    name, end = outcome["name"], outcome["end"]
    reason = outcome.get("reason") or (outcome["uv"] if isinstance(outcome["uv"], str) else "")
    size = f" ({outcome['edges']} edges)" if end in (WHOLE, LOSING) else ""
    print(f"{name}: {end}{size}{f': {reason}' if reason else ''}", flush=True)
    for each in outcome["verdicts"]:
        subject = f"{each['package']} {each['version']}"
        print(f"  {subject}: {each['kind']}: {each['dependency']}: {each['why']}")
    for project, which in outcome["judged"].items():
        print(f"  {project}: judged by {which}")
    for each in outcome.get("notes", ()):
        print(f"  note: {each}")


def _summary(outcomes: Sequence[Mapping[str, Any]]) -> int:
    ends = Counter(each["end"] for each in outcomes)
    kinds = Counter(verdict["kind"] for each in outcomes for verdict in each["verdicts"])
    answered = ends[WHOLE] + ends[LOSING] + ends[UNWRITTEN]
    print(f"\n{len(outcomes)} roots, {sum(each['edges'] for each in outcomes)} edges looked at")
    for end in (WHOLE, LOSING, UNWRITTEN, OURS_ALONE, NEITHER):
        names = [each["name"] for each in outcomes if each["end"] == end]
        print(f"  {ends[end]:4} {end}" + (f": {', '.join(names)}" if end != WHOLE else ""))
    reported = [f"{count} {kind}" for kind, count in sorted(kinds.items())]
    print(f"  edges: {', '.join(reported) or 'all there'}")
    noted = [each["name"] for each in outcomes if each.get("notes")]
    if noted:
        print(f"  not all could be judged of {len(noted)}: {', '.join(noted)}")
    if answered:
        share = 100 * ends[WHOLE] / answered
        print(f"  written whole, of those that uv has an answer for: {share:.1f}%")
    return 1 if ends[LOSING] else 0


if __name__ == "__main__":
    sys.exit(main())
