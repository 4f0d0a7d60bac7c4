"""What Spack's own class fetches for each version of a new recipe is what the index has, however
much the project's name looks like a version."""

from __future__ import annotations

import pytest

from tests.conftest import Spack
from tests.index_server import IndexServer

pytestmark = pytest.mark.spack

PROJECTS = [
    "plain", "githubkit-schemas-2026-03-10", "foo-2", "foo2", "foo-v2", "2to3-like", "py3-thing",
    "thing-py3", "dotted.name.3", "year-2024", "x64", "a1-b2-c3", "linux-x86_64", "rc1-notes",
    "beta-3-alpha",
]  # fmt: skip

SCRIPT = """
import json, sys
import spack.repo, spack.spec
found = {}
for name in sys.argv[1:]:
    cls = spack.repo.PATH.get_pkg_class(name)
    found[name] = {
        str(v): cls(spack.spec.Spec(f"{name}@={v}")).url_for_version(v).rpartition("/")[2]
        for v in cls.versions
    }
print(json.dumps(found))
"""


def test_archives(every_spack: Spack, server: IndexServer) -> None:
    """Also where the archive of the first release has another name than the later ones."""
    spack = every_spack
    expected: dict[str, dict[str, str]] = {}
    projects = [(name, name) for name in PROJECTS] + [(f"q-{name}", "") for name in PROJECTS]
    for project, renamed in projects:
        package = "py-" + project.replace(".", "-").replace("_", "-")
        expected[package] = {}
        for version in ("1.0", "1.1.post1", "2024.9.5"):
            underscores = project.replace("-", "_").replace(".", "_")
            stem = renamed if renamed and version == "1.0" else underscores
            server.served.add(project, version, stem=stem)
            expected[package][version] = f"{stem}-{version}.tar.gz"
    arguments = ["--no-deps", "--index-url", server.url, "--verify", "load"]
    done = spack.run("pypi", "create", *(name for name, _ in projects), *arguments)
    assert done.returncode == 0, done.stderr
    assert spack.python(SCRIPT, *expected) == expected
    addressed = [name for name, text in spack.recipes().items() if " url=" in text]
    assert "py_plain" not in addressed, "what Spack finds by itself needs no address"
    assert "py_q_foo_2" in addressed


CLASSES = """\
from spack_repo.builtin.build_systems.python import PythonPackage

from spack.package import *


class {name}(PythonPackage):
    pypi = "foo/foo-1.0.tar.gz"

{versions}

{own}
"""
DECLARED = """\
    version("1.0", sha256="{sha}")
    version("1.1", sha256="{sha}", deprecated=True)
    version("1.2", sha256="{sha}", url="https://files.example/packages/py3/f/foo/Foo-1.2.whl")
    version("1.3", sha256="{sha}", url="https://elsewhere.example/foo-1.3.zip")
    version("1.4", git="https://git.example/foo.git", commit="{sha}")
    version("main", branch="main")
""".replace("{sha}", "a" * 64)
PLAIN = DECLARED.splitlines(keepends=True)[0]
URL = "https://files.example/packages/source/f/foo"
#: Recipes that differ in how Spack comes to the addresses of their archives; what is found.
NAMED = {
    "py-declared": (
        DECLARED,
        "",
        {"1.1": "foo-1.1.tar.gz", "1.2": "Foo-1.2.whl", "asked": "Foo-1.2.whl"},
    ),
    "py-same": (PLAIN, "", {}),
    "py-method": (
        PLAIN,
        f'    def url_for_version(self, version):\n        return "{URL}/own-" + str(version)\n',
        {"1.0": "own-1.0", "7": "own-7", "asked": "own-1.2"},
    ),
    "py-spelled": (
        PLAIN,
        '    def url_version(self, version):\n        return "v" + str(version)\n',
        {"1.0": "foo-v1.0.tar.gz", "7": "foo-v7.tar.gz", "asked": "foo-v1.2.tar.gz"},
    ),
    "py-several": (
        PLAIN,
        f'    url = None\n    urls = ["{URL}/b-1.0.zip", "{URL}/c-1.0.zip"]\n',
        {"1.0": "b-1.0.zip", "7": "b-7.zip", "asked": "b-1.2.zip"},
    ),
    "py-raises": (
        PLAIN,
        "    def url_for_version(self, version):\n        raise ValueError\n",
        {"1.0": "", "7": "", "asked": ""},
    ),
}
#: In two orders, from what is kept of one class to the next; the evaluator
#: is asked about versions that are declared and about others.
ASKED = """
import json, sys
from spack_pypi.host.spack.host import SpackHost

found = []
for names in (sys.argv[1:], sys.argv[:0:-1]):
    evaluator = SpackHost().evaluator
    found.append({
        name: {
            **{v.text: evaluator.meaning(name).archive(v.text)
               for v in evaluator.meaning(name).versions},
            "7": evaluator.archive(name, "7"),
            "asked": evaluator.archive(name, "1.2"),
            "none": evaluator.meaning(name).archive("6"),
        }
        for name in names
    })
print(json.dumps(found))
"""


def test_what_is_kept_of_one_recipe_is_true_of_another(every_spack: Spack) -> None:
    expected = {}
    for package, (versions, own, named) in NAMED.items():
        folder = every_spack.repo / "packages" / package.replace("-", "_")
        folder.mkdir()
        name = package.title().replace("-", "")
        text = CLASSES.format(name=name, versions=versions, own=own)
        (folder / "package.py").write_text(text)
        plain = {"1.0": "foo-1.0.tar.gz", "7": "foo-7.tar.gz", "asked": "foo-1.2.tar.gz"}
        expected[package] = {**plain, "none": "", **named}
    expected["py-declared"].update({"1.3": "", "1.4": "", "main": ""})
    assert every_spack.python(ASKED, *NAMED) == [expected, expected]
