"""Does every closure come out? One ``create`` for each of many projects, into a repo of its own.

    spack -c config:extensions:[EXTENSION] python bench/closures.py NAMES OUT [--verify load]

NAMES is a file with a project a line; OUT gets a line of JSON for each: what was written, what
the host said of it, what was left out and why, seconds, and the peak memory so far. Lines that are
there are not made again; ``--summary`` prints what OUT holds.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from spack_pypi.errors import SpackPyPIError


def main() -> int:
    parser = argparse.ArgumentParser(description="Write the closures of many projects.")
    parser.add_argument("names", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--verify", default="concretize", choices=("load", "concretize"))
    parser.add_argument("--summary", action="store_true", help="only print what OUT holds")
    args = parser.parse_args()
    names = [line.split()[0] for line in args.names.read_text("utf-8").splitlines() if line]
    done = _done(args.out)
    if not args.summary:
        for name in names:
            if name not in done:
                line = json.dumps(_one(name, args.verify))
                with args.out.open("a", encoding="utf-8") as stream:
                    stream.write(line + "\n")
        done = _done(args.out)
    _print([done[name] for name in names if name in done])
    return 0


def _done(file: Path) -> dict[str, dict[str, Any]]:
    lines = file.read_text("utf-8").splitlines() if file.exists() else []
    return {found["name"]: found for found in map(json.loads, lines)}


def _one(name: str, verify: str) -> dict[str, Any]:
    from spack_pypi.host.repo_folder import make_repo
    from spack_pypi.host.spack.host import SpackHost
    from spack_pypi.pypi.http import HttpIndex
    from spack_pypi.pypi.settings import settings
    from spack_pypi.report.formats import line
    from spack_pypi.session import Session
    from spack_pypi.workflow.create import create
    from spack_pypi.workflow.request import Request, Verify

    start = time.monotonic()
    folder = Path(tempfile.mkdtemp())
    repo = folder / "spack_repo" / "trial"
    make_repo(repo)
    host = SpackHost()
    index = HttpIndex(settings(None, default=host.index_url, cache=host.cache))
    found: dict[str, Any] = {"name": name}
    try:
        request = Request((name,), repo=str(repo), verify=Verify(verify))
        with Session(index) as session:
            outcome = create(session, host, request)
        records = outcome.plan.records.values()
        found.update(
            recipes=len(outcome.plan.recipes),
            steps=[step.value for step in outcome.verification.steps],
            failed=[record.reason for record in outcome.plan.failed],
            problems=[
                f"{each.package}: {each.text}"
                for each in outcome.verification.diagnostics
                if each.code == "rejected"
            ],
            records=[(r.project, r.package, r.status.value, r.versions) for r in records],
            diagnostics=[line(each) for each in outcome.diagnostics],
        )
    except SpackPyPIError as error:
        found.update(failed=[str(error)])
    finally:
        index.close()
        host.close()
        shutil.rmtree(folder, ignore_errors=True)
    found.update(
        seconds=round(time.monotonic() - start, 1),
        requests=index.requests_made,
        memory=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    )
    return found


def _print(found: list[dict[str, Any]]) -> None:
    ends: Counter[str] = Counter()
    for each in found:
        failed, problems = each.get("failed", ()), each.get("problems", ())
        end = "no recipe" if failed else "refused" if problems else "done"
        ends[end] += 1
        if end != "done":
            print(f"{each['name']}: {end}: {[*failed, *problems][0]}")
    print(f"{len(found)} projects: {dict(ends)}")


if __name__ == "__main__":
    sys.exit(main())
