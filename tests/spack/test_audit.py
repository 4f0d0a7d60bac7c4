"""What we use of the audit of each Spack (`spack_pypi.host.spack.audit`)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Spack
from tests.spack.forks import said
from tests.spack.made_up import staging
from tests.spack.shared import use_part_of_builtin

pytestmark = pytest.mark.spack


def audited(spack: Spack) -> dict[str, Any]:
    """What each job says, beside few packages of builtin: to index all of them takes a minute."""
    use_part_of_builtin(spack, ["mpich"])
    return said(spack, JOBS)


ONE = ['version("1.0"SHA256)']
ODD = [*ONE, 'depends_on("mup-nothing")']


INDEXES = """
with host.writer.stage(target, texts) as staging:
    root = str(staging.folders["mupodd"])
    namespace = spack.repo.PATH.first_repo().namespace
    problems = [[p.package, p.message, root in p.message] for p in staging.audit()]
    spack.repo.PATH.is_virtual("mpi")
    there = sorted(file.name for file in index_files(namespace))
left = [file.name for file in Path(spack.caches.MISC_CACHE.root).rglob(f"*{namespace}*")]
print(json.dumps([problems, there, left]))
"""


def test_indexes_and_audit_of_staged_recipes(every_spack: Spack) -> None:
    """What Spack keeps of a repo is found, and deleted; what it complains of names the recipe, and
    not where it lies for now."""
    problems, there, left = audited(every_spack)["indexes"]
    assert problems
    for package, message, has_path in problems:
        assert (package, has_path) == ("mupodd", False)
        assert "mup-nothing" in message and not message.startswith("mupodd")
    assert {name.startswith(".") for name in there} == {False, True}
    assert left == []


METHODS = """
import inspect
before = inspect.getsource
with host.writer.stage(target, texts) as staging:
    problems = [p.package for p in staging.audit() if "install_test_root" in p.message]
print(json.dumps([problems, inspect.getsource is before]))
"""


def test_the_audit_reads_the_methods_of_each_recipe(every_spack: Spack) -> None:
    """The same source, read once, is read for all recipes; afterwards sources are read as ever."""
    assert audited(every_spack)["methods"] == [["mupone", "muptwo"], True]


FEW = """
import sys
from spack_pypi.host.spack import staging as module

def found(most):
    module.MOST_LOADED = most
    with host.writer.stage(target, texts) as staging:
        problems = {p.package for step in (staging.load, staging.audit) for p in step()}
        folders = {folder.name for folder in staging.folders.values()}
        loaded = {part for name in sys.modules for part in name.split(".") if part in folders}
    return [sorted(problems), sorted(loaded)]
print(json.dumps([found(1000), found(1)]))
"""


def test_only_so_many_recipes_are_loaded_at_once(every_spack: Spack) -> None:
    """What is forgotten is loaded again where it is needed, and the same is found."""
    whole, parts = audited(every_spack)["few"]
    assert whole == [["mupone", "muptwo"], ["mupone", "muptwo"]]
    assert parts == [["mupone", "muptwo"], ["muptwo"]]


NO_INDEX = """
def index(repos):
    asked.append(repos)
    return {"mup-nothing": ()}
asked = []
spack.repo.RepoPath.provider_index = property(index)
with host.writer.stage(target, texts) as staging:
    problems, times = staging.audit(), len(asked)
    still = spack.repo.PATH.is_virtual("mpi")
print(json.dumps([[p.message for p in problems], times, still, len(asked) - times]))
"""


def test_the_audit_needs_no_index_of_all_packages(every_spack: Spack) -> None:
    """That would be a minute on a fresh machine."""
    found = audited(every_spack)
    assert found["no index"] == [[], 0, False, 1]
    problems, times, _, _ = found["newer"]
    assert "mupone@2:" in problems[0] and times == 0
    problems, times, _, _ = found["nothing"]
    assert problems == [] and times > 0


BESIDE = """
import multiprocessing, os
from spack_pypi.host.spack import staging as module

with host.writer.stage(target, texts) as staging:
    here = [[p.package, p.message] for p in staging.audit()]

audited = module.audited
def elsewhere(*arguments):
    for package, text in audited(*arguments):
        yield package, f"{os.getpid()}: {text}"
module.audited = elsewhere
with host.writer.stage(target, texts) as staging:
    staging.begin_audit()
    beside = [[p.package, *p.message.split(": ", 1)] for p in staging.audit()]
with host.writer.stage(target, texts) as staging:
    staging.begin_audit()
pids = {pid for _, pid, _ in beside}
same = sorted([package, text] for package, _, text in beside) == sorted(here)
left = multiprocessing.active_children()
print(json.dumps([len(here), same, str(os.getpid()) in pids, len(pids), left]))
"""


def test_an_audit_beside_what_follows(every_spack: Spack) -> None:
    """It finds what an audit here finds, in a process of its own; it may be begun in vain."""
    number, same, is_here, processes, left = audited(every_spack)["beside"]
    assert number > 0 and same
    assert (is_here, processes, left) == (False, 1, [])


TWICE = [*ONE, "def check_twice(self):", "    self.install_test_root(self)"]
NEEDS = [*ONE, 'depends_on("mupone")', 'depends_on("c")', 'depends_on("mpi")']
JOBS = {
    "indexes": staging(INDEXES, mupodd=ODD),
    "methods": staging(METHODS, mupone=TWICE, muptwo=TWICE, mupnone=ONE),
    "few": staging(FEW, mupone=ODD, muptwo=ODD),
    "no index": staging(NO_INDEX, mupodd=NEEDS, mupone=ONE),
    "newer": staging(NO_INDEX, mupodd=[*NEEDS, 'depends_on("mupone@2:")'], mupone=ONE),
    "nothing": staging(NO_INDEX, mupodd=ODD),
    "beside": staging(BESIDE, mupodd=ODD),
}
