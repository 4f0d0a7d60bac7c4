"""The page in a new recipe: whose it is, what is noted about it, and what is asked for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from spack_pypi.pypi.model import IndexOrigin
from spack_pypi.workflow.create import Outcome
from spack_pypi.workflow.request import Request, Verify
from tests.memory import MemoryHost, MemoryIndex
from tests.run import create

INDEX = "https://index.example/project/x/"
PAGE, OTHER = "https://x.example/", "https://other.example/"
REPOSITORY = "https://git.example/ann/x"
NONE: dict[str, Any] = {}
HOME: dict[str, Any] = {"home_page": PAGE}
LINKED: dict[str, Any] = {"repository": REPOSITORY}
DOCS: dict[str, Any] = {"documentation": PAGE}

Says = Mapping[str, Mapping[str, Any]]


def index_of(metadata: Says, **added: Any) -> MemoryIndex:
    """An index with releases of x that have this metadata."""
    index = MemoryIndex()
    for version in metadata:
        index.add("x", version, **added)
    for key, known in index._metadata.items():
        index._metadata[key] = replace(known, **metadata[str(key[1])])
    return index


def written(index: MemoryIndex, requested: str) -> Outcome:
    host = MemoryHost()
    host.has("hatchling", "1.0")
    return create(host, index, Request((requested,), verify=Verify.LOAD))


def page(done: Outcome) -> str:
    lines = done.plan.recipes["x"].text.splitlines()
    (found,) = [line for line in lines if line.startswith("    homepage = ")]
    return found.split('"')[1]


def notes(done: Outcome) -> list[tuple[str, str]]:
    return [
        (each.code, each.text) for each in done.diagnostics if each.code.startswith("homepage")
    ]


def by(address: str, what: str) -> list[tuple[str, str]]:
    said = f"{address}, by the {what}; no version here names one"
    return [("homepage-by-newer-release", said)]


# (what releases say, what is asked for, the page, the notes)
PAGES: list[tuple[Says, str, str, list[tuple[str, str]]]] = [
    ({"1.0": NONE}, "x", INDEX, []),
    ({"1.0": HOME}, "x", PAGE, []),
    ({"1.0": LINKED}, "x", REPOSITORY, [("homepage-by-description", REPOSITORY)]),
    # one of several that the recipe lists
    ({"1.0": HOME, "2.0": NONE}, "x", PAGE, []),
    ({"1.0": HOME, "2.0": LINKED}, "x", REPOSITORY, [("homepage-by-description", REPOSITORY)]),
    # only the newest release names one
    ({"1.0": NONE, "2.0": HOME}, "x==1.0", PAGE, by(PAGE, "metadata of 2.0")),
    ({"1.0": NONE, "2.0": LINKED}, "x==1.0", REPOSITORY, by(REPOSITORY, "description of 2.0")),
    ({"1.0": NONE, "2.0": DOCS}, "x==1.0", PAGE, by(PAGE, "description of 2.0")),
    ({"1.0": NONE, "2.0": HOME, "3.0": NONE}, "x==1.0", INDEX, []),
    ({"1.0": NONE, "2.0": HOME, "3.0b1": {"home_page": OTHER}}, "x==1.0", PAGE,
     by(PAGE, "metadata of 2.0")),
    # what is older, or says so itself
    ({"1.0": HOME, "2.0": NONE}, "x==2.0", INDEX, []),
    ({"1.0": HOME, "2.0": {"home_page": OTHER}}, "x==1.0", PAGE, []),
    ({"1.0": LINKED, "2.0": HOME}, "x==1.0", REPOSITORY,
     [("homepage-by-description", REPOSITORY)]),
    # no page of a project
    ({"1.0": NONE, "2.0": {"project_urls": (("Funding", PAGE),)}}, "x==1.0", INDEX, []),
    ({"1.0": NONE, "2.0": {"home_page": "https://me:secret@x.example/"}}, "x==1.0", INDEX, []),
]  # fmt: skip


@pytest.mark.parametrize("metadata, requested, homepage, noted", PAGES)
def test_the_page(
    metadata: Says, requested: str, homepage: str, noted: list[tuple[str, str]]
) -> None:
    done = written(index_of(metadata), requested)
    assert (page(done), notes(done)) == (homepage, noted)
    assert "    #" not in done.plan.recipes["x"].text


@pytest.mark.parametrize("own, is_asked", [(NONE, True), (HOME, False), (LINKED, False)])
def test_a_newer_release_is_asked_only_where_no_page_is_known(
    own: Mapping[str, Any], is_asked: bool
) -> None:
    index = index_of({"1.0": own, "2.0": HOME})
    written(index, "x==1.0")
    assert index.asked.count("metadata x 2.0") == is_asked
    assert not [each for each in index.asked if each in ("source x 2.0", "licenses x 2.0")]


def test_a_newer_release_that_cannot_be_read_changes_nothing() -> None:
    index = index_of({"1.0": NONE, "2.0": HOME})
    index.unreadable.add(("x", "2.0"))
    done = written(index, "x==1.0")
    assert (page(done), notes(done)) == (INDEX, [])
    assert not done.plan.failed


def test_a_newer_release_that_was_withdrawn_says_nothing() -> None:
    index = index_of({"1.0": NONE, "2.0": HOME}, yanked=None)
    index.add("x", "3.0", yanked="broken", home_page=OTHER)
    assert page(written(index, "x==1.0")) == PAGE


def test_the_page_of_a_repository_is_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    index = index_of({"1.0": NONE, "2.0": HOME})
    of_index = IndexOrigin(index.identity)
    origins = {"x": replace(of_index, repository=REPOSITORY)}
    monkeypatch.setattr(index, "origin", lambda project: origins.get(project, of_index))
    done = written(index, "x==1.0")
    assert (page(done), notes(done)) == (INDEX, [])


def test_a_recipe_that_exists_keeps_its_page() -> None:
    index = index_of({"1.0": NONE, "2.0": NONE, "3.0": HOME})
    host = MemoryHost()
    host.has("hatchling", "1.0")
    text = f'class PyX(PythonPackage):\n    homepage = "{OTHER}"\n    pypi = "x/x-1.0.tar.gz"\n\n'
    host.keep("x", "py-x", f'{text}    version("1.0", sha256="0")\n')
    done = create(host, index, Request(("x==2.0",), verify=Verify.LOAD))
    assert (page(done), notes(done)) == (OTHER, [])
    assert "metadata x 3.0" not in index.asked
