"""``sync`` where a project's archives are named otherwise than before."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tests.conftest import Spack
from tests.index_server import IndexServer, sdist_bytes, zip_bytes
from tests.spack.hand import changed, synced

pytestmark = pytest.mark.spack


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
    assert "py-quiet-log 1.0: warning: not checked: its sdist has no PKG-INFO" in done.stdout
    assert "1 recipe, 1 version: 0 errors" in done.stdout, done.stdout


def test_a_version_from_a_repository_has_no_archive(spack: Spack, server: IndexServer) -> None:
    """Nor does it count where names are distinguished: the index has 1.1 with the new one."""
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
