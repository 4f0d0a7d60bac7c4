"""``sync`` of several recipes that depend on each other, or of which one is broken."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from tests.conftest import Spack
from tests.index_server import IndexServer
from tests.spack import forks
from tests.spack.hand import another, base_recipe, synced

pytestmark = pytest.mark.spack


def needed_base(spack: Spack, server: IndexServer) -> Path:
    """The recipe of a project of which hand 3.0 needs a version that it does not list."""
    server.served.add("base", "2.0", build=["setuptools"])
    server.served.add("hand", "3.0", "attrs>=23", "base>=2", build=["setuptools"])
    return base_recipe(spack)


def test_a_dependency_that_gets_a_version_is_changed_not_new(
    spack: Spack, server: IndexServer, hand: Path
) -> None:
    recipe = needed_base(spack, server)
    before = recipe.read_text()
    done = synced(spack, server, "hand", "--dry-run")
    assert recipe.read_text() == before
    assert "  with py-base, changed" in done.stdout, done.stdout + done.stderr
    assert '+    version("2.0"' in done.stdout
    assert "+class PyBase" not in done.stdout


def test_the_second_recipe_of_a_run_sees_what_the_first_one_got(
    spack: Spack, server: IndexServer, hand: Path
) -> None:
    recipe = needed_base(spack, server)
    done = synced(spack, server, "base", "hand")
    assert done.returncode == 0, done.stdout + done.stderr
    assert recipe.read_text().count('version("2.0"') == 1
    assert "with py-base" not in done.stdout
    assert 'version("3.0"' in hand.read_text()


def test_each_of_several_is_done_for_itself(spack: Spack, server: IndexServer, hand: Path) -> None:
    """Whatever is wrong with one of them, what went before and what follows is done."""
    loop = '    for each in sorted([1]):\n        depends_on(f"py-idna@{each}:")\n'
    files = {name: another(spack, server, name) for name in ("gone", "broken", "last")}
    files["looped"] = another(spack, server, "looped", loop, ["idna<1"])
    del server.served.pages["gone"]
    server.served.rubbish["/simple/broken/"] = b"rubbish"
    before = {name: file.read_text() for name, file in files.items()}
    done = synced(spack, server, "looped", "gone", "broken", "last", "hand")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "py-last 1.0 -> 2.0: a version only" in done.stdout
    assert "py-hand 1.1 -> 2.0: with edits of lines" in done.stdout
    for name in ("looped", "gone", "broken"):
        assert f"py-{name}" in done.stdout
        assert files[name].read_text() == before[name]


def test_beside_a_recipe_that_cannot_be_loaded(
    spack: Spack, server: IndexServer, hand: Path
) -> None:
    """The others, which do not need it, go on."""
    broken = another(spack, server, "raising", "    1 / 0\n")
    before = broken.read_text()
    done = synced(spack, server, "raising", "hand")
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert lines[0].startswith("py-raising: cannot load the recipe of py-raising")
    assert lines[1].startswith("py-hand 1.1 -> 2.0: ")
    assert "Error: not updated: py-raising" in done.stderr
    assert broken.read_text() == before
    assert 'version("2.0"' in hand.read_text()


def test_a_recipe_that_cannot_be_loaded_is_an_error(
    spack: Spack, server: IndexServer, hand: Path
) -> None:
    """Of each command, by any name, and where all recipes are meant."""
    another(spack, server, "raising", "    1 / 0\n")
    pairs = itertools.product(
        ["check", "sync --list", "sync --dry-run"], ["py-raising", "raising", ""]
    )
    commands = [
        ["pypi", *command.split(), *names.split(), "-N", "site", "--index-url", server.url]
        for command, names in pairs
    ]
    for done in forks.run(spack, *commands):
        printed = f"{done.args}: {done.stdout}{done.stderr}"
        assert done.returncode == 1, printed
        assert "py-raising: " in done.stdout, printed
        assert "cannot load the recipe of py-raising: cannot load package" in done.stdout, printed
        assert "division by zero" in done.stdout, printed
        if "py-raising" not in done.args and "raising" not in done.args:
            assert "\n2 recipes" in done.stdout, printed  # the others go on


def test_a_version_that_only_some_have(spack: Spack, server: IndexServer, hand: Path) -> None:
    other = another(spack, server, "other")
    before = other.read_text()
    done = synced(spack, server, "other", "hand", "--to", "1.2")
    assert done.returncode == 1, done.stdout + done.stderr
    assert (
        "py-other 1.0: not updated: cannot update to 1.2: the index has no such release"
        in done.stdout
    )
    assert "py-hand 1.1 -> 1.2" in done.stdout
    assert other.read_text() == before


#: (a version that is named, how it is published and written, what the report says of it).
NAMED = [
    ("2.0rc1", None, '"2.0rc1"', "updated"),
    ("1.5", "it deletes data", 'deprecated=True', "1.5 is marked as deprecated, as it was "
     "withdrawn: it deletes data"),
]  # fmt: skip


@pytest.mark.parametrize(("version", "yanked", "written", "said"), NAMED)
def test_a_version_that_is_named_is_added_as_it_is(
    spack: Spack, server: IndexServer, version: str, yanked: str | None, written: str, said: str
) -> None:
    recipe = another(spack, server, "base")
    server.served.add("base", version, build=["setuptools"], yanked=yanked)
    assert synced(spack, server, "base", "--to", "latest", "--dry-run").stdout.count(version) == 0
    done = synced(spack, server, "base", "--to", version)
    assert done.returncode == 0, done.stdout + done.stderr
    assert said in done.stdout
    assert written in recipe.read_text()
    assert '2.0"' not in recipe.read_text()


def test_a_dependency_that_was_changed_before_its_turn(
    spack: Spack, server: IndexServer, hand: Path
) -> None:
    base = another(spack, server, "base")
    server.served.add("hand", "3.0", "attrs>=23", "base>=2", build=["setuptools"])
    done = synced(spack, server, "hand", "base")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "py-base 2.0: current" in done.stdout
    assert base.read_text().count("version(") == 2


LOOP = """
    for v in ["1.0"]:
        depends_on(f"py-tool@{v}", when=f"@{v}", type=("build", "run"))
"""

#: (what 2.0 requires of tool, the items of the loop afterwards, the line that is added).
ITEMS = [
    ("tool==2.0.*", '["1.0", "2.0"]', ""),
    # There is no tool 1, which it would accept, too.
    ("tool==1.0.*", '["1.0"]', 'depends_on("py-tool@1.0", when="@2:", type=("build", "run"))'),
]


@pytest.mark.parametrize(("requirement", "items", "line"), ITEMS)
def test_a_loop_over_versions_gets_an_item_where_that_is_right(
    spack: Spack, server: IndexServer, requirement: str, items: str, line: str
) -> None:
    another(spack, server, "tool")
    recipe = another(spack, server, "base", LOOP, [requirement])
    done = synced(spack, server, "base")
    assert done.returncode == 0, done.stdout + done.stderr
    text = recipe.read_text()
    assert f"    for v in {items}:\n" in text
    assert text.count("depends_on(") == 2 + bool(line)
    assert line in text
