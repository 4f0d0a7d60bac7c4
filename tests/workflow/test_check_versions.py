"""Which versions ``check`` compares with which releases, and what it says of the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from spack_pypi.diagnostics import Severity, exit_code, strict
from spack_pypi.errors import HostError
from spack_pypi.host.port import DeclaredVersion, Package
from spack_pypi.report.check import summary
from spack_pypi.report.formats import line
from spack_pypi.workflow.compare import oracle
from tests.memory import MemoryHost, MemoryIndex, MemoryRepos
from tests.run import check
from tests.translate.test_license_texts import TEXTS
from tests.workflow.evaluated import BUILD, Line, Recipe, checked


@pytest.mark.parametrize(
    "sha256, archive, code",
    [
        ("0" * 64, "x-1.0.tar.gz", "wrong-checksum"),
        ("0" * 64, "X-1.0.tar.gz", "wrong-archive"),
        ("0" * 64, "", None),
    ],
)
def test_archives(sha256: str, archive: str, code: str | None) -> None:
    host, index = MemoryHost(), MemoryIndex()
    index.add("x", "1.0", build=[])
    host.has("x", "1.0")
    host.has("setuptools", "1.0")
    lines = [Line("py-setuptools", types=BUILD)]
    host.meanings["py-x"] = Recipe(lines, sha256, archive)
    (result,) = check(host, index, ["py-x"])
    assert [f.code for f in result.diagnostics if f.subject == ""] == ([code] if code else [])


def test_a_yanked_release() -> None:
    (found,) = checked([], yanked="broken").diagnostics
    assert found.code == "yanked"
    assert "broken" in found.text


def test_a_vulnerable_release_that_is_not_deprecated() -> None:
    host, index = MemoryHost(), MemoryIndex()
    index.add("x", "1.0", build=[])
    index.reports["x", "1.0"] = ("SEC-2026-1",)
    host.has("x", "1.0")
    host.meanings["py-x"] = Recipe([], "", "")
    (result,) = check(host, index, ["py-x"])
    (found,) = [f for f in result.diagnostics if f.code == "vulnerable"]
    assert found.severity is Severity.ERROR
    assert "SEC-2026-1" in found.text


def test_a_report_that_cannot_be_had_is_an_error_beside_the_others() -> None:
    host, index = MemoryHost(), MemoryIndex()
    index.add("x", "1.0", "attrs", build=[])
    index.unreported = {("x", "1.0")}
    host.has("x", "1.0")
    host.meanings["py-x"] = Recipe([], "", "")
    (result,) = check(host, index, ["py-x"])
    found = {each.code: each for each in result.diagnostics}
    assert found["not-fetched"].text == (
        "whether it is vulnerable is not known: https://index.example/x: answered 500"
    )
    assert "missing-dependency" in found and result.versions == ("1.0",)
    assert exit_code([found["not-fetched"]]) == 1


# (versions of a recipe, whether all are looked at, which are)
PRE_RELEASES = [
    (["2.0rc1", "1.0"], False, ("1.0",)),
    (["2.0rc1", "1.0"], True, ("1.0", "2.0rc1")),
    (["0.66beta2", "0.65beta0"], False, ("0.66beta2",)),
    (["0.66beta2", "0.65beta0"], True, ("0.66beta2", "0.65beta0")),
]


@pytest.mark.parametrize("versions, every, checked", PRE_RELEASES)
def test_pre_releases_are_checked(
    versions: list[str], every: bool, checked: tuple[str, ...]
) -> None:
    host, index = MemoryHost(), MemoryIndex()
    index.add("a", "1.0")
    host.has("a", "1.0")
    for version in ("2.0rc1", "1.0", "0.66b2", "0.65b0"):
        index.add("x", version, "a", build=[])
    host.has("x", *versions)
    recipe = Recipe([], "")
    recipe.versions = tuple(map(DeclaredVersion, versions))
    host.meanings["py-x"] = recipe
    (result,) = check(host, index, ["py-x"], every_version=every)
    assert result.versions == checked
    assert [(f.code, f.versions) for f in result.diagnostics] == [("missing-dependency", checked)]


def test_a_recipe_without_a_release_is_not_checked() -> None:
    host, index = MemoryHost(), MemoryIndex()
    index.add("x", "1.0", build=[])
    host.has("x", "main")
    recipe = Recipe([], "")
    recipe.versions = (DeclaredVersion("main", branch=True),)
    host.meanings["py-x"] = recipe
    (result,) = check(host, index, ["py-x"])
    (found,) = result.diagnostics
    assert found.code == "not-checked"
    assert "lists no release" in found.text


def test_a_version_that_the_index_does_not_list() -> None:
    host, index = MemoryHost(), MemoryIndex()
    index.add("x", "2.0", build=[])
    host.has("x", "1.0")
    host.meanings["py-x"] = Recipe([], "", "x-1.0.tar.gz")
    (result,) = check(host, index, ["py-x"])
    assert [(f.severity, f.code, f.versions) for f in result.diagnostics] == [
        (Severity.NOTE, "not-on-index", ("1.0",))
    ]


def test_a_wheel_is_built_already() -> None:
    host, index = MemoryHost(), MemoryIndex()
    index.add("x", "1.0", build=["setuptools"])
    host.has("x", "1.0")
    wheel = "x-1.0-py3-none-any.whl"
    host.meanings["py-x"] = Recipe([], "", wheel)
    (result,) = check(host, index, ["py-x"])
    assert result.diagnostics == ()


# (release, (text, exit code, exit code with --strict) of check): "0 errors" is said of none that
# was not checked
OUTCOMES: list[tuple[Mapping[str, Any], Sequence[Line], str, int, int]] = [
    ({}, [Line("py-a")], "1 recipe, 1 version: 0 errors in 0 recipes, 0 notes, 0 not checked.",
     0, 0),
    ({}, [], "1 recipe, 1 version: 1 error in 1 recipe, 0 notes, 0 not checked.", 1, 1),
    ({"confirmed": False}, [Line("py-a")],
     "1 recipe, 0 versions: 0 notes, 0 recipes and 1 version not checked.", 0, 1),
    ({"confirmed": False}, [],
     "1 recipe, 0 versions: 1 note, 0 recipes and 1 version not checked.", 0, 1),
    ({"trusted": False}, [Line("py-b")],
     "1 recipe, 0 versions: 0 notes, 0 recipes and 1 version not checked.", 0, 1),
    # that its archive is withdrawn is known all the same
    ({"trusted": False, "yanked": "broken"}, [],
     "1 recipe, 0 versions: 1 error in 1 recipe, 0 notes, "
     "0 recipes and 1 version not checked.", 1, 1),
]  # fmt: skip


@pytest.mark.parametrize("options, lines, text, code, strict_code", OUTCOMES)
def test_what_was_never_confirmed_is_not_checked(
    options: Mapping[str, Any],
    lines: Sequence[Line],
    text: str,
    code: int,
    strict_code: int,
) -> None:
    result = checked(lines, "a", build=["setuptools"], **options)
    assert summary([result], result.diagnostics, "") == text
    assert exit_code(result.diagnostics) == code
    assert exit_code(strict(result.diagnostics)) == strict_code
    found = [each for each in result.diagnostics if each.code == "unconfirmed-metadata"]
    unknown = bool({"trusted", "confirmed"} & {*options})
    said = "py-x 1.0: warning: not checked: its metadata is dynamic [unconfirmed-metadata]"
    assert [line(each) for each in found] == ([said] if unknown else [])
    assert result.versions == (() if unknown else ("1.0",))


def test_a_dependency_that_cannot_be_loaded_stops_no_other() -> None:
    class Broken(MemoryRepos):
        def package_for(self, project: str) -> Package | None:
            if project == "broken":
                raise HostError("the recipe of py-broken cannot be loaded: division by zero")
            return super().package_for(project)

    host, index = MemoryHost(), MemoryIndex()
    host.repos = Broken(host)
    index.add("x", "1.0", "broken", build=[])
    index.add("y", "1.0", build=[])
    for name in ("x", "y"):
        host.has(name, "1.0")
        host.meanings[f"py-{name}"] = Recipe([])
    broken, sound = check(host, index, ["py-x", "py-y"])
    assert (broken.failed, sound.failed) == (True, False)
    (found,) = broken.diagnostics
    assert (found.code, found.severity) == ("not-checked", Severity.ERROR)
    assert "division by zero" in found.text


@pytest.mark.parametrize(
    "options, checked",
    [
        ({}, ["3.0"]),
        ({"every_version": True}, ["3.0", "2.0", "1.0"]),
        ({"only": ["1.0", "2.0"]}, ["2.0", "1.0"]),
    ],
)
def test_which_versions_are_checked(options: dict[str, Any], checked: list[str]) -> None:
    host, index = MemoryHost(), MemoryIndex()
    host.has("x", "3.0", "2.0", "1.0")
    for version in ("1.0", "2.0", "3.0"):
        index.add("x", version, build=[])
    host.meanings["py-x"] = Recipe([], versions=["3.0", "2.0", "1.0"])
    (found,) = check(host, index, ["py-x"], **options)
    assert list(found.versions) == checked


SPELLED = [
    # (how the recipe spells its version, the release of the index that is compared)
    ("2024_09_5", "2024.9.5"),
    ("2024-9-5", "2024.9.5"),
    ("1-2", "1.2"),
    ("1.2-1", "1.2.post1"),
]


@pytest.mark.parametrize("text, release", SPELLED)
def test_a_version_under_another_spelling(text: str, release: str) -> None:
    host, index = MemoryHost(), MemoryIndex()
    host.has("a", "1.0")
    host.has("x", text)
    index.add("a", "1.0")
    index.add("x", release, "a", build=[])
    sdist = index.project("x").releases[0].files[0]
    recipe = Recipe([], sdist.sha256 or "")
    recipe.versions = (DeclaredVersion(text, sdist.sha256 or ""),)
    recipe.archives = {text: sdist.name}
    host.meanings["py-x"] = recipe
    (found,) = check(host, index, ["py-x"])
    assert found.versions == (text,)
    assert [(each.code, each.subject) for each in found.diagnostics] == [
        ("missing-dependency", "py-a")
    ]


@pytest.mark.parametrize(
    "text, expected", [("2024_09_5", True), ("2024.9.5", True), ("1_2", False), ("1-2", False)]
)
def test_a_specifier_accepts_what_a_spelling_means(text: str, expected: bool) -> None:
    assert oracle.accepts(">=2024.9", text) == expected
    assert not oracle.accepts("==1.post2", text)


# (the licence that the recipe states, the notes)
LICENSES = [("MIT", []), ("mit", []), ("", []), ("ISC", ["license-differs"])]


def checked_licence(index: MemoryIndex, stated: str) -> list[tuple[str, Severity]]:
    """What is said of a recipe for x 1.0 with this licence."""
    host = MemoryHost()
    host.has("x", "1.0")
    recipe = Recipe([], "")
    recipe.licence = stated
    host.meanings["py-x"] = recipe
    (result,) = check(host, index, ["py-x"])
    return [(each.code, each.severity) for each in result.diagnostics]


@pytest.mark.parametrize("stated, notes", LICENSES)
def test_the_licence_is_compared(stated: str, notes: list[str]) -> None:
    index = MemoryIndex()
    index.add("x", "1.0", build=[])
    assert checked_licence(index, stated) == [(code, Severity.NOTE) for code in notes]


# (the licence that the recipe states, the notes): a classifier alone says MIT, the archive ISC
CLASSIFIED = [("ISC", []), ("MIT", []), ("BSD-3-Clause", ["license-differs"])]


@pytest.mark.parametrize("stated, notes", CLASSIFIED)
def test_a_classifier_alone_gives_way_to_the_archive(stated: str, notes: list[str]) -> None:
    index = MemoryIndex()
    index.add("x", "1.0", build=[])
    (release,) = index.project("x").releases
    index._metadata["x", release.version] = replace(
        index.metadata(release),
        license_expression="",
        classifiers=("License :: OSI Approved :: MIT License",),
    )
    index.license_files["x", "1.0"] = {"LICENSE": TEXTS["ISC"]}
    assert checked_licence(index, stated) == [(code, Severity.NOTE) for code in notes]


# (what a release requires of opencv-python, the line of its recipe, what is found)
FILES: list[tuple[str, str, list[str]]] = [
    (">=4.9.0.80", "4.9:", []),
    (">=4.9.0.80", "4.9.0.80:", ["range-too-narrow"]),
    (">=4.9.0.80", "4.8:", ["range-too-wide"]),
    ("<4.12.0.88", ":4.11", []),
    ("<4.12.0.88", ":4.12", ["range-too-wide"]),
    ("<=4.9.0.80", ":4.9.0", []),
    ("==4.9.0.80", "4.9.0", []),
]


@pytest.mark.parametrize("needed, line, codes", FILES)
def test_what_counts_files_is_compared_by_the_library_in_them(
    needed: str, line: str, codes: list[str]
) -> None:
    host, index = MemoryHost(), MemoryIndex()
    host.has("opencv-python", "4.12.0", "4.10.0", "4.9.0", "4.8.1", name="opencv")
    for version in ("4.8.1.78", "4.9.0.80", "4.10.0.84", "4.12.0.88"):
        index.add("opencv-python", version, sdist=False)
    index.add("x", "1.0", f"opencv-python{needed}", build=[])
    host.has("x", "1.0")
    host.meanings["py-x"] = Recipe([Line("opencv", line)])
    (found,) = check(host, index, ["py-x"])
    assert [each.code for each in found.diagnostics] == codes
    assert all(f"says opencv-python{needed};" in each.text for each in found.diagnostics)
