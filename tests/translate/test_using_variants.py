"""The variants with which a recipe depends on a package whose names the project uses."""

from __future__ import annotations

from dataclasses import replace

import pytest
from packaging.version import Version

from spack_pypi.pypi.model import ModuleImport, Source
from spack_pypi.pypi.project_files import setup_py
from spack_pypi.session import Session
from spack_pypi.translate.by_wheel import by_wheel
from spack_pypi.translate.of_variants import using_variants
from spack_pypi.workflow.explain.explain import explain
from spack_pypi.workflow.request import Request, Verify
from tests.memory import MemoryHost, MemoryIndex
from tests.run import create
from tests.translate.test_builds import built, release

FILE = "x/a.py"
READS, SHOWS, TURNS = "cv2.imread", "cv2.imshow", "cv2.warpAffine"


def uses(*names: str) -> Source:
    return Source(
        variant_names=tuple(
            ModuleImport(name, FILE, line, always=True) for line, name in enumerate(names, 3)
        )
    )


#: (names; the variants, and why)
NEEDS = [
    ([], []),
    ([TURNS], [("opencv+imgproc", "x/a.py:3 uses cv2.warpAffine")]),
    (
        [READS],
        [
            ("opencv+imgcodecs", "x/a.py:3 uses cv2.imread"),
            ("opencv+imgproc", "x/a.py:3 uses cv2.imread of imgcodecs, which needs imgproc"),
        ],
    ),
    (
        [READS, TURNS],
        [
            ("opencv+imgcodecs", "x/a.py:3 uses cv2.imread"),
            ("opencv+imgproc", "x/a.py:4 uses cv2.warpAffine"),
        ],
    ),
]


@pytest.mark.parametrize(("names", "needs"), NEEDS)
def test_the_variants_and_those_that_they_need(
    names: list[str], needs: list[tuple[str, str]]
) -> None:
    found = using_variants(uses(*names))
    assert [(each.dependency.spec, each.origin) for each in found] == needs
    assert not any(each.comment for each in found)


def test_a_wheel_in_place_of_an_archive_from_which_nothing_is_built_uses_the_same() -> None:
    fails = setup_py.read("raise Exception('no')\nsetup()")
    wheel = "x-1.0-py3-none-any.whl"
    found = by_wheel(built(replace(uses(TURNS), setup_py=fails), wheel), release(wheel))
    assert found is not None and [n.dependency.spec for n in found.variants] == ["opencv+imgproc"]


RUN = 'type=("build", "run"))'
#: (names, what the project requires, whether the package has variants; the recipe's lines)
LINES = [
    ([TURNS], "cv>=4", True, [f'depends_on("opencv@4:+imgproc+python3", {RUN}']),
    ([READS], "cv>=4", True, [f'depends_on("opencv@4:+imgcodecs+imgproc+python3", {RUN}']),
    (
        [SHOWS, READS],
        "cv",
        True,
        [f'depends_on("opencv+highgui+imgcodecs+imgproc+python3", {RUN}'],
    ),
    # wherever it is required
    (
        [TURNS],
        'cv; python_version < "3.11"',
        True,
        [f'depends_on("opencv+imgproc+python3", when="^python@:3.10", {RUN}'],
    ),
    (
        [TURNS],
        'cv>=4; extra == "photos"',
        True,
        [f'depends_on("opencv@4:+imgproc+python3", when="+photos", {RUN}'],
    ),
    # a name alone makes no dependency
    ([TURNS], "six", True, []),
    # of a package without the variant nothing is off
    ([TURNS], "cv>=4", False, [f'depends_on("opencv@4:+python3", {RUN}']),
]


@pytest.mark.parametrize(("names", "requires", "has", "lines"), LINES)
def test_the_line_of_the_package_has_the_variants(
    names: list[str], requires: str, has: bool, lines: list[str]
) -> None:
    index, host = MemoryIndex(), with_packages(has)
    index.add("x", "1.0", requires, python=">=3.9")
    index._sources["x", Version("1.0")] = uses(*names)
    asked = "x[photos]" if "extra" in requires else "x"
    written = create(host, index, Request((asked,), verify=Verify.LOAD)).plan.texts["py-x"]
    assert [line.strip() for line in written.splitlines() if '"opencv' in line] == lines
    assert "#" not in written.partition("\nclass ")[2]


def test_explain_says_what_uses_them() -> None:
    index, host = MemoryIndex(), with_packages(True)
    index.add("x", "1.0", "cv>=4", python=">=3.9")
    index._sources["x", Version("1.0")] = uses(TURNS)
    text = create(host, index, Request(("x",), verify=Verify.LOAD)).plan.texts["py-x"]
    host.keep("x", "py-x", text)
    with Session(index) as session:
        explained = explain(session, host, "py-x").lines
    (line,) = [str(each) for each in explained if "opencv" in each.text]
    assert "x/a.py:3 uses cv2.warpAffine" in line
    assert "nothing that the metadata asks for" not in line


def with_packages(has_variants: bool) -> MemoryHost:
    host = MemoryHost()
    variants = ("highgui", "imgcodecs", "imgproc") if has_variants else ()
    host.has("a-python", "3.11.0", "3.10.0", name="python")
    host.has("cv", "3.1", "4.1", name="opencv", variants=("python3", *variants))
    host.packages["cv"] = replace(host.packages["cv"], from_index=False, requires=("+python3",))
    host.has("six", "1.0")
    host.has("setuptools", "1.0")
    return host


STATED = '    depends_on("opencv@4:+python3", type=("build", "run"))'
#: (what the listed release uses and the new one, what this requires; the lines then)
BUMPS = [
    ([], [], "cv>=4", [STATED]),
    ([READS], [READS], "cv>=4", [STATED]),
    ([READS], [], "cv>=4", [STATED]),
    (
        [],
        [TURNS],
        "cv>=4",
        ['    depends_on("opencv+imgproc", when="@2:", type=("build", "run"))', STATED],
    ),
    (
        [READS],
        [READS, SHOWS],
        "cv>=4",
        ['    depends_on("opencv+highgui", when="@2:", type=("build", "run"))', STATED],
    ),
    # a line that ends anyway
    (
        [READS],
        [READS],
        "cv<4",
        [
            '    depends_on("opencv@:3+imgcodecs+imgproc+python3", when="@2:", '
            'type=("build", "run"))',
            '    depends_on("opencv@4:+python3", when="@:1", type=("build", "run"))',
        ],
    ),
]


@pytest.mark.parametrize(("before", "now", "requires", "lines"), BUMPS)
def test_a_recipe_that_people_wrote_keeps_its_lines_and_gets_what_is_new(
    before: list[str], now: list[str], requires: str, lines: list[str]
) -> None:
    """What both releases use, the author has seen."""
    index, host = MemoryIndex(), with_packages(True)
    for version in ("3.1", "4.1"):
        index.add("cv", version)
    for version, required, names in (("1.0", "cv>=4", before), ("2.0", requires, now)):
        index.add("x", version, required, python=">=3.9")
        index._sources["x", Version(version)] = uses(*names)
    recipe = (
        'class PyX(PythonPackage):\n    pypi = "x/x-1.0.tar.gz"\n\n'
        '    version("1.0", sha256="0")\n\n'
        '    depends_on("py-setuptools", type="build")\n'
        '    depends_on("python@3.9:", type=("build", "run"))\n'
        f"{STATED}\n"
    )
    host.keep("x", "py-x", recipe)
    plan = create(host, index, Request(("x==2.0",), verify=Verify.LOAD)).plan
    text = plan.texts["py-x"]
    assert 'version("2.0"' in text
    assert [line for line in text.splitlines() if '"opencv' in line] == lines
