"""Files of requirements that are longer than anybody's."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from spack_pypi.errors import UsageError
from spack_pypi.workflow.requirement_files import read

# (text, what is said, how many requirements there are)
LONG: list[tuple[str, str, int]] = [
    ("attrs>=19\n" * 20_000, "", 1),
    ("".join(f"a{n}\n" for n in range(10_000)), "", 10_000),
    ("".join(f"a{n}\n" for n in range(10_001)), "lists more than 10000 requirements", 0),
    ("".join(f"attrs!=1.{n}\n" for n in range(501)), "more than 500 clauses about attrs", 0),
    (f"attrs{','.join(f'!=1.{n}' for n in range(501))}\n", "more than 500 clauses about attrs", 0),
]


@pytest.mark.parametrize("text, said, count", LONG, ids=["same", "most", "more", "lines", "one"])
def test_how_much_a_file_may_list(text: str, said: str, count: int, tmp_path: Path) -> None:
    file = tmp_path / "requirements.txt"
    file.write_text(text)
    if not said:
        assert len(read([str(file)]).requirements) == count
        return
    with pytest.raises(UsageError, match=said) as error:
        read([str(file)])
    assert str(error.value).startswith(f"{file} lists more than ")


LONG_LOCKS = {
    "uv.lock": "[[package]]\n" * 10_001,
    "pylock.toml": "[[packages]]\n" * 10_001,
    "Pipfile.lock": json.dumps({"default": {f"a{n}": {"version": "==1"} for n in range(10_001)}}),
}


@pytest.mark.parametrize("name, text", LONG_LOCKS.items(), ids=LONG_LOCKS)
def test_how_many_packages_a_lock_may_have(name: str, text: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(UsageError, match=f"{name} lists 10001 packages, and 10000 is the limit"):
        read([str(tmp_path / name)])


SCRIPT = '# /// script\n# dependencies = ["attrs"]\n# ///\n'
# (files, which of them is read, what is said)
STRANGE: list[tuple[dict[str, str], str, str]] = [
    ({"setup.cfg": "[options]\ninstall_requires = a\n[options]\n"}, "setup.cfg", "second time"),
    ({"setup.cfg": "[options]\n[bad\n"}, "setup.cfg", "line 2 is neither a section nor"),
    ({"setup.cfg": "[options]\ninstall_requires = file: pipe"}, "setup.cfg", "a named pipe"),
    ({"requirements.txt": "-r pipe"}, "requirements.txt", "is a named pipe"),
    ({}, "pipe", "is a named pipe"),
    (
        {"requirements.txt": "-r https://me:secret@files.example/all.txt"},
        "requirements.txt",
        "requirements.txt includes https://files.example/all.txt, and only files of this machine",
    ),
    ({"constraints.txt": "-c file:///all.txt"}, "constraints.txt", "includes file:///all.txt"),
    ({"run.py": f"{SCRIPT}\n{SCRIPT}"}, "run.py", "run.py has 2 blocks"),
    ({"run.py": SCRIPT * 2}, "run.py", "run.py has 2 blocks"),
    ({"uv.lock": f"version = {'9' * 5000}"}, "uv.lock", "a number in it has far too many digits"),
    ({"Pipfile.lock": '{"_meta": ' + "9" * 5000 + "}"}, "Pipfile.lock", "far too many digits"),
    (
        {"pylock.toml": f'lock-version = "{"9" * 5000}"\ncreated-by = "x"\npackages = []\n'},
        "pylock.toml",
        "far too many digits",
    ),
    (
        {"Pipfile.lock": '{"default": {"a": {"version": "==' + "1." * 3000 + '"}}}'},
        "Pipfile.lock",
        "the version of .a. is too long",
    ),
]


# Files of a later format, which may mean something else → what is said.
LATER: list[tuple[str, str, str]] = [
    ("uv.lock", "version = 2", "its version is 2 (known: up to 1; update spack-pypi, or lock"),
    ("poetry.lock", '[metadata]\nlock-version = "3.0"', "its lock-version is 3.0 (known: up to 2"),
    ("poetry.lock", '[metadata]\nlock-version = "new"', "its lock-version is new"),
    ("pdm.lock", '[metadata]\nlock_version = "10.0"', "its lock_version is 10.0 (known: up to 4"),
    ("Pipfile.lock", '{"_meta": {"pipfile-spec": 7}}', "its pipfile-spec is 7 (known: up to 6"),
]


@pytest.mark.parametrize("name, text, said", LATER)
def test_a_later_format(name: str, text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(UsageError, match=re.escape(f"{tmp_path / name}: {said}")):
        read([str(tmp_path / name)])


# (groups of a pyproject.toml by name, what they include) of g0 → what is said
GROUPS: list[tuple[list[list[str]], str]] = [
    ([["g1"], ["g0"]], "Cyclic dependency group include"),
    ([["g1", "g1"], ["g0", "g0"]], "more than 10000 times"),
    ([[f"g{n + 1}"] for n in range(3000)], "more than 100 deep"),
    ([[f"g{n + 1}"] * 2 for n in range(40)], "more than 10000 times"),
    ([["nowhere"]], "nowhere"),
]


@pytest.mark.parametrize("groups, said", GROUPS)
def test_groups_that_include_others(groups: list[list[str]], said: str, tmp_path: Path) -> None:
    lines = ["[dependency-groups]", f'g{len(groups)} = ["attrs"]']
    for number, names in enumerate(groups):
        tables = ", ".join(f'{{include-group = "{name}"}}' for name in names)
        lines.append(f"g{number} = [{tables}]")
    (tmp_path / "pyproject.toml").write_text("\n".join(lines))
    with pytest.raises(UsageError, match=said):
        read([str(tmp_path / "pyproject.toml")], groups=["g0"])


@pytest.mark.parametrize("files, read_one, said", STRANGE)
def test_what_is_refused(files: dict[str, str], read_one: str, said: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(UsageError, match=said) as raised:
        read([str(tmp_path / read_one)])
    assert len(str(raised.value)) < 500


def test_a_folder_whose_project_is_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pyproject.toml")
    with pytest.raises(UsageError, match="is a named pipe"):
        read([str(tmp_path)])


def test_the_pipe_of_a_shell_is_read() -> None:
    """As in ``--from <(pip freeze)``."""
    ours, theirs = os.pipe()
    os.write(theirs, b"attrs\n")
    os.close(theirs)
    try:
        assert [each.name for each in read([f"/dev/fd/{ours}"]).requirements] == ["attrs"]
    finally:
        os.close(ours)


def test_files_that_include_the_next_one_twice(tmp_path: Path) -> None:
    """Of forty, the last would be read a million million times."""
    for number in range(40):
        (tmp_path / f"{number}.txt").write_text(f"-r {number + 1}.txt\n" * 2 + f"a{number}\n")
    (tmp_path / "40.txt").write_text("attrs\n")
    assert len(read([str(tmp_path / "0.txt")]).requirements) == 41
