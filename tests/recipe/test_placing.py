"""Where a new dependency stands in a recipe with blocks: in the one that says what it is for."""

from __future__ import annotations

import pytest

from spack_pypi.recipe.edit import RecipeText
from spack_pypi.recipe.model import BUILD, Changes, Condition, Dependency

RECIPE = """\
class PyX(PythonPackage):
    version("3.1", sha256="c")
    version("2.0", sha256="b")
    version("1.4", sha256="a")

    depends_on("py-setuptools", type="build")

    with default_args(type=("build", "run")):
        depends_on("py-attrs@19:")

        with when("+full"):
            depends_on("py-click")
            depends_on("py-rich@10:", when="@2:")

        with when("+full platform=linux"):
            depends_on("py-uvloop")

    with when("@2:"):
        depends_on("py-numpy@1.20:", type=("build", "run"))
        depends_on("py-cython", type="build")

    with when("@:1"):
        depends_on("py-numpy@:1.19", type=("build", "run"))

    with when("@3"):
        depends_on("py-six", type=("build", "run"))
"""


def new(spec: str, when: Condition, types: tuple[str, ...] = ("build", "run")) -> Dependency:
    package, _, versions = spec.partition("@")
    return Dependency(package, versions, (), when, types)


# (the new line, the line above it, how it is written)
PLACES = [
    # the block of its variant, beside its package or below the last line of its type
    (new("py-rich@12:", Condition("2.1:", ("+full",))), 'depends_on("py-click")',
     '            depends_on("py-rich@12:", when="@2.1:")'),
    (new("py-new", Condition("2.1:", ("+full",))), 'depends_on("py-rich@10:", when="@2:")',
     '            depends_on("py-new", when="@2.1:")'),
    (new("py-new", Condition("", ("+full",))), 'depends_on("py-rich@10:", when="@2:")',
     '            depends_on("py-new")'),
    (new("py-new", Condition("2.1:", ("+full",), python=":3.9")),
     'depends_on("py-rich@10:", when="@2:")',
     '            depends_on("py-new", when="@2.1: ^python@:3.9")'),
    # the block that says the most
    (new("py-new", Condition("2.1:", ("+full",), "linux")), 'depends_on("py-uvloop")',
     '            depends_on("py-new", when="@2.1:")'),
    # no block for one of two variants, or for another one
    (new("py-new", Condition("2.1:", ("+other",))), 'depends_on("py-attrs@19:")',
     '        depends_on("py-new", when="@2.1:+other")'),
    (new("py-new", Condition("2.1:")), 'depends_on("py-attrs@19:")',
     '        depends_on("py-new", when="@2.1:")'),
    # the block for its versions, where the lines of its package stand in blocks
    (new("py-numpy@2:", Condition("2.1:")), 'with when("@2:"):',
     '        depends_on("py-numpy@2:", when="@2.1:", type=("build", "run"))'),
    (new("py-numpy@1.21:", Condition("2:")), 'with when("@2:"):',
     '        depends_on("py-numpy@1.21:", type=("build", "run"))'),
    (new("py-cython@3:", Condition("2.1:"), BUILD),
     'depends_on("py-numpy@1.20:", type=("build", "run"))',
     '        depends_on("py-cython@3:", when="@2.1:", type="build")'),
    # of a series, as far as the recipe has versions
    (new("py-numpy@:1.18", Condition(":1.4")), 'with when("@:1"):',
     '        depends_on("py-numpy@:1.18", when="@:1.4", type=("build", "run"))'),
    (new("py-six@1.16:", Condition("3.1:")), 'with when("@3"):',
     '        depends_on("py-six@1.16:", when="@3.1:", type=("build", "run"))'),
    # none of these holds for all that it is for
    (new("py-numpy@:2", Condition()), 'depends_on("py-attrs@19:")',
     '        depends_on("py-numpy@:2")'),
    (new("py-attrs@22:", Condition("2.1:")), 'with default_args(type=("build", "run")):',
     '        depends_on("py-attrs@22:", when="@2.1:")'),
]  # fmt: skip


@pytest.mark.parametrize("line, above, written", PLACES, ids=[str(p[0].spec) for p in PLACES])
def test_where_a_new_dependency_stands(line: Dependency, above: str, written: str) -> None:
    lines = RecipeText(RECIPE).edited(Changes(dependencies=[line])).splitlines()
    at = lines.index(written)
    assert lines[at - 1].strip() == above
    assert [*lines[:at], *lines[at + 1 :]] == RECIPE.splitlines()


HISTORICAL = """\
class PyX(PythonPackage):
    version("2.0", sha256="b")

    depends_on("py-setuptools", type="build")
    depends_on("py-attrs", type=("build", "run"))

    # Historical dependencies
    depends_on("py-wheel", when="@:1", type="build")
    depends_on("py-six", when="@:1", type=("build", "run"))

    with when("+full"):
        depends_on("py-click", type=("build", "run"))

        # historical, of the extra
        depends_on("py-old", when="@:1", type=("build", "run"))

    # Needed for builds
    depends_on("zlib")
"""

# (the new line, the line above it)
CURRENT = [
    (new("zlib@2:", Condition("2:"), ("build", "link")), "# Needed for builds"),
    (new("py-hatchling", Condition("2:"), BUILD), 'depends_on("py-setuptools", type="build")'),
    (new("py-new", Condition("2:")), 'depends_on("py-attrs", type=("build", "run"))'),
    (new("py-six@2:", Condition("2:")), 'depends_on("py-attrs", type=("build", "run"))'),
    (new("py-old@2:", Condition("2:", ("+full",))),
     'depends_on("py-click", type=("build", "run"))'),
]  # fmt: skip


@pytest.mark.parametrize(("dependency", "above"), CURRENT, ids=[str(r[0].spec) for r in CURRENT])
def test_what_is_new_does_not_stand_below_what_is_historical(
    dependency: Dependency, above: str
) -> None:
    lines = RecipeText(HISTORICAL).edited(Changes(dependencies=[dependency])).splitlines()
    at = next(n for n, line in enumerate(lines) if f'"{dependency.spec}"' in line)
    assert lines[at - 1].strip() == above


BESIDE = """\
class PyX(PythonPackage):
    version("3.1", sha256="c")
    version("2.0", sha256="b")

    depends_on("python@3.6:", when="@1:", type=("build", "run"))
    depends_on("python@3.8:", when="@2:", type=("build", "run"))
    depends_on("py-attrs", type=("build", "run"))
    depends_on("py-attrs@19:", when="@2:", type=("build", "run"))
    depends_on("py-attrs@18:", when="@1: ^python@:3.7", type=("build", "run"))
    # https://forge.example/x/x/issues/12
    depends_on("py-rich@:13", when="@2:", type=("build", "run"))
    depends_on("py-rich@:12", when="@1:", type=("build", "run"))

    # https://x.example/install, as of
    # https://forge.example/x/x/pull/3
    depends_on("proj@9:", when="@2:", type=("build", "link"))

    # Cargo.toml
    depends_on("rust@1.80:")
    depends_on("libffi")
    # yaml is imported, but not declared
    depends_on("py-pyyaml", when="@2:", type=("build", "run"))
"""

# (the new line, the line above it, how it is written)
BESIDES = [
    # the newest last, as the file has it; for what it is for
    (new("python@3.10:", Condition("3.1:")),
     'depends_on("python@3.8:", when="@2:", type=("build", "run"))',
     'depends_on("python@3.10:", when="@3.1:", type=("build", "run"))'),
    (new("py-attrs@22:", Condition("3.1:")),
     'depends_on("py-attrs@19:", when="@2:", type=("build", "run"))',
     'depends_on("py-attrs@22:", when="@3.1:", type=("build", "run"))'),
    (new("py-attrs@21:", Condition("3.1:", python=":3.9")),
     'depends_on("python@3.8:", when="@2:", type=("build", "run"))',
     'depends_on("py-attrs@21:", when="@3.1: ^python@:3.9", type=("build", "run"))'),
    # above the reason for another line
    (new("py-rich@:14", Condition("3.1:")),
     'depends_on("py-attrs@18:", when="@1: ^python@:3.7", type=("build", "run"))',
     'depends_on("py-rich@:14", when="@3.1:", type=("build", "run"))'),
    (new("py-pyyaml@6:", Condition("3.1:")), 'depends_on("libffi")',
     'depends_on("py-pyyaml@6:", when="@3.1:", type=("build", "run"))'),
    (new("proj@9.4:", Condition("3.1:"), ("build", "link")), "",
     'depends_on("proj@9.4:", when="@3.1:", type=("build", "link"))'),
    # without a type, where the line beside it leaves out the same
    (new("rust@1.90:", Condition("3.1:"), ("build", "link")), "# Cargo.toml",
     'depends_on("rust@1.90:", when="@3.1:")'),
    (new("rust@1.90:", Condition("3.1:"), BUILD), "# Cargo.toml",
     'depends_on("rust@1.90:", when="@3.1:", type="build")'),
]  # fmt: skip


@pytest.mark.parametrize("line, above, written", BESIDES, ids=[str(p[0].spec) for p in BESIDES])
def test_a_new_line_follows_those_of_its_package(
    line: Dependency, above: str, written: str
) -> None:
    lines = RecipeText(BESIDE).edited(Changes(dependencies=[line])).splitlines()
    at = lines.index(f"    {written}")
    assert lines[at - 1].strip() == above
    assert [*lines[:at], *lines[at + 1 :]] == BESIDE.splitlines()


@pytest.mark.parametrize(
    "lines, written",
    [
        (  # beside a line
            '\n    depends_on("py-a", type=("build", "run"))\n',
            '    # why\n    depends_on("py-x", when="+y", type=("build", "run"))\n',
        ),
        (  # in a block for it
            '\n    with when("+y"):\n        depends_on("py-a", type=("build", "run"))\n',
            '        # why\n        depends_on("py-x", type=("build", "run"))\n',
        ),
        (  # below a block of another type
            '\n    with default_args(type="build"):\n        depends_on("py-a")\n',
            '\n    # why\n    depends_on("py-x", when="+y", type=("build", "run"))\n',
        ),
        (  # where none is
            "",
            '\n    # why\n    depends_on("py-x", when="+y", type=("build", "run"))\n',
        ),
    ],
)
def test_the_reason_for_a_new_line_stands_above_it(lines: str, written: str) -> None:
    text = f'class PyX(PythonPackage):\n    version("1.0", sha256="a")\n{lines}'
    line = new("py-x", Condition(variants=("+y",)))
    changes = Changes(dependencies=[line], reasons={line: ["why"]})
    assert RecipeText(text).edited(changes).endswith(written)


def test_where_all_is_historical_a_line_stands_there() -> None:
    text = HISTORICAL.replace('    depends_on("py-setuptools", type="build")\n', "")
    text = text.replace('    depends_on("py-attrs", type=("build", "run"))\n', "")
    edited = RecipeText(text).edited(Changes(dependencies=[new("py-new", Condition("2:"))]))
    assert '    depends_on("py-new", when="@2:", type=("build", "run"))\n' in edited


def test_where_all_lines_stand_in_blocks_for_versions_a_new_one_does_too() -> None:
    text = """\
class PyX(PythonPackage):
    version("3.1", sha256="c")
    version("2.0", sha256="b")

    with when("@3:"):
        depends_on("py-hatchling", type="build")
        depends_on("py-attrs", type=("build", "run"))

    with when("@:2"):
        depends_on("py-setuptools", type="build")
        depends_on("py-six", type=("build", "run"))
"""
    edited = RecipeText(text).edited(Changes(dependencies=[new("py-new", Condition("3.1:"))]))
    line = '        depends_on("py-new", when="@3.1:", type=("build", "run"))\n'
    above = '        depends_on("py-attrs", type=("build", "run"))\n'
    assert edited == text.replace(above, above + line)
