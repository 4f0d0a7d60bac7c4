"""What Spack says rests on its files and settings: none of them changes without being seen."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.conftest import Spack
from tests.index_server import IndexServer
from tests.spack.shared import Shared

pytestmark = pytest.mark.spack

#: Prints of each change (a statement) whether the basis is another one afterwards.
SCRIPT = """\
import json, os, shutil, sys
from pathlib import Path
import spack.config, spack.paths, spack.repo
from spack_pypi.host.spack import basis
from spack_pypi.host.spack.host import SpackHost

repo, few, changes = Path(sys.argv[1]), int(sys.argv[2]), json.loads(sys.argv[3])
basis._FEW = few
spack.paths.lib_path = str(repo.parent / "lib")
Path(spack.paths.lib_path).mkdir()
packages = repo / "packages"
host = SpackHost()
host.repos.target(str(repo), None, write=False)
seen = []
for change in changes:
    before = host.basis()
    assert before == host.basis()
    exec(change)
    seen.append(host.basis() != before)
print(json.dumps(seen))
"""

#: A statement, and whether what Spack says may be another thing afterwards.
CHANGES = [
    ("recipe = packages / 'py_attrs' / 'package.py'", False),
    # an edited recipe, of the same length; one that is gone; one that is new
    ("recipe.write_text(recipe.read_text().replace('22.1.0', '22.9.0'))", True),
    ("shutil.rmtree(packages / 'py_six')", True),
    ("(packages / 'py_new').mkdir()", False),
    ("(packages / 'py_new' / 'package.py').write_text('')", True),
    ("(packages / 'py_new').rename(packages / 'py_newer')", True),
    # what recipes inherit, and whose packages are whose
    ("base = repo / 'build_systems' / 'python.py'", False),
    ("base.write_text(base.read_text() + '# more')", True),
    ("(repo / 'pypi-names.json').write_text('{}')", True),
    # what Python makes
    ("(packages / '__pycache__').mkdir(exist_ok=True)", False),
    # settings, and what the user says
    ("spack.config.set('packages:python:buildable', True)", True),
    ("spack.config.set('config:build_jobs', 3)", False),
    ("host.repos.mapped['attrs'] = 'py-six'", True),
    # another Spack
    ("Path(spack.paths.lib_path, 'repo.py').write_text('')", True),
    ("spack.spack_version = '9.0'", True),
    ("spack.config.set('concretizer:duplicates', {'strategy': 'full'})", True),
    # an empty repo before all others, and then one with a recipe
    ("first = repo.parent / 'first'; (first / 'packages' / 'py_x').mkdir(parents=True)", False),
    ("(first / 'repo.yaml').write_text('repo:\\n  namespace: first\\n  api: v2.0\\n')", False),
    ("host.repos.use(str(first), *(r.root for r in spack.repo.PATH.repos))", False),
    ("(first / 'packages' / 'py_x' / 'package.py').write_text('')", True),
]


@pytest.mark.parametrize("few", [300, 0], ids=["small", "large"])
def test_what_changes_the_basis(shared: Shared, few: int) -> None:
    """Of a small repo, and of one whose recipes are too many to be read."""
    statements = [statement for statement, _ in CHANGES]
    seen = shared.spack.python(SCRIPT, str(shared.repo), str(few), json.dumps(statements))
    assert dict(zip(statements, seen)) == dict(CHANGES)


#: Runs a command of ours; prints its exit code, what it printed, and whether it planned anything.
COMMAND = """\
import argparse, contextlib, io, json, sys
from spack_pypi import cli
from spack_pypi.arguments import add_commands
from spack_pypi.host.spack.host import SpackHost

parser = argparse.ArgumentParser()
add_commands(parser)
with contextlib.redirect_stdout(io.StringIO()) as printed:
    code = cli.main(parser.parse_args(sys.argv[1:]), SpackHost)
print(json.dumps([code, printed.getvalue(), "spack_pypi.workflow.planner" in sys.modules]))
"""


def test_look_first_then_write(every_spack: Spack, server: IndexServer) -> None:
    """What is written is what was looked at."""
    spack = every_spack
    server.served.add("app", "1.0", "lib", summary="It does something")
    server.served.add("lib", "1.0", "attrs", build=["setuptools"])

    def create(*options: str) -> list[Any]:
        options = ("create", "app", "--index-url", server.url, *options)
        code, printed, planned = spack.python(COMMAND, *options)
        assert code == 0
        return [printed, planned]

    looked, planned = create("--dry-run")
    assert planned and "(loaded, checked, audited)" in looked
    wrote, planned = create("--verify", "load")
    assert not planned and "(loaded, checked, audited)" in wrote
    written = spack.recipes()
    assert written and all(text in looked for text in written.values())
