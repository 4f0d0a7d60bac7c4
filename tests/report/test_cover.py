"""The text that introduces a series to its reviewers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from spack_pypi.diagnostics import Diagnostic, Severity
from spack_pypi.report import cover as module
from spack_pypi.report.cover import Proof, cover
from spack_pypi.workflow.explain.model import (
    FOR_DEVELOPING,
    Cited,
    ExplainedLine,
    ExplainedRecipe,
    Ground,
    Unsaid,
    Verdict,
)
from spack_pypi.workflow.upstream.series import Series
from tests.report import commits
from tests.report.commits import PLAIN, UNSTYLED

GOLDEN = Path(__file__).parent.parent / "golden"
PROOF = Proof("develop, abc of 2026-11-27", "Spack 1.1.0, Python 3.11.7, Linux x86_64")
WIDE = replace(commits.WIDE, severity=Severity.WARNING)


def line(text: str, ground: Ground | None) -> ExplainedLine:
    return ExplainedLine(7, 7, text, "", (ground,) if ground else ())


def ground(verdict: Verdict, field: str, said: str, *notes: str) -> Ground:
    return Ground(verdict, (Cited(field, said),) if field else (), notes, ("2.0",))


SIX = ground(Verdict.EXPLAINED, "Requires-Dist", 'six; os_name == "a|<b>"')
HOME = ground(Verdict.EXPLAINED, "Home-page", "https://app.example")
LIB = replace(
    commits.LIB,
    latest="2.0",
    explained=ExplainedRecipe(
        "py-lib",
        "builtin",
        "package.py",
        lines=(
            line('version("2.0", sha256="0")', ground(Verdict.EXPLAINED, "file", "lib-2.0")),
            line('depends_on("py-six", when="@2:")', SIX),
            line('depends_on("py-old", when="@:1")', None),
        ),
        removed=('depends_on("py-old")',),
    ),
)
APP = replace(
    commits.APP,
    diagnostics=(WIDE,),
    latest="3.0",
    explained=ExplainedRecipe(
        "py-app",
        "builtin",
        "package.py",
        lines=(
            line('homepage = "https://app.example"', HOME),
            line(
                'depends_on("zlib", type="run")', ground(Verdict.UNEXPLAINED, "", "", "a person")
            ),
        ),
        unsaid=(
            Unsaid(Cited("Requires-Dist", "b>=1"), "no line says it", "py-b", ("2.0",)),
            Unsaid(Cited("extras dev", ""), FOR_DEVELOPING, "", ("2.0",), (5, 5)),
        ),
    ),
)


def test_the_cover_of_several() -> None:
    """Each point that reviewers go through has an answer, each line that is new its origin."""
    series = Series((LIB, APP), (), ("loaded", "audited", "ruff: passed"))
    assert cover(series, PROOF) == (GOLDEN / "cover.md").read_text("utf-8")


def test_a_long_cover_has_only_what_no_metadata_explains(monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers refuse longer ones."""
    monkeypatch.setattr(module, "_LONGEST", 1000)
    text = cover(Series((LIB, APP), (), ("loaded",)), PROOF)
    assert "## Where each line that no metadata explains comes from" in text
    assert "Home-page" not in text and "a person" in text and "b&gt;=1" in text


UNKNOWN = replace(LIB, latest="")
TAGGED = replace(
    APP, summary="It <img src=x>.", diagnostics=(replace(WIDE, text="a<b says nothing"),)
)
#: (series, branches that it needs, a line of its cover)
SAID = [
    (Series((LIB,), (), ("loaded",)), (), "# py-lib: add v2.0, v1.9"),
    (Series((LIB,), (), ("loaded",)), (), "One package:"),
    (Series((TAGGED,), (), ("loaded",)), (), "  - It &lt;img src=x&gt;."),
    (Series((TAGGED,), (), ("loaded",)), (), "- `py-app` 2.0: warning: a&lt;b says nothing"),
    (Series((LIB,), (), ("loaded",)), ("pypi/a", "pypi/b"),
     "Needs `pypi/a` and `pypi/b`, to be merged first."),
    (Series((LIB,), (), ("loaded",)), ("pypi/a",),
     "- **Consistency**: what they name exists in the base, in what is merged first, or here, in "
     "a version that fits."),
    (Series((LIB,), (), ("loaded",)), (),
     "- **Consistency**: what they name exists in the base or here, in a version that fits."),
    (Series((LIB,), (), ("loaded",)), (),
     "- **Version currency**: each recipe gets the newest release on the index."),
    (Series((UNKNOWN,), (), ("loaded",)), (),
     "- **Version currency**: not known for `py-lib`."),
    (Series((PLAIN,), (UNSTYLED,), ("loaded",)), (),
     "- **Conventions**: ruff is not installed, so style was not checked; each archive is a file "
     "of the release with this sha256."),
    (Series((PLAIN,), (), ("loaded",)), (), "- **Why**: 1 update: `py-plain`; links are above."),
]  # fmt: skip


@pytest.mark.parametrize(("series", "needs", "said"), SAID)
def test_what_is_said(series: Series, needs: tuple[str, ...], said: str) -> None:
    assert said in cover(series, PROOF, needs).splitlines()


def test_who_published_what_is_added() -> None:
    """A fact of the index, with what changed since the version before; nothing is said to be
    verified."""
    warning = Diagnostic("publisher-changed", Severity.WARNING, "py-lib", text="2.0 was <other>")
    lib = replace(LIB, publisher="GitHub repository a/lib", warnings=(warning,))
    text = cover(Series((lib,), (), ("loaded",)), PROOF)
    assert (
        "  - published by GitHub repository a/lib: the index's word (PEP 740); "
        "no signature was verified here\n  - **2.0 was &lt;other&gt;**\n"
    ) in text
