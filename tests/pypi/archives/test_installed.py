"""Which files of an archive are installed: (what lies in it, its configuration, which imports of
modules that Python dropped count)."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pytest
from packaging.utils import canonicalize_name
from packaging.version import Version

from spack_pypi.pypi.archives import sdist
from spack_pypi.pypi.model import File, Source
from tests.index_server import sdist_bytes

GONE = "import distutils\n"
TOP = "top_level.txt"


def package(*paths: str) -> dict[str, str]:
    """Packages with a module that imports distutils, and those that they are in."""
    files: dict[str, str] = {}
    for path in paths:
        files[f"{path}/__init__.py"] = ""
        files[f"{path}/a.py"] = GONE
    return files


#: (files, pyproject.toml, files whose imports count); the project is called ``foo-bar``.
LAYOUTS: list[tuple[dict[str, str], str, Sequence[str]]] = [
    # the package of the project's name
    (package("foo_bar"), "", ["foo_bar/a.py"]),
    (package("src/foo_bar"), "", ["src/foo_bar/a.py"]),
    (package("lib/Foo_Bar"), "", ["lib/Foo_Bar/a.py"]),
    (package("foo_bar", "foo_bar/inner"), "", ["foo_bar/a.py", "foo_bar/inner/a.py"]),
    (package("foo_bar", "helpers"), "", ["foo_bar/a.py"]),
    (package("foo/bar"), "", ["foo/bar/a.py"]),
    # another name
    (package("other"), "", ["other/a.py"]),
    (package("src/other", "more"), "", ["more/a.py", "src/other/a.py"]),
    # what is not installed
    (package("tests"), "", []),
    (package("other", "testing_scm", "tools", "packaging", "docs", "build_tools"), "",
     ["other/a.py"]),
    (package("foo_bar", "foo_bar/tests"), "", ["foo_bar/a.py"]),
    (package("examples/foo_bar"), "", []),
    (package("third/party"), "", []),
    ({"setup.py": GONE, "runtests.py": GONE, "other/a.py": GONE}, "", []),
    # setuptools reported what it installs
    ({**package("one", "two"), f"foo_bar.egg-info/{TOP}": "one\n"}, "", ["one/a.py"]),
    ({**package("src/one", "one"), f"src/foo_bar.egg-info/{TOP}": "one\n"}, "", ["src/one/a.py"]),
    ({**package("one", "tests"), f"foo_bar.egg-info/{TOP}": "one\ntests\n"}, "", ["one/a.py"]),
    ({"alone.py": GONE, f"foo_bar.egg-info/{TOP}": "alone\n"}, "", ["alone.py"]),
    ({"alone.py": GONE, "more.py": GONE, f"foo_bar.egg-info/{TOP}": "more\n"}, "", ["more.py"]),
    ({**package("foo_bar"), f"vendored/y.egg-info/{TOP}": "y\n"}, "", ["foo_bar/a.py"]),
    # other configuration
    (package("one", "two"), "[tool.setuptools]\npackages = ['one']", ["one/a.py"]),
    ({"one.py": GONE}, "[tool.setuptools]\npy-modules = ['one']", ["one.py"]),
    (package("code/one", "one"),
     "[tool.setuptools]\npackages = ['one']\npackage-dir = {'' = 'code'}", ["code/one/a.py"]),
    (package("one", "foo_bar"),
     "[[tool.poetry.packages]]\ninclude = 'one/**/*.py'\n", ["one/a.py"]),
    (package("code/one", "two"),
     "[[tool.poetry.packages]]\ninclude = 'one'\nfrom = 'code'\n", ["code/one/a.py"]),
    (package("src/one", "two"),
     "[tool.hatch.build.targets.wheel]\npackages = ['src/one']", ["src/one/a.py"]),
    (package("src/one", "two"), "[tool.flit.module]\nname = 'one'", ["src/one/a.py"]),
    (package("src/one", "two"), "[tool.uv.build-backend]\nmodule-name = 'one'",
     ["src/one/a.py"]),
    (package("one", "two"), "[tool.scikit-build.wheel]\npackages = ['one']", ["one/a.py"]),
    (package("one"), "[tool.poetry]\npackages = 3\n[tool.setuptools]\npackages = {find = {}}",
     ["one/a.py"]),
    # backends in the archive
    (package("own", "other"),
     "[build-system]\nrequires = []\nbuild-backend = 'own'\nbackend-path = ['.']",
     ["other/a.py"]),
    (package("src/own", "other"),
     "[build-system]\nrequires = []\nbuild-backend = 'own.api:X'\nbackend-path = ['src']",
     ["other/a.py"]),
    (package("foo_bar"),
     "[build-system]\nrequires = []\nbuild-backend = 'foo_bar'\nbackend-path = ['.']",
     ["foo_bar/a.py"]),
]  # fmt: skip


@pytest.mark.parametrize(("files", "pyproject", "counted"), LAYOUTS)
def test_only_modules_that_are_installed_count(
    files: dict[str, str], pyproject: str, counted: Sequence[str]
) -> None:
    assert imports("foo_bar", files, pyproject) == list(counted)


def test_a_project_may_be_called_like_what_is_not_installed() -> None:
    files = package("utils", "tests")
    assert imports("utils", files, "") == ["utils/a.py"]
    listed = {**files, f"utils.egg-info/{TOP}": "tests\nutils\n"}
    assert imports("utils", listed, "") == ["utils/a.py"]


#: (the project's packages; its pyproject.toml; the dotted name of the one inside that needs numpy)
INSIDE = [
    (["foo_bar", "foo_bar/a"], "", "foo_bar.a"),
    (["src/foo_bar", "src/foo_bar/a", "src/foo_bar/a/b"], "", "foo_bar.a.b"),
    (["foo/bar", "foo/bar/a"], "", "foo.bar.a"),
    (["src/foo/bar", "src/foo/bar/a"], "", "foo.bar.a"),
    (["other", "other/tests"], "", "other.tests"),
    (["code/foo_bar", "code/foo_bar/a"], "", ""),
    (["code/foo_bar", "code/foo_bar/a"],
     "[tool.hatch.build.targets.wheel]\npackages = ['code/foo_bar']", "foo_bar.a"),
    (["code/one", "code/one/a"], "[tool.hatch.build.targets.wheel]\npackages = ['code/one']", ""),
    # not installed, or under a name that is not said
    (["foo_bar", "tests", "tests/a"], "", ""),
    # setuptools also installs what is data of the outer package
    (["foo_bar", "foo_bar/a"], "[tool.setuptools]\npackages = ['foo_bar']", "foo_bar.a"),
    # no package of the project's name
    (["src", "src/a"], "", ""),
]  # fmt: skip


@pytest.mark.parametrize(("packages", "pyproject", "name"), INSIDE)
def test_what_packages_inside_need(packages: Sequence[str], pyproject: str, name: str) -> None:
    files = {f"{path}/__init__.py": "" for path in packages}
    files[f"{packages[-1]}/__init__.py"] = "import numpy"
    needed = read("foo_bar", {**files, "pyproject.toml": pyproject}).package_needs
    assert [(each.package, each.module) for each in needed] == [(name, "numpy")] * bool(name)


#: (packages, of which the first imports numpy; what setuptools listed; the dotted name of the
#: first one, and of those of which one must be there)
NAMESPACE = [
    (["foo/a", "foo/b", "foo/c"], "foo", ("foo.a", "foo.b", "foo.c")),
    (["src/foo/x/a", "src/foo/x/b"], "src/foo", ("foo.x.a", "foo.x.b")),
    # a folder in a package is none
    (["foo/x/a", "foo/x/b", "foo"], "foo", ("foo.x.a",)),
    # it may be needed where the others are tests
    (["foo/a", "foo/tests"], "foo", ()),
    (["foo/a", "foo/tests", "foo/b"], "foo", ("foo.a", "foo.b")),
    # that of the project's name is needed, and the others are not
    (["foo/bar", "foo/a"], "foo", ("foo.bar", "foo.bar")),
    (["foo/a", "foo/bar", "foo/b"], "foo", ("foo.a", "foo.bar")),
    # no namespace
    (["a", "b"], "a b", ()),
    (["src/a", "src/b"], "src/a b", ()),
    (["foo/a", "foo/b"], "", ()),
]


@pytest.mark.parametrize(("packages", "listed", "names"), NAMESPACE)
def test_packages_of_a_namespace_lie_beside_each_other(
    packages: Sequence[str], listed: str, names: Sequence[str]
) -> None:
    base, _, tops = listed.rpartition("/")
    files = {f"{path}/__init__.py": "" for path in packages}
    files[f"{packages[0]}/__init__.py"] = "import numpy"
    files |= {f"{base}/foo_bar.egg-info/{TOP}".lstrip("/"): tops} if listed else {}
    needs = read("foo_bar", files).package_needs
    assert [(each.package, *each.siblings) for each in needs] == ([names] if names else [])


#: (the packages that import torch, which the metadata mentions; those that count)
MENTIONED = [
    (["foo_bar"], ["foo_bar/__init__.py"]),
    (["other"], ["other/__init__.py"]),
    (["src/foo_bar", "src/foo_torch"], ["src/foo_bar/__init__.py"]),
    (["other", "other_torch"], []),
    (["foo/bar", "foo/bar/inner"], ["foo/bar/__init__.py"]),
    # a namespace, of which one package is for an extra
    (["foo_bar/one", "foo_bar/two"], []),
]


@pytest.mark.parametrize(("packages", "counted"), MENTIONED)
def test_only_what_the_project_is_about_needs_what_is_mentioned(
    packages: Sequence[str], counted: Sequence[str]
) -> None:
    files = {f"{path}/__init__.py": "import torch" for path in packages}
    files["PKG-INFO"] = "Name: foo-bar\nSummary: Torch\nRequires-Dist: torch; extra == 'x'\n\n"
    found = read("foo_bar", files).undeclared
    assert [each.file for each in found if each.mentioned] == list(counted)


DECLARED = "setup(namespace_packages=['foo'])"
#: (the ``__init__.py`` of a namespace, setup.py, setup.cfg, whether pkg_resources is imported)
NAMESPACES = [
    ("__import__('pkg_resources').declare_namespace(__name__)", DECLARED, "", False),
    (
        '"""Of many."""\nimport pkg_resources\npkg_resources.declare_namespace(__name__)',
        "setup()",
        "[options]\nnamespace_packages = foo\n",
        False,
    ),
    # setuptools installs it where setup.py does not say what it is
    ("__import__('pkg_resources').declare_namespace(__name__)", "setup()", "", True),
    # it does more, or something else
    ("import pkg_resources\nx = pkg_resources.working_set", DECLARED, "", True),
    ("import pkg_resources", DECLARED, "", True),
]


@pytest.mark.parametrize(("module", "setup_py", "setup_cfg", "imported"), NAMESPACES)
def test_the_module_that_only_declares_a_namespace_is_not_installed(
    module: str, setup_py: str, setup_cfg: str, imported: bool
) -> None:
    files = {"foo/__init__.py": module, "foo/bar/__init__.py": "", "setup.py": setup_py}
    found = read("foo_bar", {**files, "setup.cfg": setup_cfg, f"foo_bar.egg-info/{TOP}": "foo"})
    assert [each.module for each in found.imports] == ["pkg_resources"] * imported


def imports(project: str, files: dict[str, str], pyproject: str) -> list[str]:
    return [each.file for each in read(project, {**files, "pyproject.toml": pyproject}).imports]


def read(project: str, files: dict[str, str]) -> Source:
    content = sdist_bytes(project, "1", files)
    name = f"{project}-1.tar.gz"
    file = File(name, f"https://files.example/{name}", Version("1"), False)
    found = sdist.inspect(file, io.BytesIO(content)).as_json()
    return sdist.source(found, canonicalize_name(project))
