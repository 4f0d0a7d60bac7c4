"""What a release needs although no requirement names it: imports of setup.py and of modules."""

from __future__ import annotations

from dataclasses import replace

import pytest
from packaging.version import Version

from spack_pypi.pypi.model import File, ModuleImport, Release, Source
from spack_pypi.recipe.model import Dependency
from spack_pypi.translate.builds import builds
from spack_pypi.translate.known_needs import KnownNeed
from spack_pypi.translate.origins import requirements
from spack_pypi.workflow.request import Request, Verify
from tests.memory import MemoryHost, MemoryIndex
from tests.run import create
from tests.translate.test_builds import PLATFORM, built, called, system


def test_pip_is_there_to_build_and_not_to_run() -> None:
    assert built(Source(setup_py=called("import pip"))).also_building == ()
    imported = ModuleImport("pip", "x/a.py", 3, always=True)
    assert built(Source(undeclared=(imported,))).also_running == ("pip",)


def test_what_setup_py_imports_is_a_build_requirement() -> None:
    source = Source(
        setup_py=called("import numpy\nimport mine, click, quiet"), at_top=frozenset({"click.py"})
    )
    found = built(source)
    assert found.also_building == ("numpy",) and found.also_running == ()
    assert found.imported == ("setup.py imports numpy, which is not declared",)
    assert found.remarks == (
        "setup.py:1 imports numpy, which is not declared, so the recipe depends on it",
    )
    (origin,) = [each for each in requirements(source, found) if each.what == "numpy"]
    assert origin.where == "rule: setup.py:1 imports numpy, which is not declared"


@pytest.mark.parametrize(
    "text",
    [
        "try:\n import numpy\nexcept ImportError:\n pass",
        "def f():\n import numpy",
        "import numpy\nsetup(setup_requires=['numpy'])",
    ],
)
def test_what_setup_py_can_do_without_or_requires_is_not(text: str) -> None:
    found = built(Source(setup_py=called(text)))
    assert not found.also_building and not found.remarks


def test_what_the_release_requires_is_there_to_build() -> None:
    found = built(Source(setup_py=called("import numpy, yaml"))).beside(
        ["numpy>1", "pyyaml; python_version < '3'"]
    )
    assert found.also_building == ("pyyaml",)
    imported = ModuleImport("jwt", "x/a.py", 3, always=True)
    assert built(Source(undeclared=(imported,))).beside(["PyJWT"]) == built(Source())


@pytest.mark.parametrize(
    ("requirements", "lacked"),
    [
        ([], True),
        (["onnx>1", "tensorflow; extra == 'gpu'"], True),
        (["tensorflow>2"], False),
        (["tensorflow; python_version < '3.9'", "tensorflow>3; python_version >= '3.9'"], False),
        (["tensorflow-cpu"], False),
        (None, False),
    ],
)
def test_what_a_text_mentions_is_lacked_where_no_requirement_may_bring_it(
    requirements: list[str] | None, lacked: bool
) -> None:
    imported = ModuleImport("tensorflow", "x/a.py", 3, always=True, mentioned=True)
    found = built(Source(undeclared=(imported,))).beside(requirements)
    assert found.also_running == (("tensorflow",) if lacked else ())
    which = "only an extra requires it" if "extra" in str(requirements) else "not declared"
    assert found.imported == (f"tensorflow is imported, but {which}",) * lacked


@pytest.mark.parametrize(("requirements", "hint"), [(["other"], True), (["unheard-cpu"], False)])
def test_a_module_of_unknown_origin_is_a_hint_unless_it_may_be_required(
    requirements: list[str], hint: bool
) -> None:
    imported = ModuleImport("unheard", "x/a.py", 3, always=True, mentioned=True)
    found = built(Source(undeclared=(imported,))).beside(requirements)
    assert not found.lacked and found.undeclared == ((imported,) if hint else ())


@pytest.mark.parametrize("requirement", ["pycrypto>2", "pycryptodome-test-vectors"])
def test_a_requirement_with_the_name_in_its_own_may_bring_it(requirement: str) -> None:
    imported = ModuleImport("Crypto", "x/a.py", 3, always=True)
    assert not built(Source(undeclared=(imported,))).beside([requirement]).lacked


#: (build requirements, what wheels there are, requirements, what is imported besides)
COMPILED_WITH = [
    (["mpi4py>3"], PLATFORM, ["numpy"], ("mpi4py",)),
    (["mpi4py>3"], PLATFORM, ["mpi4py>=4"], ()),
    (["mpi4py>3"], "x-1-py3-none-any.whl", ["numpy"], ()),
    (["numpy"], PLATFORM, [], ()),
]


@pytest.mark.parametrize(("building", "wheel", "requirements", "imported"), COMPILED_WITH)
def test_what_is_compiled_with_a_module_imports_it(
    building: list[str], wheel: str, requirements: list[str], imported: tuple[str, ...]
) -> None:
    source = Source(pyproject=system(*building, backend="mesonpy"), suffixes=(".c",))
    found = built(source, wheel).beside(requirements)
    assert found.also_running == imported and not found.also_building
    said = "code compiled with mpi4py imports it, which is not declared"
    assert found.imported == (said,) * len(imported)
    assert [each for each in found.remarks if "compiled with" in each] == [
        f"{said}, so the recipe depends on it"
    ] * len(imported)


# (what setup.py is, the need)
OLD_PYTHON = [
    ("import numpy.distutils", True), ("from numpy.distutils.core import setup", True),
    ("from numpy import distutils", True), ("from numpy import get_include", False),
    ("def f():\n import numpy.distutils.core", False), ("from . import numpy.distutils", False),
]  # fmt: skip


@pytest.mark.parametrize(("text", "old"), OLD_PYTHON)
def test_numpy_has_distutils_for_old_pythons(text: str, old: bool) -> None:
    needs = built(Source(setup_py=called(text))).needs
    assert [need.dependency.spec for need in needs] == (["python@:3.11"] if old else [])


#: (the module, whether the package cannot be imported without it, Requires-Python, the Pythons)
REMOVED = [
    ("imp", True, ">=3.8", ":3.11"), ("asyncore", True, "", ":3.11"),
    ("cgi", True, ">=3.8", ":3.12"), ("telnetlib", True, "?", ":3.12"),
    ("cgi", False, ">=3.8", ""), ("json", True, ">=3.8", ""),
    # The release is for no other Python, or for none of these.
    ("cgi", True, ">=3.8,<3.13", ""), ("imp", True, ">=3.8,<3.12", ""),
]  # fmt: skip


@pytest.mark.parametrize(("module", "always", "python", "bound"), REMOVED)
def test_a_module_that_python_removed_is_for_old_pythons(
    module: str, always: bool, python: str, bound: str
) -> None:
    source = Source(undeclared=(ModuleImport(module, "x/a.py", 3, always=always),))
    found = builds(source, of_python(python)).needs
    assert [each.dependency.spec for each in found] == ([f"python@{bound}"] if bound else [])
    up_to = f"x/a.py:3 imports {module}, which is there up to Python {bound[1:]}"
    assert [each.source for each in found] == ([up_to] if bound else [])


#: (what setup.py is, the file beside it, the Pythons)
REMOVED_BY_SETUP_PY = [
    ("import imp", "setup.py", [":3.11"]), ("from imp import load_source", "setup.py", [":3.11"]),
    ("import cgi\nimport imp", "setup.py", [":3.11"]), ("import cgi", "setup.py", [":3.12"]),
    ("import cgi\nimport numpy.distutils", "setup.py", [":3.11"]), ("import cgi", "cgi.py", []),
    ("try:\n import imp\nexcept ImportError:\n pass", "setup.py", []),
    ("def f():\n import imp", "setup.py", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "beside", "bounds"), REMOVED_BY_SETUP_PY)
def test_setup_py_runs_where_its_modules_are(text: str, beside: str, bounds: list[str]) -> None:
    called_so = called(text)
    source = Source(setup_py=called_so, at_top=frozenset({"setup.py", beside}))
    assert [each.dependency.versions for each in built(source).needs] == bounds
    by_flit = Source(system("flit-core", backend="flit_core.buildapi"), setup_py=called_so)
    assert not built(by_flit).needs


def of_python(requires: str) -> Release:
    sdist = File(
        "x-1.tar.gz", "https://files.example/x", Version("1"), False, requires_python=requires
    )
    return Release("x", Version("1"), (sdist,))


@pytest.mark.parametrize(
    ("text", "file", "old"),
    [
        ("import versioneer", "versioneer.py", True),
        ("import setuptools", "versioneer.py", False),
        ("import versioneer", "tools/versioneer.py", False),
        ("import versioneer\nsetup(setup_requires=['versioneer'])", "versioneer.py", False),
    ],
)
def test_an_old_versioneer_runs_with_old_pythons(text: str, file: str, old: bool) -> None:
    uses = ModuleImport("configparser.SafeConfigParser", file, 346)
    needs = built(Source(setup_py=called(text), beside_setup_py=(uses,))).needs
    assert [need.dependency.spec for need in needs] == (["python@:3.11"] if old else [])


@pytest.mark.parametrize("project", ["versioneer", "versioneer-518"])
def test_one_that_is_required_is_there_before_that_beside_setup_py(project: str) -> None:
    uses = ModuleImport("configparser.SafeConfigParser", "versioneer.py", 346)
    system = {"build-system": {"requires": [project, "setuptools"]}}
    source = Source(
        pyproject=system, setup_py=called("import versioneer"), beside_setup_py=(uses,)
    )
    assert not built(source).needs


def test_what_is_for_old_pythons_alone_has_distutils() -> None:
    uses = ModuleImport("configparser.SafeConfigParser", "versioneer.py", 346)
    imported = (ModuleImport("distutils", "x/a.py", 1),)
    source = Source(
        setup_py=called("import versioneer"), beside_setup_py=(uses,), imports=imported
    )
    assert built(source).also_running == ()
    assert built(replace(source, beside_setup_py=())).also_running != ()


@pytest.mark.parametrize(
    ("python", "needed"),
    [(">=3.8", True), (">=3.8,<3.12", False), ("<4,>=3.12", True), ("?", True)],
)
def test_a_python_that_has_distutils_needs_no_setuptools(python: str, needed: bool) -> None:
    source = Source(imports=(ModuleImport("distutils", "x/a.py", 1),))
    found = builds(source, of_python(python))
    assert bool(found.also_running) == bool(found.remarks) == needed


# (requirements of the extras, in which versions torch is needed that is imported in any case)
BY_EXTRAS = [
    ([], "torch"),
    (["torch; extra == 'all'"], "torch"),
    (["torch<3,>=2.8; extra == 'cpu'"], "torch<3,>=2.8"),
    (["torch<3,>=2.8; extra == 'cpu'", "Torch>=2.8,<3; extra == 'cuda'"], "torch<3,>=2.8"),
    # one series is a pin, which others can do without
    (["torch<2.9,>=2.8; extra == 'cpu'"], "torch>=2.8"),
    (["torch~=2.8.1; extra == 'cpu'"], "torch>=2.8.1"),
    (["torch~=2.8; extra == 'cpu'"], "torch~=2.8"),
    (["torch<2.9; extra == 'cpu'"], "torch<2.9"),
    # of those who develop it, of others for some machines, or an exact one
    (["torch>=2; extra == 'gpu'", "torch==2.1; extra == 'test'"], "torch>=2"),
    (["torch==2.1; extra == 'dev'"], "torch"),
    (["torch>=2; extra == 'gpu' and python_version < '3.9'"], "torch"),
    (["torch==2.1; extra == 'gpu'"], "torch"),
    # extras that do not agree
    (["torch>=2; extra == 'gpu'", "torch>=1; extra == 'cpu'"], "torch"),
]


@pytest.mark.parametrize("extras, needed", BY_EXTRAS)
def test_in_which_versions_extras_want_what_is_imported(extras: list[str], needed: str) -> None:
    imported = ModuleImport("torch", "x/a.py", 3, always=True)
    found = built(Source(undeclared=(imported,))).beside(["numpy", *extras])
    assert found.also_running == (needed,)


@pytest.mark.parametrize("most", ["packages", "modules"])
def test_what_most_packages_import_is_needed_unless_an_extra_names_it(most: str) -> None:
    imported = ModuleImport("torch", "x/a.py", 3, always=True, mentioned=True, most=most)
    found = built(Source(undeclared=(imported,)))
    by_none = found.beside(["numpy", "pytest; extra == 'test'"])
    assert by_none.also_running == ("torch",)
    assert by_none.imported == (f"most of its {most} import torch, which is not declared",)
    (remark,) = [each for each in by_none.remarks if "torch" in each]
    assert remark == (
        f"most of its {most} import torch (x/a.py:3), which is not declared, "
        "so the recipe depends on it"
    )
    by_extra = found.beside(["numpy", "torch>=2; extra == 'torch'"])
    assert (by_extra.also_running, by_extra.imported) == ((), ())
    assert by_extra.undeclared == (replace(imported, optional=True, specifier=">=2"),)
    # who develops the project has it anyway
    assert found.beside(["torch>=2; extra == 'test'"]) == found.beside(["numpy"])


#: (what setup.py imports, a module of the package imports; what the recipe says of python)
COMMENTS = [
    ("setuptools", "cgi", ["cgi is imported, which Python has up to version 3.12"]),
    ("cgi", "imp", ["imp is imported, which Python has up to version 3.11"]),
    ("imp", "cgi", ["setup.py imports imp, which Python has up to version 3.11"]),
    ("numpy.distutils.core", "cgi",
     ["setup.py imports numpy.distutils, which NumPy has up to Python 3.11"]),
    ("versioneer", "cgi",
     ["versioneer.py uses configparser.SafeConfigParser, gone in Python 3.12"]),
    ("setuptools", "json", []),
]  # fmt: skip


@pytest.mark.parametrize(("by_setup_py", "by_package", "said"), COMMENTS)
def test_the_recipe_says_why_it_is_for_old_pythons(
    by_setup_py: str, by_package: str, said: list[str]
) -> None:
    index, host = MemoryIndex(), MemoryHost()
    index.add("x", "1.0", python=">=3.8")
    host.has("python", "3.11.0", name="python")
    for project in ("setuptools", "numpy", "versioneer"):
        host.has(project, "1.0")
    index._sources["x", Version("1.0")] = Source(
        system("setuptools", "numpy", backend="setuptools.build_meta"),
        setup_py=called(f"import {by_setup_py}"),
        beside_setup_py=(ModuleImport("configparser.SafeConfigParser", "versioneer.py", 346),),
        undeclared=(ModuleImport(by_package, "x/a.py", 3, always=True),),
    )
    text = create(host, index, Request(("x",), verify=Verify.LOAD)).plan.texts["py-x"]
    above, _, line = text.rpartition('    depends_on("python@')
    comments = [each.strip("# ") for each in above.splitlines() if each.startswith("    # ")]
    assert [" ".join(comments)] == (said or [""])
    assert line.startswith("3.8:3.1") is bool(said)


#: (what is tried, whether the recipe names a known need that brings it, what it says)
OPEN = [
    (("one", "two"), (), "x/a.py:3 imports one of one and two, none of which is declared"),
    (("esmpy", "ESMF"), ("esmf",), ""),
    (("numpy", "two"), (), ""),  # numpy is a project
    (("one", "pillow"), (), "x/a.py:3 imports one of one and pillow"),
]


@pytest.mark.parametrize(("tried", "needed", "said"), OPEN)
def test_imports_of_one_of_several_modules_of_unknown_origin_are_said(
    tried: tuple[str, ...], needed: tuple[str, ...], said: str
) -> None:
    first, *others = tried
    imported = ModuleImport(first, "x/a.py", 3, True, True, "x/__init__.py", others=tuple(others))
    found = built(Source(undeclared=(imported,)))
    needs = tuple(KnownNeed(Dependency(each), "a page") for each in needed)
    found = replace(found, needs=needs)
    assert " ".join(found.said).startswith(said) and bool(found.said) is bool(said)
    assert bool(found.lacked) is ("numpy" in tried)


def test_of_one_of_several_modules_what_is_said() -> None:
    imported = ModuleImport("PyQt6", "x/a.py", 3, True, True, others=("PySide6", "PyQt5"))
    found = built(Source(undeclared=(imported,))).beside(["numpy"])
    assert found.also_running == ("pyqt6",)
    which = "one of PyQt6, PySide6 and PyQt5"
    assert found.imported == (f"{which} is imported, but none of them is declared",)
    assert found.remarks == (
        f"x/a.py:3 imports {which}, none of which is declared, so the recipe depends on PyQt6",
    )
    for required in ("pyqt5", "PySide6>=6; python_version < '4'", "PyQt6-Qt6"):
        assert not built(Source(undeclared=(imported,))).beside([required]).lacked
