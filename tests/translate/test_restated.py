"""A new range without its holes, and the conflicts with them, beside the lines that stay."""

from __future__ import annotations

import pytest

from spack_pypi.recipe.edit import RecipeText
from spack_pypi.recipe.model import Condition, Conflict, Dependency
from spack_pypi.translate.restated import without_restated

NEW, FOR_2 = "1.7:2", Condition(versions="2:")
HOLES = ("1.8", "2:2.0.1", "2.1:2.1.0")
RUN = 'type=("build", "run"))'

#: (a line of the recipe, which has the versions 1.0 and 2.0; whether the new line is needed, and
#: the holes for which a conflict is)
TABLE: list[tuple[str, bool, tuple[str, ...]]] = [
    (f'depends_on("py-a@1.7:1,2.1.1:2", {RUN}', False, ("1.8",)),
    (f'depends_on("py-a@1.7:1,2.1.1:2", when="@1.0:", {RUN}', False, ("1.8",)),
    ('depends_on("py-a@1.7:1,2.1.1:2", type="run")', False, ("1.8",)),
    # it says less
    (f'depends_on("py-a@1:2", {RUN}', True, HOLES),
    (f'depends_on("py-a@1.7:1,2.0.2:2", {RUN}', False, ("1.8", "2.1:2.1.0")),
    (f'depends_on("py-a@1,2.1.1:", {RUN}', True, ("1.8",)),
    # it holds elsewhere
    (f'depends_on("py-a@1.7:1,2.1.1:2", when="@:1", {RUN}', True, HOLES),
    (f'depends_on("py-a@1.7:1,2.1.1:2", when="platform=linux", {RUN}', True, HOLES),
    (f'depends_on("py-a@1.7:1,2.1.1:2", when="+full", {RUN}', True, HOLES),
    (f'depends_on("py-b@1.7:1,2.1.1:2", {RUN}', True, HOLES),
    # it is for another use, so that the line is needed to run
    ('depends_on("py-a@1.7:1,2.1.1:2", type="build")', True, HOLES),
]


@pytest.mark.parametrize(("line", "needed", "holes"), TABLE, ids=[row[0] for row in TABLE])
def test_restated(line: str, needed: bool, holes: tuple[str, ...]) -> None:
    text = f'class PyX(PythonPackage):\n    version("1.0", sha256="0")\n    {line}\n'
    new = Dependency("py-a", NEW, (), FOR_2, ("build", "run"))
    conflict = Conflict(f"^py-a@{','.join(HOLES)}", FOR_2)
    kept = RecipeText(text).stated
    lines, conflicts = without_restated([new], [conflict], kept, ["2.0", "1.0"])
    assert lines == ((new,) if needed else ())
    assert conflicts == (Conflict(f"^py-a@{','.join(holes)}", FOR_2),)


def test_conflicts_with_variants_stay() -> None:
    of_variant = Conflict("+full", FOR_2)
    assert without_restated([], [of_variant], [], ["2.0"]) == ((), (of_variant,))
