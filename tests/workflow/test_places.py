"""Where in a recipe the line is that a diagnostic is about."""

from __future__ import annotations

from pathlib import Path

import pytest

from spack_pypi.diagnostics import Diagnostic, Place, Severity
from spack_pypi.errors import HostError
from spack_pypi.workflow.compare.places import line_of, located
from tests.memory import MemoryHost

RECIPE = """\
from spack.package import *


class PyX(PythonPackage):
    version("1.10", sha256="0")
    version("1.1", sha256="0")
    version(
        '1.0',
        sha256="0",
    )

    depends_on("python@3.9:", type=("build", "run"))
    depends_on("py-foo-bar", type=("build", "run"))
    depends_on("py-foo@2:", when="@1.1:")
    depends_on("py-foo@:1", when="@:1.0")
    with when("+x"):
        depends_on(
            'py-baz',
            type="run",
        )
"""

CLASS = 4
# (the subject, the versions, the line)
TABLE: list[tuple[str, tuple[str, ...], int]] = [
    # the first depends_on of the subject, and of no other whose name begins alike
    ("py-foo", ("1.0",), 14),
    ("py-foo-bar", (), 13),
    ("python", ("1.10",), 12),
    ("py-baz", (), 17),
    # else the first of the versions that is there
    ("py-missing", ("1.1",), 6),
    ("", ("1.1", "1.10"), 6),
    ("", ("1.0",), 7),
    ("py-ba", ("9", "1.10"), 5),
    # else the class
    ("", (), CLASS),
    ("py-missing", (), CLASS),
    ("py-missing", ("1",), CLASS),
    # no text is a regular expression
    ("py.foo", ("1.1.",), CLASS),
    ("(", ("[",), CLASS),
]


def about(subject: str, *versions: str) -> Diagnostic:
    return Diagnostic("cycle", Severity.NOTE, "py-x", versions, subject)


@pytest.mark.parametrize("subject, versions, line", TABLE)
def test_the_line(subject: str, versions: tuple[str, ...], line: int) -> None:
    assert line_of(RECIPE, about(subject, *versions)) == line


def test_a_file_without_a_class_is_meant_as_a_whole() -> None:
    assert line_of("", about("py-foo", "1.0")) == 0


def test_the_file() -> None:
    host = MemoryHost()
    host.has("x", "1.0")
    host.texts["py-x"] = RECIPE
    (found,) = located(host, [about("py-foo-bar")])
    assert found.place == Place(str(Path("repo/py-x/package.py")), 13)


def test_a_file_of_the_working_directory_is_named_from_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CI systems know the files of the repository only by such names."""
    host = MemoryHost()
    host.texts["py-x"] = RECIPE
    file = tmp_path / "repo" / "package.py"
    host.repos.recipe_file = lambda name: file  # type: ignore[method-assign]
    for folder, name in ((tmp_path, "repo/package.py"), (tmp_path / "other", str(file))):
        folder.mkdir(exist_ok=True)
        monkeypatch.chdir(folder)
        (found,) = located(host, [about("")])
        assert found.place == Place(name, CLASS)


def test_a_recipe_that_cannot_be_read_has_no_place() -> None:
    def none(name: str) -> Path:
        raise HostError("no repo has it")

    host = MemoryHost()
    host.repos.recipe_file = none  # type: ignore[method-assign]
    assert list(located(host, [about("py-foo")])) == [about("py-foo")]
