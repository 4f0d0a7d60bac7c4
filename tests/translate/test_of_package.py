"""What requirements on a project say of the versions of its package."""

from __future__ import annotations

import pytest
from packaging.version import Version

from spack_pypi.translate.of_package import of_package

# (project, what is required of it, how many numbers a version of its package has → what is
# required of the package)
TABLE = [
    # each Boost has file names of its own: wheels are linked with one, sources need not be
    ("cmeel-boost", "~=1.89.0", 3, ""),
    ("cmeel-boost", "==1.89.0.1", 3, ""),
    ("cmeel-boost", "<2,>=1.74", 3, "<2,>=1.74"),
    ("cmeel-boost", "~=1.89.0,>=1.74", 3, ">=1.74"),
    # a pin of another one may be for what its sources need
    ("cmeel-fmt", "~=11.0", 3, "~=11.0"),
    ("opencv-python", "==4.9.0.80", 3, "==4.9.0"),
    ("x", "==1!2.0", 0, "==2.0"),
]


@pytest.mark.parametrize(("project", "specifier", "numbers", "expected"), TABLE)
def test_a_requirement_in_versions_of_the_package(
    project: str, specifier: str, numbers: int, expected: str
) -> None:
    assert of_package(project, specifier, numbers, ("2.0",), (Version("1!2.0"),)) == expected
