"""Exact pins of build requirements: (as declared, without the upper bound); those of NumPy, which
are for wheels."""

from __future__ import annotations

import pytest
from packaging.requirements import Requirement

from spack_pypi.translate.pins import loosened, series, series_of_numpy

PINS = [
    ("hatchling==1.26.3", "hatchling>=1.26.3"),
    ("Cython == 3.0.8", "Cython>=3.0.8"),
    ("setuptools_scm[toml]==8", "setuptools_scm[toml]>=8"),
    ('numpy==1.21.4; python_version >= "3.10"', 'numpy>=1.21.4; python_version >= "3.10"'),
    # no pin to one version
    ("hatchling", None),
    ("hatchling>=1.26.3", None),
    ("hatchling~=1.26", None),
    ("hatchling==1.26.*", None),
    ("hatchling==1.26.3,!=1.26.3", None),
    ("hatchling===1.26.3", None),
    # of which there is no later one that could be named
    ("torch==2.1.0+cpu", None),
    ("torch @ https://files.example/torch-2.1.0.tar.gz", None),
    ("no requirement ==", None),
]


@pytest.mark.parametrize("declared, written", PINS)
def test_pins(declared: str, written: str | None) -> None:
    assert loosened(declared) == written


#: (as declared, what is built with)
OF_NUMPY = [
    ("numpy==2.0.0", "numpy>=2.0.0,<3"),
    ("numpy==1.26.4", "numpy>=1.26.4,<2"),
    ("numpy==2.0.0,<2.1.0; python_version>='3.9'", 'numpy>=2.0.0,<3; python_version >= "3.9"'),
    ("NumPy == 1.19.3; python_version<'3.10'", 'numpy>=1.19.3,<2; python_version < "3.10"'),
    ("oldest-supported-numpy", "numpy<2"),
    ("oldest-supported-numpy; python_version>='3.9'", 'numpy<2; python_version >= "3.9"'),
    ("oldest-supported-numpy; python_version<'3.12'", 'numpy<2; python_version < "3.12"'),
    # for Pythons that are long past, and have no NumPy 2
    ("oldest-supported-numpy; python_version<'3.9'", 'numpy; python_version < "3.9"'),
    # for Pythons that are long past, a range, or something else
    ("numpy==1.16.1; python_version<='3.7'", "numpy==1.16.1; python_version<='3.7'"),
    ("numpy", "numpy"),
    ("numpy==2.*", "numpy==2.*"),
    ("numpy>=1.2,<1.3", "numpy>=1.2,<1.3"),
    ("numpy~=1.26.4", "numpy~=1.26.4"),
    ("cython==3.0.8", "cython==3.0.8"),
    ("no requirement ==", "no requirement =="),
]


@pytest.mark.parametrize("declared, built_with", OF_NUMPY)
def test_pins_of_numpy(declared: str, built_with: str) -> None:
    assert series_of_numpy(declared) == built_with


#: (as declared, later versions of that series)
SERIES = [
    ("hatchling==1.26.3", "hatchling<2,>=1.26.3"),
    ("setuptools~=68.1.0", "setuptools<69,>=68.1.0"),
    ('tool[x]==0.4; python_version < "3.12"', 'tool[x]<1,>=0.4; python_version < "3.12"'),
    # no pin, a whole series, several clauses, or of which there is no later one to name
    ("hatchling>=1.26.3", ""),
    ("hatchling==1.26.*", ""),
    ("hatchling==1.26.3,!=1.26.4", ""),
    ("torch==2.1.0+cpu", ""),
    ("torch @ https://files.example/torch-2.1.0.tar.gz", ""),
]


@pytest.mark.parametrize("declared, later", SERIES)
def test_later_versions_of_the_series(declared: str, later: str) -> None:
    assert str(series(Requirement(declared)) or "") == later
