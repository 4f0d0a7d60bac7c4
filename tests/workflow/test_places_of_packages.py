"""Sets that are not files: a folder of wheels and sdists, and what is installed in a Python."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from spack_pypi.errors import UsageError
from spack_pypi.workflow.requirement_files import RequirementSet, named, read
from tests.index_server import sdist_bytes, wheel_bytes, zip_bytes
from tests.prefixes.made import answered, interpreter

ELSEWHERE = "not for this Python or platform"


def pins(requirements: RequirementSet) -> list[str]:
    return sorted(str(each).replace("==", " ") for each in requirements.requirements)


# --- a wheel house -------------------------------------------------------------------------------

#: Files, and what is named on x86_64 Linux with Python 3.12.
HOUSES: list[tuple[list[str], list[str], list[tuple[str, str]]]] = [
    (["six-1.17.0-py2.py3-none-any.whl", "a_b-1.0.tar.gz"], ["a-b 1.0", "six 1.17.0"], []),
    (["notes.txt", "Some.Thing-1.0.zip"], ["some-thing 1.0"], []),
    (["n-1-cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64.whl"], ["n 1"], []),
    (["n-1-cp39-abi3-manylinux_2_17_x86_64.whl"], ["n 1"], []),
    (["n-1-py3-none-manylinux_2_17_x86_64.whl"], ["n 1"], []),
    (["n-1-cp311-cp311-manylinux_2_17_x86_64.whl"], [], [("n", ELSEWHERE)]),
    (["n-1-cp313-abi3-manylinux_2_17_x86_64.whl"], [], [("n", ELSEWHERE)]),
    (["n-1-cp312-cp312-manylinux_2_17_aarch64.whl"], [], [("n", ELSEWHERE)]),
    (["n-1-cp312-cp312-win_amd64.whl"], [], [("n", ELSEWHERE)]),
    (["n-1-py2-none-any.whl"], [], [("n", ELSEWHERE)]),
    (["n-1-cp312-cp312-win_amd64.whl", "n-1.tar.gz"], ["n 1"], []),
    (["n-1-py3-none-any.whl", "n-2.tar.gz"], ["n 2"], [("n 1", "{folder} has 2 too")]),
    (["x.whl", "n-1.tar.gz"], ["n 1"], [("x.whl", "not the name of a wheel or sdist")]),
    (["-x-1.tar.gz", "n-1.zip"], ["n 1"], [("-x-1.tar.gz", "not the name of a wheel or sdist")]),
]


def archive_bytes(name: str) -> bytes:
    """A small archive of that name."""
    project, version = name.split("-")[:2] if name.count("-") else ("x", "1")
    if name.endswith(".whl"):
        return wheel_bytes(project, version, f"Name: {project}\nVersion: {version}\n")
    if name.endswith(".zip"):
        return zip_bytes(project, version, {})
    return sdist_bytes(project, version, {"PKG-INFO": ""})


BROKEN = [
    ("x-1-py3-none-any.whl", b"", "is not a valid wheel"),
    ("x-1-py3-none-any.whl", archive_bytes("x-1-py3-none-any.whl")[:-9], "is not a valid wheel"),
    ("x-1-py3-none-any.whl", archive_bytes("y-1-py3-none-any.whl"), "is a wheel of y 1, as its"),
    ("x-1-py3-none-any.whl", archive_bytes("x-2-py3-none-any.whl"), "is a wheel of x 2, as its"),
    ("x-1.tar.gz", b"<html>not found</html>", "the archive cannot be read"),
    ("x-1.zip", b"PK", "the archive cannot be read"),
]


@pytest.mark.parametrize(("name", "content", "reason"), BROKEN)
def test_a_file_from_which_nothing_can_be_installed_is_an_error(
    tmp_path: Path, name: str, content: bytes, reason: str
) -> None:
    """What is named by it would be looked up elsewhere."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UsageError) as raised:
        read([str(tmp_path)])
    said = str(raised.value)
    assert said.startswith(f"{tmp_path / name}: {reason}") and said.endswith("or remove it")
    # One that is not needed is not read.
    newer = name.replace("-1", "-3")
    (tmp_path / newer).write_bytes(archive_bytes(newer))
    assert pins(read([str(tmp_path)])) == ["x 3"]


@pytest.mark.parametrize(("files", "expected", "skipped"), HOUSES)
def test_a_folder_of_wheels_and_sdists(
    tmp_path: Path, files: list[str], expected: list[str], skipped: list[tuple[str, str]]
) -> None:
    for name in files:
        (tmp_path / name).write_bytes(archive_bytes(name))
    result = read([str(tmp_path)], environment=named("linux,x86_64,py312"))
    assert pins(result) == expected
    assert result.skipped == [(name, why.format(folder=tmp_path)) for name, why in skipped]


def test_a_project_with_wheels_beside_it_is_a_project(tmp_path: Path) -> None:
    (tmp_path / "six-1-py3-none-any.whl").write_bytes(b"")
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'a'\ndependencies = ['attrs']")
    assert pins(read([str(tmp_path)])) == ["attrs"]


# --- what is installed ---------------------------------------------------------------------------


def installed(folder: Path, name: str, metadata: str, **files: str) -> None:
    path = folder / name
    path.mkdir(parents=True)
    (path / "METADATA").write_text(metadata)
    for file, text in files.items():
        (path / file.replace("__", ".")).write_text(text)


def python(folder: Path, answer: str) -> str:
    """An interpreter that answers so."""
    return f"python:{interpreter(folder, answer)}"


UNREAD = "its metadata cannot be read"
#: Invalid texts of direct_url.json; sorted.
ODD_ORIGINS = {"deep": "[" * 100_000, "half": "[", "list": "[1]", "odd": '{"url": 5}'}


def test_what_is_installed(tmp_path: Path) -> None:
    site = tmp_path / "site-packages"
    # What would be run if anything of it were imported.
    (tmp_path / "bomb").mkdir()
    for module in ("six.py", "sitecustomize.py"):
        (tmp_path / "bomb" / module).write_text("raise SystemExit('imported')")
    head = "Metadata-Version: 2.1\nName: {}\nVersion: {}\n"
    installed(site, "six-1.17.dist-info", head.format("six", "1.17"))
    installed(site, "pip-25.dist-info", head.format("pip", "25"))
    installed(site, "setuptools-65.dist-info", head.format("setuptools", "65"))
    editable = json.dumps({"url": "file:///x", "dir_info": {"editable": True}})
    installed(site, "own-1.dist-info", head.format("Own", "1"), direct_url__json=editable)
    address = json.dumps({"url": "https://h.example/x.whl", "archive_info": {}})
    installed(site, "direct-1.dist-info", head.format("direct", "1"), direct_url__json=address)
    built = json.dumps({"url": "file:///home/builder/x"})
    installed(site, "numpy-2.dist-info", head.format("numpy", "2"), direct_url__json=built,
              INSTALLER="conda\n")  # fmt: skip
    installed(site, "broken-1.dist-info", "")
    for kind, text in ODD_ORIGINS.items():
        installed(site, f"{kind}-1.dist-info", head.format(kind, "1"), direct_url__json=text)
    installed(site, "pipe-1.dist-info", "")
    (site / "pipe-1.dist-info" / "METADATA").unlink()
    os.mkfifo(site / "pipe-1.dist-info" / "METADATA")
    second = tmp_path / "base"
    installed(second, "six-1.0.dist-info", head.format("six", "1.0"))
    answer = answered((3, 11, 4), [str(site), str(tmp_path / "bomb")], [str(second)])
    result = read([python(tmp_path, answer)])
    assert pins(result) == ["numpy 2", "six 1.17"]
    assert sorted(result.skipped) == [
        (str(site / "broken-1.dist-info"), UNREAD),
        *((str(site / f"{kind}-1.dist-info"), UNREAD) for kind in (*ODD_ORIGINS, "pipe")),
        ("direct", "installed from a path, a URL or a repository, not from an index"),
        ("own", "an editable project, not a release on an index"),
    ]
    assert result.environment.variables["python_full_version"] == "3.11.4"
    assert result.locked


def test_the_python_that_runs_us() -> None:
    """It has what the tests need, as any Python tells."""
    result = read([f"python:{sys.executable}"])
    assert any(pin.startswith("packaging ") for pin in pins(result))
    assert ("spack-pypi", "an editable project, not a release on an index") in result.skipped


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("", "does not answer as a Python 3 does"),
        ("{}", "does not answer as a Python 3 does"),
        ("[" * 100_000, "does not answer as a Python 3 does"),
        (answered((2, 7, 1)), "does not answer as a Python 3 does"),
        (answered((3, 7)), "does not answer as a Python 3 does"),
        (answered(site=9), "does not answer as a Python 3 does"),
    ],
)
def test_what_is_no_python(tmp_path: Path, answer: str, reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        read([python(tmp_path, answer)])


def test_a_python_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nowhere cannot be run: No such file"):
        read([f"python:{tmp_path}/nowhere"])


def test_another_python_than_was_asked_for(tmp_path: Path) -> None:
    answer = python(tmp_path, answered((3, 11, 1)))
    with pytest.raises(UsageError, match=r"is for Python ==3.11.\*, not 3.12"):
        read([answer], environment=named("py312"))
