"""An extra that names others of its project: which variants it consists of, and what is left."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from spack_pypi.translate.own_extras import parted

VARIANTS = {"array", "frame"}

# (requirements of foo, the variants that its extra "all" consists of, the requirements without)
PARTED: list[tuple[Sequence[str], tuple[str, ...], tuple[str, ...]]] = [
    ((), (), ()),
    (('lz4; extra == "all"',), (), ('lz4; extra == "all"',)),
    (
        ('foo[array,frame]; extra == "all"', 'lz4; extra == "all"'),
        ("array", "frame"),
        ('lz4; extra == "all"',),
    ),
    # in any spelling, and beside an extra that is not a variant
    (
        ('Foo[Frame,tests]; extra == "all"', 'pytest; extra == "tests"'),
        ("frame",),
        ('foo[tests]; extra == "all"', 'pytest; extra == "tests"'),
    ),
    # through an extra that is not a variant, which may name the first one again
    (
        ('foo[more]; extra == "all"', 'foo[array,all]; extra == "more"'),
        ("array",),
        ('foo[more]; extra == "all"', 'foo[all]; extra == "more"'),
    ),
    # not what a variant names
    (
        ('foo[array]; extra == "all"', 'foo[frame]; extra == "array"'),
        ("array",),
        ('foo[frame]; extra == "array"',),
    ),
]
SOMEWHERE = [
    'sys_platform == "win32" and extra == "all"',
    'python_version >= "3.11" and extra == "all"',
    'platform_release == "6" and extra == "all"',
    'extra == "other"',
]


@pytest.mark.parametrize(("texts", "variants", "rest"), PARTED)
def test_an_extra_consists_of_others(
    texts: Sequence[str], variants: tuple[str, ...], rest: tuple[str, ...]
) -> None:
    assert parted("foo", texts, "all", VARIANTS.__contains__) == (variants, rest)


@pytest.mark.parametrize("marker", SOMEWHERE)
def test_an_extra_that_is_named_for_some_only_is_no_part(marker: str) -> None:
    texts = (f"foo[array]; {marker}",)
    assert parted("foo", texts, "all", VARIANTS.__contains__) == ((), texts)
