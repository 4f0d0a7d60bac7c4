"""What setup.py says without being run: (text, what it passes to setup())."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spack_pypi.pypi.project_files import setup_py

#: (body of setup.py, the keyword that is looked at, its value; None: only running it can tell).
LITERALS = [
    ("setup(install_requires=['six', 'attrs>=19'])", ["six", "attrs>=19"]),
    ("setuptools.setup(install_requires=('six',))", ["six"]),
    ("REQ = ['six']\nsetup(install_requires=REQ)", ["six"]),
    ("REQ = ['six']\nsetup(install_requires=REQ + ['attrs'])", ["six", "attrs"]),
    ("args = dict(install_requires=['six'])\nsetup(**args)", ["six"]),
    ("setup(**{'install_requires': ['six']})", ["six"]),
    ("def main():\n    REQ = ['six']\n    setup(install_requires=REQ)\nmain()", ["six"]),
    ("def main(r):\n    setup(install_requires=r)\nif __name__ == 'x':\n    main(['a'])", ["a"]),
    ("def f(**kw):\n    kw['name'] = n()\n    setup(**kw)\nf(install_requires=['six'])", ["six"]),
    ("def a(r):\n    setup(install_requires=r)\ndef b():\n    a(['six'])\nb()", ["six"]),
    ("import sys\ndef main():\n    setup(install_requires=['six'])\nsys.exit(main())", ["six"]),
    ("kw = dict(ext_modules=f(), install_requires=['six'])\nsetup(**kw)", ["six"]),
    ("kw = {'install_requires': ['six']}\nif x:\n    kw['ext_modules'] = y\nsetup(**kw)", ["six"]),
    ("x = ['six']\nkw = dict(install_requires=x)\nx = x + ['b']\nsetup(**kw)", ["six"]),
    ("def setup():\n    setuptools.setup(install_requires=['six'])\nsetup()", ["six"]),
    ("from x import setup as do\ndo(install_requires=['six'])", ["six"]),
    # What is run twice, later, or not for sure.
    ("def f(r):\n    setup(install_requires=r)\ntry:\n    f(['a'])\nexcept E:\n    f([])", None),
    ("@run\ndef f():\n    r = ['a']\n    setup(install_requires=r)\nf()", None),
    ("def f():\n    yield 1\n    r = ['a']\n    setup(install_requires=r)\nf()", None),
    ("def f(r):\n    setup(install_requires=r)\nf(*x)", None),
    ("def f(r, **kw):\n    setup(install_requires=r)\nf(**x)", None),
    ("kw = {'install_requires': ['a']}\nfrom b import build\nbuild(kw)\nsetup(**kw)", None),
    ("kw = {'install_requires': ['a']}\nif x:\n    kw.update(y)\nsetup(**kw)", None),
    ("REQ = ['six']\nif x:\n    REQ = []\nsetup(install_requires=REQ)", None),
    ("REQ = ['six']\nREQ[0] = 'attrs'\nsetup(install_requires=REQ)", None),
    ("setup(install_requires=open('requirements.txt').read().split())", None),
    ("setup(install_requires=[name + '>1' for name in ('six',)])", None),
    ("setup(install_requires=f'{x}')", None),
]


@pytest.mark.parametrize(("text", "value"), LITERALS)
def test_only_plain_literals_are_read(text: str, value: Any | None) -> None:
    found = setup_py.read(text)
    assert found is not None
    assert found.keywords.get("install_requires") == value


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("setup(name='x', install_requires=[])", ("install_requires", "name")),
        ("setup()", ()),
        ("setup(name='x', **unknown())", None),
        ("setup(name='x')\nsetup(name='y')", None),
        ("pass", None),
    ],
)
def test_which_keywords_are_given(text: str, names: Any | None) -> None:
    found = setup_py.read(text)
    assert found is not None
    assert found.names == names


@pytest.mark.parametrize(
    ("text", "modules"),
    [
        ("import numpy\nfrom Cython.Build import cythonize", ["numpy", "Cython"]),
        ("try:\n    import numpy\nexcept ImportError:\n    pass", []),
        (
            "try:\n    import numpy\nexcept ImportError:\n    raise SystemExit('no numpy')",
            ["numpy"],
        ),
        ("try:\n    from a.b import c\nexcept ImportError:\n    from a.d import c", ["a"]),
        ("try:\n    from a import c\nexcept ImportError:\n    from b import c", []),
        ("try:\n    import a, b\nexcept X:\n    import a\nexcept Y:\n    import b", []),
        ("try:\n    import a\nfinally:\n    done()", []),
        ("if windows:\n    import numpy", []),
        ("def build():\n    import numpy", []),
        ("__import__('pkg_resources').declare_namespace(__name__)", ["pkg_resources"]),
    ],
)
def test_what_is_always_imported(text: str, modules: Any) -> None:
    found = setup_py.read(text)
    assert found is not None
    assert [module for module, _ in found.imports] == modules


def test_libraries_that_extensions_are_linked_with() -> None:
    found = setup_py.read("setup(ext_modules=[\n  Extension('x', ['x.c'], libraries=['z', lz])])")
    assert found is not None
    assert found.libraries.linked == (("z", 2),)


def test_libraries_that_it_compiles_are_not_linked_with() -> None:
    found = setup_py.read(
        "setup(libraries=[('own', {'sources': ['y.c']}), ('more', made)],\n"
        "  ext_modules=[Extension('x', ['x.c'], libraries=['own', 'z'])])"
    )
    assert found is not None
    assert found.libraries.linked == (("z", 2),)


@pytest.mark.parametrize("text", ["print 'Python 2'", "(" * 2000, "\0"])
def test_what_is_no_python_says_nothing(text: str) -> None:
    assert setup_py.read(text) is None


@given(st.text(max_size=200))
def test_any_text_is_read_without_harm(text: str) -> None:
    setup_py.read(text)
    setup_py.read(f"setup(install_requires=[{text!r}], extras_require={{{text!r}: [{text!r}]}})")


def test_one_that_is_far_too_long() -> None:
    long = "from setuptools import setup\nsetup(install_requires=['a'])\n"
    assert setup_py.read(long + "#" * (1 << 18)) is None
    assert setup_py.read(long + "#" * (1 << 17)) is not None


#: (text, the languages that its extensions certainly use).
LANGUAGES = [
    ("Extension('x', language='c++')", ("cxx",)),
    ("import pybind11", ("cxx",)),
    ("if x:\n    Extension('x', language='c++')", ("cxx",)),
    ("if sys.platform == 'darwin':\n    Extension('x', language='c++')", ("cxx",)),
    ("def f():\n    Extension('x', language='c++')\nf()", ("cxx",)),
    ("mypycify(['x.py'])", ("c",)),
    # where somebody asks for it, and in no wheel
    ("if '--cpp' in sys.argv:\n    Extension('x', language='c++')", ()),
    ("if os.getenv('USE_MYPYC') == '1':\n    mypycify(['x.py'])", ()),
    ("if sys.platform == 'win32':\n    Extension('x', language='c++')", ()),
]


@pytest.mark.parametrize(("text", "expected"), LANGUAGES)
def test_the_languages_of_what_is_run(text: str, expected: tuple[str, ...]) -> None:
    read = setup_py.read(f"{text}\nsetup()")
    assert read is not None and read.compiling.languages == expected
