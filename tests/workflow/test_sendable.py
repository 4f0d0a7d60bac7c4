"""What is left out of a series when some recipes cannot be sent: (bad ones, what needs them)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from spack_pypi.errors import HostError
from spack_pypi.workflow.upstream.sendable import without
from spack_pypi.workflow.upstream.source import LocalRecipe, read
from spack_pypi.workflow.upstream.upstream import _password


def recipe(*needs: str) -> LocalRecipe:
    lines = [f'    depends_on("{name}", type="build")' for name in needs]
    text = "\n".join(["class PyX(PythonPackage):", '    version("1.0", sha256="a")', *lines])
    return LocalRecipe(Path("package.py"), text)


@pytest.mark.parametrize(
    ("line", "is_refused"),
    [
        ('homepage = "https://me:s3cr3t@x.example/"', True),
        ('git = "ssh://git:s3cr3t@x.example/x.git"', True),
        ('git = "ssh://git@x.example/x.git"', False),
        ('homepage = "https://x.example/a@b:c"', False),
        ('git = "git@x.example:a/b.git"  # https://x.example', False),
        ('url = "https://x.example:8443/x-1.0.tar.gz?a=b@c"', False),
    ],
)
def test_a_recipe_with_a_password(line: str, is_refused: bool) -> None:
    """All who read the patches would see it."""
    source = LocalRecipe(Path("package.py"), f"class PyX(PythonPackage):\n    {line}\n")
    said = _password(source)
    assert said.startswith("line 2 of its recipe has an address with a password") is is_refused
    assert bool(said) is is_refused and "s3cr3t" not in said


def test_a_recipe_that_is_no_text(tmp_path: Path) -> None:
    file = tmp_path / "package.py"
    file.write_bytes(b"# \xc3\xa9\n# caf\xe9\n")
    with pytest.raises(HostError, match="package.py, line 2, is not UTF-8"):
        read(file)


#: d needs c, which needs b; e and f need each other.
RECIPES = {
    "py-a": recipe("py-elsewhere"),
    "py-b": recipe(),
    "py-c": recipe("py-a", "py-b"),
    "py-d": recipe("py-c"),
    "py-e": recipe("py-f"),
    "py-f": recipe("py-e"),
}
LEFT_OUT: list[tuple[set[str], Mapping[str, str]]] = [
    (set(), {}),
    ({"py-d"}, {}),
    ({"py-b"}, {"py-c": "py-b", "py-d": "py-c"}),
    ({"py-a", "py-b"}, {"py-c": "py-a", "py-d": "py-c"}),
    ({"py-e"}, {"py-f": "py-e"}),
]


@pytest.mark.parametrize("bad, expected", LEFT_OUT)
def test_what_needs_a_bad_one(bad: set[str], expected: Mapping[str, str]) -> None:
    rest, needing = without(RECIPES, bad)
    assert needing == expected
    assert {*rest} == {*RECIPES} - bad - {*expected}
