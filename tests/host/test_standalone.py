"""What the host without Spack reads in the text of a recipe."""

from __future__ import annotations

from pathlib import Path

import pytest

from spack_pypi.errors import HostError, UsageError
from spack_pypi.host.standalone import StandaloneHost

RECIPE = '''\
from spack_repo.builtin.build_systems.python import PythonPackage

from spack.package import *


class PyQuietLog(PythonPackage):
    """Structured logging."""

    version("2.1.0", sha256="a")
    version(
        "2.0.0",
        sha256="b",
        deprecated=True,
    )
    version("1.0", sha256="c", deprecated=False)
    if sys.platform == "linux":
        version("0.9", sha256="d", deprecated=True)
    with default_args(deprecated=True):
        version("0.8.2", sha256="f")
        version("0.8.1", sha256="f", deprecated=False)
    with default_args(type="build"):
        version("0.8.0", sha256="f")
    for text in ("0.8", "0.7"):
        version(text, sha256="e")

    variant("color", default=False, description="Colors")

    depends_on("py-attrs@1:", when="@2:")
'''


def host(folder: Path, text: str) -> StandaloneHost:
    file = folder / "packages" / "py_quiet_log" / "package.py"
    file.parent.mkdir(parents=True)
    file.write_text(text)
    return StandaloneHost(folder / "cache", folder)


def test_versions_and_variants(tmp_path: Path) -> None:
    package = host(tmp_path, RECIPE).repos.package("py-quiet-log")
    assert package is not None
    assert package.versions == ("2.1.0", "1.0", "0.8.1", "0.8.0")
    assert package.deprecated == ("2.0.0", "0.9", "0.8.2")
    assert package.variants == ("color",)


def test_what_is_no_python_is_reported(tmp_path: Path) -> None:
    with pytest.raises(HostError, match="cannot load the recipe of py-quiet-log"):
        host(tmp_path, "class PyQuietLog(").repos.package("py-quiet-log")


def test_what_is_not_there(tmp_path: Path) -> None:
    assert host(tmp_path, RECIPE).repos.package("py-other") is None


# (pypi, the version required, the archive as far as one can tell without a Spack)
ARCHIVES = [
    ("quiet-log/quiet-log-2.1.0.tar.gz", "1.0", "quiet-log-1.0.tar.gz"),
    ("quiet.log/quiet.log-2.1.zip", "1.0.post1", "quiet.log-1.0.post1.zip"),
    ("x/x-1.0.post1.tar.gz", "1.1", "x-1.1.tar.gz"),
    ("x-2024/x_2024-3.1.tar.gz", "3.2", ""),
    ("foo-2/foo-2-1.0.tar.gz", "1.1", ""),
    ("x-py3/x-py3-1.0.tar.gz", "1.1", ""),
    ("", "1.0", ""),
]


@pytest.mark.parametrize("pypi, version, expected", ARCHIVES)
def test_archives(tmp_path: Path, pypi: str, version: str, expected: str) -> None:
    assert host(tmp_path, RECIPE).evaluator.archive_from(pypi, version) == expected


WHEELS = "https://files.example/packages/py3/q/quiet-log/"
# (url, the version required, the address as far as one can tell without a Spack)
ADDRESSES = [
    ("quiet_log-2.1.0-py3-none-any.whl", "1.0", "quiet_log-1.0-py3-none-any.whl"),
    ("quiet_log-2.1.post1-py2.py3-none-any.whl", "1", "quiet_log-1-py2.py3-none-any.whl"),
    ("quiet2-2.1.0-py3-none-any.whl", "1.0", ""),
    ("quiet_log-2.1.0-cp311-cp311-win32.whl", "1.0", ""),
]


@pytest.mark.parametrize("name, version, expected", ADDRESSES)
def test_addresses(tmp_path: Path, name: str, version: str, expected: str) -> None:
    found = host(tmp_path, RECIPE).evaluator.address_from(WHEELS + name, version)
    assert found == (WHEELS + expected if expected else "")


@pytest.mark.parametrize("content", [b"\xff\xfe" * 5000, b"repo: " * 500_000])
def test_settings_of_a_repo_that_cannot_be_read(tmp_path: Path, content: bytes) -> None:
    """Its folder says how it is called."""
    found = host(tmp_path / "site", RECIPE)
    (tmp_path / "site" / "repo.yaml").write_bytes(content)
    package = found.repos.package("py-quiet-log")
    assert package is not None and package.namespace == "site"


@pytest.mark.parametrize(
    "api, said",
    [("api: v2.0", ""), ("api: 'v2.4'", ""), ("api: v3.0", "v3.0'"), ("", "v1.0, as it has none")],
)
def test_a_repo_of_another_format_gets_no_recipes(api: str, said: str, tmp_path: Path) -> None:
    repos = host(tmp_path, RECIPE).repos
    (tmp_path / "repo.yaml").write_text(f"repo:\n  namespace: site\n  {api}\n")
    if not said:
        assert repos.target(str(tmp_path), None, write=False).namespace == "site"
        return
    with pytest.raises(HostError, match=f"repo.yaml says 'api: {said}.*another repo with --repo"):
        repos.target(str(tmp_path), None, write=False)


def test_a_project_that_is_mapped(tmp_path: Path) -> None:
    repos = host(tmp_path, RECIPE).repos
    repos.map("louder", "py-quiet-log+color")
    package = repos.package_for("louder")
    assert package is not None and (package.name, package.requires) == (
        "py-quiet-log",
        ("+color",),
    )
    repos = host(tmp_path / "other", RECIPE).repos
    repos.map("louder", "py-other")
    with pytest.raises(UsageError, match="no package 'py-other' that louder is mapped to"):
        repos.package_for("louder")
