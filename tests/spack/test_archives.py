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


@pytest.mark.parametrize("renamed", [False, True])
def test_archives(every_spack: Spack, server: IndexServer, renamed: bool) -> None:
    spack = every_spack
    expected: dict[str, dict[str, str]] = {}
    for project in PROJECTS:
        package = "py-" + project.replace(".", "-").replace("_", "-")
        expected[package] = {}
        for version in ("1.0", "1.1.post1", "2024.9.5"):
            underscores = project.replace("-", "_").replace(".", "_")
            stem = project if renamed and version == "1.0" else underscores
            server.served.add(project, version, stem=stem)
            expected[package][version] = f"{stem}-{version}.tar.gz"
    arguments = ["--no-deps", "--index-url", server.url, "--verify", "load"]
    done = spack.run("pypi", "create", *PROJECTS, *arguments)
    assert done.returncode == 0, done.stderr
    assert spack.python(SCRIPT, *expected) == expected
    addressed = [name for name, text in spack.recipes().items() if " url=" in text]
    assert "py_plain" not in addressed, "what Spack finds by itself needs no address"
    assert renamed or "py_foo_2" in addressed
