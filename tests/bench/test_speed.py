"""The benchmark's arithmetic, and that what failed is never shown as a time. Nothing is timed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest

from bench.__main__ import COMMANDS
from bench.speed import PARTS, _portable, closure, figures, growth, proof, roots, start
from bench.speed.closure import shape
from bench.speed.figures import Series, minus, ratio, table
from bench.speed.measure import Memory, Run, run
from bench.speed.page import HEAD, with_section
from bench.speed.setting import Setting, alternate
from bench.speed.tools import Answers, Spack, Uv
from tests.index_server import IndexServer


def a_run(seconds: float, code: int = 0, errors: str = "", **counted: int) -> Run:
    return Run(code, seconds, seconds / 2, 3 << 20, None, "", errors, **counted)


# --- figures -----------------------------------------------------------------------------------

# (seconds of each run, the cell)
CELLS = [
    ([1.0], "1.00"),
    ([3.0, 1.0, 2.0], "2.00 (1.00-3.00)"),
    ([1.0, 2.0], "1.50 (1.00-2.00)"),
    ([1.001, 1.002, 1.003], "1.00"),
    ([1234.5], "1,234.50"),
]


@pytest.mark.parametrize("seconds, cell", CELLS)
def test_a_cell_is_the_median_and_the_spread(seconds: list[float], cell: str) -> None:
    assert Series([a_run(each) for each in seconds]).cell(figures.seconds) == cell


def test_one_failure_fails_all_runs() -> None:
    bad = a_run(0.1, 2, "Error: no such project\n")
    series = Series([a_run(1.0), bad, a_run(1.0)])
    assert series.cell(figures.seconds) == "failed"
    assert series.median(figures.seconds) is None
    assert series.failure == "exit 2: Error: no such project"
    assert figures.failures([("ours", series)]) == [
        "- ours failed: exit 2: Error: no such project"
    ]
    assert Series([bad], accepts=(0, 2)).cell(figures.seconds) == "0.10"


def test_what_the_system_does_not_tell_is_not_zero() -> None:
    assert Series([a_run(1.0)]).cell(figures.together) == "n/a"
    assert Series([a_run(1.0)]).cell(figures.requests) == "n/a"
    assert Series([a_run(1.0, requests=0)]).cell(figures.requests, 0) == "0"
    assert Series([a_run(1.0)]).cell(figures.largest, 0) == "3"


@pytest.mark.parametrize(
    "value, of, expected",
    [(3.0, 2.0, "1.50"), (None, 2.0, "–"), (3.0, None, "–"), (3.0, 0.0, "–"), (0.0, 2.0, "0.00")],
)
def test_ratios(value: float | None, of: float | None, expected: str) -> None:
    assert ratio(value, of) == expected


def test_a_difference_is_never_below_zero() -> None:
    assert minus(3.0, 1.0) == 2.0
    assert minus(1.0, 3.0) == 0.0
    assert minus(None, 1.0) is None


def test_a_table() -> None:
    assert table(["name", ">s"], [["a|b", "1"]]) == "| name | s |\n| --- | ---: |\n| a\\|b | 1 |"


def test_runs_take_turns() -> None:
    order: list[str] = []

    def command(name: str) -> Run:
        order.append(name)
        return a_run(1.0)

    done = alternate(2, {"ours": lambda: command("ours"), "uv": lambda: command("uv")})
    assert order == ["ours", "uv", "ours", "uv"]
    assert {name: len(runs) for name, runs in done.items()} == {"ours": 2, "uv": 2}


# (what uv prints, named, projects, levels)
SHAPES = [
    ("app==1.0\n", ["app"], 1, 1),
    ("app==1\na==1  # via app\nb==1  # via a, app\n", ["app"], 3, 2),
    ("app==1\na==1  # via app\nb==1  # via a\nc==1  # via b\n", ["App[x]>=1"], 4, 4),
    ("app==1  # via b\nb==1  # via app\n", ["app"], 2, 2),
    ("one==1\ntwo==1\na==1  # via one\nb==1  # via a, two\n", ["one", "two"], 4, 2),
]


@pytest.mark.parametrize("printed, names, projects, levels", SHAPES)
def test_how_deep_a_closure_is(printed: str, names: list[str], projects: int, levels: int) -> None:
    assert shape(printed, names) == (projects, levels)


# --- runs --------------------------------------------------------------------------------------


def test_a_run_says_what_its_processes_used() -> None:
    inner = "x = bytearray(60 << 20); print('there')"
    outer = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {inner!r}])"
    done = run([sys.executable, "-c", outer], os.environ)
    assert (done.code, done.output) == (0, "there\n")
    assert done.largest > 60 << 20
    assert done.cpu > 0


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="no /proc")
def test_the_memory_of_all_processes_is_looked_at() -> None:
    inner = "import sys; x = bytearray(60 << 20); sys.stdin.read()"
    outer = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {inner!r}])"
    process = subprocess.Popen([sys.executable, "-c", outer], stdin=subprocess.PIPE)
    memory = Memory(process.pid)
    memory.start()
    for _ in range(600):
        if (memory.most or 0) > 60 << 20:
            break
        time.sleep(0.1)
    memory.ended.set()
    process.communicate()
    assert memory.most is not None and memory.most > 60 << 20


def test_a_run_gets_its_input_and_its_environment() -> None:
    code = "import os, sys; print(os.environ['X'], sys.stdin.read()); sys.exit('Error: so it is')"
    done = run([sys.executable, "-c", code], {"X": "y"}, "given")
    assert (done.code, done.output, done.reason) == (1, "y given\n", "exit 1: Error: so it is")


def test_a_run_without_end_is_killed_and_fails() -> None:
    code = "import time; time.sleep(600)"
    done = run([sys.executable, "-c", code], os.environ, patience=0.2)
    assert Series([done]).cell(figures.seconds) == "failed"


# --- sections ----------------------------------------------------------------------------------

#: A Spack that asks for one page, and says that it wrote two recipes.
SPACK = """#!{python}
import json, sys, urllib.request
if "--version" in sys.argv:
    print("1.1.0")
if "create" in sys.argv:
    urllib.request.urlopen(sys.argv[sys.argv.index("--index-url") + 1] + "one/").read()
    if "--json" in sys.argv:
        status = dict(one="new", two="added", three="exists")
        packages = [dict(project=name, status=status[name]) for name in status]
        with open(sys.argv[sys.argv.index("--json") + 1], "w") as file:
            json.dump(dict(packages=packages), file)
"""
#: A uv that asks for two pages, of which the index has one.
UV = """#!{python}
import sys, urllib.request, urllib.error
print("one==1.0\\ntwo==1.0  # via one")
index = sys.argv[sys.argv.index("--default-index") + 1]
for name in ("one", "two"):
    try:
        urllib.request.urlopen(index + name + "/").read()
    except urllib.error.HTTPError:
        pass
sys.exit({code})
"""


def script(file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    file.chmod(0o755)
    return file


@pytest.fixture
def index() -> Iterator[IndexServer]:
    with IndexServer() as server:
        server.served.add("one", "1.0")
        yield server


def setting(
    folder: Path, index: IndexServer, monkeypatch: pytest.MonkeyPatch, uv_code: int = 0
) -> Setting:
    monkeypatch.setenv("SPACK_USER_CACHE_PATH", str(folder / "cache"))
    python, work = Path(sys.executable), folder / "work"
    script(folder / "spack" / "bin" / "spack", SPACK.format(python=python))
    uv = script(folder / "uv", UV.format(python=python, code=uv_code))
    return Setting(
        Spack(folder / "spack", python, work),
        Uv(str(uv), python, work),
        Answers(folder / "answers", True, index.url),
        work,
        runs=1,
        names=["one"],
        delays=(0.0, 1.0),
        live=True,
        record=True,
        roots=folder / "roots.txt",
        growth=folder / "growth.txt",
    )


def cells(section: str) -> list[list[str]]:
    """The rows of all tables."""
    rows = [line for line in section.splitlines() if line.startswith("| one")]
    return [[cell.strip() for cell in row.split("|")[1:-1]] for row in rows]


def test_the_section_of_closures(
    tmp_path: Path, index: IndexServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = replace(setting(tmp_path, index, monkeypatch), runs=1)
    found = cells(closure.part(made))
    times, costs = found[: len(found) // 2], found[len(found) // 2 :]
    assert [row[:6] for row in times] == [
        ["one", "2", "2", "2", place, state]
        for place in ("live", "0 ms", "1 ms")
        for state in ("warm", "warm, anew", "cold")
    ]
    assert "failed" not in str(found)
    # requests of ours and of uv, live and replayed
    assert [row[9:11] for row in costs] == [["n/a", "n/a"]] * 3 + [["1", "2"]] * 6


def row(place: str, delay: float, ours: float, theirs: float) -> closure.Row:
    """A closure of 4 projects on 3 levels, of which 2 recipes are written; Spack starts in 1 s."""
    first, second, start = (Series([a_run(each)]) for each in (ours, theirs, 1.0))
    return closure.Row(["one"], place, "cold", first, second, start, "2", 4, 3, delay)


def test_the_times_of_a_closure() -> None:
    """Less the start, as a multiple of uv's, and of 3 delays and uv's without delay."""
    rows = [row("live", 0, 3, 0.5), row("0 ms", 0, 3, 0.5), row("50 ms", 50, 5, 0.8)]
    assert [each[4:] for each in cells(closure.section(rows))[:3]] == [
        ["live", "cold", "3.00", "2.00", "0.50", "4.00", "–", "–"],
        ["0 ms", "cold", "3.00", "2.00", "0.50", "4.00", "0.50", "4.00"],
        ["50 ms", "cold", "5.00", "4.00", "0.80", "5.00", "0.65", "6.15"],
    ]


def test_the_time_for_each_project_of_a_closure() -> None:
    section = growth.section([row("50 ms", 50, 5, 0.8)])
    times = "50 ms | cold | 5.00 | 4.00 | 0.80 | 5.00 | 1,000 | 200"
    assert f"| 4 | 2 | one | {times} | 2.50 | 3 |" in section


def test_what_failed_has_no_time_and_no_ratio(
    tmp_path: Path, index: IndexServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = replace(setting(tmp_path, index, monkeypatch, uv_code=2), live=False, delays=[0.0])
    section = closure.part(made)
    found = cells(section)
    times, costs = found[: len(found) // 2], found[len(found) // 2 :]
    for row in times:
        assert row[1] == row[3] == "–"
        assert row[8:] == ["failed", "–", "–", "–"]
    assert {row[4] for row in costs} == {"failed"}
    assert "- uv, one, 0 ms, warm failed: exit 2" in section


def test_what_was_not_recorded_is_said(
    tmp_path: Path, index: IndexServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = replace(setting(tmp_path, index, monkeypatch), record=False, live=False, delays=[0.0])
    assert "- uv, one, 0 ms, cold: 2 answers were not recorded" in closure.part(made)


def test_the_root_of_a_proof() -> None:
    packages = [{"project": "sub-mcp", "package": "py-a"}, {"project": "mcp", "package": "py-b"}]
    assert proof.root("MCP[ws,Cli]>=1", {"packages": packages}) == "py-b+cli+ws"
    assert proof.root("mcp", {}) == "py-mcp"


def test_a_proof_is_compared_with_spack_itself() -> None:
    row = proof.Row("one", "py-one", "2", Series([a_run(9.0)]), Series([a_run(6.0)]))
    (line,) = cells(proof.section([row]))
    assert line[3:] == ["4.5", "3.0", "1.50", "9.0", "6.0", "3", "3", "1.00", "–", "–"]


def test_a_proof_that_failed_is_compared_with_nothing() -> None:
    row = proof.Row("one", "py-one", "–", Series([a_run(9.0, 1, "Error: no")]), Series([]))
    (line,) = cells(proof.section([row]))
    assert line[:3] == ["one", "–", "`spack spec py-one`"]
    assert line[3:] == ["failed", "–", "–", "failed", *["–"] * 6]


def test_many_roots_show_the_exit_code() -> None:
    done = Series([a_run(40.0, 1), a_run(42.0, 1)], accepts=(0, 1))
    section = roots.section([("create", "386", done)])
    assert "| create | 386 | 1 | 41.0 (40.0-42.0) |" in section


def test_a_start_is_shown_with_what_it_adds() -> None:
    section = start.section(
        {"without": Series([a_run(0.5)]), "entry point": Series([a_run(0.504)])}
    )
    assert "| without | 1 | 0.500 | 0.0 |" in section
    assert "| entry point | 1 | 0.504 | 4.0 |" in section


# --- the page ----------------------------------------------------------------------------------


def test_a_section_replaces_the_one_before() -> None:
    order = ["A", "B", "C"]
    page = with_section(HEAD, "C", "see `c`\n\n### more", order)
    page = with_section(page, "A", "old", order)
    page = with_section(page, "A", "new\n", order)
    assert page == f"{HEAD}\n## A\n\nnew\n\n## C\n\nsee `c`\n\n### more\n"


def test_the_page_shows_no_path_of_this_machine() -> None:
    given = ["--runs", "5", "--uv", "/x/uv", "--spack=/x", "--part", "start", "--write"]
    assert _portable(given) == ["--runs", "5", "--part", "start", "--write"]


def test_each_part_has_a_title_of_its_own() -> None:
    titles = {module.TITLE for module in PARTS.values()}
    assert len(titles) == len(PARTS)


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_is_a_module(command: str) -> None:
    with pytest.raises(SystemExit) as stop:
        import_module(f"bench.{command}").main(["--help"])
    assert stop.value.code == 0
