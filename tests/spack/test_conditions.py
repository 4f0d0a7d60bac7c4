"""Ranges, conditions and specs of recipes, as our own code evaluates and prints them, held against
each Spack's."""

from __future__ import annotations

import pytest

from tests.conftest import Spack
from tests.spack.forks import Job, said
from tests.spack.made_up import recipes

pytestmark = pytest.mark.spack

RANGES = """
import itertools, json, spack.spec, spack.version
from spack_pypi.host.spack.meaning import _in

versions = ["1", "1.0", "1.0.1", "1.1", "1.1rc1", "2.0", "2.0b1", "10", "2024.9.5", "1_0", "main"]
bounds = ["", *versions]
ranges = [f"{low}:{high}" for low, high in itertools.product(bounds, bounds)]
ranges += [*versions, *(f"={version}" for version in versions), "1.0,2:", ":1,=2.0,10:"]
compared, wrong, held = 0, [], 0
for text in ranges:
    try:
        accepted = spack.spec.Spec(f"made-up@{text}").versions
    except spack.error.SpackError:  # an empty range
        continue
    for version in [*versions, "git.abcdef=1.0"]:
        expected = spack.version.Version(version).satisfies(accepted)
        compared, held = compared + 1, held + expected
        if _in(version, accepted) != expected:
            wrong.append([version, text])
print(json.dumps([wrong, compared > 500, 100 < held < compared - 100]))
"""


def test_a_version_is_in_a_range_where_spack_says_so(every_spack: Spack) -> None:
    assert said(every_spack, JOBS)["ranges"] == [[], True, True]


PRINTED = """
import itertools, json, spack.spec
from spack_pypi.host.spack.meaning import _printed

parts = [
    ["", "py-x"],
    ["", "@1", "@1:", "@:1.2", "@=1.0", "@1:2,3,=4.0", "@:"],
    ["", "+a", "~a b=c", " build_system=python_pip", " cflags=-O2", " namespace=site"],
    ["", " platform=linux", " target=x86_64:", " arch=linux-None-x86_64:", " os=None"],
    ["", " ^python@3.8:", " ^py-y+a", " %gcc@12", " %c=gcc", " /abc"],
]
wrong, number = [], 0
for texts in itertools.product(*parts):
    try:
        spec = spack.spec.Spec("".join(texts))
    except Exception:  # not all of them are specs
        continue
    number += 1
    if _printed(spec) != str(spec):
        wrong.append(["".join(texts), _printed(spec), str(spec)])
print(json.dumps([wrong, number > 500]))
"""


def test_a_spec_is_printed_as_spack_does(every_spack: Spack) -> None:
    assert said(every_spack, JOBS)["printed"] == [[], True]


OPAQUE = """
import json, spack.spec
from spack_pypi.host.spack.meaning import _Condition

conditions = [
    "%gcc", "%gcc@12:", "%c=gcc", "@2: %gcc", "^mpi", "^python+ssl",
    "", "@2:", "+a", "^python@3.8:", "@2: platform=linux ^python@3.8:",
]
print(json.dumps([_Condition(spack.spec.Spec(text), {}).opaque for text in conditions]))
"""


def test_which_conditions_are_not_evaluated(every_spack: Spack) -> None:
    """Those on compilers, on other packages, and on how Python was built."""
    assert said(every_spack, JOBS)["opaque"] == [True] * 6 + [False] * 5


VARIANTS = """
import json
from spack_pypi.host.spack.host import SpackHost

meaning = SpackHost().evaluator.meaning("mupold")
line = next(line for line in meaning.lines if line.package == "zlib")
applies = [
    [version, on, line.applies(version, {"a": on})]
    for version in ("1.0", "2.0", "3.0") for on in (True, False)
]
print(json.dumps([meaning.variant_ranges, applies]))
"""


#: (condition of a variant, the ranges of versions that have it, those that do).
CONDITIONS = [
    ("@2.0:", "2.0:", {"2.0", "3.0"}),
    ("@2.0", "2.0", {"2.0"}),
    ("@:1,3:", ":1,3:", {"1.0", "3.0"}),
]


def with_variant(when: str) -> Job:
    lines = [f'version("{version}"SHA256)' for version in ("1.0", "2.0", "3.0")]
    lines += [
        f'variant("a", default=True, description="A", when="{when}")',
        'depends_on("zlib", when="+a")',
    ]
    return Job(VARIANTS, recipes(mupold=lines))


@pytest.mark.parametrize("when, ranges, having", CONDITIONS)
def test_a_condition_on_a_variant_that_some_versions_have(
    every_spack: Spack, when: str, ranges: str, having: set[str]
) -> None:
    """It holds for no other version."""
    applies = [
        [version, on, on and version in having]
        for version in ("1.0", "2.0", "3.0")
        for on in (True, False)
    ]
    assert said(every_spack, JOBS)[when] == [{"a": ranges}, applies]


JOBS = {
    "ranges": Job(RANGES),
    "printed": Job(PRINTED),
    "opaque": Job(OPAQUE),
    **{when: with_variant(when) for when, _, _ in CONDITIONS},
}
