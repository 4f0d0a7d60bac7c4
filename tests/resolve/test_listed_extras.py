"""What a new recipe says of an extra for which an existing package has no variant: what the
package does not bring itself, with the bounds of the oldest version that would do."""

from __future__ import annotations

import pytest

from tests.memory import MemoryHost, MemoryIndex
from tests.resolve.conftest import run

VARIANT = '    variant("frame", default={}, description="Frames")\n'
#: What its extra required in each release of lib.
EXTRAS = {
    "1.0": ["rich>=10", "lz4>=4"],
    "2.0": ["rich>=11", "lz4>=4"],
    "3.0": ["rich>=12", "lz4>=4", "attrs"],
}


def package(*lines: str, versions: str = "321", frame: str = "False") -> str:
    listed = "".join(f'    version("{each}.0", sha256="0")\n' for each in versions)
    variant, text = VARIANT.format(frame), "".join(f"    depends_on({line})\n" for line in lines)
    return f"class PyLib(PythonPackage):\n{listed}\n{variant}\n{text}"


def fill(
    host: MemoryHost, index: MemoryIndex, text: str, *required: str, rich: str = "12.0"
) -> None:
    host.keep("lib", "py-lib", text)
    for name, version in (("rich", rich), ("lz4", "4.3"), ("attrs", "1.0")):
        host.has(name, version)
        index.add(name, version)
    for version, added in EXTRAS.items():
        all_of = [f'{each}; extra == "all"' for each in [*added, "lib[frame]"]]
        index.add("lib", version, *all_of, 'pandas; extra == "frame"')
    index.add("app", "1.0", *required)


def lines(host: MemoryHost) -> list[str]:
    """What stands in the recipe of app below the line for lib."""
    text = host.written["py-app"].partition('depends_on("py-lib')[2]
    return [line.strip() for line in text.splitlines()[1:] if line.strip()]


def on(spec: str) -> str:
    return f'depends_on("{spec}", type=("build", "run"))'


RUN = 'type=("build", "run")'
OF_ALL = "# for lib[all]"
LZ4, ATTRS = on("py-lz4@4:"), on("py-attrs")
# (what app requires, the lines of the package of lib, those of app)
CASES: list[tuple[str, str, list[str]]] = [
    # the bounds of the oldest version that is allowed, and all that any one of them asks for now
    ("lib[all]", package(), [OF_ALL, on("py-rich@10:"), LZ4, ATTRS]),
    ("lib[all]>=2", package(), [OF_ALL, on("py-rich@11:"), LZ4, ATTRS]),
    ("lib[all]>=2", package(versions="31"), [OF_ALL, on("py-rich@12:"), LZ4, ATTRS]),
    ("lib[all]==2.*", package(), [OF_ALL, on("py-rich@11:"), LZ4]),
    # what the package brings
    ("lib[all]", package(f'"py-rich@10:", {RUN}'), [OF_ALL, LZ4, ATTRS]),
    ("lib[all]", package(f'"py-rich@10:", when="+frame", {RUN}'), [OF_ALL, LZ4, ATTRS]),
    (
        "lib[all]>=2",
        package(f'"py-rich@12:", when="@3:", {RUN}', f'"py-rich@11:", when="@:2", {RUN}'),
        [OF_ALL, LZ4, ATTRS],
    ),
    # not for each version, in other versions, to build, without the variant, on one platform
    (
        "lib[all]",
        package(f'"py-rich@10:", when="@2:", {RUN}'),
        [OF_ALL, on("py-rich@10:"), LZ4, ATTRS],
    ),
    ("lib[all]", package(f'"py-rich", {RUN}'), [OF_ALL, on("py-rich@10:"), LZ4, ATTRS]),
    (
        "lib[all]",
        package('"py-rich@10:", type="build"'),
        [OF_ALL, on("py-rich@10:"), LZ4, ATTRS],
    ),
    (
        "lib[all]",
        package(f'"py-rich@10:", when="~frame", {RUN}'),
        [OF_ALL, on("py-rich@10:"), LZ4, ATTRS],
    ),
    (
        "lib[all]",
        package(f'"py-rich@10:", when="platform=linux", {RUN}'),
        [OF_ALL, on("py-rich@10:"), LZ4, ATTRS],
    ),
]


@pytest.mark.parametrize(("required", "text", "expected"), CASES)
def test_an_extra_without_a_variant(
    host: MemoryHost, index: MemoryIndex, required: str, text: str, expected: list[str]
) -> None:
    fill(host, index, text, required)
    assert not run(host, index, "app").plan.failed
    assert lines(host) == expected


def test_no_version_is_added_for_a_bound_of_the_newest(
    host: MemoryHost, index: MemoryIndex
) -> None:
    fill(host, index, package(), "lib[all]", rich="10.5")
    index.add("rich", "12.1")
    assert set(run(host, index, "app").plan.recipes) == {"app"}


def test_a_bound_that_is_no_wider_stays(host: MemoryHost, index: MemoryIndex) -> None:
    fill(host, index, package(versions="21"), "lib[all]")
    index.add("lib", "1.0", 'rich<11; extra == "all"')
    run(host, index, "app")
    assert on("py-rich@11:") in lines(host)


def test_variants_that_are_on_by_default(host: MemoryHost, index: MemoryIndex) -> None:
    text = package(f'"py-attrs", when="+frame", {RUN}', versions="3", frame="True")
    fill(host, index, text, "lib[plus]")
    index.add("lib", "3.0", 'attrs; extra == "plus"')
    run(host, index, "app")
    assert lines(host) == []


def test_what_the_project_requires_itself_has_no_comment(
    host: MemoryHost, index: MemoryIndex
) -> None:
    fill(host, index, package(versions="3"), "lib[all]", "attrs>=1")
    run(host, index, "app")
    assert lines(host) == [OF_ALL, on("py-rich@12:"), LZ4, on("py-attrs@1:")]


def test_what_an_extra_adds_stands_after_all_that_the_project_lists(
    host: MemoryHost, index: MemoryIndex
) -> None:
    fill(host, index, package(versions="3"))
    required = ["lib[all]", "p", "q", "r"]
    for name in required[1:]:
        host.has(name, "1.0")
    index.add("app", "1.0", *sorted(required, reverse=True), listed=required)
    run(host, index, "app")
    expected = ["py-p", "py-q", "py-r", OF_ALL, "py-rich@12:", "py-lz4@4:", "py-attrs"]
    assert [line.replace('depends_on("', "").rstrip('")') for line in lines(host)] == expected
