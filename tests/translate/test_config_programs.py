"""Libraries by their own programs that setup.py names: (its text, the dependencies)."""

from __future__ import annotations

import pytest

from spack_pypi.pypi.model import Source
from spack_pypi.pypi.project_files import setup_py
from spack_pypi.translate.config_programs import asked_by_setup_py
from tests.translate.test_builds import PLATFORM, built

TEXTS = [
    ("x = os.environ.get('CONFIG', 'krb5-config')", ["krb5"]),
    ("check_output(['gsl-config', '--libs'])", ["gsl"]),
    ("os.popen('gsl-config --cflags')", ["gsl"]),
    ("if x:\n    find('pg_config')", ["postgresql"]),
    ("find('mysql_config')", ["mysql-client"]),
    ("x = ['xml2-config', 'xslt-config', 'xml2-config']", ["libxml2", "libxslt"]),
    # of a package that is not certain, and no such program
    ("find('unheard-config')", []),
    ("print('install gsl-config first')", []),
    ("find('pkg-config')", []),
    ("parser.add_argument('--with-gsl-config')", []),
    ("# gsl-config", []),
    ("gsl_config = x", []),
]


@pytest.mark.parametrize(("text", "specs"), TEXTS)
def test_what_follows(text: str, specs: list[str]) -> None:
    found = asked_by_setup_py(Source(setup_py=setup_py.read(text)))
    assert [each.dependency.spec for each in found] == specs


def test_of_a_release() -> None:
    text = (
        "find('gsl-config')\nfind('unheard-config')\nsetup(ext_modules=[Extension('x', ['x.c'])])"
    )
    source = Source(setup_py=setup_py.read(text))
    found = built(source, PLATFORM)
    assert [(n.dependency.spec, n.dependency.types, n.origin) for n in found.needs] == [
        ("gsl", ("build", "link"), "setup.py:1 may run gsl-config")
    ]
    assert [(hint.name, hint.text) for hint in found.hints] == [
        ("unheard", "may run unheard-config")
    ]
    # nothing is built where there is a wheel for all platforms, and no line stands twice
    assert not built(source, "x-1-py3-none-any.whl").needs
    linked = "x = Extension('x', ['x.c'], libraries=['gsl'])\n"
    both = built(Source(setup_py=setup_py.read(linked + text)), PLATFORM)
    assert [need.origin for need in both.needs] == ["setup.py:1 links with gsl"]
