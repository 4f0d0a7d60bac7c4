"""Files that somebody else may have made are opened in one place, which waits for none of them."""

from __future__ import annotations

import ast
import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Callable

import pytest

from spack_pypi.errors import HostError, unexpected
from spack_pypi.files import alone, copy_regular, file_bytes, file_text, open_to_write, small_text
from spack_pypi.host.names import SITE_FILE, reviewed
from spack_pypi.pypi.cache import Cache

PACKAGE = Path(__file__).parent.parent / "spack_pypi"

#: Module → why it reads files itself.
ITSELF = {
    "files.py": "this is the place",
    **dict.fromkeys(
        [
            "pypi/project_files/newer_names.py",
            "pypi/project_files/smaller.py",
            "pypi/project_files/variant_modules.py",
            "pypi/project_files/variant_names.py",
            "translate/known_needs.py",
            "translate/license_texts.py",
            "translate/modules.py",
            "workflow/earlier.py",
            "workflow/requirement_files/conda.py",
        ],
        "our own data or code",
    ),
    **dict.fromkeys(
        [
            "host/kept_recipes.py",
            "host/spack/externals.py",
            "host/style.py",
            "report/upstream.py",
        ],
        "what this run has written, or our own code",
    ),
    **dict.fromkeys(
        ["host/spack/probe.py", "host/spack/try_imports.py"],
        "run by another Python, without this package",
    ),
}


def _socket(file: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        here = os.getcwd()
        os.chdir(file.parent)  # a long path is none of a socket
        try:
            made.bind(file.name)
        finally:
            os.chdir(here)


def _long(file: Path) -> None:
    with file.open("wb") as made:
        made.truncate(101)


# What is in the place of a file → why it is not read.
NO_FILES: list[tuple[Callable[[Path], object], str]] = [
    (os.mkfifo, "it is a named pipe"),
    (lambda file: file.symlink_to("/dev/zero"), "it is a device"),
    (_socket, "it is a socket"),
    (Path.mkdir, "Is a directory"),
    (_long, "it is longer than 100 bytes, the limit"),
    (lambda file: file.symlink_to(file.with_name("nothing")), "No such file or directory"),
    (lambda file: file.symlink_to(file), "Too many levels of symbolic links"),
]


@pytest.mark.parametrize("make, reason", NO_FILES, ids=[row[1] for row in NO_FILES])
def test_what_is_no_file(make: Callable[[Path], object], reason: str, tmp_path: Path) -> None:
    file = tmp_path / "file"
    make(file)
    with pytest.raises(OSError) as raised:
        file_bytes(file, 100)
    assert raised.value.strerror == reason and str(raised.value.filename) == str(file)
    assert small_text(file, 100) is None


def test_what_is_one(tmp_path: Path) -> None:
    file = tmp_path / "file"
    (tmp_path / "link").symlink_to(file)
    file.write_bytes(b"1\r\n2\r3\xff")
    assert file_bytes(tmp_path / "link") == b"1\r\n2\r3\xff"
    assert file_text(file, "replace", 8) == "1\n2\n3\ufffd"
    file.write_bytes(b"x" * 100)
    assert len(file_bytes(file, 100)) == 100


@pytest.mark.parametrize("make, reason", NO_FILES[:3], ids=[row[1] for row in NO_FILES[:3]])
def test_a_folder_with_one_is_not_copied(
    make: Callable[[Path], object], reason: str, tmp_path: Path
) -> None:
    (tmp_path / "from").mkdir()
    make(tmp_path / "from" / "file")
    with pytest.raises(shutil.Error) as raised:
        shutil.copytree(tmp_path / "from", tmp_path / "to", copy_function=copy_regular)
    said = unexpected(raised.value)
    assert f"cannot copy '{tmp_path}/from/file'" in said and reason in said
    assert not (tmp_path / "to" / "file").exists()


def test_a_pipe_that_nobody_reads_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="it is a named pipe that nobody reads"):
        open_to_write(tmp_path / "pipe", "wb")
    with (
        pytest.raises(OSError, match="it is a named pipe that nobody reads"),
        alone(tmp_path / "pipe"),
    ):
        pass


@pytest.mark.parametrize("make, reason", NO_FILES[:4], ids=[row[1] for row in NO_FILES[:4]])
def test_a_table_of_names_that_cannot_be_read(
    make: Callable[[Path], object], reason: str, tmp_path: Path
) -> None:
    """Without it projects would become other packages than the site says."""
    make(tmp_path / SITE_FILE)
    with pytest.raises(HostError, match=f"{SITE_FILE} cannot be read: {reason}; mend or delete"):
        reviewed([str(tmp_path)])


def test_an_entry_of_the_cache_that_is_a_pipe_is_asked_for_again(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.put("page", "key", [1])
    cache.put_text("text", "key", "1")
    for file in [*tmp_path.rglob("*.*")]:
        file.unlink()
        os.mkfifo(file)
    assert cache.get("page", "key") is None
    assert cache.get_text("text", "key") is None and cache.get_line("text", "key") is None
    cache.put("page", "key", [2])
    assert cache.get("page", "key") == [2]


def _reads(file: Path) -> Iterator[str]:
    """Where a module opens a file of a disk to read it."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        modes = [each.value for each in node.args if isinstance(each, ast.Constant)]
        is_opened = called == "open" or (called.endswith(".open") and "rb" in modes)
        if (is_opened and "wb" not in modes) or called.endswith((".read_text", ".read_bytes")):
            yield f"{ast.unparse(node)} in line {node.lineno}"


def test_files_are_opened_in_one_place() -> None:
    found = {}
    for file in PACKAGE.rglob("*.py"):
        name = file.relative_to(PACKAGE).as_posix()
        if places := [*_reads(file)]:
            found[name] = places
    assert {name: places for name, places in found.items() if name not in ITSELF} == {}
    assert {*ITSELF} <= {*found}
