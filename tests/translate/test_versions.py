"""What PEP 440 says, and what Spack must be reported."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from spack_pypi.translate import spack_order
from spack_pypi.translate.versions import Inexpressible, needs_releases, ranges

# (specifier, releases of the project as Spack spells them, ranges)
TABLE = [
    ("", (), ""),
    ("<2", (), ":1"),
    ("<3.11", (), ":3.10"),
    ("<4.0.0", (), ":3"),
    (">=1.20,<2", (), "1.20:1"),
    (">=2.0.0", (), "2:"),
    (">=2.5.0", ("2.5",), "2.5:"),
    ("~=2.5", (), "2.5:2"),
    ("~=2.5.1", (), "2.5.1:2.5"),
    ("==2.5.*", (), "2.5"),
    ("!=3.0.*,!=3.1.*,>=2.7", (), "2.7:2,3.2:"),
    # a gap for what is excluded
    ("!=2.1", ("2.0", "2.1", "2.2"), ":2.0,2.1.1:"),
    (">=3.8,!=3.9.7", (), "3.8:3.9.6,3.9.8:"),
    # one gap where nothing that could come next lies between
    ("!=0.38.0,!=0.38.1", (), ":0.37,0.38.2:"),
    # <=2.5 excludes 2.5.1, which Spack's :2.5 holds
    ("<=2.5", ("2.5.0", "2.5.1"), ":2.5.0"),
    ("<=2.5", ("2.5", "2.6"), ":2.5.0"),
    # >0.18 excludes 0.18 itself but not 0.18.1
    (">0.18", (), "0.18.1:"),
    # exact ones are spelled as the release is
    ("==2024.9.5", ("2024_09_5", "2023_09_1"), "2024_09_5"),
    (">=2024.3", ("2024_09_5", "2023_09_1"), "2024.3:"),
    (">=2024.9.5", ("2024_09_5", "2023_09_1"), "2024_09_5:"),
    ("<2024", ("2024_09_5", "2023_09_1"), ":2023"),
    ("==1.2.*", ("1-2", "1-3"), "1-2"),
    ("==1.2", ("1-2", "1.2"), "=1-2"),
    ("==2.5", ("2.5",), "=2.5"),
    ("==1.0", ("1.0.0",), "1.0.0"),
    ("==1.0.0", ("1.0",), "=1.0"),
    ("==1.2.3", ("1.2.3",), "1.2.3"),
    ("==1.2.3", ("1.2.3", "1.2.3.post1"), "=1.2.3"),
    ("==0.48b0", ("0.47beta0", "0.48beta0"), "0.48beta0"),
    # a post-release is later than what it follows, whether or not that was published
    (">=2.9.0.post0", ("2.8.2", "2.9.0.post0"), "2.9.0.post0:"),
    (">=2.9.0.post0", (), "2.9.0.post0:"),
    # post releases sort before .0 in Spack
    ("<1.0.post1", ("1.0", "1.0.post1"), ":0,=1.0"),
    # pre-releases of the bound do not matter where no recipe lists one
    ("<2.0.dev0", (), ":1"),
    (">=1.0b1", (), "1:"),
    ("~=0.58b0", ("0.58beta0", "0.66beta2"), "0.58beta0:0"),
    # a bound beyond the newest release is a bound
    ("<3", ("1.0", "2.5"), ":2"),
]


@pytest.mark.parametrize("specifier, releases, expected", TABLE)
def test_ranges(specifier: str, releases: tuple[str, ...], expected: str) -> None:
    assert ranges(SpecifierSet(specifier), releases) == expected


@pytest.mark.parametrize(
    "specifier, reason",
    [
        (">=1!2", "epoch"),
        ("==1.0+cpu", "local"),
        ("===1.0", "compares text"),
        (">=2,<2", "no version"),
    ],
)
def test_what_spack_cannot_say_is_refused(specifier: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        ranges(SpecifierSet(specifier))


@pytest.mark.parametrize(
    "specifier, expected",
    [
        (">=1,<2", False),
        ("~=1.2", False),
        ("==1.*", False),
        ("==1.2", True),
        ("<=2", True),
        ("~=1.2b1", True),
        (">=1.2rc1,<2", True),
    ],
)
def test_needs_releases(specifier: str, expected: bool) -> None:
    assert needs_releases(SpecifierSet(specifier)) is expected


_releases = st.lists(st.integers(0, 3), min_size=1, max_size=4).map(
    lambda parts: ".".join(map(str, parts))
)
_versions = st.one_of(_releases, st.builds("{}.post{}".format, _releases, st.integers(0, 2)))
_clauses = st.one_of(
    st.builds("{}{}".format, st.sampled_from([">=", "<=", "<", ">", "==", "!="]), _versions),
    st.builds("{}{}.*".format, st.sampled_from(["==", "!="]), _releases),
    st.builds("~={}.{}".format, st.integers(0, 3), _releases),
)


@given(
    st.lists(_clauses, min_size=1, max_size=3).map(",".join),
    st.sets(_versions, max_size=12),
)
def test_spack_accepts_exactly_what_pep_440_accepts(specifier: str, releases: set[str]) -> None:
    # One meaning has one spelling in a project: an index refuses 1.0 next to 1.0.0.
    spelled = {Version(release): release for release in sorted(releases)}
    accepted = SpecifierSet(specifier)
    try:
        text = ranges(accepted, tuple(sorted(spelled.values())))
    except Inexpressible:
        assert not any(release in accepted for release in spelled)
        return
    for version, release in spelled.items():
        assert spack_order.contains(text, release) == (version in accepted), text


@given(
    st.sampled_from([">=", "<", "~=", "==", "!=", "<=", ">"]),
    st.integers(1, 9),
    st.integers(0, 9),
    st.integers(0, 9),
)
def test_releases_to_come_count(operator: str, major: int, minor: int, micro: int) -> None:
    specifier = SpecifierSet(f"{operator}{major}.{minor}.{micro}")
    text = ranges(specifier)
    for later in (
        f"{major}.{minor}.{micro + 1}",
        f"{major}.{minor + 1}.0",
        f"{major + 1}.0.0",
        f"{major}.{minor}.{micro}",
        f"{major - 1}.99.99",
    ):
        assert spack_order.contains(text, later) == (later in specifier), (text, later)
