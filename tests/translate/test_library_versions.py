"""What requirements on a project say of the library in its files."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from spack_pypi.translate.library_versions import (
    depends_on_releases,
    library_version,
    of_library,
)

CV = ("4.8.1.78", "4.9.0.78", "4.9.0.80", "4.10.0.84", "4.12.0.88")

# (what is required of the project, how many numbers a library's version has, what was released →
# what is required of the library)
TABLE = [
    (">=4.9.0.80", 3, (), ">=4.9.0"),
    (">=4.9.0.80,<5", 3, (), "<5,>=4.9.0"),
    ("==4.9.0.80", 3, (), "==4.9.0"),
    ("~=4.9.0.80", 3, (), "==4.9.0"),
    (">=3.1.1.19", 3, (), ">=3.1.1"),
    # a later file of the same version satisfies the one, an earlier file the other
    (">4.9.0.78", 3, CV, ">=4.9.0"),
    (">4.9.0.80", 3, CV, ">4.9.0"),
    ("<4.9.0.80", 3, CV, "<=4.9.0"),
    ("<4.12.0.88", 3, CV, "<4.12.0"),
    ("<=4.9.0.78", 3, CV, "<=4.9.0"),
    ("!=4.9.0.80", 3, CV, ""),
    ("!=4.12.0.88", 3, CV, "!=4.12.0"),
    ("!=4.9.0.80,>=4.8", 3, CV, ">=4.8"),
    # every file of 4.9 comes after it
    (">4.9", 3, CV, ">=4.9"),
    ("<=4.9", 3, CV, "<4.9"),
    ("!=4.9", 3, CV, ""),
    # what was never released
    (">4.9.0.80", 3, (), ">4.9.0"),
    ("<=5.0", 3, CV, "<=5.0"),
    # releases after one (PEP 440) count files, too
    (">=1.9.0.post1", 3, (), ">=1.9.0"),
    (">=1.27.post1", 2, (), ">=1.27"),
    # these say the same of both
    (">=4.9", 3, (), ">=4.9"),
    ("<4.10.0", 3, CV, "<4.10.0"),
    ("~=4.9.0", 3, (), "~=4.9.0"),
    ("==4.9.*", 3, (), "==4.9.*"),
    ("!=4.9.0.*", 3, CV, "!=4.9.0.*"),
    ("", 3, CV, ""),
    # the versions are the same
    (">4.9.0.80,<=5.0.0.1", 0, CV, ">4.9.0.80,<=5.0.0.1"),
]


@pytest.mark.parametrize("specifier, numbers, released, expected", TABLE)
def test_of_a_library(
    specifier: str, numbers: int, released: tuple[str, ...], expected: str
) -> None:
    assert of_library(specifier, numbers, map(Version, released)) == expected
    assert of_library(expected, numbers) == expected  # what is said of it is that


@pytest.mark.parametrize("specifier, needed", [
    ("<4.12.0.88", True), ("<5", False), (">=4.9.0.80", False), (">4.9", True), ("<=4.9", True),
    ("!=4.9.0", True), ("!=4.9.*", False), ("==4.9.0.80", False), ("", False),
])  # fmt: skip
def test_what_has_to_be_known(specifier: str, needed: bool) -> None:
    assert depends_on_releases(specifier, 3) is needed
    assert not depends_on_releases(specifier, 0)


_part = st.integers(0, 2)
_release = st.tuples(_part, _part, _part, _part).map(lambda each: ".".join(map(str, each)))
_bound = st.lists(_part, min_size=1, max_size=4).map(lambda each: ".".join(map(str, each)))
_operator = st.sampled_from([">=", ">", "<", "<=", "==", "!="])


@given(st.sets(_release, min_size=1), _operator, st.data())
def test_a_version_of_it_is_accepted_where_a_release_with_it_is(
    released: set[str], operator: str, data: st.DataObject
) -> None:
    bound = data.draw(st.sampled_from(sorted(released)) | _bound)
    clause = SpecifierSet(operator + bound)
    versions = [*map(Version, released)]
    said = SpecifierSet(of_library(str(clause), 3, versions))
    by_library: dict[Version, bool] = {}
    for each in versions:
        library = library_version(each, 3)
        by_library[library] = by_library.get(library, False) or clause.contains(each)
    # a pin of what was never released says which version it means
    if operator != "==" or any(by_library.values()):
        assert {each: said.contains(each) for each in by_library} == by_library
