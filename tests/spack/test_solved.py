"""What each Spack's solver and installer say, as we read it
(`spack_pypi.host.spack.internals`, `spack_pypi.host.spack.install`)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Spack
from tests.spack.forks import said
from tests.spack.made_up import staging
from tests.spack.shared import use_part_of_builtin

pytestmark = pytest.mark.spack


def solved(spack: Spack) -> dict[str, Any]:
    use_part_of_builtin(spack)
    return said(spack, JOBS)


REASONS = """
import spack.concretize, spack.spec
from spack_pypi.host.spack.internals import solver_reasons
from spack_pypi.host.spack.reasons import message_of
with host.writer.stage(target, texts):
    try:
        spack.concretize.concretize_together([(spack.spec.Spec("mupdoc"), None)])
    except Exception as error:
        reasons = solver_reasons(message_of(error))
print(json.dumps([
    [r.text, r.unsatisfied, [[c.package, c.spec] for c in r.causes], r.roots] for r in reasons
]))
"""


def test_reasons_of_the_solver(every_spack: Spack) -> None:
    """Each is about the range that is not satisfied, who requires it, and what was requested."""
    found = solved(every_spack)["reasons"]
    assert {unsatisfied for _, unsatisfied, _, _ in found} == {"mupmd@:1"}
    assert [["mupmr", "mupmd@:1"]] in [causes for _, _, causes, _ in found]
    # Some name the whole way to what was requested, others its end only.
    assert {root for _, _, _, roots in found for root in roots} <= {"mupdoc"}


TOGETHER = """
import spack.error, spack.spec
from spack_pypi.host.spack.internals import solved_together
with host.writer.stage(target, texts):
    answers = []
    for names in (["mupbad", "mupone", "muptwo", "muptoo"], ["mupbad", "mupbad@1"]):
        try:
            solved, found = solved_together([spack.spec.Spec(name) for name in names], False)
            nodes = {str(node.version) for spec in found for node in spec.traverse()
                     if node.name == "mupdep"}
            answers.append([sorted(map(str, solved)), sorted(nodes)])
        except spack.error.SpackError as error:
            answers.append(type(error).__name__)
print(json.dumps(answers))
"""


def test_as_many_as_fit_into_one_graph(every_spack: Spack) -> None:
    """Which of the specs, and what is in the graph; none is an error."""
    found, error = solved(every_spack)["together"]
    assert found == [["muptoo", "muptwo"], ["2"]]
    assert "Error" in error


INSTALLED = """
with host.writer.stage(target, texts) as staging:
    trials = [host.installer.install(staging, spec, lambda archives, mirror: None)
              for spec in ("mupfails", "mupaway")]
print(json.dumps([
    [t.built, t.failure.package, t.failure.phase, t.failure.tail, t.failure.log] for t in trials
]))
"""


def test_what_was_installed_and_what_failed(every_spack: Spack) -> None:
    """The lock file, the store's database, the log of a build, the message about a fetch."""
    fails, away = solved(every_spack)["installed"]
    built, package, phase, tail, log = fails
    assert (built, package, phase) == (["mupneeded@2.0"], "mupfails@1.0", "build")
    assert "mup does not build" in tail
    assert log.endswith(".txt")
    built, package, phase, tail, log = away
    assert (built, package, phase, log) == ([], "mupaway@1.0", "fetch", "")
    assert "mupaway-1.0.tar.gz" in tail


ONE, TWO = ['version("1"SHA256)'], ['version("2"SHA256)']
NEEDS_ONE, NEEDS_TWO = [*ONE, 'depends_on("mupdep@1")'], [*ONE, 'depends_on("mupdep@2")']
OWN = ["has_code = False", "", "def install(self, spec, prefix):"]
FAILS = '    which("sh")("-c", "echo mup does not build; exit 1")'
JOBS = {
    "reasons": staging(
        REASONS,
        mupmd=['version("3.1"SHA256)', 'version("0.8"SHA256, deprecated=True)'],
        mupmr=['version("0.2"SHA256)', 'depends_on("mupmd@:1")'],
        mupdoc=['version("1.0"SHA256)', 'depends_on("mupmr")'],
    ),
    "together": staging(
        TOGETHER,
        mupdep=[*TWO, *ONE],
        mupbad=[*ONE, 'depends_on("mupdep@3:")'],
        mupone=NEEDS_ONE,
        muptwo=NEEDS_TWO,
        muptoo=NEEDS_TWO,
    ),
    "installed": staging(
        INSTALLED,
        mupneeded=['version("2.0")', *OWN, "    mkdirp(prefix.lib)"],
        mupfails=['version("1.0")', 'depends_on("mupneeded")', *OWN, FAILS],
        mupaway=['version("1.0"SHA256)'],
    ),
}
