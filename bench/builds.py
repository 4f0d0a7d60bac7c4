"""Does it build? From recipe to `pip check`, for every build backend: writes docs/builds.md.

    python3 bench/builds.py --spack DIR [--jobs N] [--out FILE] [NAME...]

The projects are those of bench/builds.txt. Each gets its recipes in a new repo, by
`spack pypi create --verify install --json`, with the externals of that Spack's packages.yaml;
nothing is fixed by hand. What was done before is not done again
(`--cache DIR` holds it; delete it to begin anew).
"""

from __future__ import annotations

import argparse
import json
import os
import queue
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from spack_pypi.host.repo_folder import make_repo

EXTENSION = ROOT / "spack_pypi" / "spack-pypi"
STEPS = ("recipe", "concretize", "install", "import", "pip check")


def main() -> int:
    parser = argparse.ArgumentParser(description="Build projects of every backend; write a table.")
    parser.add_argument("--spack", required=True, type=Path, help="prefix of the Spack to use")
    parser.add_argument("--jobs", type=int, default=1, help="projects at once")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache/spack-pypi/builds")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "builds.md")
    parser.add_argument("--note", default="", help="a sentence about the machine, for the table")
    parser.add_argument("names", nargs="*", help="only these projects")
    args = parser.parse_args()
    projects = _projects()
    workers: queue.Queue[int] = queue.Queue()
    for number in range(args.jobs):
        workers.put(number)

    def one(backend: str, name: str) -> None:
        number = workers.get()
        try:
            result = _result(args.spack, args.cache, number, name)
        finally:
            workers.put(number)
        reached, _ = _reached(result)
        print(f"{backend:20} {name:24} {reached:10} {result['seconds']:6.0f} s", flush=True)

    wanted = [(b, n) for b, n in projects if not args.names or n in args.names]
    with ThreadPoolExecutor(args.jobs) as pool:
        list(pool.map(lambda each: one(*each), wanted))
    done = [(b, n, _kept(args.cache, n)) for b, n in projects if _file(args.cache, n).exists()]
    args.out.parent.mkdir(exist_ok=True)
    table = _table(args.spack, args.note, done).replace(str(args.cache), "...")
    args.out.write_text(table, encoding="utf-8")
    return 0


def _projects() -> list[tuple[str, str]]:
    """(backend, project), in the order of builds.txt."""
    found = []
    for line in (ROOT / "bench" / "builds.txt").read_text("utf-8").splitlines():
        backend, colon, names = line.partition("#")[0].partition(":")
        found += [(backend.strip(), name) for name in names.split()] if colon else []
    return found


def _file(cache: Path, name: str) -> Path:
    return cache / "results" / f"{name}.json"


def _kept(cache: Path, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_file(cache, name).read_text("utf-8"))
    return found


def _result(spack: Path, cache: Path, number: int, name: str) -> dict[str, Any]:
    """Run one project in a new repo, unless that was done before."""
    file = _file(cache, name)
    if file.exists():
        return _kept(cache, name)
    repo = cache / "repos" / name / "spack_repo" / "trial"
    shutil.rmtree(repo, ignore_errors=True)
    make_repo(repo)
    file.parent.mkdir(parents=True, exist_ok=True)
    report = file.with_suffix(".report")
    report.unlink(missing_ok=True)
    command = [str(spack / "bin" / "spack"), "-c", f"config:extensions:[{EXTENSION}]"]
    command += ["pypi", "create", "--verify", "install", "--repo", str(repo)]
    environment = {
        **os.environ,
        "SPACK_PYTHON": sys.executable,
        "SPACK_USER_CACHE_PATH": str(cache / f"worker-{number}"),
    }
    start = time.monotonic()
    done = subprocess.run(
        [*command, "--json", str(report), name],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    result = {
        "code": done.returncode,
        "seconds": time.monotonic() - start,
        "output": done.stdout,
        "packages": json.loads(report.read_text("utf-8"))["packages"] if report.exists() else [],
    }
    report.unlink(missing_ok=True)
    file.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return result


def _reached(result: dict[str, Any]) -> tuple[str, str]:
    """The step that failed (``done`` for none, ``fetch`` where it could not be tried, as something
    it needs is not on the index and cannot be fetched otherwise), and why."""
    record = _named(result)
    installed = record.get("installed") or {}
    errors = [line for line in result["output"].splitlines() if line.startswith("Error: ")]
    reason = errors[0][len("Error: ") :] if errors else ""
    if not record or record["status"] != "new":
        return "recipe", record.get("reason") or reason
    if installed.get("failed"):
        phase = installed["phase"]
        step = phase if phase in ("concretize", "fetch") else "install"
        return step, f"{installed['failed']}: {installed['cause'] or phase + ' fails'}"
    if not installed:
        return "concretize" if "cannot be concretized" in reason else "recipe", reason
    for name, why in installed["broken"].items():
        return "import", f"{name}: {why}"
    if installed["pip_check"]:
        return "pip check", installed["pip_check"][0]
    return "done", ""


def _named(result: dict[str, Any]) -> dict[str, Any]:
    records: list[dict[str, Any]] = result["packages"]
    return next((record for record in records if record["named"]), {})


def _table(spack: Path, note: str, done: list[tuple[str, str, dict[str, Any]]]) -> str:
    steps = [_reached(result)[0] for _, _, result in done]
    tried = sum(step != "fetch" for step in steps)
    passed = steps.count("done")
    compiled = [r for (_, _, r), step in zip(done, steps) if step == "done" and _languages(r)]
    version = subprocess.run(
        [str(spack / "bin" / "spack"), "--version"], stdout=subprocess.PIPE, text=True, check=False
    ).stdout.split()[0]
    lines = [
        "# Does it build?",
        "",
        "Made by `python3 bench/builds.py --spack DIR`, which says how; the projects are those of",
        "[builds.txt](../bench/builds.txt). Each goes from its name to recipes, to a concretized",
        "spec, to an installation in a store of its own, to an import of its top-level modules,",
        "to a `pip check` of all that was installed; nothing is fixed by hand.",
        "",
        f"Spack {version}: of {len(done)} projects that builtin lacks, {tried} could be tried.",
        f"**{passed} of these {tried} ({100 * passed / max(1, tried):.1f}%) went all the way**, "
        f"and {len(compiled)} of them compile C, C++, Fortran or Rust.",
        *([note] if note else []),
        "",
        "| project | version | backend | compiles | " + " | ".join(STEPS) + " | modules | built |",
        "| --- | --- | --- | --- |" + " --- |" * len(STEPS) + " ---: | ---: |",
    ]
    reasons: dict[str, list[str]] = {"failed": [], "fetch": []}
    for (backend, name, result), step in zip(done, steps):
        record = _named(result)
        installed = record.get("installed") or {}
        imported = len(installed.get("imported", ()))
        missing = len(installed.get("not_imported", ())) + len(installed.get("broken", ()))
        modules = f"{imported} of {imported + missing}" if imported + missing else ""
        cells = [name, (record.get("versions") or [""])[0], backend, ", ".join(_languages(result))]
        cells += [*_marks(step), modules, str(len(installed.get("built", ())) or "")]
        lines.append(f"| {' | '.join(cells)} |")
        if step != "done":
            kind = "fetch" if step == "fetch" else "failed"
            reasons[kind].append(f"- {name}: {_reached(result)[1]}")
    lines += ["", "What failed, and why:", "", *reasons["failed"]]
    lines += ["", "What could not be tried on this machine, and what it lacked:", ""]
    return "\n".join([*lines, *reasons["fetch"]]) + "\n"


def _languages(result: dict[str, Any]) -> list[str]:
    found: list[str] = _named(result).get("languages", [])
    return found


def _marks(reached: str) -> list[str]:
    """A mark for each step."""
    if reached == "done":
        return ["yes"] * len(STEPS)
    at = STEPS.index("install" if reached == "fetch" else reached)
    return ["yes"] * at + ["-" if reached == "fetch" else "**no**"] + [""] * (len(STEPS) - at - 1)


if __name__ == "__main__":
    sys.exit(main())
