"""``explain``: (a line of the recipe, what the releases declare) → what is said of the line.

The recipe has the versions 2.0 and 1.0; evaluated by a small stand-in for Spack's classes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from spack_pypi.errors import HostError
from spack_pypi.pypi.model import Publisher
from spack_pypi.session import Session
from spack_pypi.workflow.explain.explain import explain, part
from spack_pypi.workflow.explain.model import ExplainedRecipe, Unsaid, Verdict
from spack_pypi.workflow.request import Request, Verify
from tests.memory import MemoryHost, MemoryIndex
from tests.run import create

HEAD = """\
class PyX(PythonPackage):
    pypi = "x/x-1.0.tar.gz"

    version("2.0", sha256="0")
    version("1.0", sha256="0")
"""
RUN = ', type=("build", "run"))'


def explained(
    lines: str, *requires: str, versions: str = "", build: Any = (), **options: Any
) -> ExplainedRecipe:
    host, index = MemoryHost(), MemoryIndex()
    for name in ("a", "b", "wheel"):
        host.has(name, "2.5", "2.0", "1.0")
        for version in ("1.0", "2.0", "2.5"):
            index.add(name, version)
    for version in ("1.0", "2.0"):
        index.add("x", version, *requires, build=build, **options)
    body = "".join(f"    {line}\n" for line in lines.splitlines())
    host.keep("x", "py-x", HEAD + body)
    with Session(index) as session:
        return explain(session, host, "py-x", versions)


E, D, P, U = Verdict.EXPLAINED, Verdict.DIFFERS, Verdict.UNEXPLAINED, Verdict.UNKNOWN
A = 'depends_on("py-a'
# (lines of the recipe, requirements, verdict on the first line, part of its notes)
TABLE: list[tuple[str, list[str], Verdict, str]] = [
    (f'{A}@1:"{RUN}', ["a>=1"], E, ""),
    (f'{A}@1:1"{RUN}', ["a>=1,<2"], E, ""),
    (f'{A}@1:"{RUN}', ["a>=2"], D, "it accepts 1.0"),
    (f'{A}@2:"{RUN}', ["a>=1"], D, "it excludes 1.0"),
    (f'{A}"{RUN}', ["b"], P, "a person wrote it"),
    # another line says the rest, or a person's line more
    (f'{A}@1:"{RUN}\n{A}@2:"{RUN}', ["a>=2"], E, "together with another line"),
    (f'{A}@2:"{RUN}\n{A}@:2"{RUN}', ["a>=2"], E, ""),
    (f'{A}@:2"{RUN}\n{A}@2:"{RUN}', ["a>=2"], D, "it excludes"),
    # uses
    (f'{A}", type="build")', ["a"], D, "requires it only to run"),
    (f'{A}", type="test")', ["a"], D, "requires it only to run"),
    # conditions
    (f'{A}", when="^python@:3.10"{RUN}', ['a; python_version < "3.11"'], E, ""),
    (f'{A}"{RUN}', ['a; python_version < "3.11"'], D, "also holds where it is not required"),
    (f'{A}", when="^python@:3.10"{RUN}', ["a"], E, ""),
    (f'{A}", when="^python@:3.7"{RUN}', ["a"], U, "holds with no Python"),
    (f'{A}", when="platform=linux"{RUN}', ['a; sys_platform == "linux"'], E, ""),
    (f'{A}", when="target=zen2:"{RUN}', ["a"], U, "targets"),
    (f'{A}", when="%gcc"{RUN}', ["a"], U, "computed, not explained"),
    # extras
    (f'variant("fast", default=False)\n{A}", when="+fast"{RUN}', ['a; extra == "fast"'], E, ""),
    (f'{A}"{RUN}', ['a; extra == "fast"'], D, "also holds without the extra"),
    (f'{A}", when="+mpi"{RUN}', ["a"], D, "mpi, which is not an extra"),
    (f'{A}+mpi"{RUN}', ["a"], D, "+mpi is nothing that the metadata asks for"),
    # Python
    (f'depends_on("python@3.11:"{RUN}', [], D, "it excludes Python 3.10.19"),
    (f'depends_on("python@3.9:"{RUN}', [], D, "it accepts Python 3.9.24"),
    (f'depends_on("python@3.10:"{RUN}', [], E, ""),
    (f'depends_on("python@3.9:"{RUN}\ndepends_on("python@3.10:"{RUN}', [], E, "together"),
    # other lines
    ('license("MIT")', [], E, ""),
    ('license("BSD-3-Clause")', [], D, "another licence"),
    ('variant("fast", default=False)', ['a; extra == "fast"'], E, ""),
    ('variant("other", default=False)', [], P, "no extra of this name"),
    ('conflicts("^py-a@1")', ["a>=2"], E, ""),
    ('conflicts("py-a@1")', ["a>=2"], E, ""),
    ('conflicts("^py-a@2")', ["a>=2"], P, "a person wrote it"),
    ('conflicts("^py-a@1:2.0")', ["a!=1.0"], D, "it excludes 2.0, which the metadata accepts"),
    ('variant("fast", default=False)\nwith when("+fast"): conflicts("^py-a@1")',
     ['a>=2; extra == "fast"'], E, ""),
    ('conflicts("^py-a@1", when="^python@3.12:")', ['a>=2; python_version >= "3.12"'], E, ""),
    ('conflicts("^py-a@1", when="^python@:3.11")', ['a>=2; python_version >= "3.12"'],
     P, "a person wrote it"),
    ('conflicts("^py-a@1")', ['a>=2; python_version >= "3.12"'], U, "not the same wherever"),
    ('conflicts("+fast")', ['a; extra == "fast"'], U, "no metadata says why"),
    ('conflicts("+fast", msg="needs py-a, not packaged when this was added")',
     ['a; extra == "fast"'], E, ""),
    ('conflicts("^python@:3.9")', [], E, ""),
    ('conflicts("^python@:3.10")', [], D, "it excludes 3.10.19, which the metadata accepts"),
    ('conflicts("^python@3.12:")', [], P, "a person wrote it"),
    ('conflicts("%gcc")', [], P, "a person wrote it"),
    ('maintainers("me")', [], P, "a person wrote it"),
    ('url = "https://files.example/x-2.0.tar.gz"', [], E, ""),
    ('url = "https://files.example/y-2.0.tar.gz"', [], P, "a person wrote it"),
    ('patch("x.patch")', [], P, "a person wrote it"),
]  # fmt: skip


#: (Home-page, what the recipe has, verdict)
PAGES = [
    ("https://x.example", "https://x.example/", E),
    ("http://github.com/y/x#readme", "https://github.com/y/x", E),
    ("http://x.example", "https://x.example", D),
]


@pytest.mark.parametrize("home_page, has, verdict", PAGES)
def test_homepage(home_page: str, has: str, verdict: Verdict) -> None:
    found = explained(f'homepage = "{has}"', home_page=home_page)
    (about,) = (each for each in found.lines if "homepage" in each.text)
    assert about.grounds[0].verdict is verdict


@pytest.mark.parametrize("lines, requires, verdict, note", TABLE, ids=[str(r[:2]) for r in TABLE])
def test_lines(lines: str, requires: list[str], verdict: Verdict, note: str) -> None:
    extras = ["fast"] if any("extra" in text for text in requires) else []
    found = explained(lines, *requires, extras=extras, python=">=3.10")
    kinds = [each for each in found.lines if each.line > HEAD.count("\n")]
    about = next((e for e in kinds if not (len(kinds) == 2 and "variant(" in e.text)), kinds[0])
    (ground,) = about.grounds
    assert ground.verdict is verdict, ground
    assert note in "; ".join(ground.notes)
    assert bool(ground.notes) is bool(note)


def test_a_line_that_one_release_explains_and_the_other_does_not() -> None:
    host, index = MemoryHost(), MemoryIndex()
    index.add("x", "2.0", "a>=2")
    index.add("x", "1.0", "a>=1")
    host.has("a", "2.0", "1.0")
    host.keep("x", "py-x", HEAD + f'    {A}@2:"{RUN}\n')
    with Session(index) as session:
        (line,) = explain(session, host, "py-x").only(package="py-a").lines
    assert [(g.versions, g.verdict, [str(c) for c in g.cited]) for g in line.grounds] == [
        (("2.0",), E, ["Requires-Dist: a>=2"]),
        (("1.0",), D, ["Requires-Dist: a>=1"]),
    ]


def test_what_building_needs() -> None:
    found = explained(f'{A}@1:", type="build")', build=["a>=1"])
    (line,) = found.only(package="py-a").lines
    assert [str(cited) for cited in line.grounds[0].cited] == [
        "[build-system] requires in pyproject.toml: a>=1"
    ]


# (lines, requirements, (declared, part of the reason) of what is not said)
UNSAID: list[tuple[str, list[str], list[tuple[str, str]]]] = [
    (f'{A}"{RUN}', ["a"], []),
    ("", ["a>=1"], [("Requires-Dist: a>=1", "no line says that it is needed to run")]),
    ("", ["new"], [("Requires-Dist: new", "no repo has py-new")]),
    (f'{A}", when="platform=linux"{RUN}', ["a"],
     [("Requires-Dist: a", "no line says it on darwin and windows")]),
    (f'{A}", when="^python@3.12:"{RUN}', ["a"], [("Requires-Dist: a", "not with Python 3.11")]),
    ("", ['a; python_version < "3"'],
     [('Requires-Dist: a; python_version < "3"', "holds on no Python and platform")]),
    ("", ["a @ https://files.example/a.zip"],
     [("Requires-Dist: a @ https://files.example/a.zip", "it names a URL")]),
    ("", ['a; extra == "fast"', 'b; extra == "fast"'],
     [("extra fast", "the recipe has no variant for this extra")]),
    ('variant("fast", default=False)', ['a; extra == "fast"'],
     [('Requires-Dist: a; extra == "fast"', "no line says that it is needed to run")]),
    ("", ['a; extra == "dev"', 'b; extra == "test"'], [("extras dev, test", "for developing")]),
]  # fmt: skip


@pytest.mark.parametrize("lines, requires, expected", UNSAID, ids=[str(r[:2]) for r in UNSAID])
def test_what_has_no_line(
    lines: str, requires: list[str], expected: list[tuple[str, str]]
) -> None:
    extras = [e for e in ("fast", "dev", "test") if any(f'"{e}"' in text for text in requires)]
    found = [each for each in explained(lines, *requires, extras=extras).unsaid if _is_new(each)]
    assert [str(each.cited) for each in found] == [declared for declared, _ in expected]
    for each, (_, reason) in zip(found, expected):
        assert reason in each.reason
        assert each.versions == ("2.0", "1.0")


def _is_new(each: Unsaid) -> bool:
    """Whether it is more than the licence, which no recipe of the table states."""
    return not each.cited.field.startswith("License")


def test_what_every_package_is_built_with() -> None:
    (wheel,) = [each for each in explained("", build=["wheel"]).unsaid if _is_new(each)]
    assert wheel.reason == "PythonPackage builds with it, whatever a recipe says"
    said = explained('depends_on("py-wheel", type="build")', build=["wheel"])
    assert not [each for each in said.unsaid if _is_new(each)]


def test_what_python_has_itself() -> None:
    (port,) = [each for each in explained("", "statistics").unsaid if _is_new(each)]
    assert port.reason == "Python has this module itself, and a port would take its place"


def test_a_comment_may_say_why() -> None:
    body = "# Nobody needs\n# the new-thing of it.\n# new-thing-2 is another"
    (new,) = [each for each in explained(body, "New.Thing").unsaid if _is_new(each)]
    assert new.reason.endswith("no repo has py-new-thing; the comment in line 6 names it")
    (new,) = [each for each in explained(body, "thing").unsaid if _is_new(each)]
    assert new.reason.endswith("no repo has py-thing")


def test_extras_are_counted() -> None:
    requires = ['a; extra == "fast"', 'b; extra == "fast"']
    (fast,) = [each for each in explained("", *requires, extras=["fast"]).unsaid if _is_new(each)]
    assert fast.counted == (2, 2)


def test_what_is_not_known_is_not_called_a_persons() -> None:
    found = explained(f'{A}"{RUN}', trusted=False)
    (line,) = found.only(package="py-a").lines
    assert line.grounds[0].verdict is U
    assert line.grounds[0].notes == (
        "what the release requires is not known: its metadata is dynamic",
    )


def test_some_versions_only() -> None:
    found = explained(f'{A}", when="@1.0"{RUN}', "a", versions="2:")
    assert found.only(package="py-a").lines[0].grounds == ()


def test_versions_that_no_index_has() -> None:
    with pytest.raises(HostError, match="lists no release of x in @9"):
        explained("", versions="9")
    (line,) = explained('version("0.5", sha256="0")').only(line=6).lines
    assert line.grounds[0].notes == ("the index has no such release",)


def test_a_version_that_may_mean_two_releases_is_the_one_that_was_released() -> None:
    host, index = MemoryHost(), MemoryIndex()
    for version in ("1.post2", "2.0"):
        index.add("x", version)
    host.keep("x", "py-x", HEAD + '    version("1-2", sha256="0")\n')
    with Session(index) as session:
        (line,) = explain(session, host, "py-x", "2:").only(line=6).lines
    assert line.grounds == ()


def test_an_archive_has_the_sha256_of_the_index() -> None:
    """The recipe states a sha256 that is not that of the index."""
    (line,) = explained("").only(line=4).lines
    assert line.grounds[0].verdict is D


#: (who published 2.0 and 1.0, what is said of the lines of these versions)
PUBLISHERS: list[tuple[Sequence[tuple[Publisher, ...] | None], list[str]]] = [
    (
        [
            (
                Publisher("GitHub repository octo/x", "release.yml"),
                Publisher("Google account b@x.y"),
            )
        ],
        ["GitHub repository octo/x, workflow release.yml and Google account b@x.y", ""],
    ),
    ([(), (Publisher("GitHub repository octo/x"),)], ["", "GitHub repository octo/x"]),
    ([None, None], ["", ""]),
]


@pytest.mark.parametrize("by, said", PUBLISHERS)
def test_who_published_a_version(by: Sequence[Any], said: list[str]) -> None:
    host, index = MemoryHost(), MemoryIndex()
    lines = []
    for version, who in zip(("2.0", "1.0"), (*by, ())):
        index.add("x", version)
        index.published_by["x", version] = who
        sha256 = index.project("x").releases[-1].files[0].sha256
        lines.append(f'    version("{version}", sha256="{sha256}")\n')
    host.keep("x", "py-x", HEAD.partition("    version")[0] + "".join(lines))
    with Session(index) as session:
        without = explain(session, host, "py-x")
        found = explain(session, host, "py-x", publishers=True)

    def publishers(recipe: ExplainedRecipe) -> list[str]:
        versions = [each for each in recipe.lines if each.text.startswith("version(")]
        cited = [{each.field: each.text for each in line.grounds[0].cited} for line in versions]
        return [each.get("published by", "") for each in cited]

    word = ": the index's word (PEP 740); no signature was verified here"
    assert publishers(without) == ["", ""]
    assert publishers(found) == [who and who + word for who in said]


def test_a_part() -> None:
    host, found = MemoryHost(), explained(f'{A}@1:"{RUN}', "a>=1", "b")
    assert [each.text for each in part(host, found, "6").lines] == [f'{A}@1:"{RUN}']
    for name in ("py-a", "a"):
        assert [each.line for each in part(host, found, name).lines] == [6]
    assert [each.package for each in part(host, found, "py-b").unsaid] == ["py-b"]
    with pytest.raises(HostError, match="line 3 of"):
        part(host, found, "3")
    with pytest.raises(HostError, match="names py-c"):
        part(host, found, "py-c")


def test_a_line_from_the_table_of_known_needs() -> None:
    """It differs where it accepts or excludes other versions than the table."""
    host, index = MemoryHost(), MemoryIndex()
    for version in ("66.0", "52.5"):
        index.add("weasyprint", version)
    lines = 'depends_on("pango@1.44:", type="run")\n    depends_on("cairo", type="run")'
    versions = 'version("66.0", sha256="0")\n    version("52.5", sha256="0")'
    body = f"class PyWeasyprint(PythonPackage):\n    {versions}\n    {lines}\n"
    host.keep("weasyprint", "py-weasyprint", body)
    with Session(index) as session:
        found = explain(session, host, "py-weasyprint")
    pango, cairo = (each for each in found.lines if each.text.startswith("depends_on"))
    new, old = pango.grounds
    assert new.verdict is old.verdict is Verdict.NAMED
    assert new.cited[0].field.startswith("from the table of known needs, source: https://")
    assert (new.cited[0].text, new.notes) == ("pango@1.44:", ("no metadata requires it",))
    assert old.notes[1:] == ("it excludes versions that the table accepts",)
    assert [ground.verdict for ground in cairo.grounds] == [Verdict.UNEXPLAINED]


@pytest.mark.parametrize(("platform", "verdict"), [("windows", E), ("darwin", P)])
def test_the_only_platform_that_wheels_are_for(platform: str, verdict: Verdict) -> None:
    host, index = MemoryHost(), MemoryIndex()
    index.add("x", "1.0", wheel_tag="cp39-abi3-win_amd64")
    windows = "Operating System :: Microsoft :: Windows"
    for release, metadata in index._metadata.items():
        index._metadata[release] = replace(metadata, classifiers=(windows,))
    host.has("hatchling", "1.0")
    plan = create(host, index, Request(("x",), verify=Verify.LOAD)).plan
    written = plan.recipes["x"].text
    # What the build lacks does not stand above it, as if it were the reason.
    assert '\n    requires("platform=windows")\n\n    # the wheels hold' in written
    host.keep("x", "py-x", written.replace("windows", platform))
    with Session(index) as session:
        line = explain(session, host, "py-x").lines[-1]
    assert line.text.startswith("requires") and line.grounds[0].verdict is verdict
    assert (windows in str(line)) == (verdict is E)
