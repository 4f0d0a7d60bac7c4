"""What ``explain`` says of lines that stand for an extra for which the package has no variant."""

from __future__ import annotations

import pytest

from spack_pypi.session import Session
from spack_pypi.workflow.explain.explain import explain
from spack_pypi.workflow.explain.model import ExplainedRecipe, Verdict
from tests.memory import MemoryHost, MemoryIndex

RECIPE = """\
class Py{0}(PythonPackage):
    version("2.0", sha256="0")
    version("1.0", sha256="0")

    {1}
"""


def explained(line: str, of_lib: str) -> ExplainedRecipe:
    """Of x, which requires lib with an extra that asks for rich."""
    host, index = MemoryHost(), MemoryIndex()
    host.keep("lib", "py-lib", RECIPE.format("Lib", of_lib))
    for version in ("1.0", "2.0", "3.0"):
        index.add("rich", version)
    host.has("rich", "3.0", "2.0", "1.0")
    for version, least in (("1.0", "2"), ("2.0", "3")):
        index.add("lib", version, f'rich>={least}; extra == "all"')
        index.add("x", version, "lib[all]")
    host.keep("x", "py-x", RECIPE.format("X", line))
    with Session(index) as session:
        return explain(session, host, "py-x", "2.0")


RUN = 'type=("build", "run")'
LIB = f'depends_on("py-lib", {RUN})\n'


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        (f'depends_on("py-rich@3:", {RUN})', Verdict.EXPLAINED),
        (f'depends_on("py-rich@2:", {RUN})', Verdict.EXPLAINED),
        (f'depends_on("py-rich@1:", {RUN})', Verdict.DIFFERS),
    ],
)
def test_bounds_down_to_those_of_the_oldest_version(line: str, verdict: Verdict) -> None:
    found = explained(line, "")
    (said,) = (each for each in found.lines if "py-rich" in each.text)
    assert [ground.verdict for ground in said.grounds] == [verdict]
    assert said.grounds[0].cited[0].field == "Requires-Dist lib[all], an extra of which requires"


@pytest.mark.parametrize(
    ("of_lib", "reason"),
    [
        (f'depends_on("py-rich@2:", {RUN})', "what has the extra depends on it in each version"),
        (f'depends_on("py-rich@1:", {RUN})', "no line says that it is needed to run"),
    ],
)
def test_what_has_no_line(of_lib: str, reason: str) -> None:
    found = explained(LIB, of_lib)
    said = [(each.cited.text, each.reason) for each in found.unsaid if "rich" in each.cited.text]
    assert said == [("rich>=3", reason)]
