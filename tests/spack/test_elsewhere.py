"""Spack itself fetches what is on another index than its own, and lists what is there."""

from __future__ import annotations

import pytest

from tests.conftest import Spack
from tests.index_server import IndexServer

pytestmark = pytest.mark.spack

SCRIPT = """
import json, sys
import spack.fetch_strategy, spack.repo, spack.spec, spack.stage
found = {}
for name in sys.argv[1:]:
    cls = spack.repo.PATH.get_pkg_class(name)
    for version in cls.versions:
        package = cls(spack.spec.Spec(f"{name}@={version}"))
        fetcher = spack.fetch_strategy.for_package_version(package, version)
        with spack.stage.Stage(fetcher) as stage:
            stage.fetch()
            stage.check()
            found[f"{name} {version}"] = [fetcher.url, type(fetcher).__name__]
    remote = cls(spack.spec.Spec(name)).fetch_remote_versions()
    found[name] = sorted(map(str, remote))
print(json.dumps(found))
"""


def test_elsewhere(spack: Spack, server: IndexServer) -> None:
    """The index of the options has nothing of it; an address with a hash has no other one."""
    with IndexServer() as other:
        other.served.json = False
        for version, folder in (("1.0", "ab"), ("1.1", "cd")):
            other.served.add("inner", version, wheel=False)
            other.served.add("hashed", version, wheel=False)
            page = other.served.pages["hashed"]
            page[-1]["url"] = f"../../files/{folder}/{page[-1]['filename']}"
        other.served.add("wheel-only", "1.0", sdist=False)
        names = ["inner", "hashed", "wheel-only"]
        arguments = ["--index-url", server.url, "--extra-index-url", other.url, "--no-deps"]
        done = spack.run("pypi", "create", *names, *arguments, "--verify", "load")
        assert done.returncode == 0, done.stderr
        files = f"{other.address}/files/"
        wheel = "wheel_only-1.0-py3-none-any.whl"
        assert spack.python(SCRIPT, *(f"py-{name}" for name in names)) == {
            "py-inner 1.1": [f"{files}inner-1.1.tar.gz", "URLFetchStrategy"],
            "py-inner 1.0": [f"{files}inner-1.0.tar.gz", "URLFetchStrategy"],
            "py-inner": ["1.0", "1.1"],
            "py-hashed 1.1": [f"{files}cd/hashed-1.1.tar.gz", "URLFetchStrategy"],
            "py-hashed 1.0": [f"{files}ab/hashed-1.0.tar.gz", "URLFetchStrategy"],
            "py-hashed": ["1.0", "1.1"],
            "py-wheel-only 1.0": [files + wheel, "URLFetchStrategy"],
            "py-wheel-only": ["1.0"],
        }
        recipes = spack.recipes()
        assert " url=" not in recipes["py_inner"] and "    url = " not in recipes["py_hashed"]
        assert not [name for name, text in recipes.items() if "pypi =" in text]
        # They are found again as those of these projects.
        done = spack.run("pypi", "create", *names, *arguments, "--verify", "load")
        assert "Nothing to write" in done.stdout
        done = spack.run("pypi", "check", "-N", "site", *arguments[:-1])
        assert done.returncode == 0, done.stdout
