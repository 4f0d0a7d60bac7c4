"""What a package means: where it can be installed; and what it meant when its recipe is no longer
the one that Spack loads."""

from __future__ import annotations

import json

import pytest

from tests.conftest import Spack
from tests.spack.forks import Job, said

pytestmark = pytest.mark.spack

RECIPE = '''\
from spack_repo.builtin.build_systems.python import PythonPackage

from spack.package import *


class PyQuietLog(PythonPackage):
    """Structured logging."""

    pypi = "quiet-log/{stem}-1.0.tar.gz"

    version("1.0", sha256="{sha256}")

    depends_on("py-attrs@{attrs}", type=("build", "run"))
    conflicts("^py-yaml@{yaml}", when="@1.0")
'''.replace("{sha256}", "a" * 64)
INHERITING = """\
from spack_repo.builtin.packages.py_six.package import PySix as BuiltinPySix

from spack.package import *


class PySix(BuiltinPySix):
    version("99.0", sha256="{sha256}")

    depends_on("py-setuptools@:70", type="build")
""".replace("{sha256}", "b" * 64)
SCRIPT = """
import json, sys
from spack_pypi.host.port import Cell
from spack_pypi.host.spack.host import SpackHost
from spack_pypi.workflow.compare.unchanged import changes

host = SpackHost()
target = host.repos.target(None, None, write=True)
package, text = sys.argv[1:]
before = host.evaluator.meaning(package)
with host.writer.stage(target, {package: text}) as staging:
    assert not list(staging.load())
    after = host.evaluator.meaning(package)
    found = list(changes(before, after, [Cell("3.11.1", "linux", "x86_64")]))
print(json.dumps(found))
"""


#: (stem of the archive, range of attrs, range of yaml, what has changed).
REPLACED = [
    ("quiet_log", "19:", ":5", []),
    ("quiet-log", "19:", ":5", ["version 1.0"]),
    (
        "quiet_log",
        "20:",
        ":5",
        [
            "dependencies of 1.0 with Python 3.11.1 on linux x86_64: "
            "'py-attrs@19:' (build, run) and 'py-attrs@20:' (build, run)"
        ],
    ),
    (
        "quiet_log",
        "19:",
        ":4",
        [
            "dependencies of 1.0 with Python 3.11.1 on linux x86_64: "
            "'conflicts ^py-yaml@:4' () and 'conflicts ^py-yaml@:5' ()"
        ],
    ),
]


def replacing(stem: str, attrs: str, yaml: str) -> Job:
    before = {"py_quiet_log": RECIPE.format(stem="quiet_log", attrs="19:", yaml=":5")}
    text = RECIPE.format(stem=stem, attrs=attrs, yaml=yaml)
    return Job(SCRIPT, before, ["py-quiet-log", text])


@pytest.mark.parametrize("stem, attrs, yaml, change", REPLACED)
def test_a_recipe_that_replaces_another(
    every_spack: Spack, stem: str, attrs: str, yaml: str, change: list[str]
) -> None:
    assert said(every_spack, JOBS)[f"{stem} {attrs} {yaml}"] == change


def test_a_recipe_that_inherits_another_and_tightens_it(every_spack: Spack) -> None:
    """Its own class has the line of the other one, made narrower."""
    changes = said(every_spack, JOBS)["inheriting"]
    assert changes, "none is found"
    assert {change.partition(": ")[2] for change in changes} == {
        "'py-setuptools' (build) and 'py-setuptools@:70' (build)"
    }


RUNS = """\
from spack_repo.builtin.build_systems.python import PythonPackage

from spack.package import *


class PyRuns(PythonPackage):
    pypi = "runs/runs-1.0.tar.gz"

    version("2.0", sha256="{sha256}")
    version("1.0", sha256="{sha256}")
    variant("fast", default=False)

    license("MIT OR ISC", when="@2:", checked_by="someone")
    license("GPL-3.0", when="@:1+fast")

    depends_on("python@3.10:", type=("build", "run"), when="@2:")
    depends_on("python@:3.12", type=("build", "run"), when="platform=darwin")
    depends_on("python@:3.11", type=("build", "run"), when="+fast")
    conflicts("platform=windows")
    conflicts("+fast target=aarch64:", when="@2: platform=linux")
    conflicts("^python@3.13:", when="@:1 platform=linux")
    depends_on("pil@8:", type=("build", "run"))
    patch("pins.patch", when="@:1")
    patch("https://x.example/fast.patch", sha256="{sha256}", when="@2:")

    def patch(self):
        filter_file("tomli.*", "", "pyproject.toml")
        if self.spec.satisfies("@1:"):
            filter_file("attrs.*", "", "setup.py")
""".replace("{sha256}", "a" * 64)
PATCH = """\
--- a/setup.cfg
+++ b/setup.cfg
@@ -1 +1 @@
-    six<2
+    six
"""
# (version, fast, Python, platform, target, whether it can be installed)
CELLS = [
    ("1.0", False, "3.9.1", "linux", "x86_64", True),
    ("2.0", False, "3.9.1", "linux", "x86_64", False),
    ("2.0", False, "3.10.0", "linux", "x86_64", True),
    ("2.0", False, "3.13.0", "linux", "x86_64", True),
    ("1.0", False, "3.13.0", "linux", "x86_64", False),
    ("1.0", False, "3.12.9", "darwin", "aarch64", True),
    ("1.0", False, "3.13.0", "darwin", "aarch64", False),
    ("1.0", False, "3.11.0", "windows", "x86_64", False),
    ("2.0", True, "3.11.0", "linux", "x86_64", True),
    ("2.0", True, "3.12.0", "linux", "x86_64", False),
    ("2.0", True, "3.11.0", "linux", "aarch64", False),
    ("2.0", False, "3.11.0", "linux", "aarch64", True),
    ("1.0", True, "3.11.0", "linux", "aarch64", True),
    ("2.0", True, "3.11.0", "darwin", "aarch64", True),
]
WHERE = """
import json, sys
from spack_pypi.host.port import Cell
from spack_pypi.host.spack.host import SpackHost

meaning = SpackHost().evaluator.meaning("py-runs")
print(json.dumps([[meaning.license(version) for version in ("2.0", "1.0", "3.0")], [
    meaning.runs_in(version, {**meaning.variants, "fast": fast})(Cell(python, platform, target))
    for version, fast, python, platform, target, _ in json.loads(sys.argv[1])
], [[each.package, each.text, each.accepts("8.1")] for each in meaning.lines if "pil" in each.text
], [[[each.by, each.file, each.lines] for each in meaning.source_changes(version)]
    for version in ("2.0", "1.0", "0.5")
]]))
"""


def test_where_a_version_can_be_installed_and_its_licence(every_spack: Spack) -> None:
    licenses, cells, virtual, changes = said(every_spack, JOBS)["runs"]
    assert cells == [row[-1] for row in CELLS]
    # One that depends on a variant, and a version that is not listed, have none for certain.
    assert licenses == ["MIT OR ISC", "", ""]
    # What is said of the virtual package concerns the project's, which provides it.
    assert virtual == [["py-pillow", "pil@8:", True]]
    # What patches and methods change in files that say what is required, of any version.
    by_method = ["patch()", "pyproject.toml", ['"tomli.*"']]
    of_some = ["patch()", "setup.py", ['"attrs.*"']]
    older = [["pins.patch", "setup.cfg", ["    six<2", "    six"]], by_method]
    newest = [["https://x.example/fast.patch", "", None], by_method, of_some]
    assert changes == [newest, [*older, of_some], older]


JOBS = {
    **{
        f"{stem} {attrs} {yaml}": replacing(stem, attrs, yaml) for stem, attrs, yaml, _ in REPLACED
    },
    "inheriting": Job(SCRIPT, arguments=["py-six", INHERITING]),
    "runs": Job(WHERE, {"py_runs": RUNS, "py_runs/pins.patch": PATCH}, [json.dumps(CELLS)]),
}
