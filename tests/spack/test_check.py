"""``check`` with Spack's own classes: what ``create`` writes is exact, and drift is found."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from tests.conftest import Spack
from tests.index_server import IndexServer

pytestmark = pytest.mark.spack

REQUIREMENTS = [
    "idna>=2.5,<4",
    "six!=1.12.*,>=1.10",
    "attrs~=23.1",
    "packaging<=24.0",
    'tomli>=1.1; python_version < "3.11"',
    'typing-extensions>4.2; python_full_version < "3.10.2"',
    'colorama; sys_platform == "win32"',
    'psutil; platform_machine == "x86_64" or platform_machine == "aarch64"',
    'pyyaml; os_name == "posix" and python_version >= "3.9"',
    'click; "linux" == sys_platform and platform_machine != "ppc64le"',
    'certifi; python_version not in "3.9, 3.10"',
    'chardet>=3; extra == "fast"',
    'wrapt; extra != "fast"',
    'zipp; implementation_name == "cpython" and platform_python_implementation != "PyPy"',
    'rich; python_version in "3.11, 3.12"',
    'pygments; platform_system == "Darwin" and platform_machine == "arm64"',
    'flask; python_version ~= "3.9" or (os_name == "nt" and extra == "fast")',
    'jinja2>=3.0.dev0; python_full_version < "3.11.0a7"',
    "toml>=1.0rc1,<2.0.post1",
    "wheel-inspect==1.7.1",
    "PyTZ>=2020.1,!=2020.4,<=2024.1",
    "marked[fast]; extra == 'all'",
    "wheel",
]


@pytest.fixture
def marked(server: IndexServer) -> IndexServer:
    """A project with markers and specifiers of every kind, in three releases that differ."""
    for version, left_out in (("1.0", 0), ("1.1", 3), ("2.0", 5)):
        requires = REQUIREMENTS[left_out:] + ["idna>=3"] * bool(left_out)
        server.served.add(
            "marked", version, *requires, python=">=3.8,!=3.9.0", extras=["fast", "all"]
        )
    for name in ("idna", "six", "attrs", "packaging", "tomli", "toml", "jinja2", "wheel-inspect"):
        for version in (
            "0.10",
            "1.7.1",
            "1.7.1.1",
            "2.0",
            "2.0.post1",
            "1.10",
            "1.12.1",
            "2.5",
            "3.4",
            "4.0",
            "23.1.5",
            "24.0",
            "24.0.1",
        ):
            server.served.add(name, version, wheel=False)
    return server


def test_what_create_writes_is_exact(every_spack: Spack, marked: IndexServer) -> None:
    spack = every_spack
    names = ["marked[all]", "--no-deps", "--index-url", marked.url, "--verify", "load"]
    done = spack.run("pypi", "create", *names)
    assert done.returncode == 0, done.stderr
    assert "Declared, but not in the recipes" not in done.stdout
    done = spack.run(
        "pypi", "check", "marked", "--versions", "all", "--strict", "--index-url", marked.url
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 recipe, 3 versions: 0 errors in 0 recipes, 0 notes" in done.stdout


# (a line of the recipe, what a person may have made of it, the code found, the exit code)
DRIFT = [
    ('py-idna@2.5:3"', 'py-idna@2.5:4"', "range-too-wide", 1),
    # more than is declared, which a person may have meant
    ('when="^python@:3.10"', 'when="@:3.10"', "condition-too-wide", 0),
    ('when="platform=windows"', 'when="platform=darwin"', "condition-too-wide", 0),
    ('"py-chardet@3:", when="+fast"', '"py-chardet@3:", when="~fast"', "missing-dependency", 1),
]


def test_a_conflict_narrows_a_range(spack: Spack, marked: IndexServer) -> None:
    """``six!=1.12.*`` may be said by a conflict, as many recipes do."""
    arguments = ["marked==1.0", "--no-deps", "--index-url", marked.url, "--verify", "load"]
    assert spack.run("pypi", "create", *arguments).returncode == 0
    recipe = spack.repo / "packages" / "py_marked" / "package.py"
    text = recipe.read_text()
    (six,) = [line for line in text.splitlines() if "py-six" in line]
    said = text.replace(six.strip(), 'depends_on("py-six@1.10:", type=("build", "run"))')
    for conflict, code in (("", 1), ('    conflicts("^py-six@1.12", when="@1:")\n', 0)):
        recipe.write_text(said + conflict)
        done = spack.run("pypi", "check", "marked", "--index-url", marked.url)
        assert done.returncode == code, done.stdout


def test_many_holes_are_written_as_a_conflict_that_check_misses(
    spack: Spack, marked: IndexServer
) -> None:
    needed = "six>=1.9,!=1.10.*,!=1.12.*,!=1.15.*"
    marked.served.add("holes", "1.0", needed, python=">=3.8", build=["setuptools"])
    arguments = ["holes", "--no-deps", "--index-url", marked.url, "--verify", "load"]
    done = spack.run("pypi", "create", *arguments)
    assert done.returncode == 0, done.stderr
    recipe = spack.repo / "packages" / "py_holes" / "package.py"
    text = recipe.read_text()
    conflict = '    conflicts("^py-six@1.10,1.12,1.15")\n'
    assert '    depends_on("py-six@1.9:", type=("build", "run"))\n' in text
    assert conflict in text
    for written, code in ((text, 0), (text.replace(conflict, ""), 1)):
        recipe.write_text(written)
        done = spack.run("pypi", "check", "holes", "--index-url", marked.url)
        assert done.returncode == code, done.stdout


def test_drift_is_found(spack: Spack, marked: IndexServer) -> None:
    arguments = ["marked[fast]==1.0", "--no-deps", "--index-url", marked.url, "--verify", "load"]
    done = spack.run("pypi", "create", *arguments)
    assert done.returncode == 0, done.stderr
    recipe = spack.repo / "packages" / "py_marked" / "package.py"
    text = recipe.read_text()
    report = spack.folder / "report.json"
    command = ["check", "py-marked", "--json", str(report), "--index-url", marked.url]
    for line, drifted, found, code in DRIFT:
        assert line in text
        recipe.write_text(text.replace(line, drifted, 1))
        done = spack.run("pypi", *command)
        codes = {each["code"] for each in json.loads(report.read_text())["diagnostics"]}
        assert (done.returncode, found in codes) == (code, True), drifted


PARENT = """\
from spack_repo.builtin.build_systems.python import PythonPackage

from spack.package import *


class PyParent(PythonPackage):
    pypi = "parent/parent-1.0.tar.gz"
    version("1.0", sha256="0" * 64)
    variant("quick_start", default=False, description="An extra")
    variant("late", default=True, when="@2:", description="Another one, which older ones lack")
    depends_on("py-hatchling", type="build")
    depends_on("py-zipp", when="+late", type=("build", "run"))
    depends_on("py-rich", when="~late", type=("build", "run"))
"""
CHILD = """\
from spack_repo.site.packages.py_parent.package import PyParent

from spack.package import *


class PyChild(PyParent):
    pypi = "child/child-1.0.tar.gz"
    version("2.0", sha256="0" * 64)
    version("1.0", sha256="0" * 64)
"""


def test_variants_of_the_parent_and_of_some_versions(spack: Spack, server: IndexServer) -> None:
    """Extras are looked at with them, in whatever spelling, where the version has them."""
    for version in ("1.0", "2.0"):
        server.served.add(
            "child",
            version,
            'six; extra == "quick-start"',
            'zipp; extra == "late"',
            extras=["Quick.Start", "late"],
        )
    server.served.add("six", "1.0")
    server.served.add("zipp", "1.0")
    for name, text in (("py_parent", PARENT), ("py_child", CHILD)):
        (spack.repo / "packages" / name).mkdir()
        (spack.repo / "packages" / name / "package.py").write_text(text)
    report = spack.folder / "report.json"
    arguments = ["--versions", "all", "--json", str(report), "--index-url", server.url]
    assert spack.run("pypi", "check", "py-child", *arguments).returncode == 1
    found = {
        (each["code"], each["subject"], *each["versions"])
        for each in json.loads(report.read_text())["diagnostics"]
        if each["code"] not in ("wrong-checksum", "python-too-narrow")
    }
    # Neither +late nor ~late is anything that 1.0 could be.
    assert found == {
        ("missing-dependency", "py-six", "2.0", "1.0"),
        ("extra-dependency", "py-rich", "2.0"),
    }


def test_a_recipe_that_inherits_one_of_another_repo_is_of_its_repo(
    spack: Spack, server: IndexServer
) -> None:
    """It does not say itself which project it is for."""
    server.served.add("idna", "99.1", "six", build=["flit_core"])
    server.served.add("six", "1.0")
    server.served.add("late", "1.0", "idna>=99")
    index = ["--index-url", server.url]
    done = spack.run("pypi", "create", "late", "--verify", "load", *index)
    assert done.returncode == 0, done.stderr
    assert "class PyIdna(BuiltinPyIdna)" in spack.recipes()["py_idna"]
    done = spack.run("pypi", "check", "-r", str(spack.repo), *index)
    assert done.stdout.splitlines()[-1].startswith("2 recipes, 2 versions: 0 errors"), done.stdout


def test_requirements_that_nothing_confirms(spack: Spack, server: IndexServer) -> None:
    """They are compared, and reported; the recipe is not called good."""
    old: dict[str, Any] = {"wheel": False, "metadata_version": "2.1"}
    server.served.add("child", "1.0", "six", **old)
    server.served.add("six", "1.0")
    sha256 = hashlib.sha256(server.served.files["child-1.0.tar.gz"]).hexdigest()
    text = PARENT.replace("PyParent", "PyChild").replace("parent/parent", "child/child")
    (spack.repo / "packages" / "py_child").mkdir()
    recipe = spack.repo / "packages" / "py_child" / "package.py"
    recipe.write_text(text.replace('"0" * 64', f'"{sha256}"'))
    report = spack.folder / "report.json"
    arguments = ["pypi", "check", "py-child", "--json", str(report), "--index-url", server.url]
    done = spack.run(*arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (
        "py-child 1.0: warning: not checked: its only metadata is in an sdist from before"
        in done.stdout
    )
    assert (
        "py-child 1.0: note: py-six is missing: the metadata says six; the recipe" in done.stdout
    )
    assert "0 recipes and 1 version not checked." in done.stdout
    assert "0 errors" not in done.stdout
    severities = {each["severity"] for each in json.loads(report.read_text())["diagnostics"]}
    assert severities == {"warning", "note"}
    assert spack.run(*arguments, "--strict").returncode == 1


def test_only_what_is_new_is_reported(spack: Spack, server: IndexServer) -> None:
    """In CI: what a baseline has or what is ignored is no error; SARIF names file and line."""
    server.served.add("parent", "1.0", "six", python=">=3.11")
    server.served.add("six", "1.0")
    server.served.reports = {("parent", "1.0"): ["PYSEC-1"]}
    recipe = spack.repo / "packages" / "py_parent" / "package.py"
    recipe.parent.mkdir()
    recipe.write_text(PARENT)
    entry = {"code": "missing-dependency", "package": "py-parent", "subject": "py-six"}
    baseline = spack.folder / "baseline.json"
    baseline.write_text(json.dumps({"diagnostics": [{**entry, "versions": ["1.0"]}]}))
    known = ["--baseline", str(baseline)]
    known += ["--ignore", "vulnerable", "--ignore", "wrong-checksum:py-other"]
    report = spack.folder / "report.json"
    arguments = ["--format", "sarif", "--json", str(report), "--index-url", server.url]
    done = spack.run("pypi", "check", "parent", *known, *arguments)
    assert done.returncode == 1, done.stdout + done.stderr
    (run,) = json.loads(done.stdout)["runs"]
    found = {
        result["ruleId"]: result["locations"][0]["physicalLocation"]
        for result in run["results"]
        if result["level"] == "error"
    }
    # Nothing in the recipe is about Python, or a checksum, but the version.
    (version,) = [at for at, line in enumerate(PARENT.splitlines(), 1) if "version(" in line]
    place = {"artifactLocation": {"uri": str(recipe)}, "region": {"startLine": version}}
    assert found == {"wrong-checksum": place, "python-too-wide": place}
    diagnostics = json.loads(report.read_text())["diagnostics"]
    assert [each["code"] for each in diagnostics] == [r["ruleId"] for r in run["results"]]
