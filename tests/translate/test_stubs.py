"""Source archives from which nothing can be built: (what they contain, whether that is seen)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from spack_pypi.pypi.model import JupyterBuild, ModuleImport, Source
from spack_pypi.pypi.project_files import setup_py
from spack_pypi.translate.by_wheel import by_wheel, of_wheel
from spack_pypi.translate.requirements import UNBUILT
from tests.translate.test_builds import built, release, system

FAILS = "only fails"
RAISES = "raise Exception('you want another project')\n"
IN_FUNCTION = "def fail():\n    raise SystemExit('no')\nif not is_sdist:\n    fail()\n"
OLD = "if sys.version_info < (3, 8):\n    raise SystemExit('too old')\n"


def called(text: str, **more: Any) -> Source:
    return Source(setup_py=setup_py.read(text), **more)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (Source(pyproject=system("wheel-stub", backend="wheel_stub.buildapi")), "another index"),
        (Source(pyproject=system(backend="wheel_stub.buildapi",
                                 wheel_stub={"index_url": "https://index.example/"})),
         "wheel-stub, downloads a wheel from https://index.example/: name that index"),
        (called(RAISES + "setup(name='x', packages=['x'])"), FAILS),
        (called("if 'bdist_wheel' in sys.argv:\n    " + RAISES + "setup(name='x')"), FAILS),
        (called("if argv('bdist_wheel'):\n    " + RAISES + "setup(packages=['x'])"), FAILS),
        (called(IN_FUNCTION + "setup(name='x')"), FAILS),
        (called(IN_FUNCTION + "setup(name='x', packages=[])"), FAILS),
        (Source(at_top=frozenset({""})), "no files in a folder of its own"),
        (Source(at_top=frozenset({"", "PKG-INFO"})), ""),
        (called("setup()", at_top=frozenset({"", "setup.py"})), ""),
        # Something is installed, or the error is about something else.
        (called("setup(name='x')"), ""),
        (called(OLD + "setup(name='x')"), ""),
        (called(OLD + IN_FUNCTION + "setup(name='x', install_requires=['six'])"), ""),
        (called(IN_FUNCTION + "setup(name='x', packages=find_packages())"), ""),
        (called(IN_FUNCTION + "setup(name='x', py_modules=['x'])"), ""),
        (called(IN_FUNCTION + "setup()", setup_cfg="[options]\npackages = find:\n"), ""),
        (called(IN_FUNCTION + "setup()", pyproject={}), ""),
        (called(IN_FUNCTION + "setup(**known())"), ""),
        (called("if 'bdist_wheel' not in sys.argv:\n    " + RAISES + "setup(packages=['x'])"), ""),
        (Source(pyproject=system(backend="flit_core.buildapi")), ""),
    ],
)  # fmt: skip
def test_stubs(source: Source, reason: str) -> None:
    found = [each for each in built(source).untranslatable if each.declared == UNBUILT]
    assert len(found) == bool(reason)
    assert not found or reason in found[0].sentence


def test_an_archive_that_lacks_what_a_build_hook_uses() -> None:
    hook = JupyterBuild("npm", "runs npm in", "js", 3)
    lacking = Source(pyproject=system(backend="hatchling.build"), jupyter=hook)
    found = built(lacking).lacking
    assert found is not None
    assert found.reason == (
        "its build hook runs npm in js (pyproject.toml:3), which its source archive lacks"
    )
    wheel = "x-1-py3-none-any.whl"
    installed = by_wheel(built(lacking, wheel), release(wheel))
    assert installed is not None and installed.by_wheel == found.reason
    # what is there, or configured for another backend
    assert built(replace(lacking, jupyter=JupyterBuild("npm"))).lacking is None
    assert built(replace(lacking, pyproject=system(backend="flit_core.buildapi"))).lacking is None


def test_a_wheel_has_the_imports_of_the_archive_and_nothing_of_its_build() -> None:
    modules = ("cgi", "numpy", "strange")
    imported = tuple(ModuleImport(module, "x/a.py", 3, always=True) for module in modules)
    source = called(
        "import yaml\nsetup()",
        imports=(ModuleImport("pkg_resources", "x/a.py", 2),),
        undeclared=imported,
        package_needs=imported[1:2],
    )
    wheel = "x-1-py3-none-any.whl"
    by_setup_py = replace(built(source, wheel), unusable="nothing is there")
    assert [each.module for each in by_setup_py.lacked] == ["numpy", "yaml"]
    found = by_wheel(by_setup_py, release(wheel))
    assert found is not None and found.requirements == ()
    assert [each.dependency.spec for each in found.needs] == ["python@:3.12"]
    assert found.dropped == ("pkg_resources",)
    assert [each.module for each in found.lacked] == ["numpy"]
    assert [each.module for each in found.undeclared] == ["cgi", "strange"]
    assert [each.module for each in found.package_needs] == ["numpy"]
    # an import of setup.py is of its build
    old = replace(built(called("import imp\nsetup()"), wheel), unusable="nothing is there")
    assert [each.dependency.spec for each in old.needs] == ["python@:3.11"]
    without = by_wheel(old, release(wheel))
    assert without is not None and not without.needs


def test_the_modules_of_a_wheel_without_an_archive_need_the_same() -> None:
    modules = ("cgi", "numpy", "strange")
    imported = tuple(ModuleImport(module, "x/a.py", 3, always=True) for module in modules)
    source = Source(
        imports=(ModuleImport("pkg_resources", "x/a.py", 2),),
        undeclared=imported,
        package_needs=imported[1:2],
        looked_for=(("vips", "x/a.py", 4),),
    )
    found = of_wheel(source, release("x-1-py3-none-any.whl").without_sdist())
    assert found.requirements == found.to_build == () and not found.by_wheel
    assert [each.dependency.spec for each in found.needs] == ["python@:3.12"]
    assert found.dropped == ("pkg_resources",)
    assert [each.module for each in found.lacked] == ["numpy"]
    assert [each.module for each in found.undeclared] == ["cgi", "strange"]
    assert [each.module for each in found.package_needs] == ["numpy"]
    assert [each.name for each in found.hints] == ["vips"]
    assert found.remarks == (
        "x/a.py:2 imports pkg_resources, so the recipe depends on setuptools at run time",
        "x/a.py:3 imports numpy, which is not declared, so the recipe depends on it",
    )


def test_what_cmeel_packs_is_not_installed_by_its_wheel() -> None:
    """Only a .pth file would lead to its modules, and Spack's Python reads none."""
    requires = ["cmeel", "cmeel-y @ https://files.example/y.tar.gz"]
    wheel = "x-1-py3-none-any.whl"
    of_setuptools = built(Source(pyproject=system(*requires, backend="hatchling.build")), wheel)
    assert by_wheel(of_setuptools, release(wheel)) is not None
    packed = built(Source(pyproject=system(*requires, backend="cmeel")), wheel)
    assert by_wheel(packed, release(wheel)) is None
