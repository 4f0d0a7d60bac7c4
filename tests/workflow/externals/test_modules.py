"""What is imported of an external to verify that it works."""

from __future__ import annotations

from pathlib import Path

import pytest

from spack_pypi.host.port import Destination
from spack_pypi.prefixes.distributions import installed_in
from spack_pypi.workflow.externals.externals import externals
from spack_pypi.workflow.externals.modules import importable
from spack_pypi.workflow.verifying.verification import Step
from tests.memory import MemoryHost
from tests.prefixes.made import distribution
from tests.workflow.externals.test_found import SITE, python, reasons, specs

CASES = [
    (["foo/__init__.py", "foo/bar/__init__.py"], ("foo",)),
    (["six.py", "_cffi.cpython-312-x86_64-linux-gnu.so"], ("six", "_cffi")),
    # Namespaces: what lies highest in them.
    (["google/cloud/storage/__init__.py", "google/cloud/storage/x/__init__.py",
      "google/api/__init__.py"], ("google.api", "google.cloud.storage")),
    # Tests and commands are nothing to import, nor are data.
    (["foo.py", "tests/__init__.py", "foo_tests/__init__.py", "../../../bin/foo"], ("foo",)),
    (["foo-stubs/__init__.pyi", "share/foo.txt"], ()),
    (["not-a-name/__init__.py", "space/not-a-name/__init__.py"], ()),
]  # fmt: skip


@pytest.mark.parametrize(("files", "modules"), CASES)
def test_the_modules(files: list[str], modules: tuple[str, ...], tmp_path: Path) -> None:
    distribution(tmp_path, "foo", "1", RECORD="".join(f"{each},,\n" for each in files))
    (found,) = installed_in([tmp_path])
    assert importable(found) == modules


def test_without_a_list_of_files(tmp_path: Path) -> None:
    """As setuptools leaves it: what it names is there, or not."""
    distribution(tmp_path, "foo", "1", top_level__txt="foo\nfast\ngone\ntests\n")
    (tmp_path / "foo.py").touch()
    (tmp_path / "fast.cpython-312-x86_64-linux-gnu.so").touch()
    distribution(tmp_path, "bar", "1")
    bar, foo = sorted(installed_in([tmp_path]), key=lambda each: each.project)
    assert importable(foo) == ("foo", "fast")
    assert importable(bar) is None


def test_what_cannot_be_imported_is_not_written(tmp_path: Path) -> None:
    host = MemoryHost()
    for name in ("foo", "bar", "baz"):
        host.has(name, "1")
        record = {} if name == "baz" else {"RECORD": f"{name}.py,,\n"}
        distribution(tmp_path / SITE, name, "1", **record)
    host.externals.fails = {"py-bar": "import bar: ImportError"}
    destination = Destination("site")
    result = externals(host, python(tmp_path), (), (), destination, verify=Step.INSTALLED)
    assert host.externals.imported["py-foo"] == (tmp_path / SITE, ("foo",))
    assert specs(result) == {"foo": "py-foo@1"}
    assert reasons(result) == {
        "bar": "it does not work: import bar: ImportError",
        "baz": "no list says what it installed, so nothing of it can be imported",
    }
    assert {*host.externals.packages} == {"py-foo"}
