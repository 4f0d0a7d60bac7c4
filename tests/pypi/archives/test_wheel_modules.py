"""What the modules of a wheel say that is installed as it is: the same as those of an sdist."""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from packaging.version import Version

from spack_pypi.errors import FileFailure, NotFetched
from spack_pypi.pypi import limits
from spack_pypi.pypi.archives import sdist, wheel_modules
from spack_pypi.pypi.model import File, Release, Source
from spack_pypi.pypi.own import own_archive
from spack_pypi.pypi.own.own_archives import OwnArchives
from spack_pypi.pypi.own.places import Location
from spack_pypi.pypi.releases import LONG
from tests.index_server import IndexServer
from tests.pypi.archives.test_license_files import archives
from tests.pypi.test_http import index

Members = Mapping[str, str]
METADATA = "Metadata-Version: 2.4\nName: foo-bar\nVersion: 1.0\nRequires-Dist: attrs\n"
INFO = {"foo_bar-1.0.dist-info/METADATA": METADATA}
INIT, NUMPY = "/__init__.py", "import numpy\n"
NAME = "foo_bar-1.0-py3-none-any.whl"


def packed(members: Members) -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return raw.getvalue()


def a_wheel(content: bytes, size: int | None = None) -> File:
    address, sha256 = f"https://files.example/{NAME}", hashlib.sha256(content).hexdigest()
    return File(NAME, address, Version("1.0"), True, sha256, size=size)


def read(members: Members, metadata: str = METADATA) -> Source:
    content = packed({**members, "foo_bar-1.0.dist-info/METADATA": metadata})
    contents = wheel_modules.inspect(a_wheel(content), io.BytesIO(content))
    return sdist.source(contents.as_json(), "foo-bar")


#: (modules, what packages inside need as "package: module")
NEEDS: list[tuple[Members, Sequence[str]]] = [
    ({"foo_bar/__init__.py": "", "foo_bar/a/__init__.py": NUMPY}, ["foo_bar.a: numpy"]),
    # whatever its packages are called
    ({"other/__init__.py": "", "other/a/__init__.py": NUMPY}, ["other.a: numpy"]),
    ({"one/__init__.py": "", "two/__init__.py": "", "two/a/__init__.py": NUMPY},
     ["two.a: numpy"]),
    # in a namespace
    ({"foo/bar/__init__.py": "", "foo/bar/a/__init__.py": NUMPY}, ["foo.bar.a: numpy"]),
    # with folders that are no packages between them
    ({"foo_bar/__init__.py": "", "foo_bar/x/a/__init__.py": NUMPY}, ["foo_bar.x.a: numpy"]),
    ({"foo_bar/__init__.py": "", "foo_bar/x/a/__init__.py": NUMPY,
      "foo_bar/x/b/__init__.py": NUMPY}, ["foo_bar.x.a: numpy", "foo_bar.x.b: numpy"]),
    # where it is put among the modules by another name
    ({"foo_bar-1.0.data/purelib/foo_bar/__init__.py": "",
      "foo_bar-1.0.data/platlib/foo_bar/a/__init__.py": NUMPY}, ["foo_bar.a: numpy"]),
    ({"foo_bar/__init__.py": "", "foo_bar-1.0.data/data/foo_bar/a/__init__.py": NUMPY}, []),
    ({"foo_bar/__init__.py": "", "foo_bar-1.0.dist-info/a/__init__.py": NUMPY}, []),
    # tests are installed with it
    ({"foo_bar/__init__.py": "", "foo_bar/tests/__init__.py": "import pytest\n"},
     ["foo_bar.tests: pytest"]),
    # what is required is there, and what it has itself, be it compiled
    ({"foo_bar/__init__.py": "", "foo_bar/a/__init__.py": "import attrs\n"}, []),
    ({"foo_bar/__init__.py": "", "foo_bar/a/__init__.py": NUMPY, "numpy/__init__.py": ""}, []),
    ({"foo_bar/__init__.py": "", "foo_bar/a/__init__.py": NUMPY, "numpy.abi3.so": ""}, []),
    ({"foo_bar/__init__.py": "", "foo_bar/a/__init__.py": NUMPY,
      "numpy.cp311-win_amd64.pyd": ""}, []),
    # one module, only data, nothing
    ({"foo_bar.py": NUMPY}, []),
    ({"foo_bar/data.json": "{}"}, []),
    ({}, []),
]  # fmt: skip


@pytest.mark.parametrize(("modules", "needs"), NEEDS)
def test_what_packages_inside_need(modules: Members, needs: Sequence[str]) -> None:
    found = read(modules).package_needs
    assert [f"{each.package}: {each.module}" for each in found] == list(needs)


#: (modules, where something is always imported that is not declared)
UNDECLARED: list[tuple[Members, Sequence[str]]] = [
    ({"foo_bar/__init__.py": NUMPY}, ["foo_bar/__init__.py:1 numpy"]),
    ({"foo_bar/__init__.py": "from .a import b\n", "foo_bar/a.py": NUMPY},
     ["foo_bar/a.py:1 numpy"]),
    ({"foo_bar.py": "\n" + NUMPY}, ["foo_bar.py:2 numpy"]),
    ({"other.py": "\n" + NUMPY}, ["other.py:2 numpy"]),
    ({"foo_bar/__init__.py": "import attrs\n"}, []),
    # a setup.py that lies there by mistake builds nothing
    ({"foo_bar/__init__.py": "", "setup.py": NUMPY}, []),
]  # fmt: skip


@pytest.mark.parametrize(("modules", "places"), UNDECLARED)
def test_what_nothing_declares(modules: Members, places: Sequence[str]) -> None:
    found = read(modules)
    always = [f"{e.file}:{e.line} {e.module}" for e in found.undeclared if e.always]
    assert always == list(places)
    assert found.setup_py is None and found.pyproject is None


def test_a_pyproject_beside_its_modules_says_nothing() -> None:
    modules = {"foo_bar/__init__.py": NUMPY, "pyproject.toml": "[build-system]\nrequires = 1\n"}
    assert not read(modules).problem and read(modules).undeclared


def test_a_module_of_setuptools_is_imported() -> None:
    found = read({"foo_bar/__init__.py": "import pkg_resources\n"}).imports
    assert [(each.module, each.file) for each in found] == [
        ("pkg_resources", "foo_bar/__init__.py")
    ]


def damaged(content: bytes) -> bytes:
    """The wheel with a first member that is said to be encrypted."""
    at = content.index(b"PK\1\2") + 8
    return content[:at] + struct.pack("<H", 1) + content[at + 2 :]


MODULES = {"foo_bar/__init__.py": "", **INFO}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "cannot be read"),
        (packed(MODULES)[:-10], "cannot be read"),
        (damaged(packed(MODULES)), "cannot be read"),
    ],
)
def test_a_damaged_one_is_a_failure(content: bytes, reason: str) -> None:
    with pytest.raises(FileFailure, match=reason):
        wheel_modules.inspect(a_wheel(content), io.BytesIO(content))


def test_one_that_is_not_the_one_that_is_listed_was_not_fetched() -> None:
    listed, sent = packed(MODULES), packed({"x.py": ""})
    with pytest.raises(NotFetched, match="sha256"):
        wheel_modules.inspect(a_wheel(listed), io.BytesIO(sent))


def test_one_with_too_much_in_it_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_MEMBERS", 1)
    content = packed(MODULES)
    with pytest.raises(FileFailure, match="more than 1 files"):
        wheel_modules.inspect(a_wheel(content), io.BytesIO(content))


def test_a_path_that_leads_elsewhere_is_no_path() -> None:
    modules = {f"../../x{INIT}": NUMPY, f"/y{INIT}": NUMPY, f"../../x/a{INIT}": NUMPY}
    assert not read(modules).package_needs


@pytest.mark.parametrize(
    ("files", "read_of_it"),
    [
        (["x-1.tar.gz", "x-1-py3-none-any.whl"], "x-1.tar.gz"),
        (["x-1-py3-none-any.whl", "x-1-cp311-abi3-win_amd64.whl"], "x-1-py3-none-any.whl"),
        (["x-1-py2-none-any.whl", "x-1-py3-none-any.whl"], "x-1-py3-none-any.whl"),
        (["x-1-cp311-abi3-manylinux_2_17_x86_64.whl"], ""),
        ([], ""),
    ],
)
def test_which_archive_of_a_release_is_read(files: Sequence[str], read_of_it: str) -> None:
    listed = [File(f, f"https://files.example/{f}", Version("1"), f[-1] == "l") for f in files]
    found = wheel_modules.read_archive(Release("x", Version("1"), tuple(listed)))
    assert (found.name if found else "") == read_of_it


def test_a_long_one_is_not_read() -> None:
    content = packed(MODULES)
    for size, is_read in ((LONG, True), (LONG + 1, False)):
        release = Release("foo-bar", Version("1.0"), (a_wheel(content, size),))
        assert (wheel_modules.read_archive(release) is not None) is is_read


def test_it_is_fetched_once_and_only_where_there_is_no_sdist(tmp_path: Path) -> None:
    modules = {"foo_bar/__init__.py": "", "foo_bar/a/__init__.py": NUMPY, **INFO}
    with IndexServer() as server:
        server.served.publish("foo-bar", NAME, packed(modules))
        server.served.add("y", "1.0")
        found = index(server, tmp_path)
        (release,) = found.project("foo-bar").releases
        needs = found.source(release).package_needs
        assert [(each.package, each.module) for each in needs] == [("foo_bar.a", "numpy")]
        assert index(server, tmp_path, offline=True).source(release).package_needs == needs
        assert archives(server) == [NAME]
        found.source(found.project("y").releases[0])
        assert archives(server) == [NAME, "y-1.0.tar.gz"]


def test_one_that_is_named_by_its_place(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_bytes(packed({"foo_bar/__init__.py": NUMPY, **INFO}))
    own = OwnArchives([own_archive.read(Location(path), path)])
    (release,) = own.project("foo-bar").releases
    assert [each.module for each in own.source(release).undeclared] == ["numpy"]
    assert own.metadata(release).requires_dist == ("attrs",)
