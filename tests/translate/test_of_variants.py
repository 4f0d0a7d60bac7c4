"""What a recipe depends on because a module that is always imported is there with a variant."""

from __future__ import annotations

from dataclasses import replace

import pytest
from packaging.version import Version

from spack_pypi.pypi.model import ModuleImport, Source
from spack_pypi.pypi.project_files import setup_py
from spack_pypi.session import Session
from spack_pypi.translate.by_wheel import by_wheel
from spack_pypi.translate.of_variants import having_variants
from spack_pypi.workflow.explain.explain import explain
from spack_pypi.workflow.request import Request, Verify
from tests.memory import MemoryHost, MemoryIndex
from tests.run import create
from tests.translate.test_builds import built, release

FILE = "x/a.py"


def imports(*modules: str) -> Source:
    return Source(
        variant_modules=tuple(
            ModuleImport(module, FILE, line, always=True) for line, module in enumerate(modules, 3)
        )
    )


#: (modules; what is needed, and what the recipe says of it)
NEEDS = [
    ([], []),
    (["tkinter"], [("python+tkinter", "")]),
    (["turtle"], [("python+tkinter", "turtle is imported")]),
    (["PIL.ImageTk", "tkinter"], [("python+tkinter", "")]),
    (["tkinter", "PIL.ImageTk"], [("python+tkinter", "")]),
    (["pyarrow.parquet"], [("arrow+parquet", "pyarrow.parquet is imported")]),
    (
        ["pyarrow.parquet", "pyarrow.dataset", "pyarrow._dataset"],
        [("arrow+dataset+parquet", "pyarrow.dataset and pyarrow.parquet are imported")],
    ),
    (
        ["tkinter", "PyQt6.QtNetwork"],
        [("python+tkinter", ""), ("qt-base+network", "PyQt6.QtNetwork is imported")],
    ),
]


@pytest.mark.parametrize(("modules", "needs"), NEEDS)
def test_the_packages_and_their_variants(modules: list[str], needs: list[tuple[str, str]]) -> None:
    found = having_variants(imports(*modules))
    assert [(each.dependency.spec, each.comment) for each in found] == needs
    assert not any(each.in_table for each in found)


def test_what_is_needed_has_the_place_of_each_import() -> None:
    (need,) = having_variants(imports("pyarrow.orc", "pyarrow.parquet"))
    assert need.origin == "x/a.py:3 imports pyarrow.orc, x/a.py:4 imports pyarrow.parquet"


def test_a_wheel_in_place_of_an_archive_from_which_nothing_is_built_has_the_same_modules() -> None:
    fails = setup_py.read("raise Exception('no')\nsetup()")
    wheel = "x-1.0-py3-none-any.whl"
    source = replace(imports("pyarrow.parquet"), setup_py=fails)
    found = by_wheel(built(source, wheel), release(wheel))
    assert found is not None and [n.dependency.spec for n in found.needs] == ["arrow+parquet"]


RUN = 'type=("build", "run"))'
#: (modules, what the project requires, whether packages have the variants; the recipe's lines)
LINES = [
    (["tkinter"], [], True, [f'depends_on("python@3.9:+tkinter", {RUN}']),
    (
        ["tkinter"],
        [],
        False,
        [
            f'depends_on("python@3.9:", {RUN}',
            "# no repo has python+tkinter, which is needed: x/a.py:3 imports tkinter",
        ],
    ),
    (
        ["pyarrow.dataset"],
        ["pyarrow>=7"],
        True,
        [
            f'depends_on("python@3.9:", {RUN}',
            "# pyarrow.dataset is imported",
            f'depends_on("arrow+dataset", {RUN}',
            f'depends_on("py-pyarrow@7:", {RUN}',
        ],
    ),
    (
        ["pyarrow.dataset"],
        ["pyarrow>=7"],
        False,
        [
            f'depends_on("python@3.9:", {RUN}',
            f'depends_on("py-pyarrow@7:", {RUN}',
            "# no repo has arrow+dataset, which is needed: x/a.py:3 imports pyarrow.dataset",
        ],
    ),
    # a dependency of its own, with what its project requires
    (
        ["cvxopt.glpk"],
        ["cvxopt>=1.2"],
        True,
        [
            f'depends_on("python@3.9:", {RUN}',
            "# cvxopt.glpk is imported",
            f'depends_on("py-cvxopt@1.2:+glpk", {RUN}',
        ],
    ),
]


@pytest.mark.parametrize(("modules", "requires", "has", "lines"), LINES)
def test_the_recipe_depends_on_packages_that_have_the_variant(
    modules: list[str], requires: list[str], has: bool, lines: list[str]
) -> None:
    index, host = MemoryIndex(), with_packages(has)
    index.add("x", "1.0", *requires, python=">=3.9")
    index._sources["x", Version("1.0")] = imports(*modules)
    written = create(host, index, Request(("x",), verify=Verify.LOAD)).plan.texts["py-x"]
    body = [line.strip() for line in written.partition("\nclass ")[2].splitlines()]
    found = [line for line in body if line.startswith(("#", "depends_on"))]
    assert [line for line in found if "setuptools" not in line] == lines
    host.keep("x", "py-x", written)
    with Session(index) as session:
        explained = explain(session, host, "py-x").lines
    named = [str(each) for each in explained if any(f"+{v}" in each.text for v in VARIANTS)]
    assert len(named) == has and all(f"x/a.py:3 imports {modules[0]}" in each for each in named)
    assert not any("nothing that the metadata asks for" in each for each in named)


VARIANTS = ("tkinter", "dataset", "glpk")


def with_packages(has_variants: bool) -> MemoryHost:
    host = MemoryHost()
    variants = VARIANTS if has_variants else ()
    host.has("a-python", "3.11.0", name="python", variants=variants)
    host.has("a-arrow", "16.1.0", name="arrow", variants=variants)
    host.has("cvxopt", "1.3.2", variants=variants)
    host.has("pyarrow", "16.1.0")
    host.has("setuptools", "1.0")
    return host


#: (which releases import tkinter, the lines about Python that the recipe then has)
BUMPS = [
    (("1.0", "2.0"), ['    depends_on("python@3.9:", type=("build", "run"))']),
    (
        ("2.0",),
        [
            '    depends_on("python+tkinter", when="@2:", type=("build", "run"))',
            '    depends_on("python@3.9:", type=("build", "run"))',
        ],
    ),
]


@pytest.mark.parametrize(("importing", "lines"), BUMPS)
def test_a_recipe_that_people_wrote_gets_what_a_newer_version_needs(
    importing: tuple[str, ...], lines: list[str]
) -> None:
    """What both versions import, the author has seen."""
    index, host = MemoryIndex(), with_packages(True)
    for version in ("1.0", "2.0"):
        index.add("x", version, python=">=3.9")
        if version in importing:
            index._sources["x", Version(version)] = imports("tkinter")
    recipe = (
        'class PyX(PythonPackage):\n    pypi = "x/x-1.0.tar.gz"\n\n'
        '    version("1.0", sha256="0")\n\n'
        '    depends_on("py-setuptools", type="build")\n'
        '    depends_on("python@3.9:", type=("build", "run"))\n'
    )
    host.keep("x", "py-x", recipe)
    plan = create(host, index, Request(("x==2.0",), verify=Verify.LOAD)).plan
    text = plan.texts["py-x"]
    assert 'version("2.0"' in text
    assert [line for line in text.splitlines() if '"python' in line] == lines
