"""``explain`` of recipes in a real Spack: one that a person wrote, and one of ours."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.conftest import Spack
from tests.index_server import IndexServer
from tests.spack import hand
from tests.spack.shared import committed, git

pytestmark = pytest.mark.spack


def explained(spack: Spack, server: IndexServer, *arguments: str) -> Any:
    done = spack.run("pypi", "explain", *arguments, "--json", "-", "--index-url", server.url)
    assert done.returncode == 0, done.stdout + done.stderr
    (record,) = json.loads(done.stdout)["packages"]
    return record


def verdicts(record: Any) -> dict[str, set[str]]:
    """What is said of each line, by its text up to the first comma."""
    return {
        each["text"].partition(",")[0]: {reason["verdict"] for reason in each["reasons"]}
        for each in record["lines"]
    }


def test_a_recipe_that_a_person_wrote(every_spack: Spack, server: IndexServer) -> None:
    hand.written(every_spack, server)
    found = verdicts(explained(every_spack, server, "hand"))
    assert found == {
        'homepage = "https://hand.example"': {"unexplained"},
        'pypi = "hand/hand-1.0.tar.gz"': {"explained"},
        'maintainers("someone")': {"unexplained"},
        'license("MIT"': {"explained"},
        'version("1.1"': {"explained"},
        'version("1.0"': {"explained"},
        'variant("fast"': {"explained"},
        'depends_on("c"': {"unexplained"},
        'depends_on("py-setuptools"': {"explained"},
        'depends_on("py-attrs@19:")': {"explained"},
        'depends_on("py-six"': {"explained"},
        'depends_on("py-numpy"': {"explained"},
        'depends_on("zlib")': {"unexplained"},
        "def setup_build_environment(...)": {"unexplained"},
    }


def test_what_differs_from_a_commit(spack: Spack, server: IndexServer) -> None:
    recipe = hand.written(spack, server)
    git(spack.repo, "init", "--quiet")
    committed(spack.repo, "before")
    recipe.write_text(
        recipe.read_text().replace('    depends_on("zlib")\n', '    depends_on("zlib-ng")\n')
    )
    found = explained(spack, server, "hand", "--diff")
    assert [each["text"] for each in found["lines"]] == ['depends_on("zlib-ng")']
    assert found["removed"] == ['depends_on("zlib")'] and not found["unsaid"]
    committed(spack.repo, "after")
    address = ("--index-url", server.url)
    same = spack.run("pypi", "explain", "hand", "--diff", *address)
    assert same.stdout.splitlines()[-1] == "Nothing differs."
    again = spack.run("pypi", "explain", "hand", "--diff", "HEAD~1", *address)
    assert 'removed: depends_on("zlib")\n' in again.stdout
    none = spack.run("pypi", "explain", "hand", "--diff", "nowhere", *address)
    assert none.returncode == 2 and "has no commit 'nowhere'" in none.stderr


def test_what_create_writes_is_explained(spack: Spack, server: IndexServer) -> None:
    marked = [
        "attrs>=19,<23",
        'six!=1.12.*; python_version < "3.12"',
        'idna>=2; extra == "fast"',
        'colorama; sys_platform == "win32"',
    ]
    for name in ("attrs", "six", "idna", "colorama"):
        server.served.add(name, "22.1", wheel=False)
    server.served.add("marked", "1.0", *marked[1:], extras=["fast"], license_expression="MIT")
    server.served.add("marked", "2.0", *marked, extras=["fast"], license_expression="MIT")
    done = spack.run(
        "pypi",
        "create",
        "marked[fast]",
        "--no-deps",
        "--verify",
        "load",
        "--index-url",
        server.url,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    record = explained(spack, server, "marked")
    found = verdicts(record)
    assert len(found) >= 8
    assert {name: said for name, said in found.items() if said != {"explained"}} == {}
    assert record["unsaid"] == []
