"""``python3 bench speed``: ours against what one would compare it with, on this machine.

    python3 bench speed                                   # all parts; hours, for the proofs
    python3 bench speed --part closure --record           # one part, asking the index first
    python3 bench speed --write                           # and put the tables into docs/results.md

Answers of the index are recorded in the user's cache (``--record`` adds what is missing) and
replayed by ``replay.py``, by default as the public index gives them, for both sides alike. What
many roots need is read from the index into a cache that is kept beside the answers.

The Spack is used as the environment configures it (``SPACK_USER_CONFIG_PATH``,
``SPACK_USER_CACHE_PATH``), but our part of its cache and the repo are the benchmark's own.
"""

from __future__ import annotations

import argparse
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bench.recording import default_folder
from bench.speed import closure, growth, proof, roots, start
from bench.speed.page import HEAD, machine, with_section
from bench.speed.setting import Setting, say
from bench.speed.tools import ROOT, Answers, Spack, Uv

#: Each has ``TITLE``, ``ABOUT``, ``part``, and, where it needs many runs, ``LEAST``.
PARTS = {"closure": closure, "growth": growth, "proof": proof, "roots": roots, "start": start}
NAMES = ("litellm", "mcp[cli]", "langchain")
PAGE = ROOT / "docs" / "results.md"


def main(arguments: Sequence[str]) -> int:
    """Measure, print the tables, and write them if asked to."""
    args = _parser().parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="bench-speed-") as folder:
        return _measure(args, arguments, Path(folder))


def _measure(args: argparse.Namespace, arguments: Sequence[str], work: Path) -> int:
    python = args.python or Path(sys.executable)
    spack = Spack(_spack(args.spack), python, work)
    uv = args.uv or shutil.which("uv")
    if uv is None:
        say("uv was not found on PATH, and no --uv was given: ours is measured alone")
    index = _index(args, spack)
    answers = Answers(args.answers, not args.as_recorded, index)
    setting = Setting(
        spack,
        Uv(uv, python, work) if uv else None,
        answers,
        work,
        runs=args.runs,
        names=args.name or NAMES,
        delays=args.delay or (0.0, 50.0),
        live=not args.no_live,
        record=args.record,
        roots=args.roots,
        growth=args.growth,
    )
    titles = [module.TITLE for module in PARTS.values()]
    for name in args.part or PARTS:
        module = PARTS[name]
        runs = max(setting.runs, getattr(module, "LEAST", 1))
        made = _made(setting, arguments, runs, args.note)
        section = "\n\n".join([module.ABOUT, module.part(setting), made])
        print(f"\n## {module.TITLE}\n\n{section}", flush=True)
        if args.write:
            page = PAGE.read_text("utf-8") if PAGE.exists() else HEAD
            PAGE.write_text(with_section(page, module.TITLE, section, titles), "utf-8")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python3 bench speed", description="Measure ours, and what it is compared with."
    )
    add = parser.add_argument
    add("--part", action="append", choices=PARTS, help="(default: all); may be repeated")
    add("--runs", type=int, default=5, help="how often each command is run (default: 5)")
    add(
        "--name",
        action="append",
        help=f"for closure and proof (default: {', '.join(NAMES)}); may be repeated",
    )
    add(
        "--delay",
        type=float,
        action="append",
        metavar="MS",
        help="of replayed answers (default: 0 and 50); may be repeated",
    )
    add("--no-live", action="store_true", help="only replay")
    add("--record", action="store_true", help="ask the index for answers that are not recorded")
    add("--answers", type=Path, default=default_folder(), metavar="FOLDER")
    add("--as-recorded", action="store_true", help="add nothing to what the index gave")
    add("--index-url", help="(default: that of pip's settings, or of Spack)")
    add("--spack", type=Path, metavar="DIR", help="(default: SPACK_ROOT, PATH, or a clone)")
    add("--python", type=Path, help="the one that runs Spack (default: that of the tests)")
    add("--uv", metavar="FILE", help="(default: the one on PATH)")
    add("--roots", type=Path, default=ROOT / "bench" / "roots.txt", help="many names, one a line")
    add("--growth", type=Path, default=ROOT / "bench" / "growth.txt", help="a set of names a line")
    add("--write", action="store_true", help=f"into {PAGE.relative_to(ROOT)}")
    add("--note", default="", help="a sentence about the machine, for the page")
    return parser


def _spack(named: Path | None) -> Path:
    from spack_pypi.host.bootstrap import find_spack

    found = find_spack(str(named) if named else None)
    if found is None:
        raise SystemExit("no Spack: pass --spack DIR")
    return found.prefix


def _index(args: argparse.Namespace, spack: Spack) -> str:
    """The address of the index that is recorded and asked live."""
    if args.index_url:
        return f"{args.index_url.rstrip('/')}/"
    code = (
        "from spack_pypi.host.spack.host import SpackHost; "
        "from spack_pypi.pypi.settings import *; "
        "host = SpackHost(); "
        "print(settings(None, default=host.index_url, cache=host.cache).url)"
    )
    done = spack.run("python", "-c", code)
    if done.code:
        raise SystemExit(f"Spack does not start: {done.reason}")
    return done.output.split()[-1]


def _made(setting: Setting, arguments: Sequence[str], runs: int, note: str) -> str:
    """With what, when and how a section was made."""
    commit = subprocess.run(
        ["git", "-C", str(ROOT), "describe", "--always", "--dirty", "--tags"],
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    versions = [f"spack-pypi {commit}" if commit else "", f"Spack {setting.spack.version()}"]
    versions += [f"uv {setting.uv.version()}"] if setting.uv else ["no uv"]
    shown = _portable(arguments)
    answers = "as the public index gives them" if setting.answers.full else "as recorded"
    sentences = [
        f"{time.strftime('%Y-%m-%d')}: {machine()}; {', '.join(filter(None, versions))}.",
        f"Runs of each command: {runs}.",
        f"Replayed answers: {answers}.",
        f"`{shlex.join(['python3', 'bench', 'speed', *shown])}`",
        note,
    ]
    return "*Made " + " ".join(filter(None, sentences)) + "*"


def _portable(arguments: Sequence[str]) -> list[str]:
    """The arguments without those that only say where something lies on this machine."""
    paths = ("--spack", "--python", "--uv", "--answers", "--index-url", "--note")
    kept: list[str] = []
    skip = False
    for each in arguments:
        if skip:
            skip = False
        elif each in paths:
            skip = True
        elif not each.startswith(tuple(f"{path}=" for path in paths)):
            kept.append(each)
    return kept
