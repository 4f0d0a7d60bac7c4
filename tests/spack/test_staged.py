"""What the host says of a package is what its recipe says now: staged, moved in, left again."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Spack
from tests.spack.forks import Job, said

pytestmark = pytest.mark.spack

RECIPE = '''\
from spack_repo.builtin.build_systems.python import PythonPackage

from spack.package import *


class PyQuietLog(PythonPackage):
    """Structured logging."""

    pypi = "quiet-log/quiet_log-{version}.tar.gz"

    version("{version}", sha256="{sha256}")

    depends_on("py-attrs@{version}:", type=("build", "run"))
'''
#: ``reported`` is what the host knows of a package: its namespace, its versions as a `Package` and
#: as a `Meaning`, the range of what it requires, the archive of a version.
PRELUDE = """
import json, sys
from spack_pypi.host.spack.host import SpackHost

host = SpackHost()
target = host.repos.target(None, None, write=True)
old, new = sys.argv[1:]

def reported(name):
    package = host.repos.package(name)
    if package is None:
        return None
    meaning = host.evaluator.meaning(name)
    needs = [line.text for line in meaning.lines if line.package == "py-attrs"]
    return [
        package.namespace == "site", list(package.versions), [v.text for v in meaning.versions],
        needs, host.evaluator.archive(name, "7"), host.repos.recipe_texts(name)[0] == new,
    ]

"""


TEXTS = [RECIPE.replace("{version}", v).replace("{sha256}", "a" * 64) for v in ("1.0", "2.0")]


def job(script: str, there: bool) -> Job:
    """A script that is given both texts; the first one may be ``there`` already."""
    return Job(PRELUDE + script, {"py_quiet_log": TEXTS[0]} if there else {}, TEXTS)


def recipe(version: str, here: bool) -> list[Any]:
    needs = [f"py-attrs@{version}:"]
    return [here, [version], [version], needs, "quiet_log-7.tar.gz", version == "2.0"]


LEFT = """
answers = [reported("py-quiet-log")]
with host.writer.stage(target, {"py-quiet-log": new}) as staging:
    answers += [[p.message for p in staging.load()], reported("py-quiet-log")]
answers.append(reported("py-quiet-log"))
print(json.dumps(answers))
"""


@pytest.mark.parametrize("there", [False, True])
def test_what_was_staged_and_left(every_spack: Spack, there: bool) -> None:
    before = recipe("1.0", here=True) if there else None
    staged = recipe("2.0", here=False)
    assert said(every_spack, JOBS)[f"left {there}"] == [before, [], staged, before]


MOVED_IN = """
answers = [reported("py-quiet-log")]
with host.writer.stage(target, {"py-quiet-log": new}) as staging:
    reported("py-quiet-log")
    staging.commit()
answers.append(reported("py-quiet-log"))
with host.writer.stage(target, {"py-quiet-log": old}) as staging:
    answers.append(reported("py-quiet-log"))
    staging.commit()
answers.append(reported("py-quiet-log"))
print(json.dumps(answers))
"""


@pytest.mark.parametrize("there", [False, True])
def test_what_was_moved_in(every_spack: Spack, there: bool) -> None:
    before = recipe("1.0", here=True) if there else None
    moved_in = recipe("2.0", here=True)
    staged, back = recipe("1.0", here=False), recipe("1.0", here=True)
    assert said(every_spack, JOBS)[f"moved in {there}"] == [before, moved_in, staged, back]


INHERITED = """
overlay = (
    "from spack_repo.site.packages.py_quiet_log.package import PyQuietLog as SitePyQuietLog\\n\\n"
    "from spack.package import *\\n\\n\\nclass PyLoudLog(SitePyQuietLog):\\n"
    '    version("3.0", sha256="' + "b" * 64 + '")\\n'
)
with host.writer.stage(target, {"py-loud-log": overlay}) as staging:
    answers = [reported("py-loud-log")[1]]
    staging.commit()
answers.append(reported("py-loud-log")[1])
with host.writer.stage(target, {"py-quiet-log": new}) as staging:
    staging.commit()
answers.append(reported("py-loud-log")[1])
print(json.dumps(answers))
"""


def test_what_inherits_what_was_moved_in(spack: Spack) -> None:
    first, later = ["3.0", "1.0"], ["3.0", "2.0"]
    assert said(spack, JOBS)["inherited"] == [first, first, later]


FORGOTTEN = """
import gc, spack.repo, weakref

with host.writer.stage(target, {"py-quiet-log": new}) as staging:
    staging.load()
    reported("py-quiet-log")
    staging.audit()
    found = weakref.ref(spack.repo.PATH.get_pkg_class("py-quiet-log"))
    here = found() is not None
gc.collect()
print(json.dumps([here, found() is None]))
"""


def test_nothing_of_what_was_staged_stays_in_memory(every_spack: Spack) -> None:
    """A run may stage thousands of recipes, and do so several times."""
    assert said(every_spack, JOBS)["forgotten"] == [True, True]


DEPRECATED = r"""
lines = '''
    version("main", branch="main", deprecated=True)
    version("2.0", sha256="{0}", deprecated=True)
    with default_args(deprecated=True):
        version("1.2", sha256="{0}")
        version("1.10", sha256="{0}")
        version("1.3", sha256="{0}", deprecated=False)
'''.format("a" * 64)
text = new.replace("    depends_on", lines + "    depends_on")
with host.writer.stage(target, {"py-quiet-log": text}):
    package = host.repos.package("py-quiet-log")
print(json.dumps([package.versions, package.deprecated]))
"""


def test_deprecated_versions(every_spack: Spack) -> None:
    """Those that say so themselves, and those of a block; branches are not versions."""
    versions, deprecated = said(every_spack, JOBS)["deprecated"]
    assert versions == ["1.3"]
    assert deprecated == ["2.0", "1.10", "1.2"]


BY_CMAKE = r"""
answers = []
for where in (host.packages_url(), "https://files.example/"):
    other = "cmake import CMakePackage\nfrom spack_repo.builtin.build_systems.python import "
    text = new.replace("python import PythonPackage", other + "PythonExtension")
    text = text.replace("(PythonPackage)", "(CMakePackage, PythonExtension)")
    text = text.replace('pypi = "', f'url = "{where}source/q/')
    text = text.replace("    depends_on", '    extends("python")\n\n    depends_on')
    with host.writer.stage(target, {"py-quiet-log": text}) as staging:
        problems = [problem.message for problem in staging.load()]
        package = host.repos.package("py-quiet-log")
        answers.append([problems, package.from_index, reported("py-quiet-log")[1:5]])
print(json.dumps(answers))
"""


def test_what_cmake_builds_from_an_archive_of_the_index(every_spack: Spack) -> None:
    """It gets new versions; what has its archives elsewhere does not."""
    known = [["2.0"], ["2.0"], ["py-attrs@2.0:"], "quiet_log-7.tar.gz"]
    on_index, elsewhere = said(every_spack, JOBS)["by-cmake"]
    assert on_index == [[], True, known]
    assert elsewhere[:2] == [[], False]


DRY = """
before = sorted(map(str, target.root.rglob("*")))
dry = host.repos.target(None, None, write=False)
with host.writer.stage(dry, {"py-quiet-log": new}) as staging:
    inside = sorted(map(str, dry.root.rglob("*"))) == before
    problems = [problem.message for problem in staging.load()]
    answers = [problems, reported("py-quiet-log")[1], inside]
print(json.dumps(answers))
"""


def test_a_dry_run_puts_nothing_into_the_repo(spack: Spack) -> None:
    """Not even for a moment: the repo may be somebody else's."""
    assert said(spack, JOBS)["dry"] == [[], ["2.0"], True]


OTHERS = """
kept = host.repos.package("py-attrs")
with host.writer.stage(target, {"py-quiet-log": new}) as staging:
    same = host.repos.package("py-attrs") is kept
same = same and host.repos.package("py-attrs") is kept
print(json.dumps([same]))
"""


def test_other_packages_are_not_read_again(spack: Spack) -> None:
    assert said(spack, JOBS)["others"] == [True]


BYTECODE = """
sys.dont_write_bytecode = False
with host.writer.stage(target, {"py-quiet-log": new}) as staging:
    assert not list(staging.load())
    written = [str(file) for file in staging.folders["py-quiet-log"].rglob("*.pyc")]
print(json.dumps([written, sys.dont_write_bytecode]))
"""


def test_no_bytecode_is_written_of_what_is_staged(every_spack: Spack) -> None:
    assert said(every_spack, JOBS)["bytecode"] == [[], False]


JOBS = {
    **{f"left {there}": job(LEFT, there) for there in (False, True)},
    **{f"moved in {there}": job(MOVED_IN, there) for there in (False, True)},
    "inherited": job(INHERITED, there=True),
    "forgotten": job(FORGOTTEN, there=False),
    "deprecated": job(DEPRECATED, there=False),
    "by-cmake": job(BY_CMAKE, there=False),
    "dry": job(DRY, there=False),
    "others": job(OTHERS, there=True),
    "bytecode": job(BYTECODE, there=False),
}
