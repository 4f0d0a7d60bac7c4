"""Recipes with loops over platforms get a new version."""

from __future__ import annotations

from tests.memory import MemoryHost, MemoryIndex
from tests.resolve.conftest import run

PLATFORMS = """class PyServer(PythonPackage):
    \"\"\"Serves.\"\"\"

    pypi = "server/server-1.0.tar.gz"

    version("1.0", sha256="0")

    depends_on("py-hatchling", type="build")
    for platform in ["linux", "darwin"]:
        depends_on("py-gun@:20", type=("build", "run"), when=f"platform={platform}")
"""
ON_BOTH = "; sys_platform == 'linux' or sys_platform == 'darwin'"


def test_what_a_loop_over_platforms_states_is_not_added_again(
    host: MemoryHost, index: MemoryIndex
) -> None:
    host.keep("server", "py-server", PLATFORMS)
    host.has("gun", "19")
    for version in ("1.0", "2.0"):
        index.add("server", version, f"gun<21{ON_BOTH}")
    written = run(host, index, "server>=2").plan.texts["py-server"]
    assert [line for line in written.splitlines() if '"2.0"' not in line] == PLATFORMS.splitlines()


def test_a_loop_of_which_lines_end_is_written_out(host: MemoryHost, index: MemoryIndex) -> None:
    host.keep("server", "py-server", PLATFORMS)
    host.has("gun", "22", "19")
    index.add("server", "1.0", f"gun<21{ON_BOTH}")
    index.add("server", "2.0", f"gun<23{ON_BOTH}")
    written = run(host, index, "server>=2").plan.texts["py-server"]
    lines = [
        f'    depends_on("py-gun@:{high}", type=("build", "run"), when="@{v} platform={platform}")'
        for high, v in ((22, "2:"), (20, ":1"))
        for platform in ("linux", "darwin")
    ]
    head = PLATFORMS.partition("    for ")[0]
    assert [line for line in written.splitlines() if '"2.0"' not in line] == [
        *head.splitlines(),
        *lines,
    ]


def test_a_long_loop_of_which_lines_end_is_left_to_a_person(
    host: MemoryHost, index: MemoryIndex
) -> None:
    many = PLATFORMS.replace('["linux", "darwin"]', str(["linux", "darwin"] * 5).replace("'", '"'))
    host.keep("server", "py-server", many)
    host.has("gun", "22", "19")
    index.add("server", "1.0", f"gun<21{ON_BOTH}")
    index.add("server", "2.0", f"gun<23{ON_BOTH}")
    problem = run(host, index, "server>=2").plan
    assert "the loop in line 9 states 10 dependencies" in str(problem)
