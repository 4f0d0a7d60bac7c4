"""What ``check`` takes for granted: where markers hold, and where ranges disagree. What it keeps
must not differ from what is evaluated anew for each cell and each version."""

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.markers import Marker
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from spack_pypi.host.port import Cell
from spack_pypi.translate import spack_order
from spack_pypi.workflow.compare import oracle
from spack_pypi.workflow.compare.known import KnownVersions
from tests.workflow.evaluated import Line

#: What Python says on each platform and machine.
SAYS = {
    ("linux", "x86_64"): ("linux", "Linux", "posix", "x86_64"),
    ("linux", "aarch64"): ("linux", "Linux", "posix", "aarch64"),
    ("linux", "ppc64le"): ("linux", "Linux", "posix", "ppc64le"),
    ("darwin", "x86_64"): ("darwin", "Darwin", "posix", "x86_64"),
    ("darwin", "aarch64"): ("darwin", "Darwin", "posix", "arm64"),
    ("windows", "x86_64"): ("win32", "Windows", "nt", "AMD64"),
}
MARKERS = [
    'python_version < "3.10"',
    'python_version in "3.9 3.12"',
    'python_full_version >= "3.11.9"',
    'implementation_version >= "3.12"',
    'implementation_name == "cpython"',
    'platform_python_implementation != "PyPy"',
    'python_implementation == "CPython"',
    'sys_platform == "win32"',
    'sys.platform == "darwin"',
    'os_name == "posix"',
    "os.name == 'nt'",
    'platform_system != "Linux"',
    'platform_machine == "arm64" or platform_machine == "AMD64"',
    'platform.machine in "x86_64 aarch64"',
    'sys_platform == "linux" and python_version < "3.12" and platform_machine != "ppc64le"',
    '"3.9" <= python_version',
    'extra == "fast" and python_version < "3.12"',
    'extra != "fast"',
]


@pytest.mark.parametrize("marker", MARKERS)
@pytest.mark.parametrize("extras", [frozenset(), frozenset({"fast"})])
def test_a_marker_holds_where_packaging_says_so(marker: str, extras: frozenset[str]) -> None:
    matrix = oracle.Matrix(oracle.cells(["3.9.24", "3.11.8", "3.11.9", "3.12.0", "3.12.3"]))
    found = oracle.required([f"a; {marker}"], "x", extras, matrix)
    holding = [cell for each in found for cell in oracle.members(matrix, each.cells)]

    def holds(cell: Cell, extra: str) -> bool:
        sys_platform, system, name, machine = SAYS[cell.platform, cell.target]
        return Marker(marker).evaluate(
            {
                "python_version": cell.python.rpartition(".")[0],
                "python_full_version": cell.python,
                "implementation_name": "cpython",
                "implementation_version": cell.python,
                "platform_python_implementation": "CPython",
                "sys_platform": sys_platform,
                "platform_system": system,
                "os_name": name,
                "platform_machine": machine,
                "extra": extra,
            }
        )

    assert holding == [
        cell for cell in matrix.cells if any(holds(cell, extra) for extra in ("", *extras))
    ]


NUMBERS = st.lists(st.integers(0, 3), min_size=1, max_size=3).map(
    lambda parts: ".".join(map(str, parts))
)
SPELLED = st.one_of(NUMBERS, NUMBERS.map("{}.post1".format), NUMBERS.map("{}rc1".format))
SPECIFIERS = st.lists(
    st.builds("{}{}".format, st.sampled_from([">=", "<", "<=", ">", "==", "!="]), NUMBERS),
    max_size=3,
    unique=True,
)
RANGES = st.lists(
    st.one_of(NUMBERS.map("={}".format), NUMBERS.map("{}:".format), NUMBERS.map(":{}".format)),
    max_size=2,
    unique=True,
)


PAIRS = st.lists(st.tuples(SPECIFIERS, RANGES), min_size=1, max_size=4)


@given(st.lists(SPELLED, max_size=8, unique=True), PAIRS)
def test_versions_that_differ(known: list[str], pairs: list[tuple[list[str], list[str]]]) -> None:
    """As if each version were looked at alone, whatever was compared before."""
    compared = KnownVersions({text: oracle.version_of(text) for text in known})
    for specifiers, ranges in [*pairs, *itertools.product(*zip(*pairs))]:
        lines = [Line("py-a", each) for each in ranges]
        assert compared.differing(specifiers, lines) == _differing(known, specifiers, ranges)


def _differing(
    known: list[str], specifiers: list[str], ranges: list[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    versions: dict[Version, str] = {}
    for text in known:
        if not Version(text).is_prerelease:
            versions.setdefault(Version(text), text)
    newest = max(versions, default=Version("0"))
    stated = sorted(f"py-a@{each}" for each in ranges)
    bounds = re.findall(r"\d[\w.]*\w|\d", " ".join([*specifiers, *stated]))
    for bound in [newest, *map(Version, bounds)]:
        release = (*bound.release, 0, 0)[: max(3, len(bound.release))]
        for at, part in enumerate(release):
            after = [*release[:at], part + 1, *[0] * (len(release) - at - 1)]
            text = ".".join(map(str, after))
            versions.setdefault(Version(text), text)
    in_order = [versions[version] for version in sorted(versions)]
    required = SpecifierSet(",".join(specifiers))
    by_metadata = {text for text in in_order if required.contains(text, prereleases=True)}
    by_recipe = {
        text for text in in_order if all(spack_order.contains(each, text) for each in ranges)
    }
    return (
        tuple(text for text in in_order if text in by_recipe - by_metadata),
        tuple(text for text in in_order if text in by_metadata - by_recipe),
    )
