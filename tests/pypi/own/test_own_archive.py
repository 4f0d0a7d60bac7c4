"""What is read of archives that are named by their place, and which are refused."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest

from spack_pypi.errors import FileFailure, SpackPyPIError, UsageError
from spack_pypi.pypi.limits import Size
from spack_pypi.pypi.model import Release
from spack_pypi.pypi.own import own_archive
from spack_pypi.pypi.own.own_archive import OwnArchive
from spack_pypi.pypi.own.own_archives import OwnArchives
from spack_pypi.pypi.own.own_index import before
from spack_pypi.pypi.own.places import Location
from tests.index_server import sdist_bytes, wheel_bytes, zip_bytes
from tests.memory_index import MemoryIndex


def said(name: str, version: str, *more: str) -> str:
    fields = ("Metadata-Version: 2.2", f"Name: {name}", f"Version: {version}", *more)
    return "\n".join(fields) + "\n"


def sdist(name: str, version: str, *more: str) -> bytes:
    return sdist_bytes(name, version, {"PKG-INFO": said(name, version, *more), "LICENSE": "Mine"})


def read(folder: Path, file_name: str, content: bytes, name: str = "") -> OwnArchive:
    path = folder / file_name
    path.write_bytes(content)
    return own_archive.read(Location(path, name=name), path)


def test_an_sdist_and_a_wheel_of_one_release(tmp_path: Path) -> None:
    content = sdist("my.Thing", "1.0", "Requires-Dist: a>1")
    of_wheel = said("my.Thing", "1.0", "Requires-Dist: a>2")
    archives = [
        read(tmp_path, "v1.0.tar.gz", content),
        read(tmp_path, "my_thing-1.0-py3-none-any.whl", wheel_bytes("my_thing", "1.0", of_wheel)),
    ]
    index = OwnArchives(archives)
    (release,) = index.project("My_Thing").releases
    assert release.sdist and release.best_wheel and str(release.version) == "1.0"
    assert release.sdist.sha256 == hashlib.sha256(content).hexdigest()
    assert release.sdist.url == (tmp_path / "v1.0.tar.gz").as_uri()
    # As of an index: the wheel's metadata count, and the sdist says how it is built.
    assert index.metadata(release).requires_dist == ("a>2",)
    assert index.licenses(release) == {"LICENSE": "Mine"}
    assert index.source(release).problem == ""
    index.download("my-thing", release.sdist, tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == content


def test_other_projects_come_from_the_index(tmp_path: Path) -> None:
    """And never the named one, whatever version the index has."""
    other = MemoryIndex()
    other.add("thing", "9.0")
    other.add("dependency", "1.0")
    own = OwnArchives([read(tmp_path, "thing-1.0.tar.gz", sdist("thing", "1.0"))])
    index = before(other, [own])
    assert [str(each.version) for each in index.project("thing").releases] == ["1.0"]
    assert [str(each.version) for each in index.project("dependency").releases] == ["1.0"]
    assert index.origin("thing").by_place and not index.origin("dependency").by_place


def test_another_archive_is_another_mark(tmp_path: Path) -> None:
    marks = {
        OwnArchives([read(tmp_path, "a-1.tar.gz", sdist("a", "1", more))]).mark("a")
        for more in ("Summary: x", "Summary: y")
    }
    assert len(marks) == 2


WHEEL = wheel_bytes("a", "1.0", said("a", "1.0"))
REFUSED = [
    ("a.txt", b"", UsageError, "is neither an sdist nor a wheel"),
    ("a-1.tar.gz", b"no archive", FileFailure, "the archive cannot be read"),
    ("a-1.tar.gz", b"", FileFailure, "the archive cannot be read"),
    ("a-1.tar.gz", sdist_bytes("a", "1", {"setup.py": ""}), FileFailure, "has no PKG-INFO"),
    ("a-1.zip", zip_bytes("a", "1", {}), FileFailure, "has no PKG-INFO"),
    (
        "a-1.tar.gz",
        sdist_bytes("a", "1", {"pyproject.toml": "[project]\nname = 'a'\ndynamic = ['version']"}),
        FileFailure,
        "no PKG-INFO, and its files do not say its version",
    ),
    ("a-1.tar.gz", sdist("", "1"), FileFailure, "names no project and version"),
    ("a-1.tar.gz", sdist("a", "one"), FileFailure, "names no project and version"),
    ("a-1.tar.gz", sdist("a", "1" * 200), FileFailure, "names no project and version"),
    ("a-1.tar.gz", sdist("a", "1.dev1"), UsageError, "with a development number"),
    ("a-1.tar.gz", sdist("a", "1+b"), UsageError, "with a local part"),
    ("a-1.tar.gz", sdist("a", "1!1"), UsageError, "with an epoch"),
    ("a-1.0-py3-none-any.whl", b"PK", FileFailure, "is not a valid wheel"),
    ("a-1.0.whl", WHEEL, FileFailure, "its name is not that of a wheel of a 1.0"),
    ("b-1.0-py3-none-any.whl", WHEEL, FileFailure, "its name is not that of a wheel of a 1.0"),
    ("a-2.0-py3-none-any.whl", WHEEL, FileFailure, "its name is not that of a wheel of a 1.0"),
]


@pytest.mark.parametrize(
    "files",
    [
        {"pyproject.toml": "[project]\nname = 'Th_ing'\nversion = '1.0'\ndependencies = ['b>1']"},
        {
            "pyproject.toml": "[tool.poetry]\nname = 'thing'\nversion = '1.0'\n"
            "[tool.poetry.dependencies]\nb = '>1'"
        },
        {
            "setup.cfg": "[metadata]\nname = thing\nversion = 1.0\n"
            "[options]\ninstall_requires = b>1"
        },
        {"setup.py": "setup(name='thing', version='1.0', install_requires=['b>1'])"},
        {
            "setup.py": "from thing import v\nsetup(name='thing', version=v,"
            "install_requires=['b>1'])",
            "src/thing/__init__.py": "from .about import v",
            "src/thing/about.py": "v = '1.0'",
        },
    ],
)
def test_the_archive_of_a_forge(files: dict[str, str], tmp_path: Path) -> None:
    """It has no PKG-INFO, but the files of a tree."""
    name = "th-ing" if "Th_ing" in str(files) else "thing"
    found = read(tmp_path, "v1.0.tar.gz", sdist_bytes("x", "1", files))
    assert (found.project, str(found.file.version)) == (name, "1.0")
    release = Release(name, found.file.version, (found.file,))
    says = found.metadata(release)
    assert (says.requires_dist, says.version, says.confirmed) == (("b>1",), "1.0", True)


def test_the_archive_of_a_forge_that_does_not_say_what_it_requires(tmp_path: Path) -> None:
    """Only trees of repositories are asked for it: no option is named."""
    text = "[project]\nname = 'thing'\nversion = '1.0'\ndynamic = ['dependencies']"
    found = read(tmp_path, "v1.0.tar.gz", sdist_bytes("x", "1", {"pyproject.toml": text}))
    says = found.metadata(Release("thing", found.file.version, (found.file,)))
    assert says.requires_dist is None and "known only after a build" in says.problem
    assert "--" not in says.problem


@pytest.mark.parametrize(("name", "content", "kind", "reason"), REFUSED)
def test_refused(
    name: str, content: bytes, kind: type[SpackPyPIError], reason: str, tmp_path: Path
) -> None:
    with pytest.raises(kind) as raised:
        read(tmp_path, name, content)
    assert reason in str(raised.value) and "\n" not in str(raised.value)


def test_what_is_not_there_or_a_folder(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No such file"):
        own_archive.read(Location(tmp_path / "a.whl"), tmp_path / "a.whl")


def test_another_project_or_hash_than_was_said(tmp_path: Path) -> None:
    content = sdist("a", "1")
    with pytest.raises(UsageError, match="is of the project a, not of b"):
        read(tmp_path, "a-1.tar.gz", content, name="b")
    path = tmp_path / "a-1.tar.gz"
    with pytest.raises(UsageError, match="does not have the sha256"):
        own_archive.read(Location(path, sha256="0" * 64), path)


def test_two_versions_of_a_project(tmp_path: Path) -> None:
    archives = [read(tmp_path, f"a-{v}.tar.gz", sdist("a", v)) for v in ("1.0", "1.1")]
    with pytest.raises(UsageError, match="one version of a project"):
        OwnArchives(archives)


def test_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_archive, "ARCHIVE", Size(3, "3 bytes, the limit"))
    with pytest.raises(FileFailure, match="larger than 3 bytes"):
        read(tmp_path, "a-1.tar.gz", b"1234")
    with pytest.raises(FileFailure, match="larger than 3 bytes"):
        own_archive.copied(io.BytesIO(b"1234"), "https://h.example/a.whl", io.BytesIO())
    to = io.BytesIO(b"what an attempt before left")
    own_archive.copied(io.BytesIO(b"123"), "https://h.example/a.whl", to)
    assert to.getvalue() == b"123"
