"""What a project requires by a path is another folder of its repository."""

from __future__ import annotations

import pytest
from packaging.requirements import Requirement

from spack_pypi.pypi.model import Metadata
from spack_pypi.pypi.own.path_requirements import of_the_repository

HERE = "git+https://h.example/a.git@v1"


@pytest.mark.parametrize(
    ("required", "expected"),
    [
        ("part @ file:../part", f"part @ {HERE}#subdirectory=libs/part"),
        ("part @ file:../../tools/part/", f"part @ {HERE}#subdirectory=tools/part"),
        (
            'part[x] @ file:../part ; extra == "y"',
            f'part[x] @ {HERE}#subdirectory=libs/part ; extra == "y"',
        ),
        ("top @ file:../../", f"top @ {HERE}"),
        ("part @ file:///${PROJECT_ROOT}/../part", f"part @ {HERE}#subdirectory=libs/part"),
        ("part @ {root:uri}/../part", f"part @ {HERE}#subdirectory=libs/part"),
    ],
)
def test_a_folder_of_the_repository(required: str, expected: str) -> None:
    found = of_the_repository(
        Metadata("thing", "1", requires_dist=(required, "six")),
        "https://h.example/a.git", "v1", "libs/thing",
    )  # fmt: skip
    assert found.requires_dist is not None and found.requires_dist[1] == "six"
    assert Requirement(found.requires_dist[0]) == Requirement(expected)


@pytest.mark.parametrize(
    "required",
    [
        "part @ file:../../../part",  # leads out
        "part @ file:/srv/part",
        "part @ file:///srv/part",
        "part @ file:../part-1.0-py3-none-any.whl",
        "part @ file:../part-1.0.tar.gz",
        "part @ https://h.example/part-1.0.tar.gz",
        "part>=1",
    ],
)
def test_what_stays(required: str) -> None:
    metadata = Metadata("thing", "1", requires_dist=(required,))
    assert of_the_repository(metadata, "https://h.example/a", "v1", "libs/thing") == metadata


def test_an_address_that_only_git_reads() -> None:
    metadata = Metadata("thing", "1", requires_dist=("part @ file:../part",))
    assert of_the_repository(metadata, "git@h.example:a.git", "v1", "libs/thing") == metadata
