"""What setup.py links with in any case: (its text, the dependencies that follow)."""

from __future__ import annotations

import pytest

from spack_pypi.pypi.model import Source
from spack_pypi.pypi.project_files import setup_py
from spack_pypi.translate.linked_by_setup_py import linked_by_setup_py
from tests.translate.test_builds import PLATFORM, built

EXTENSION = "Extension('x', ['x.c'], libraries=['gmp', 'z', 'unheard'])"
BOTH = ["gmp", "zlib-api"]
NAMED = "x = Extension('x', ['x.c'], libraries=y)"
WINDOWS = "sys.platform.startswith('win')"
TEXTS = [
    (f"setup(ext_modules=[{EXTENSION}])", BOTH),
    (f"x = [{EXTENSION}]\nsetup(ext_modules=x)", BOTH),
    (f"x = setuptools.{EXTENSION}", BOTH),
    (f"x = [{EXTENSION} for y in z]", BOTH),
    (f"x = {EXTENSION}\ny = {EXTENSION}", BOTH),
    ("x = Extension('x', ['x.c'], libraries=['ssl', 'crypto'])", ["openssl"]),
    ("x = Extension('x', ['x.c'], extra_link_args=['-lgmp', '-Wl,-z', '-L/x -lz'])", BOTH),
    (
        "x = Extension('x', ['x.c'], libraries=['boost_thread', 'boost_graph', 'boost_no'])",
        ["boost+graph+thread"],
    ),
    # not in any case, or not plainly
    (f"if y:\n    x = {EXTENSION}", []),
    (f"def f():\n    x = {EXTENSION}", []),
    (f"x = lambda: {EXTENSION}", []),
    (f"x = {EXTENSION} if y else None", []),
    (f"x = y and {EXTENSION}", []),
    ("x = Extension('x', ['x.c'], libraries=['gmp'] if y else [])", []),
    ("x = Extension('x', ['x.c'], libraries=LIBRARIES)", []),
    ("x = Other('x', ['x.c'], libraries=['gmp'])", []),
    ("x = Extension('x', ['x.c'], libraries=['gmp'], optional=True)", []),
    # the names of lists
    (f"y = ['gmp']\n{NAMED}", ["gmp"]),
    (f"y: list = ['gmp']\n{NAMED}", ["gmp"]),
    (f"y = ['gmp', 'a']\ny += ['z']\n{NAMED}", BOTH),
    (f"y = []\ny.append('gmp')\ny.extend(['z'])\ny.insert(0, 'a')\n{NAMED}", BOTH),
    (f"z = ['gmp']\ny = [*z, 'z']\n{NAMED}", BOTH),
    (f"z = ('gmp',)\ny = list(z) + ['z']\n{NAMED}", BOTH),
    (f"y = ['gmp']\ny = f()\n{NAMED}", []),
    (f"y = ['gmp']\ny.remove('gmp')\n{NAMED}", []),
    (f"y = ['gmp']\ndel y[0]\n{NAMED}", []),
    (f"y = ['gmp']\ny, x = [], 1\n{NAMED}", []),
    (f"y = ['gmp']\nif a:\n    y = []\n{NAMED}", []),
    (f"y = ['gmp']\ntry:\n    y.pop()\nexcept IndexError:\n    pass\n{NAMED}", []),
    (f"{NAMED}\ny = ['gmp']", []),
    # what is added only in a case that does not matter
    (f"y = ['gmp']\nif a:\n    y.append('z')\n{NAMED}", ["gmp"]),
    (f"y = ['gmp']\nfor a in b:\n    y += [a]\n{NAMED}", ["gmp"]),
    (f"y = ['gmp'] + ([] if a else ['z'])\n{NAMED}", ["gmp"]),
    # platforms: Linux and Macs count
    (f"y = ['gmp']\nif {WINDOWS}:\n    y = []\nelse:\n    y += ['z']\n{NAMED}", BOTH),
    (f"if not {WINDOWS}:\n    y = ['gmp']\n{NAMED}", ["gmp"]),
    (f"W = {WINDOWS}\ny = ['gmp'] if not W else []\n{NAMED}", ["gmp"]),
    (f"y = ['gmp']\nif platform.uname().system == 'Windows':\n    y = []\n{NAMED}", ["gmp"]),
    (f"y = ['gmp']\nif sys.platform == 'linux':\n    y = []\n{NAMED}", []),
    (f"y = ['gmp']\nif sys.version_info < (3,):\n    y = []\n{NAMED}", ["gmp"]),
    (f"if __name__ == '__main__':\n    y = ['gmp']\n    {NAMED}", ["gmp"]),
    # functions that are called, and statements after which nothing is done
    (f"def f():\n    return [{EXTENSION}]\nsetup(ext_modules=f())", BOTH),
    (f"def f():\n    y = ['gmp']\n    {NAMED}\n    return x\nsetup(ext_modules=f())", ["gmp"]),
    (f"def f():\n    return []\n    return [{EXTENSION}]\nsetup(ext_modules=f())", []),
    (f"def f():\n    return [{EXTENSION}]\nif y:\n    f()", []),
    (f"with open('y') as y:\n    x = {EXTENSION}", BOTH),
    (f"x = {EXTENSION}\n" + "y = " + "not " * 60 + "a", BOTH),
    (f"setup(libraries=[('gmp', {{}})], ext_modules=[{EXTENSION}])", []),
]


@pytest.mark.parametrize(("text", "specs"), TEXTS)
def test_what_follows(text: str, specs: list[str]) -> None:
    found = linked_by_setup_py(Source(setup_py=setup_py.read(text)))
    assert [each.dependency.spec for each in found] == specs


def test_libraries_for_linux_alone() -> None:
    text = (
        f"y = ['gmp']\nif sys.platform == 'darwin':\n    y = []\nelse:\n    y.append('z')\n{NAMED}"
    )
    mac = f"y = []\nif sys.platform == 'darwin':\n    y = ['gmp']\n{NAMED}"
    found, none = (
        linked_by_setup_py(Source(setup_py=setup_py.read(each))) for each in (text, mac)
    )
    assert [(e.dependency.spec, str(e.dependency.when)) for e in found] == [
        ("gmp", "platform=linux"),
        ("zlib-api", "platform=linux"),
    ]
    assert none == ()


APART = [
    "x = Extension('x', ['x.c'], libraries=['gmp'], library_dirs=y)",
    "x = Extension('x', ['x.c'], libraries=['gmp'], extra_objects=y)",
    "x = Extension('x', ['x.c'], libraries=['gmp'], **y)",
]


@pytest.mark.parametrize("text", APART)
def test_a_folder_in_which_a_copy_may_be(text: str) -> None:
    """Where the archive has one, or the build downloads something."""
    called = setup_py.read(text)
    for parts, downloads, specs in [
        ({"src", "gmpxx"}, (), ["gmp"]),
        ({"gmp"}, (), []),
        ({"libgmp"}, (), []),
        (set[str](), (("curl", "setup.py", 1),), []),
    ]:
        source = Source(setup_py=called, parts=frozenset(parts), downloads=downloads)
        assert [each.dependency.spec for each in linked_by_setup_py(source)] == specs


def test_build_scripts_of_cffi() -> None:
    """Those that setup.py names."""
    for said, specs in [("x/build.py:ffi", ["gmp"]), ("y/build.py:ffi", [])]:
        called = setup_py.read(f"setup(cffi_modules=['{said}'])")
        source = Source(setup_py=called, built_with=(("gmp", "x/build.py", 3),))
        found = linked_by_setup_py(source)
        assert [each.dependency.spec for each in found] == specs
        assert all(need.origin == "x/build.py:3 links with gmp" for need in found)


def test_of_a_release() -> None:
    source = Source(setup_py=setup_py.read(f"\nsetup(ext_modules=[{EXTENSION}])"))
    found = built(source, PLATFORM)
    assert [need.origin for need in found.needs if need.dependency.package == "gmp"] == [
        "setup.py:2 links with gmp"
    ]
    assert [hint.name for hint in found.hints] == ["unheard"]
    # nothing is built where there is a wheel for all platforms
    assert not built(source, "x-1-py3-none-any.whl").needs


def test_a_file_that_nests_calls_without_end_adds_nothing() -> None:
    chain = "".join(f"def f{n}():\n    f{n + 1}()\n" for n in range(3000))
    called = setup_py.read(f"{chain}f0()\nx = {EXTENSION}\nsetup()")
    assert called is not None and called.libraries.always == ()
