"""The table of known native needs: its form, and what follows for a release."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from packaging.utils import canonicalize_name
from packaging.version import Version

from spack_pypi.pypi.model import File, Release
from spack_pypi.translate import known_needs as module
from spack_pypi.translate.known_needs import known_needs

TABLE: dict[str, Any] = json.loads(
    Path(module.__file__).with_name("known_needs.json").read_text("utf-8")
)
#: A public page, a recipe of builtin, or how EasyBuild installs it.
SOURCE = re.compile(
    r"https://|^the recipe py-\S+ of Spack's builtin repo|^the easyconfig \S+\.eb of EasyBuild$"
)
TYPES = (["build"], ["link"], ["run"], ["build", "run"], ["build", "link", "run"])


def release(project: str, version: str, *, sdist: bool = True) -> Release:
    number = Version(version)
    name = f"{project}-{version}.tar.gz" if sdist else f"{project}-{version}-py3-none-any.whl"
    return Release(
        project, number, (File(name, f"https://files.example/{name}", number, not sdist),)
    )


def specs(project: str, version: str, *, sdist: bool = True) -> list[str]:
    return [each.dependency.spec for each in known_needs(release(project, version, sdist=sdist))]


@pytest.mark.parametrize("project", TABLE)
def test_the_form_of_an_entry(project: str) -> None:
    entry = TABLE[project]
    assert project == canonicalize_name(project)
    assert {*entry} == {"source", "needs"} and entry["needs"]
    assert SOURCE.search(entry["source"])
    for need in entry["needs"]:
        assert {"package"} <= {*need} <= {"package", "versions", "variants", "releases", "types"}
        assert need.get("types", TYPES[0]) in TYPES
        assert all(variant[0] in "+~" for variant in need.get("variants", ()))


def test_the_table_is_sorted() -> None:
    assert [*TABLE] == sorted(TABLE)


#: (project, version, what it needs): geos by the release, a program to run, and a library.
NEEDS = [
    ("shapely", "2.1.0", ["geos@3.9:"]),
    ("shapely", "2.0.6", ["geos@3.5:"]),
    ("shapely", "1.8.5", ["geos@3.3:"]),
    ("weasyprint", "66.0", ["pango@1.44:"]),
    ("weasyprint", "52.5", ["pango"]),
    ("requests", "2.32.3", []),
]


@pytest.mark.parametrize(("project", "version", "expected"), NEEDS)
def test_what_a_release_needs(project: str, version: str, expected: list[str]) -> None:
    assert specs(project, version) == expected


def test_what_is_a_wheel_needs_what_it_runs_but_nothing_to_build() -> None:
    assert specs("pypandoc", "1.15", sdist=False) == ["pandoc"]
    assert specs("gmpy2", "2.2.1", sdist=False) == []


def test_where_a_need_is_from() -> None:
    (need,) = known_needs(release("pypandoc", "1.15"))
    assert need.dependency.types == ("run",)
    assert need.origin.startswith("the table of known needs, source: README.md of the release, ")
