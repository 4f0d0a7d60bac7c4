"""What Spack does before it uses its solver for the first time is done beside us."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.conftest import Spack
from tests.spack.made_up import write

pytestmark = pytest.mark.spack

SCRIPT = """
import json, sys, spack.bootstrap, spack.repo
from spack_pypi.host.spack import solver as module
from spack_pypi.host.spack.internals import delete_indexes, index_files
from spack_pypi.host.spack.solver import SpackSolver

NAME = "mupfresh"
module._MANY_PACKAGES = 2
delete_indexes(NAME)
with spack.repo.use_repositories(sys.argv[1], override=False):
"""


def answers(spack: Spack, script: str) -> object:
    """What a script says in a repo that has no index."""
    root = spack.folder / "spack_repo" / "mupfresh"
    (root / "packages").mkdir(parents=True)
    (root / "repo.yaml").write_text("repo:\n  namespace: mupfresh\n  api: v2.0\n")
    version = 'version("1"SHA256)'
    write(replace(spack, repo=root), mupone=[version], muptwo=[version, 'provides("mupvirtual")'])
    return spack.python(SCRIPT + script, str(root))


def test_the_index_of_all_packages(every_spack: Spack) -> None:
    """It is there once somebody waited for it; then there is nothing to do. Whether it is missing
    is known without it."""
    script = """
    solver = SpackSolver()
    index = spack.repo.Repo.provider_index
    spack.repo.Repo.provider_index = property(lambda repo: 1 / 0)
    said = f"Once on this machine, Spack {' and '.join(module._missing())}"
    spack.repo.Repo.provider_index = index
    again = solver.prepare()
    available = not solver.unavailable()
    kinds = {file.parent.name for file in index_files(NAME) if not file.name.startswith(".")}
    found = [said == again, f"indexes all packages of {NAME} (usually" in said, available]
    found += ["providers" in kinds, solver.prepare(), SpackSolver().prepare()]
    found.append(spack.repo.PATH.is_virtual("mupvirtual"))
    delete_indexes(NAME)
print(json.dumps(found))
"""
    assert answers(every_spack, script) == [True, True, True, True, "", "", True]


def test_the_solver(spack: Spack) -> None:
    """That it was never installed is seen without a try; what may not be installed is not."""
    script = """
    module.find_spec = lambda name: None
    found = []
    for folder in (sys.argv[1], "/nowhere"):
        spack.bootstrap.store_path = lambda: folder
        found.append(any("installs clingo" in said for said in module._missing()))
    def disabled():
        raise RuntimeError("bootstrapping is disabled")
    spack.bootstrap.store_path = disabled
    found.append(any("installs clingo" in said for said in module._missing()))
print(json.dumps(found))
"""
    assert answers(spack, script) == [False, True, False]


def test_what_goes_wrong_is_reported_where_it_is_used(spack: Spack) -> None:
    script = """
    def fails():
        raise OSError("no network")
    module._import_solver = fails
    solver = SpackSolver()
    found = [bool(solver.prepare()), solver.unavailable()]
    module._import_solver = lambda: None
    import spack.compilers.config
    for find in ("all_compilers_from", "find_compilers"):
        setattr(spack.compilers.config, find, lambda *args, **kwargs: [])
    found.append(solver.unavailable())
    delete_indexes(NAME)
print(json.dumps(found))
"""
    assert answers(spack, script) == [
        True,
        "Spack's solver (clingo) is not installed; install it",
        "Spack finds no compiler; install one, and run spack compiler find",
    ]
