"""What a package always imports is a dependency where no requirement brings it, by the recipes
that exist."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from packaging.version import Version

from spack_pypi.pypi.model import ModuleImport, Source
from spack_pypi.workflow.request import Request, Verify
from tests.memory import MemoryHost, MemoryIndex
from tests.run import create

RUN = 'type=("build", "run")'

#: (what x requires, the lines of recipes, whether numpy comes with that)
CASES: list[tuple[Sequence[str], Mapping[str, Sequence[str]], bool]] = [
    (["corner"], {"corner": [f'"py-numpy", {RUN}']}, True),
    (["corner"], {"corner": [f'"py-numpy@1.2:", when="@0.1:", {RUN}']}, True),
    (["corner"], {"corner": [f'"py-scipy", {RUN}'], "scipy": [f'"py-numpy", {RUN}']}, True),
    (["corner"], {"corner": []}, False),
    ([], {"corner": [f'"py-numpy", {RUN}']}, False),
    (["corner; python_version < '3.12'", "corner; python_version >= '3.12'"],
     {"corner": [f'"py-numpy", {RUN}']}, True),
    # only for building, in old versions, somewhere, or if that is wanted
    (["corner"], {"corner": ['"py-numpy", type="build"']}, False),
    (["corner"], {"corner": ['"py-numpy"']}, False),
    (["corner"], {"corner": [f'"py-numpy", when="@:0.9", {RUN}']}, False),
    (["corner"], {"corner": [f'"py-numpy", when="+fast", {RUN}']}, False),
    (["corner"], {"corner": [f'"py-numpy", when="platform=linux", {RUN}']}, False),
    (["corner"], {"corner": [f'"py-numpy", when="^python@:3.9", {RUN}']}, False),
    (["corner; python_version < '3.9'", "corner; python_version > '3.9'"],
     {"corner": [f'"py-numpy", {RUN}']}, False),
    (["corner; python_version < '3.9'"], {"corner": [f'"py-numpy", {RUN}']}, False),
    (["corner; extra == 'c'"], {"corner": [f'"py-numpy", {RUN}']}, False),
    # in a circle
    (["corner"], {"corner": [f'"py-x-y", {RUN}'], "x-y": [f'"py-corner", {RUN}']}, False),
]  # fmt: skip


#: (module, what x requires, whether Spack has the project of its name, whether x depends on it)
NAMED = [
    ("quiet_log", [], True, True),
    # python-snappy has it
    ("snappy", ["numpy"], True, False),
    ("quiet_log", [], False, False),
    # a requirement that may bring it has another name
    ("serial", ["pyserial"], True, False),
    ("quiet_log", ["quiet-log-cpu; python_version < '4'"], True, False),
    ("quiet_log", ["quiet-log; extra == 'x'"], True, True),
    ("quiet_log", ["quiet.log>2"], True, False),
]


@pytest.mark.parametrize(("module", "required", "there", "added"), NAMED)
def test_a_module_that_is_always_imported_comes_from_the_project_of_its_name(
    module: str, required: Sequence[str], there: bool, added: bool
) -> None:
    index, host = MemoryIndex(), MemoryHost()
    index.add("x", "1.0", *required)
    imported = ModuleImport(module, "x/a.py", 3, always=True, mentioned="extra" in str(required))
    index._sources["x", Version("1.0")] = Source(undeclared=(imported,))
    project = module.replace("_", "-")
    for each in ("setuptools", "numpy", "pyserial", "quiet-log-cpu", *([project] * there)):
        host.has(each, "3.0")
    text = create(host, index, Request(("x",), verify=Verify.LOAD)).plan.recipes["x"].text
    assert (f'("py-{project}", type=("build", "run"))' in text) is added
    assert (f"{module} is imported, but " in text) is added


@pytest.mark.parametrize(
    ("project", "added"), [("snake-storage", True), ("snakes-storage", False), ("snake", False)]
)
def test_a_plugin_is_named_for_what_it_imports(project: str, added: bool) -> None:
    index, host = MemoryIndex(), MemoryHost()
    index.add(project, "1.0")
    imported = ModuleImport("snake", "x/a.py", 3, always=True)
    index._sources[project, Version("1.0")] = Source(undeclared=(imported,))
    host.has("setuptools", "1.0")
    host.has("snake", "3.0", name="snake")
    plan = create(host, index, Request((project,), force=True, verify=Verify.LOAD)).plan
    assert ('depends_on("snake", type=("build", "run"))' in plan.recipes[project].text) is added


@pytest.mark.parametrize("module", ["quiet_log", "numpy"])
def test_a_plugin_does_not_depend_on_what_depends_on_it(module: str) -> None:
    """napari-console imports napari, which installs it."""
    index, host = MemoryIndex(), MemoryHost()
    index.add("x", "1.0")
    imported = ModuleImport(module, "x/a.py", 3, always=True)
    index._sources["x", Version("1.0")] = Source(undeclared=(imported,))
    project = module.replace("_", "-")
    host.has("setuptools", "1.0")
    host.has(project, "3.0")
    host.texts[f"py-{project}"] += f'    depends_on("py-x", when="+console", {RUN})\n'
    outcome = create(host, index, Request(("x",), verify=Verify.LOAD))
    assert f"py-{project}" not in outcome.plan.recipes["x"].text
    (note,) = (each.text for each in outcome.diagnostics if each.code == "undeclared-import")
    assert note.endswith(f"which is not declared; Spack has py-{project}")


@pytest.mark.parametrize(("required", "lines", "there"), CASES)
def test_what_is_imported_and_comes_with_a_requirement(
    required: Sequence[str], lines: Mapping[str, Sequence[str]], there: bool
) -> None:
    index, host = MemoryIndex(), MemoryHost()
    index.add("x", "1.0", *required)
    imported = ModuleImport("numpy", "x/a.py", 3, always=True)
    index._sources["x", Version("1.0")] = Source(undeclared=(imported,))
    for project in ("setuptools", "numpy", "corner", "scipy", "x-y"):
        host.has(project, "1.0")
        body = "".join(f"    depends_on({line})\n" for line in lines.get(project, ()))
        host.texts[f"py-{project}"] = f"class X(PythonPackage):\n    version('1.0')\n{body}"
    text = create(host, index, Request(("x",), verify=Verify.LOAD)).plan.recipes["x"].text
    assert ('depends_on("py-numpy"' in text) is not there
    assert ("numpy is imported, but not declared" in text) is not there


#: (what x requires, the versions of corner, the conditions of its lines for numpy, whether that
#: comes with it): only where all versions that may be installed bring it.
RANGES: list[tuple[Sequence[str], Sequence[str], Sequence[str], bool]] = [
    (["corner"], ["2.0", "1.0"], ["@2:"], False),
    (["corner>=2"], ["2.0", "1.0"], ["@2:"], True),
    (["corner>=1.5"], ["2.0", "1.0"], ["@2:"], True),
    (["corner<2"], ["2.0", "1.0"], ["@2:"], False),
    (["corner==1.0"], ["2.0", "1.0"], ["@2:"], False),
    (["corner"], ["2.0", "1.0"], ["@2:", "@:1"], True),
    (["corner"], ["3.0", "2.0", "1.0"], ["@3:", "@:1"], False),
    (["corner>=2"], ["2.0", "1.0"], ["@:1"], False),
    (["corner; python_version < '3.12'", "corner>=2; python_version >= '3.12'"],
     ["2.0", "1.0"], ["@2:"], False),
    (["corner", "corner; extra == 'all'"], ["2.0", "1.0"], ["@2:"], False),
    (["corner>=2", "corner; extra == 'all'"], ["2.0", "1.0"], ["@2:"], True),
    # Spack takes deprecated versions only where it is told to, or there are no others
    (["corner"], ["2.0"], ["@1:"], True),
    (["corner<1"], ["2.0"], ["@1:"], False),
    # a release that is to be added has the lines of the newest one
    (["corner>2"], ["2.0", "1.0"], ["@2:"], True),
]  # fmt: skip


@pytest.mark.parametrize(("required", "versions", "conditions", "there"), RANGES)
def test_what_comes_with_some_versions_of_a_requirement_alone_is_needed(
    required: Sequence[str], versions: Sequence[str], conditions: Sequence[str], there: bool
) -> None:
    index, host = MemoryIndex(), MemoryHost()
    index.add("x", "1.0", *required)
    imported = ModuleImport("numpy", "x/a.py", 3, always=True)
    index._sources["x", Version("1.0")] = Source(undeclared=(imported,))
    for project in ("setuptools", "hatchling", "numpy"):
        host.has(project, "1.0")
    host.has("corner", *versions, deprecated=["0.5"])
    index.add("corner", "2.5")
    lines = [f'    depends_on("py-numpy", when="{when}", {RUN})\n' for when in conditions]
    host.texts["py-corner"] += "".join(lines)
    text = create(host, index, Request(("x",), verify=Verify.LOAD)).plan.recipes["x"].text
    assert ('depends_on("py-numpy"' in text) is not there


def test_the_reason_stands_above_the_line_if_all_its_versions_have_it() -> None:
    index, host = MemoryIndex(), MemoryHost()
    imported = ModuleImport("numpy", "x/a.py", 3, always=True)
    for version in ("1.0", "2.0"):
        index.add("x", version)
        index._sources["x", Version(version)] = Source(undeclared=(imported,))
    host.has("setuptools", "1.0")
    host.has("numpy", "1.0")
    lines = create(host, index, Request(("x",), verify=Verify.LOAD)).plan.recipes["x"].text
    reason = "    # numpy is imported, but not declared\n"
    assert reason + '    depends_on("py-numpy", type=("build", "run"))\n' in lines
    index._sources["x", Version("1.0")] = Source()
    lines = create(host, index, Request(("x",), verify=Verify.LOAD)).plan.recipes["x"].text
    assert reason + '    depends_on("py-numpy", when="@2:", type=("build", "run"))\n' in lines


def test_the_reason_names_the_versions_if_the_line_is_for_others_too() -> None:
    index, host = MemoryIndex(), MemoryHost()
    for version, required in (("1.0", ["numpy"]), ("2.0", [])):
        imported = () if required else (ModuleImport("numpy", "x/a.py", 3, always=True),)
        index.add("x", version, *required)
        index._sources["x", Version(version)] = Source(undeclared=imported)
    host.has("setuptools", "1.0")
    host.has("numpy", "1.0")
    lines = create(host, index, Request(("x",), verify=Verify.LOAD)).plan.recipes["x"].text
    assert lines.endswith("\n    # 2.0: numpy is imported, but not declared\n")


#: (what x requires, the packages that there are, on which x depends; empty: the file says so)
ONE_OF: list[tuple[Sequence[str], Sequence[str], str]] = [
    ([], ["pyqt5", "pyqt6"], "pyqt6"),
    ([], ["pyqt5"], "pyqt5"),
    (["pyqt5; extra == 'qt'"], ["pyqt5"], "pyqt5"),
    ([], [], ""),
    ([], ["unheard"], ""),  # what has it is not known
    # one of them is required, or comes with something
    (["pyside6"], ["pyqt6", "pyside6"], "pyside6"),
    (["PySide6-Essentials"], ["pyqt6", "pyside6-essentials"], "pyside6-essentials"),
    (["corner"], ["pyqt5", "pyqt6"], "corner"),
]


@pytest.mark.parametrize(("required", "there", "added"), ONE_OF)
def test_of_several_modules_the_first_that_has_a_package_is_a_dependency(
    required: Sequence[str], there: Sequence[str], added: str
) -> None:
    """pyqtgraph cannot be imported without one of them, and requires none."""
    index, host = MemoryIndex(), MemoryHost()
    index.add("x", "1.0", *required)
    others = ("unheard", "PySide6", "PyQt6", "PyQt5")
    imported = ModuleImport("PySide2", "x/Qt.py", 3, True, True, "x/__init__.py", others=others)
    index._sources["x", Version("1.0")] = Source(undeclared=(imported,))
    for each in ("setuptools", *there):
        host.has(each, "3.0")
    host.has("corner", "3.0")
    host.texts["py-corner"] = (
        f"class X(PythonPackage):\n    version('3.0')\n    depends_on(\"py-pyqt5\", {RUN})\n"
    )
    text = create(host, index, Request(("x",), verify=Verify.LOAD)).plan.recipes["x"].text
    lines = [line for line in text.split("\n") if line.endswith(f"{RUN})")]
    assert [line.split('"')[1] for line in lines] == ([f"py-{added}"] if added else [])
    said = " ".join(text.replace("#", "").split())
    is_open = "x/Qt.py:3 imports one of PySide2, unheard, PySide6, PyQt6 and PyQt5" in said
    assert is_open is not bool(added)
    assert ("is imported, but none of them is declared" in said) is (
        bool(added) and added in there and not [*required]
    )
