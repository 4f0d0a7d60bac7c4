"""``sync`` on a recipe that a person wrote: what changes, and that all else stays as it was."""

from __future__ import annotations

import difflib
import hashlib
import json
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.conftest import Spack
from tests.index_server import IndexServer, sdist_bytes, zip_bytes

pytestmark = pytest.mark.spack

RECIPE = '''\
from spack_repo.builtin.build_systems.python import PythonPackage

from spack.package import *


class PyHand(PythonPackage):
    """Written by hand."""

    homepage = "https://hand.example"
    pypi = "hand/hand-1.0.tar.gz"

    maintainers("someone")

    version("1.1", sha256="{new}")
    version("1.0", sha256="{old}")

    variant("fast", default=False, description="Be fast")

    depends_on("c", type="build")  # a person knew
    depends_on("py-setuptools", type="build")

    with default_args(type=("build", "run")):
        depends_on("py-attrs@19:")
        depends_on("py-six", when="@1:")
        # comes with the compiler
        depends_on("py-numpy", when="+fast")
    depends_on("zlib")

    def setup_build_environment(self, env):
        env.set("HAND", "1")
'''


@pytest.fixture
def hand(spack: Spack, server: IndexServer) -> Path:
    return written(spack, server)


def written(spack: Spack, server: IndexServer) -> Path:
    """A recipe of two releases, of which the index has three more by now."""
    index = server.served
    fast = 'numpy; extra == "fast"'
    setuptools = ["setuptools"]
    for version in ("1.0", "1.1"):
        index.add("hand", version, "attrs>=19", "six", fast, extras=["fast"], build=setuptools)
    index.add("hand", "1.1.1", "attrs>=19", "six", fast, extras=["fast"], build=setuptools)
    index.add("hand", "1.2", "attrs>=19", "six", "idna", fast, extras=["fast"], build=setuptools)
    index.add("hand", "2.0", "attrs>=23", "newcomer", fast, extras=["fast"], build=setuptools)
    index.add("newcomer", "0.1", build=setuptools)
    hashes = {name: hashlib.sha256(file).hexdigest() for name, file in index.files.items()}
    recipe = spack.repo / "packages" / "py_hand" / "package.py"
    recipe.parent.mkdir()
    text = RECIPE.replace("{new}", hashes["hand-1.1.tar.gz"])
    recipe.write_text(text.replace("{old}", hashes["hand-1.0.tar.gz"]))
    return recipe


def synced(spack: Spack, server: IndexServer, *arguments: str) -> subprocess.CompletedProcess[str]:
    return spack.run("pypi", "sync", *arguments, "--index-url", server.url)


def changed(before: str, after: str) -> list[str]:
    lines = difflib.ndiff(before.splitlines(), after.splitlines())
    return [line for line in lines if line[0] in "+-" and " version(" not in line]


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
    (record,) = json.loads(report.read_text())
    assert (record["yanked"], record["vulnerable"]) == (["1.0"], {"1.0": ["PYSEC-1"]})
    server.served.requests.clear()
    done = synced(spack, server, "--list")
    assert "; yanked: 1.0" in done.stdout
    assert "vulnerable" not in done.stdout
    assert not [path for path in server.served.requests if path.startswith("/pypi/")]


#: What 2.0 asks for otherwise.
LATEST = [
    '-         depends_on("py-six", when="@1:")',
    '+         depends_on("py-attrs@23:", when="@2:")',
    '+         depends_on("py-newcomer", when="@2:")',
    '+         depends_on("py-six", when="@1")',
]


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
    assert "  added py-newcomer" in done.stdout
    assert "  removed py-six" in done.stdout
    assert "  tightened py-attrs@19: to py-attrs@23:" in done.stdout
    assert "  with py-newcomer, new" in done.stdout
    (record,) = json.loads((spack.folder / "report").read_text())
    assert (record["current"], record["new"]) == ("1.1", ["2.0"])
    assert "2.0" not in hand.read_text()


BASE = '''\
from spack_repo.builtin.build_systems.python import PythonPackage

from spack.package import *


class PyBase(PythonPackage):
    """What others build upon."""

    pypi = "base/base-1.0.tar.gz"

    version("1.0", sha256="0")

    depends_on("py-setuptools", type="build")
'''


def base_recipe(spack: Spack) -> Path:
    recipe = spack.repo / "packages" / "py_base" / "package.py"
    recipe.parent.mkdir()
    recipe.write_text(BASE.replace('sha256="0"', f'sha256="{"0" * 64}"'))
    return recipe


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


LOOP = """    for needed in ("attrs",):
        depends_on(f"py-{needed}@:22", type=("build", "run"))
"""


def another(
    spack: Spack, server: IndexServer, project: str, lines: str = "", requires: Sequence[str] = ()
) -> Path:
    """A recipe of 1.0, with more lines, whose project has a release 2.0."""
    server.served.add(project, "1.0", build=["setuptools"])
    server.served.add(project, "2.0", *requires, build=["setuptools"])
    recipe = spack.repo / "packages" / f"py_{project}" / "package.py"
    recipe.parent.mkdir()
    text = BASE.replace("Base", project.capitalize()).replace("base", project)
    hashed = text.replace('sha256="0"', f'sha256="{"0" * 64}"')
    recipe.write_text(hashed + lines)
    return recipe


def test_each_of_several_is_done_for_itself(spack: Spack, server: IndexServer, hand: Path) -> None:
    """Whatever is wrong with one of them, what went before and what follows is done."""
    loop = '    for each in (1,):\n        depends_on(f"py-idna@{each}:")\n'
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
    """Spack then can audit no other either: nothing is written, and each is told."""
    before = hand.read_text()
    another(spack, server, "raising", "    1 / 0\n")
    done = synced(spack, server, "raising", "hand")
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert lines[0].startswith("py-raising: the recipe of py-raising cannot be loaded")
    assert lines[1].startswith("py-hand 1.1: not changed: audit: cannot load package 'py-raising'")
    assert "Error: not all that was asked for could be done" in done.stderr
    assert hand.read_text() == before


@pytest.mark.parametrize("command", ["check", "sync --list", "sync --dry-run"])
@pytest.mark.parametrize("names", ["py-raising", "raising", ""])
def test_a_recipe_that_cannot_be_loaded_is_an_error(
    spack: Spack, server: IndexServer, hand: Path, command: str, names: str
) -> None:
    another(spack, server, "raising", "    1 / 0\n")
    arguments = [*command.split(), *names.split(), "-N", "site", "--index-url", server.url]
    done = spack.run("pypi", *arguments)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "py-raising: " in done.stdout
    assert "the recipe of py-raising cannot be loaded: cannot load package" in done.stdout
    assert "division by zero" in done.stdout
    assert names or "\n2 recipes, " in done.stdout  # the others go on


def test_a_version_that_only_some_have(spack: Spack, server: IndexServer, hand: Path) -> None:
    other = another(spack, server, "other")
    before = other.read_text()
    done = synced(spack, server, "other", "hand", "--to", "1.2")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "py-other 1.0: not changed: the index has no release 1.2" in done.stdout
    assert "py-hand 1.1 -> 1.2" in done.stdout
    assert other.read_text() == before


def test_a_dependency_that_was_changed_before_its_turn(
    spack: Spack, server: IndexServer, hand: Path
) -> None:
    base = another(spack, server, "base")
    server.served.add("hand", "3.0", "attrs>=23", "base>=2", build=["setuptools"])
    done = synced(spack, server, "hand", "base")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "py-base 2.0: current" in done.stdout
    assert base.read_text().count("version(") == 2


def test_a_program_is_left_to_its_author(spack: Spack, server: IndexServer, hand: Path) -> None:
    """2.0 wants attrs>=23, which a loop forbids: what is new is told, and nothing is written."""
    before = hand.read_text().replace(
        '    depends_on("zlib")\n', f'    depends_on("zlib")\n{LOOP}'
    )
    hand.write_text(before)
    done = synced(spack, server, "hand")
    assert done.returncode == 1
    assert hand.read_text() == before
    assert "py-hand 1.1: not changed: 2.0 py-attrs too narrow" in done.stdout
    assert 'version("2.0"' in done.stdout
    assert 'depends_on("py-newcomer", when="@2:")' in done.stdout


QUIET = '''\
from spack_repo.builtin.build_systems.python import PythonPackage

from spack.package import *


class PyQuietLog(PythonPackage):
    """Structured logging."""

    pypi = "{pypi}"

    version("1.0", sha256="{old}")

    depends_on("py-setuptools", type="build")

    @property
    def import_modules(self):
        return ["quiet_log"]
'''

STEM = [
    "+     def url_for_version(self, version):",
    '+         name = "quiet_log" if version >= Version("2") else "quiet-log"',
    '+         return self.url.rsplit("/", 1)[0] + f"/{name}-{version}.tar.gz"',
    "+ ",
]

SUFFIX = [
    "+     def url_for_version(self, version):",
    '+         if version >= Version("2"):',
    '+             archive = f"quiet_log-{version}.tar.gz"',
    "+         else:",
    '+             archive = f"quiet_log-{version}.zip"',
    '+         return self.url.rsplit("/", 1)[0] + f"/{archive}"',
    "+ ",
]


def quiet(spack: Spack, server: IndexServer, old: str, method: str = "") -> Path:
    """A recipe whose only release, the archive ``old``, was followed by another."""
    index = server.served
    archive = zip_bytes if old.endswith(".zip") else sdist_bytes
    index.publish("quiet-log", old, archive("quiet_log", "1.0", {}))
    index.add("quiet-log", "2.0", build=["setuptools"])
    recipe = spack.repo / "packages" / "py_quiet_log" / "package.py"
    recipe.parent.mkdir()
    text = QUIET.replace("{pypi}", f"quiet-log/{old}")
    text = text.replace("{old}", hashlib.sha256(index.files[old]).hexdigest())
    recipe.write_text(text + method)
    return recipe


@pytest.mark.parametrize(
    "old, method", [("quiet-log-1.0.tar.gz", STEM), ("quiet_log-1.0.zip", SUFFIX)]
)
def test_renamed_archives(spack: Spack, server: IndexServer, old: str, method: list[str]) -> None:
    recipe = quiet(spack, server, old)
    before = recipe.read_text()
    done = synced(spack, server, "quiet-log")
    assert done.returncode == 0, done.stdout + done.stderr
    assert changed(before, recipe.read_text()) == [
        f'-     pypi = "quiet-log/{old}"',
        '+     pypi = "quiet-log/quiet_log-2.0.tar.gz"',
        *method,
    ]
    done = spack.run("pypi", "check", "--versions", "all", "-N", "site", "--index-url", server.url)
    # The old archive holds no metadata at all, but it is the one that the index has.
    assert "py-quiet-log 1.0: not checked: its sdist has no PKG-INFO" in done.stdout
    assert "1 recipes, 1 versions: 0 errors" in done.stdout, done.stdout


def test_a_version_from_a_repository_has_no_archive(spack: Spack, server: IndexServer) -> None:
    """Nor does it count where names are told apart: the index has 1.1 with the new one."""
    recipe = quiet(spack, server, "quiet-log-1.0.tar.gz")
    line = f'    version("1.1", commit="{"c" * 40}")\n'
    before = recipe.read_text().replace("    version(", f"{line}    version(", 1)
    recipe.write_text(before.replace("    pypi", '    git = "https://x.example/x.git"\n    pypi'))
    server.served.add("quiet-log", "1.1", build=["setuptools"])
    done = synced(spack, server, "quiet-log")
    assert done.returncode == 0, done.stdout + done.stderr
    assert 'if version >= Version("1.1") else' in recipe.read_text()


def test_a_method_of_a_person_names_archives_as_it_did(spack: Spack, server: IndexServer) -> None:
    method = "\n    def url_for_version(self, version):\n        return self.url\n"
    recipe = quiet(spack, server, "quiet-log-1.0.tar.gz", method)
    before = recipe.read_text()
    done = synced(spack, server, "quiet-log")
    assert done.returncode == 0, done.stdout + done.stderr
    added = [line for line in recipe.read_text().splitlines() if line not in before.splitlines()]
    address = f'url="{server.address}/files/quiet_log-2.0.tar.gz",'
    assert [line.strip() for line in added if "url" in line] == [address]
    assert changed(before, recipe.read_text())[-1] == "+     )"


def test_a_method_that_knows_the_new_name_needs_no_address(
    spack: Spack, server: IndexServer
) -> None:
    """What the recipe makes up for a version that it does not list yet is what Spack would say."""
    method = """
    def url_for_version(self, version):
        name = "quiet_log" if version >= Version("1.5") else "quiet-log"
        return self.url.rsplit("/", 1)[0] + f"/{name}-{version}.tar.gz"
"""
    recipe = quiet(spack, server, "quiet-log-1.0.tar.gz", method)
    before = recipe.read_text()
    done = synced(spack, server, "quiet-log")
    assert done.returncode == 0, done.stdout + done.stderr
    assert 'version("2.0", sha256=' in recipe.read_text()
    assert changed(before, recipe.read_text()) == []


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
        '+         depends_on("py-six", when="@1")',
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
