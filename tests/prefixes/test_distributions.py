"""What is installed, by the files that pip, setuptools and conda leave."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from spack_pypi.prefixes.distributions import installed, installed_in
from spack_pypi.prefixes.interpreter import ask
from tests.prefixes.made import answered, distribution, interpreter

EDITABLE = json.dumps({"url": "file:///x", "dir_info": {"editable": True}})
FOLDER = json.dumps({"url": "file:///x", "dir_info": {}})


def test_what_pip_installed(tmp_path: Path) -> None:
    path = distribution(tmp_path, "Foo.Bar", "1.0rc1", "numpy>=1", INSTALLER="pip\n",
                        RECORD='foo/a.py,sha256=x,1\n"foo/b,c.py",,\n')  # fmt: skip
    (found,) = installed_in([tmp_path])
    assert (found.project, found.version, found.requires) == ("foo-bar", "1.0rc1", ("numpy>=1",))
    assert (found.path, found.problem) == (path, "")
    assert found.files == (tmp_path / "foo/a.py", tmp_path / "foo/b,c.py")


@pytest.mark.parametrize(
    ("files", "address", "is_editable"),
    [
        ({}, "", False),
        ({"direct_url__json": EDITABLE}, "file:///x", True),
        ({"direct_url__json": FOLDER}, "file:///x", False),
        ({"direct_url__json": FOLDER, "INSTALLER": "conda"}, "", False),
    ],
)
def test_where_it_comes_from(
    tmp_path: Path, files: dict[str, str], address: str, is_editable: bool
) -> None:
    distribution(tmp_path, "foo", "1", **files)
    (found,) = installed_in([tmp_path])
    assert (found.address, found.is_editable) == (address, is_editable)


def test_an_egg_info_folder_and_file(tmp_path: Path) -> None:
    folder = tmp_path / "foo-1.2.egg-info"
    folder.mkdir()
    (folder / "PKG-INFO").write_text("Metadata-Version: 1.1\nName: foo\nVersion: 1.2\n")
    (folder / "requires.txt").write_text("six\n\n[fast]\nnumpy\n")
    (tmp_path / "old-3.egg-info").write_text("Metadata-Version: 1.0\nName: old\nVersion: 3\n")
    found = {each.project: each for each in installed_in([tmp_path])}
    assert {project: each.version for project, each in found.items()} == {"foo": "1.2", "old": "3"}
    assert found["foo"].requires == ("six", 'numpy; extra == "fast"')
    assert not any(each.is_editable or each.problem for each in found.values())


def test_setup_py_develop_leaves_it_beside_the_code(tmp_path: Path) -> None:
    site, code = tmp_path / "site", tmp_path / "code"
    site.mkdir()
    (code / "own.egg-info").mkdir(parents=True)
    (code / "own.egg-info" / "PKG-INFO").write_text("Name: own\nVersion: 1\n")
    (site / "easy-install.pth").write_text(f"{code}\n")
    (found,) = installed(ask(interpreter(tmp_path, answered(site=[str(site)]))))
    assert (found.project, found.is_editable) == ("own", True)


def test_the_first_one_is_imported(tmp_path: Path) -> None:
    first = distribution(tmp_path / "a", "six", "1.17")
    distribution(tmp_path / "b", "six", "1.0")
    found = installed_in([tmp_path / "a", tmp_path / "b"])
    assert [(each.version, each.shadowed_by) for each in found] == [("1.17", None), ("1.0", first)]


@pytest.mark.parametrize(
    ("metadata", "problem"),
    [
        ("", "its metadata cannot be read"),
        ("Name: foo\n", "its metadata cannot be read"),
        ("Name: foo\nVersion: a²\n", "its version is not valid: a²"),
        ("\0\xff", "its metadata cannot be read"),
        (
            "Name: foo\nVersion: " + "9" * 5000 + "\n",
            "its name or its version has more than 255 characters",
        ),
    ],
)
def test_what_cannot_be_read(tmp_path: Path, metadata: str, problem: str) -> None:
    path = tmp_path / "foo-1.dist-info"
    path.mkdir()
    (path / "METADATA").write_text(metadata, "utf-8")
    (found,) = installed_in([tmp_path])
    assert found.project == "foo"
    assert found.problem == problem


@pytest.mark.parametrize("text", ["[", "[]", "{}", '{"url": 5}', "[" * 100_000])
def test_an_origin_that_cannot_be_read_is_not_guessed(tmp_path: Path, text: str) -> None:
    distribution(tmp_path, "foo", "1", direct_url__json=text)
    (found,) = installed_in([tmp_path])
    assert found.problem == "its metadata cannot be read"


def test_folders_without_metadata(tmp_path: Path) -> None:
    (tmp_path / "~oo-1.dist-info").mkdir()
    (tmp_path / "foo-1.dist-info").mkdir()
    (tmp_path / "link-1.dist-info").symlink_to(tmp_path / "link-1.dist-info")
    found = installed_in([tmp_path, tmp_path / "absent"])
    assert {(each.project, each.problem) for each in found} == {
        ("foo", "its metadata cannot be read"),
        ("link", "its metadata cannot be read"),
    }
