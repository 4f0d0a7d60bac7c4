"""``sync`` on a recipe that a person wrote: what changes, and that all else stays as it was."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.conftest import Spack
from tests.index_server import IndexServer
from tests.spack.hand import another, base_recipe, changed, synced, written
from tests.spack.shared import PYTHON, use_part_of_builtin

pytestmark = pytest.mark.spack


def test_what_is_behind_is_listed(spack: Spack, server: IndexServer, hand: Path) -> None:
    done = synced(spack, server, "--list")
    assert "py-hand 1.1 -> 2.0 (3 releases" in done.stdout
    done = synced(spack, server, "--list", "hand", "--to", "patch")
    assert "a version only" in done.stdout
    assert "2.0" not in hand.read_text()


def test_versions_that_nobody_should_install_are_listed(
    spack: Spack, server: IndexServer, hand: Path
) -> None:
    server.served.reports = {("hand", "1.0"): ["PYSEC-1"], ("hand", "1.1"): []}
    for file in server.served.pages["hand"][:2]:
        file["yanked"] = "broken"
    report = spack.folder / "report"
    done = synced(spack, server, "--list", "hand", "--json", str(report))
    assert done.stdout.splitlines()[0].endswith("; yanked: 1.0; vulnerable: 1.0 (PYSEC-1)")
    (record,) = json.loads(report.read_text())["packages"]
    assert (record["yanked"], record["vulnerable"]) == (["1.0"], {"1.0": ["PYSEC-1"]})
    server.served.requests.clear()
    done = synced(spack, server, "--list")
    assert "; yanked: 1.0" in done.stdout
    assert "vulnerable" not in done.stdout
    assert not [path for path in server.served.requests if path.startswith("/pypi/")]


#: What 2.0 asks for otherwise, and its licence.
LATEST = [
    '-     license("MIT", checked_by="someone")',
    '+     license("Apache-2.0", when="@2:")',
    '+     license("MIT", when="@:1", checked_by="someone")',
    '-         depends_on("py-six", when="@1:")',
    '+         depends_on("py-attrs@23:", when="@2:")',
    '+         depends_on("py-newcomer", when="@2:")',
    '+         depends_on("py-six", when="@1")',
]


def test_an_update_that_cannot_be_concretized(spack: Spack, server: IndexServer) -> None:
    """The version that is added must be: that an older one can be proves nothing."""
    use_part_of_builtin(spack, PYTHON, external=["python"])
    recipe = another(spack, server, "lone")
    newer = f"3.{sys.version_info[1] + 1}"  # than the only Python that these tests have
    server.served.add("lone", "3.0", python=f">={newer}", build=["setuptools"])
    before = recipe.read_text()
    done = synced(spack, server, "lone", "--verify", "concretize")
    assert "not updated: cannot be concretized: " in done.stdout, done.stderr
    assert done.returncode == 1 and recipe.read_text() == before


@pytest.mark.parametrize(
    "to, hardness, lines",
    [
        ("patch", "a version only", []),
        (
            "minor",
            "with new lines",
            ['+         depends_on("py-idna", when="@1.2:")'],
        ),
        (
            "latest",
            "with edits of lines",
            LATEST,
        ),
    ],
)
def test_the_smallest_change(
    spack: Spack, server: IndexServer, hand: Path, to: str, hardness: str, lines: list[str]
) -> None:
    before = hand.read_text()
    done = synced(spack, server, "hand", "--to", to)
    assert done.returncode == 0, done.stdout + done.stderr
    assert hardness in done.stdout
    assert sorted(changed(before, hand.read_text())) == sorted(lines)
    newcomer = spack.repo / "packages" / "py_newcomer" / "package.py"
    assert newcomer.exists() == (to == "latest")


def test_every_spack(every_spack: Spack, server: IndexServer) -> None:
    hand = written(every_spack, server)
    before = hand.read_text()
    done = synced(every_spack, server, "hand")
    assert done.returncode == 0, done.stdout + done.stderr
    assert sorted(changed(before, hand.read_text())) == sorted(LATEST)


def test_the_report_tells_what_a_maintainer_would_look_for(
    spack: Spack, server: IndexServer, hand: Path
) -> None:
    done = synced(spack, server, "py-hand", "--dry-run", "--json", str(spack.folder / "report"))
    assert "  changed the licence from MIT to Apache-2.0" in done.stdout
    assert "  added py-newcomer" in done.stdout
    assert "  removed py-six" in done.stdout
    assert "  tightened py-attrs@19: to py-attrs@23:" in done.stdout
    assert "  with py-newcomer, new" in done.stdout
    # each new line with what declares it, and the one that ends with what declared it
    assert "    2.0: Requires-Dist: attrs>=23\n" in done.stdout
    assert "    1.1: Requires-Dist: six" in done.stdout
    (record,) = json.loads((spack.folder / "report").read_text())["packages"]
    assert {each["package"] for each in record["explained"]} == {"py-hand", "py-newcomer"}
    assert (record["current"], record["new"]) == ("1.1", ["2.0"])
    assert "2.0" not in hand.read_text()


@pytest.mark.parametrize("in_old", [True, False], ids=["as before", "new"])
def test_compilers_are_asked_for_by_the_release_that_first_needs_them(
    spack: Spack, server: IndexServer, in_old: bool
) -> None:
    """Who wrote the recipe of a compiled project without a compiler had a reason."""
    script = 'from setuptools import *\nsetup(ext_modules=[Extension("base", ["base.c"])])\n'
    compiled = {"setup.py": script, "base.c": ""}
    old = compiled if in_old else {}
    server.served.add("base", "1.0", build=["setuptools"], wheel=False, files=old)
    server.served.add("base", "2.0", build=["setuptools"], wheel=False, files=compiled)
    recipe = base_recipe(spack)
    done = synced(spack, server, "base")
    assert done.returncode == 0, done.stdout + done.stderr
    assert 'version("2.0"' in recipe.read_text()
    line = 'depends_on("c", when="@2:", type="build")'
    assert (line in recipe.read_text()) is not in_old


LOOP = """    for needed in sorted(["attrs"]):
        depends_on(f"py-{needed}@:22", type=("build", "run"))
"""


def test_a_program_is_left_to_its_author(spack: Spack, server: IndexServer, hand: Path) -> None:
    """2.0 requires attrs>=23, which a loop over what is computed forbids: the report says so."""
    before = hand.read_text().replace(
        '    depends_on("zlib")\n', f'    depends_on("zlib")\n{LOOP}'
    )
    hand.write_text(before)
    done = synced(spack, server, "hand")
    assert done.returncode == 1
    assert hand.read_text() == before
    assert (
        "py-hand 1.1: not updated: 2.0 the version range of py-attrs is too narrow: "
        in done.stdout
    )
    assert 'version("2.0"' in done.stdout
    assert 'depends_on("py-newcomer", when="@2:")' in done.stdout


def test_an_extra_is_followed_where_the_version_has_its_variant(
    spack: Spack, server: IndexServer, hand: Path
) -> None:
    """A person gave the variant up for newer versions, which have the extra all the same."""
    variant = 'variant("fast", default=False, '
    before = hand.read_text().replace(variant, f'{variant}when="@:1.1", ')
    hand.write_text(before)
    server.served.add(
        "hand", "3.0", "attrs>=23", 'idna; extra == "fast"', extras=["fast"], build=["setuptools"]
    )
    done = synced(spack, server, "hand")
    assert done.returncode == 0, done.stdout + done.stderr
    assert changed(before, hand.read_text()) == [
        '+         depends_on("py-attrs@23:", when="@3:")',
        '-         depends_on("py-six", when="@1:")',
        '+         depends_on("py-six", when="@1:2")',
    ]


def test_every_release_in_between(spack: Spack, server: IndexServer, hand: Path) -> None:
    done = synced(spack, server, "hand", "--all-missing")
    assert done.returncode == 0, done.stdout + done.stderr
    for version in ("2.0", "1.2", "1.1.1"):
        assert f'version("{version}"' in hand.read_text()


def test_what_is_current_stays(spack: Spack, server: IndexServer, hand: Path) -> None:
    assert synced(spack, server, "hand").returncode == 0
    text = hand.read_text()
    done = synced(spack, server, "hand")
    assert done.returncode == 0
    assert "py-hand 2.0: current" in done.stdout
    assert hand.read_text() == text
