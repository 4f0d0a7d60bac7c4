"""Which conflicts of a recipe are read as versions of a dependency that it excludes."""

from __future__ import annotations

import pytest

from spack_pypi.recipe.excluded import excluded

#: (a statement of a class, package, versions and condition of what is read; None for nothing)
CONFLICTS = [
    ('conflicts("^py-a@5.0")', ("py-a", "5.0", "")),
    ('conflicts("^py-a@:1,3", when="@2: ^python@:3.9", msg="broken")',
     ("py-a", ":1,3", "@2: ^python@:3.9")),
    ('with when("+x"):\n        conflicts("^py-a@5.0")', ("py-a", "5.0", "+x")),
    ('conflicts("^py-a@5.0", "@:2", msg="broken")', ("py-a", "5.0", "@:2")),
    ('conflicts("^py-a@5.0", "%gcc")', None),
    ('conflicts("^py-a")', None),
    ('conflicts("^py-a@5.0+x")', None),
    ('conflicts("+x", when="@2:")', None),
    ('conflicts("^py-a@5.0", when="%gcc")', None),
    ('conflicts("^py-a@" + LAST)', None),
    ('for old in ("1",):\n        conflicts("^py-a@" + old)', ("py-a", "1", "")),
    ('for old in PyA.versions:\n        conflicts("^py-a@" + old)', None),
    ('if True:\n        conflicts("^py-a@5.0")', None),
    ('depends_on("py-a@5.0")', None),
]  # fmt: skip


@pytest.mark.parametrize("statement, expected", CONFLICTS)
def test_conflicts(statement: str, expected: tuple[str, str, str] | None) -> None:
    text = f'class PyX(PythonPackage):\n    version("1", sha256="0")\n    {statement}\n'
    found = [line.dependency for line in excluded(text)]
    read = [(each.package, each.versions, str(each.when)) for each in found]
    assert read == ([expected] if expected else [])
    assert all(not each.types for each in found)


def test_versions_of_blocks() -> None:
    text = (
        "class PyX(PythonPackage):\n"
        '    version("1", sha256="0")\n'
        '    with when("@2:"):\n'
        '        conflicts("^py-a@5.0", when="@:3")\n'
    )
    (found,) = excluded(text)
    assert (found.within, found.dependency.when.versions) == (("2:",), ":3")
