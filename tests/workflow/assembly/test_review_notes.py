"""What no metadata declares: a note for each native library that an archive names, unless the
recipe has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from packaging.version import Version

from spack_pypi.pypi.model import ModuleImport, Source
from spack_pypi.pypi.project_files import setup_py
from spack_pypi.recipe.model import Dependency
from spack_pypi.translate.known_needs import KnownNeed
from spack_pypi.translate.native import Hint
from spack_pypi.workflow.assembly.needs import is_about
from spack_pypi.workflow.request import Request, Verify
from tests.memory import MemoryHost, MemoryIndex
from tests.run import create

CMAKE = "cmake_minimum_required(VERSION 3.20)\nfind_package(ZLIB)\n"
BUILT: dict[str, Any] = {
    "requires": ["scikit-build-core"],
    "build-backend": "scikit_build_core.build",
}

RECIPE = """\
class PyX(PythonPackage):
    version("1.0", sha256="0")
    depends_on("py-scikit-build-core", type="build")
"""


def notes(host: MemoryHost, name: str = "x") -> list[str]:
    index = MemoryIndex()
    for version in ("1.0", "2.0"):
        index.add("x", version, wheel_tag="")  # what has a pure wheel compiles nothing
        index._sources["x", Version(version)] = Source(
            pyproject={"build-system": BUILT}, build_files={"CMakeLists.txt": CMAKE}
        )
    host.has("scikit-build-core", "1.0")
    outcome = create(host, index, Request((name,), verify=Verify.LOAD))
    assert not outcome.plan.failed
    return [
        each.text for each in outcome.diagnostics if each.code in ("native-hint", "unclear-build")
    ]


def known(host: MemoryHost, source: Source) -> tuple[str, list[tuple[str, str]]]:
    """The recipe of a project that is in the table of known needs, and the notes on it."""
    index = MemoryIndex()
    index.add("plyvel", "1.5", wheel_tag="", build=("setuptools",))
    index._sources["plyvel", Version("1.5")] = source
    host.has("setuptools", "70.0")
    outcome = create(host, index, Request(("plyvel",), verify=Verify.LOAD))
    codes = ("known-need", "native-hint")
    notes = [(each.code, each.text) for each in outcome.diagnostics if each.code in codes]
    return outcome.plan.recipes["plyvel"].text, notes


LINKED = Source(setup_py=setup_py.read("Extension('x', ['x.c'], libraries=['leveldb', 'quiet'])"))
FROM = "leveldb@1.20:, from the table of known needs, source: "


def test_a_known_need_is_a_dependency_and_one_note() -> None:
    """What the archive says of the same library is part of that note."""
    host = MemoryHost()
    host.has("a-leveldb", "1.23", name="leveldb")
    recipe, notes = known(host, LINKED)
    assert '    depends_on("leveldb@1.20:", type=("build", "link"))\n' in recipe
    (code, text), hint = notes
    assert code == "known-need" and text.startswith(FROM)
    assert text.endswith("; setup.py:1 links with leveldb")
    assert hint == ("native-hint", "setup.py:1 links with quiet")


def test_a_known_need_that_no_repo_has_stands_in_the_recipe() -> None:
    recipe, ((code, text),) = known(MemoryHost(), Source())
    assert "    # no repo has leveldb@1.20:, which is needed\n" in recipe and code == "known-need"
    assert "leveldb" not in recipe.replace("has leveldb", "")
    assert text.endswith("; no repo has it, so the recipe does not depend on it")


@pytest.mark.parametrize("known, end", [(True, "; Spack has zlib"), (False, "")])
def test_a_library_that_the_archive_looks_for(known: bool, end: str) -> None:
    host = MemoryHost()
    if known:
        host.has("a-zlib", "1.3", name="zlib")
    (note,) = notes(host)
    assert note.startswith("CMakeLists.txt:2 ") and "ZLIB" in note
    assert note.endswith(end) and ("Spack has" in note) is known


LUPA = (
    "# setup.py builds its copy of lua, not Spack's lua: lupa.lua51, "
    "lupa.luajit21 and the others are modules that users import"
)


@pytest.mark.parametrize("project, said", [("lupa", [LUPA]), ("x", [])])
def test_why_a_copy_of_what_spack_has_is_built_stands_in_a_new_recipe(
    project: str, said: Sequence[str]
) -> None:
    """Where that is known."""
    index, host = MemoryIndex(), MemoryHost()
    host.has("a-lua", "5.4", name="lua")
    host.has("setuptools", "70.0")
    index.add(project, "1.0", wheel_tag="", build=("setuptools",))
    copies = ("lua", "third-party/lua"), ("unheard", "third-party/unheard")
    source = Source(setup_py=setup_py.read("setup()"), copies=copies)
    index._sources[project, Version("1.0")] = source
    outcome = create(host, index, Request((project,), verify=Verify.LOAD))
    lines = [line.strip() for line in outcome.plan.recipes[project].text.split("\n")[4:]]
    comments = " ".join(line for line in lines if line.startswith("#"))
    assert ([comments.replace(" # ", " ")] if comments else []) == said


def test_what_an_archive_cannot_do_without_stands_in_a_new_recipe() -> None:
    """At most three, and how many more there are; not in the recipe of a person."""
    index, host = MemoryIndex(), MemoryHost()
    libraries = "a-a", "leveldb", "yaml", "b-b", "d-d", "e-e", "f-f"
    text = f"Extension('x', ['x.c'], libraries={[*libraries]})"
    host.has("a-leveldb", "1.23", name="leveldb")
    host.has("a-libyaml", "0.2", name="libyaml")
    host.has("setuptools", "70.0")
    for version in ("1.0", "2.0"):
        index.add("x", version, wheel_tag="", build=("setuptools",))
        index._sources["x", Version(version)] = Source(setup_py=setup_py.read(text))
    recipe = create(host, index, Request(("x==2.0",), verify=Verify.LOAD)).plan.recipes["x"].text
    comments = [line.strip() for line in recipe.split("\n")[4:] if line.strip().startswith("#")]
    assert comments == [
        *(
            f"# setup.py:1 links with {name}, which no dependency here brings"
            for name in ("a-a", "b-b", "d-d")
        ),
        "# 2 more native needs that no dependency here brings",
    ]
    host.keep("x", "py-x", RECIPE.replace("scikit-build-core", "setuptools"))
    edited = create(host, index, Request(("x>=2",), verify=Verify.LOAD)).plan.recipes["x"].text
    assert "no dependency here brings" not in edited


@pytest.mark.parametrize("library, versions", [("b-b", "2.0: "), ("a-a", "")])
def test_of_which_versions_a_comment_is_about(library: str, versions: str) -> None:
    """It names them if it is not about all."""
    index, host = MemoryIndex(), MemoryHost()
    host.has("setuptools", "70.0")
    for version, name in ("1.0", "a-a"), ("2.0", library):
        index.add("x", version, wheel_tag="", build=("setuptools",))
        text = f"Extension('x', ['x.c'], libraries=['{name}'])"
        index._sources["x", Version(version)] = Source(setup_py=setup_py.read(text))
    request = Request(("x",), verify=Verify.LOAD)
    recipe = create(host, index, request).plan.recipes["x"].text
    said = f"setup.py:1 links with {library}, which no dependency here brings"
    assert f"\n    # {versions}{said}\n" in recipe
    assert recipe.count("no dependency here brings") == (2 if versions else 1)


@pytest.mark.parametrize("line, count", [("", 1), ('    depends_on("zlib")\n', 0)])
def test_what_the_existing_recipe_has_needs_no_note(line: str, count: int) -> None:
    host = MemoryHost()
    host.has("a-zlib", "1.3", name="zlib")
    host.keep("x", "py-x", RECIPE + line)
    assert len(notes(host, "x>=2")) == count


@pytest.mark.parametrize("there", [True, False])
def test_what_cmake_requires_is_a_dependency_and_one_note(there: bool) -> None:
    index, host = MemoryIndex(), MemoryHost()
    index.add("x", "1.0", wheel_tag="")
    text = "find_package(HDF5 1.10 REQUIRED)"
    index._sources["x", Version("1.0")] = Source(
        pyproject={"build-system": BUILT}, build_files={"CMakeLists.txt": text}
    )
    host.has("scikit-build-core", "1.0")
    if there:
        host.has("a-hdf5", "1.14", name="hdf5")
    outcome = create(host, index, Request(("x",), verify=Verify.LOAD))
    line = '    depends_on("hdf5@1.10:", type=("build", "link"))'
    recipe = " ".join(outcome.plan.recipes["x"].text.replace("\n    # ", " ").split())
    assert (line.strip() in recipe) is there
    said = "no repo has hdf5@1.10:, which is needed: CMakeLists.txt:1 requires HDF5 (find_package)"
    assert (said in recipe) is not there
    (note,) = (e.text for e in outcome.diagnostics if e.code in ("native-hint", "known-need"))
    assert note.startswith("hdf5@1.10:, from CMakeLists.txt:1 requires HDF5 (find_package)")
    assert ("no repo has it" in note) is not there


def test_what_cargo_may_run_stands_there_with_its_reason() -> None:
    index, host = MemoryIndex(), MemoryHost()
    index.add("x", "1.0", wheel_tag="")
    index._sources["x", Version("1.0")] = Source(
        pyproject={"build-system": {"requires": ["maturin"], "build-backend": "maturin"}},
        build_files={
            "Cargo.toml": '[package]\nname = "x"\n[dependencies]\nweb = "1"',
            "Cargo.lock": "own x web\nown cli web\nother web@1.0.0 cmake",
        },
    )
    host.has("maturin", "1.0")
    host.has("a-cmake", "3.30", name="cmake")
    recipe = create(host, index, Request(("x",), verify=Verify.LOAD)).plan.recipes["x"].text
    reason = "    # Cargo.lock requires the crate cmake, for web\n"
    assert f'{reason}    depends_on("cmake", type="build")\n' in recipe


def test_two_modules_that_import_one_of_the_same_are_one_reason() -> None:
    index, host = MemoryIndex(), MemoryHost()
    index.add("x", "1.0", build=("setuptools",))
    index._sources["x", Version("1.0")] = Source(
        undeclared=tuple(
            ModuleImport(
                "numpy", f"x/{name}.py", 3, True, package="x/__init__.py", others=("torch",)
            )
            for name in ("a", "b")
        )
    )
    host.has("setuptools", "70.0")
    host.has("numpy", "2.0")
    recipe = create(host, index, Request(("x",), verify=Verify.LOAD)).plan.recipes["x"].text
    reason = "    # one of numpy and torch is imported, but none of them is declared\n"
    assert recipe.count(reason) == 1
    assert f'{reason}    depends_on("py-numpy"' in recipe


def test_what_is_not_known_of_the_build_stands_in_a_new_recipe() -> None:
    index, host = MemoryIndex(), MemoryHost()
    index.add("x", "1.0", wheel_tag="")
    system = {"requires": ["setuptools"], "build-backend": "unheard"}
    index._sources["x", Version("1.0")] = Source(pyproject={"build-system": system})
    host.has("setuptools", "70.0")
    recipe = create(host, index, Request(("x",), verify=Verify.LOAD)).plan.recipes["x"].text
    said = " ".join(line.strip().removeprefix("# ") for line in recipe.split("\n"))
    assert " the build backend 'unheard' is not supported: it may require more than" in said
    assert "1.0: the" not in said


def test_imports_that_no_requirement_names() -> None:
    """Of what Spack has a package for; an import name may not be that of its project, and projects
    may share it."""
    index, host = MemoryIndex(), MemoryHost()
    index.add("x", "1.0", "scikit-learn>=1", "protobuf")
    modules = ("google", "sklearn", "yaml", "unheard", "x")
    source = Source(undeclared=tuple(ModuleImport(name, "x/a.py", 3) for name in modules))
    index._sources["x", Version("1.0")] = source
    for project in ("setuptools", "scikit-learn", "pyyaml", "google", "protobuf"):
        host.has(project, "1.0")
    outcome = create(host, index, Request(("x",), verify=Verify.LOAD))
    assert [each.text for each in outcome.diagnostics if each.code == "undeclared-import"] == [
        "x/a.py:3 imports yaml, which is not declared; Spack has py-pyyaml"
    ]


# (what is imported, what requires yaml → what the report says)
ONLY_BY_AN_EXTRA = [
    ({}, "pyyaml; extra == 'all'", ""),
    ({}, "pyyaml", ""),
    ({"always": True}, "pyyaml", ""),
    ({"always": True}, "pyyaml; extra == 'all'",
     "x/a.py:3 imports unheard, which only an extra requires; Spack has py-unheard"),
    ({"always": True, "most": "packages"}, "pyyaml; extra == 'all'",
     "most of its packages import unheard (x/a.py:3), which only an extra requires; "
     "Spack has py-unheard"),
]  # fmt: skip


@pytest.mark.parametrize(("how", "required", "said"), ONLY_BY_AN_EXTRA)
def test_what_is_always_imported_and_only_an_extra_requires_is_in_the_report(
    how: Mapping[str, Any], required: str, said: str
) -> None:
    index, host = MemoryIndex(), MemoryHost()
    index.add("x", "1.0", required.replace("pyyaml", "unheard"))
    imported = replace(ModuleImport("unheard", "x/a.py", 3, mentioned=True), **how)
    index._sources["x", Version("1.0")] = Source(undeclared=(imported,))
    for project in ("setuptools", "unheard"):
        host.has(project, "1.0")
    outcome = create(host, index, Request(("x",), verify=Verify.LOAD))
    found = [each.text for each in outcome.diagnostics if each.code == "undeclared-import"]
    assert found == ([said] if said else [])


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, []),
        ({"sdist": False}, ["the wheel"]),
        (
            {"sdist": False, "wheel_tag": "cp38-abi3-manylinux_2_17_x86_64"},
            ["wheels for one machine each"],
        ),
        (
            {"sdist": False, "wheel_tag": "cp312-cp312-manylinux_2_17_x86_64"},
            ["wheels for one Python and machine each"],
        ),
    ],
)
def test_what_has_no_source_archive(files: Mapping[str, Any], said: Sequence[str]) -> None:
    host, index = MemoryHost(), MemoryIndex()
    host.has("setuptools", "70.0")
    index.add("x", "1.0", build=("setuptools",), **files)
    outcome = create(host, index, Request(("x",), verify=Verify.LOAD))
    found = [each.text for each in outcome.diagnostics if each.code == "wheel"]
    assert found == [f"{each}, as it has no source archive" for each in said]


def test_the_name_for_the_linker_is_about_the_package() -> None:
    need = KnownNeed(Dependency("zlib-api"), "a page")
    assert is_about(Hint("z", "setup.py", 3, "links with z", firm=True), need)
    assert not is_about(Hint("zstd", "setup.py", 3, "links with zstd", firm=True), need)


def test_several_names_of_cmake_may_be_about_one_package() -> None:
    glib = KnownNeed(Dependency("glib"), "CMakeLists.txt:1 requires GLIB2 (find_package)")
    assert is_about(Hint("GTHREAD2", "CMakeLists.txt", 2, "looks for GTHREAD2", firm=True), glib)
