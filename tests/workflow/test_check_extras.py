"""Extras of the metadata and variants of the recipe, as ``check`` compares them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from spack_pypi.errors import IndexFailure
from spack_pypi.pypi.model import Project
from tests.memory import MemoryHost, MemoryIndex
from tests.run import check
from tests.workflow.evaluated import BUILD, Line, Recipe


@pytest.mark.parametrize("ranges, kinds", [(":0.9", []), ("0.9:", ["missing-dependency"])])
def test_an_extra_counts_where_the_version_has_its_variant(ranges: str, kinds: list[str]) -> None:
    host, index = MemoryHost(), MemoryIndex()
    index.add("x", "1.0", 'a; extra == "full"', extras=["full"], build=[])
    index.add("a", "1.0")
    host.has("x", "1.0")
    host.has("a", "1.0")
    recipe = Recipe([Line("py-b", variant="full")], "")
    recipe.variant_ranges = {"full": ranges}
    host.meanings["py-x"] = recipe
    (result,) = check(host, index, ["py-x"])
    assert [f.code for f in result.diagnostics if f.severity.value == "error"] == kinds


@pytest.mark.parametrize("default, severity", [(True, "note"), (False, "error")])
def test_a_variant_that_an_extra_asks_for(default: bool, severity: str) -> None:
    host, index = MemoryHost(), MemoryIndex()
    index.add("x", "1.0", "a[fast]", build=[])
    index.add("a", "1.0", extras=["fast"])
    host.has("x", "1.0")
    host.has("a", "1.0", variants=["fast"])
    host.meanings["py-x"] = Recipe([Line("py-a")], "")
    other = Recipe([], "")
    other.variants = {"fast": default}
    host.meanings["py-a"] = other
    (result,) = check(host, index, ["py-x"])
    assert [(f.severity.value, f.code) for f in result.diagnostics] == [
        (severity, "missing-variant")
    ]


@pytest.mark.parametrize(
    "variant, extra, provided",
    [
        ("full", "full", True),
        ("full_set", "Full.Set", True),
        ("full-set", "full_set", True),
        # old metadata asks about extras that it does not list
        ("full", "full", False),
        ("full_set", "full-set", False),
    ],
)
def test_an_extra_is_a_variant_in_any_spelling(variant: str, extra: str, provided: bool) -> None:
    host, index = MemoryHost(), MemoryIndex()
    extras = [extra] if provided else []
    index.add("x", "1.0", f"a; extra == '{extra}'", extras=extras, build=[])
    index.add("a", "1.0")
    host.has("x", "1.0")
    host.has("a", "1.0")
    host.meanings["py-x"] = Recipe([Line("py-b", variant=variant)])
    (result,) = check(host, index, ["py-x"])
    assert [(f.severity.value, f.code, f.subject) for f in result.diagnostics] == [
        ("error", "missing-dependency", "py-a"),
        ("note", "extra-dependency", "py-b"),
    ]


# (requirement, versions that have the variant, line, what is found)
ASKED: list[tuple[str, str, Line, list[tuple[str, str]]]] = [
    ("a[fast-path]", "", Line("py-a+fast_path"), []),
    ("a[fast-path]", "", Line("py-a"), [("missing-variant", "py-a")]),
    ("a[fast-path]", "", Line("py-a+fast_path_too"), [("missing-variant", "py-a")]),
    ("a[fast-path]", "2:", Line("py-a+fast_path"), []),
    ("a[fast-path]", "2:", Line("py-a"), [("missing-variant", "py-a")]),
    # no version that will do has it: what it brings is requested
    ("a[fast-path]<2", "2:", Line("py-a", ":1"), [("missing-dependency", "py-b")]),
    ("a[fast-path]>=3", "2:", Line("py-a", "3:"), [("missing-variant", "py-a")]),
]


@pytest.mark.parametrize("requirement, ranges, line, expected", ASKED)
def test_an_extra_of_a_dependency(
    requirement: str, ranges: str, line: Line, expected: list[tuple[str, str]]
) -> None:
    host, index = MemoryHost(), MemoryIndex()
    index.add("x", "1.0", requirement, build=[])
    for version in ("1.0", "2.0"):
        index.add("a", version, 'b; extra == "fast-path"', extras=["fast_path"])
    index.add("b", "1.0")
    host.has("x", "1.0")
    host.has("b", "1.0")
    host.has("a", "2.0", "1.0", variants=["fast_path"])
    known = {"fast_path": ranges} if ranges else {}
    host.packages["a"] = replace(host.packages["a"], variant_ranges=known)
    plain, plus, variant = line.package.partition("+")
    said = Line(plain, line.ranges)
    said.suffix = plus + variant
    host.meanings["py-x"] = Recipe([said])
    (result,) = check(host, index, ["py-x"])
    reported = [(f.code, f.subject) for f in result.diagnostics if f.severity.value == "error"]
    assert reported == expected


def test_an_index_that_does_not_tell_of_an_extra_leaves_it_unchecked() -> None:
    class Unreachable(MemoryIndex):
        def project(self, name: str) -> Project:
            if name == "a":
                raise IndexFailure("https://index.example/simple/a/", "does not answer")
            return super().project(name)

    host, index = MemoryHost(), Unreachable()
    index.add("x", "1.0", "a[fast]", build=[])
    for name in ("x", "a"):
        host.has(name, "1.0")
    host.meanings["py-x"] = Recipe([Line("py-a")])
    (result,) = check(host, index, ["py-x"])
    assert result.failed
    assert "does not answer" in result.diagnostics[0].text


# (what the line on a asks for, the other line → what is found)
PARTS: list[tuple[str, str, list[tuple[str, str]]]] = [
    ("+array", "py-b", []),
    ("", "py-b", [("missing-variant", "py-a")]),
    ("+array", "py-c", [("extra-dependency", "py-c"), ("missing-dependency", "py-b")]),
]


@pytest.mark.parametrize("asked, other, found", PARTS)
def test_an_extra_that_consists_of_variants(
    asked: str, other: str, found: list[tuple[str, str]]
) -> None:
    """a has a variant for one part of the extra ``all``, and none for the other."""
    host, index = MemoryHost(), MemoryIndex()
    index.add("x", "1.0", "a[all]", build=[])
    index.add("a", "1.0", 'c; extra == "array"', 'a[array]; extra == "all"', 'b; extra == "all"')
    for name in ("b", "c"):
        index.add(name, "1.0")
        host.has(name, "1.0")
    host.has("x", "1.0")
    host.has("a", "1.0", variants=["array"])
    host.meanings["py-x"] = Recipe([Line("py-a", suffix=asked), Line(other)], "")
    without = Recipe([], "")
    without.variants = {"array": False}
    host.meanings["py-a"] = without
    (result,) = check(host, index, ["py-x"])
    assert sorted((each.code, each.subject) for each in result.diagnostics) == found


# (the lines of the package of a, that of x on b → what is found)
LEAST: list[tuple[list[Line], Line | None, list[tuple[str, str]]]] = [
    # the bound of the newest version of a, or of any down to the oldest
    ([], Line("py-b", "3:"), []),
    ([], Line("py-b", "2:"), []),
    ([], Line("py-b", "1:"), [("error", "range-too-wide")]),
    ([], Line("py-b", "4:"), [("note", "range-too-narrow")]),
    ([], None, [("error", "missing-dependency")]),
    # what a has itself
    ([Line("py-b", "2:")], None, []),
    ([Line("py-b", "2:", variant="array")], None, []),
    ([Line("py-b", "3:", versions="2:"), Line("py-b", "2:", versions=":1")], None, []),
    ([Line("py-b", "2:")], Line("py-b", "2:"), []),
    ([Line("py-b", "2:")], Line("py-b", "1:"), [("error", "range-too-wide")]),
    # not in each version, in others, to build, without the variant, or not everywhere
    ([Line("py-b", "2:", versions="2:")], None, [("error", "missing-dependency")]),
    ([Line("py-b", "1:")], None, [("error", "missing-dependency")]),
    ([Line("py-b", "2:", BUILD)], None, [("error", "missing-dependency")]),
    ([Line("py-b", "2:", variant="other")], None, [("error", "missing-dependency")]),
    ([Line("py-b", "2:", opaque=True)], None, [("error", "missing-dependency")]),
    ([Line("py-b", "2:", platform="darwin")], None, [("error", "missing-dependency")]),
]


@pytest.mark.parametrize("has, line, found", LEAST)
def test_the_least_that_an_extra_without_a_variant_asks_for(
    has: list[Line], line: Line | None, found: list[tuple[str, str]]
) -> None:
    host, index = MemoryHost(), MemoryIndex()
    index.add("x", "1.0", "a[all]", build=[])
    for version, bound in (("1.0", "2"), ("2.0", "3")):
        index.add("a", version, 'a[array]; extra == "all"', f'b>={bound}; extra == "all"')
    for version in ("4.0", "3.0", "2.0", "1.0"):
        index.add("b", version)
    host.has("x", "1.0")
    host.has("b", "4.0", "3.0", "2.0", "1.0")
    host.has("a", "2.0", "1.0", variants=["array"])
    host.meanings["py-x"] = Recipe([Line("py-a", suffix="+array"), *([line] if line else [])], "")
    other = Recipe(has, "")
    other.variants = {"array": False, "other": False}
    host.meanings["py-a"] = other
    (result,) = check(host, index, ["py-x"])
    assert [(each.severity.value, each.code) for each in result.diagnostics] == found
