"""What the parts of the benchmark share: the programs, what is asked of them, and how often."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.speed.figures import NOTHING, Series
from bench.speed.measure import Run
from bench.speed.tools import Answers, Spack, Uv


@dataclass(frozen=True)
class Setting:
    """``delays`` of the replaying server are in milliseconds. Without ``uv``, ours is measured
    alone. With ``record``, the index is asked for answers that are not recorded."""

    spack: Spack
    uv: Uv | None
    answers: Answers
    work: Path
    runs: int
    names: Sequence[str]
    delays: Sequence[float]
    live: bool
    record: bool
    roots: Path
    growth: Path


def alternate(runs: int, commands: Mapping[str, Callable[[], Run]]) -> dict[str, list[Run]]:
    """Run each command so often, in turns: what disturbs the machine disturbs all."""
    done: dict[str, list[Run]] = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            done[name].append(command())
    return done


def say(text: str) -> None:
    """Tell what is being measured."""
    print(text, file=sys.stderr, flush=True)


def lines_of(file: Path) -> list[str]:
    """The lines of a data file without comments."""
    lines = (line.partition("#")[0].strip() for line in file.read_text("utf-8").splitlines())
    return [line for line in lines if line]


def report(file: Path) -> dict[str, Any]:
    """What a command wrote with ``--json``; empty where it did not get so far."""
    found: dict[str, Any] = json.loads(file.read_text("utf-8")) if file.exists() else {}
    return found


def recipes(found: Mapping[str, Any]) -> str:
    """How many recipes a report of ``create`` has."""
    packages = found.get("packages", ())
    return str(sum(each["status"] != "exists" for each in packages)) if packages else NOTHING


def unrecorded(series: Sequence[tuple[str, Series]]) -> list[str]:
    """A line for each command that asked the replaying server for what was not recorded."""
    found = [(what, max((run.unknown for run in each.runs), default=0)) for what, each in series]
    return [
        f"- {what}: {count} answers were not recorded (404); `--record` adds them"
        for what, count in found
        if count
    ]
