"""The licence in a new recipe, and what is noted: from which file it is known, or why it is not;
files are read only where the metadata leaves a doubt."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from packaging.version import Version

from spack_pypi.diagnostics import Severity, exit_code
from spack_pypi.errors import FileFailure, NotFetched
from spack_pypi.session import Session
from spack_pypi.workflow.compare.check import check
from spack_pypi.workflow.create import Outcome
from spack_pypi.workflow.explain.explain import explain
from spack_pypi.workflow.explain.model import Verdict
from spack_pypi.workflow.request import Request, Verify
from tests.memory import MemoryHost, MemoryIndex
from tests.run import create
from tests.translate.test_license_texts import BSD, MIT
from tests.translate.test_licenses_in_doubt import GPL

NONE: dict[str, Any] = {"license_expression": ""}


def outcome(
    metadata: Mapping[str, Mapping[str, Any]],
    files: Mapping[str, Mapping[str, str]],
    unreadable: Mapping[str, FileFailure] | None = None,
    requested: str = "x",
) -> tuple[Outcome, MemoryIndex]:
    """What comes of releases of x with this metadata and these licence files."""
    index, host = MemoryIndex(), MemoryHost()
    host.has("hatchling", "1.0")
    for version, fields in metadata.items():
        index.add("x", version)
        (key,) = [key for key in index._metadata if str(key[1]) == version]
        index._metadata[key] = replace(index._metadata[key], **fields)
        index.license_files["x", version] = files.get(version, {})
    index.without_licenses = {("x", key): each for key, each in (unreadable or {}).items()}
    return create(host, index, Request((requested,), verify=Verify.LOAD)), index


def lines(done: Outcome) -> list[str]:
    text = done.plan.recipes["x"].text
    return [line.strip() for line in text.splitlines() if line.startswith("    license(")]


def notes(done: Outcome) -> list[tuple[str, tuple[str, ...], str]]:
    return [
        (each.code, each.versions, each.text)
        for each in done.diagnostics
        if each.code in ("recognised-license", "no-license")
    ]


def test_what_the_metadata_says_needs_no_file_and_no_note() -> None:
    done, index = outcome({"1.0": {"license_expression": "ISC"}}, {"1.0": {"LICENSE": MIT}})
    assert lines(done) == ['license("ISC")']
    assert notes(done) == []
    assert not [each for each in index.asked if each.startswith("licenses")]


def test_a_file_says_it_and_is_named() -> None:
    done, index = outcome(
        {"1.0": NONE, "2.0": NONE}, {v: {"LICENSE": MIT} for v in ("1.0", "2.0")}
    )
    assert lines(done) == ['license("MIT")']
    assert notes(done) == [("recognised-license", (), "MIT, by the text of LICENSE")]
    assert len([each for each in index.asked if each.startswith("licenses")]) == 2


def test_the_licence_of_some_files_is_in_the_recipe_too() -> None:
    """Also where the metadata states one for sure; check and explain read it, too."""
    said = "The files a.c and b.c are licensed under the BSD License"
    index, host = MemoryIndex(), MemoryHost()
    host.has("hatchling", "1.0")
    index.add("x", "1.0", wheel_tag="")
    for key, metadata in index._metadata.items():
        index._metadata[key] = replace(metadata, license_expression="MIT")
    old = index._sources["x", Version("1.0")]
    index._sources["x", Version("1.0")] = replace(old, license_of_files=said)
    index.license_files["x", "1.0"] = {"LICENSE": f"{MIT}\n{said}, below.\n{BSD}"}
    done = create(host, index, Request(("x",), verify=Verify.LOAD))
    assert lines(done) == ['license("MIT AND BSD-3-Clause")']
    expected = f"MIT AND BSD-3-Clause, by the text of LICENSE; '{said}'"
    assert notes(done) == [("recognised-license", (), expected)]
    host.keep("x", "py-x", done.plan.recipes["x"].text)
    with Session(index) as session:
        (line,) = [
            each for each in explain(session, host, "py-x", "").lines if "license(" in each.text
        ]
        (checked,) = check(session, host, ["py-x"])
    assert line.grounds[0].verdict is Verdict.EXPLAINED
    assert "license-differs" not in {each.code for each in checked.diagnostics}


BSD_NAMED = {"license_expression": "", "license": "BSD"}
MIT_CLASSIFIED = {**BSD_NAMED, "classifiers": ("License :: OSI Approved :: MIT License",)}
NOT_BSD = "LICENSE is MIT, but the metadata says 'BSD'"
# (the metadata, the licence files, the lines and the comments of the recipe)
CONTRADICTIONS: list[tuple[dict[str, Any], Mapping[str, str], list[str], str]] = [
    (
        MIT_CLASSIFIED,
        {"LICENSE": MIT},
        ['license("MIT")'],
        "LICENSE is MIT, though the metadata names 'BSD'",
    ),
    # the field and the text agree: that a classifier does not is only noted
    (MIT_CLASSIFIED, {"LICENSE": BSD}, ['license("BSD-3-Clause")'], ""),
    (BSD_NAMED, {"LICENSE": MIT}, [], f"no license: {NOT_BSD}"),
    (BSD_NAMED, {"LICENSE": BSD}, ['license("BSD-3-Clause")'], ""),
    (BSD_NAMED, {"LICENSE": "as is"}, [], ""),
    (NONE, {"LICENSE": MIT}, ['license("MIT")'], ""),
]


@pytest.mark.parametrize("metadata, files, stated, comment", CONTRADICTIONS)
def test_what_is_stated_differently_stands_in_the_recipe(
    metadata: dict[str, Any], files: Mapping[str, str], stated: list[str], comment: str
) -> None:
    done, _ = outcome({"1.0": metadata}, {"1.0": files})
    text = done.plan.recipes["x"].text.partition("class ")[2]
    assert lines(done) == stated
    assert "".join(re.findall(r"^    # (.*)$", text, re.M)) == comment


def test_a_classifier_that_differs_is_noted() -> None:
    done, _ = outcome({"1.0": MIT_CLASSIFIED}, {"1.0": {"LICENSE": BSD}})
    expected = (
        "BSD-3-Clause, by the text of LICENSE and the License field; classifiers say 'MIT License'"
    )
    assert notes(done) == [("recognised-license", (), expected)]


def test_why_a_licence_of_gnu_is_that_version_only() -> None:
    done, _ = outcome({"1.0": NONE}, {"1.0": {"LICENSE": GPL}})
    assert lines(done) == ['license("GPL-3.0-only")']
    why = "nothing says whether later versions may be chosen, so only this one"
    expected = f"GPL-3.0-only, by the text of LICENSE; {why}"
    assert notes(done) == [("recognised-license", (), expected)]


def test_licences_that_changed() -> None:
    done, _ = outcome(
        {"1.0": NONE, "2.0": NONE}, {"1.0": {"COPYING": BSD}, "2.0": {"LICENSE": MIT}}
    )
    assert lines(done) == ['license("MIT", when="@2:")', 'license("BSD-3-Clause", when="@:1")']
    assert notes(done) == [
        ("recognised-license", ("2.0",), "MIT, by the text of LICENSE"),
        ("recognised-license", ("1.0",), "BSD-3-Clause, by the text of COPYING"),
    ]


def test_there_is_none_and_the_note_says_why() -> None:
    done, _ = outcome({"1.0": NONE}, {})
    assert lines(done) == []
    problem = "neither the metadata nor a file of the archive names one"
    assert notes(done) == [("no-license", (), problem)]
    assert exit_code(done.diagnostics) == 0


BY_NEWER = "stated only by LICENSE of 2.0"
# (metadata and licence files of 1.0, of which a recipe is written, and of 2.0 and 3.0b1; its lines
# and comments)
NEWER: list[tuple[dict[str, Any], dict[str, str], dict[str, Any], dict[str, str], list[str], str]]
NEWER = [
    (NONE, {}, NONE, {"LICENSE": MIT}, ['license("MIT")'], BY_NEWER),
    (
        NONE,
        {},
        {"license_expression": "ISC"},
        {},
        ['license("ISC")'],
        BY_NEWER.replace("LICENSE", "the metadata"),
    ),
    # it says something itself
    ({"license_expression": "ISC"}, {}, NONE, {"LICENSE": MIT}, ['license("ISC")'], ""),
    (BSD_NAMED, {}, NONE, {"LICENSE": BSD}, [], ""),
    (NONE, {"LICENSE": "as is"}, NONE, {"LICENSE": MIT}, [], ""),
    # nothing says anything
    (NONE, {}, NONE, {}, [], ""),
    (NONE, {}, NONE, {"LICENSE": "as is"}, [], ""),
]


@pytest.mark.parametrize("old, files, new, its_files, stated, comment", NEWER)
def test_a_licence_that_only_the_newest_release_states(
    old: dict[str, Any],
    files: dict[str, str],
    new: dict[str, Any],
    its_files: dict[str, str],
    stated: list[str],
    comment: str,
) -> None:
    done, _ = outcome(
        {"1.0": old, "2.0": new, "3.0b1": {"license_expression": "Zlib"}},
        {"1.0": files, "2.0": its_files},
        requested="x==1.0",
    )
    text = done.plan.recipes["x"].text.partition("class ")[2]
    assert lines(done) == stated
    assert "".join(re.findall(r"^    # (.*)\n    license", text, re.M)) == comment
    assert text.count("    #") == bool(comment)
    noted = [text for code, _, text in notes(done) if code == "recognised-license"]
    assert any("of 2.0; no version here states one" in text for text in noted) == bool(comment)


#: (failure of the archive, whether that is another error)
UNREAD = [
    (FileFailure("https://files.example/x", "is not a valid wheel"), False),
    (NotFetched("https://files.example/x", "is not a valid wheel"), True),
]


@pytest.mark.parametrize("failure, is_other", UNREAD, ids=["damaged", "not fetched"])
def test_a_file_that_may_say_it_and_cannot_be_read_is_an_error(
    failure: FileFailure, is_other: bool
) -> None:
    """The recipe is written without a licence: what it lacks is not only noted."""
    done, _ = outcome({"1.0": NONE}, {"1.0": {"LICENSE": MIT}}, {"1.0": failure})
    assert lines(done) == []
    assert notes(done) == [("no-license", (), "its files cannot be read: x: is not a valid wheel")]
    errors = [each.code for each in done.diagnostics if each.severity is Severity.ERROR]
    assert errors == ["not-fetched" if is_other else "no-license"]
    assert not done.plan.failed
