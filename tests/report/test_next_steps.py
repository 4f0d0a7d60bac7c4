"""What to do next: commands that a person reads and a shell runs."""

from __future__ import annotations

import shlex

import pytest

from spack_pypi.report.create import show, show_errors
from spack_pypi.report.next_steps import install, install_environment, shown_externals
from spack_pypi.workflow.request import Request
from tests.memory import MemoryHost, MemoryIndex
from tests.run import create


@pytest.mark.parametrize(
    "specs, deprecated, said",
    [
        (["py-a"], False, "spack install py-a"),
        (["py-a", "py-b+x"], True, "spack install --deprecated py-a py-b+x"),
        (["py-a@1:2,>3"], False, "spack install 'py-a@1:2,>3'"),
        (["py-a"] * 11, False, "spack install SPEC, for each of these 11 that you want; the same "
         "command with --env spack.yaml writes a Spack environment of all"),
    ],
)  # fmt: skip
def test_install(specs: list[str], deprecated: bool, said: str) -> None:
    assert install(MemoryHost(), specs, deprecated) == said


@pytest.mark.parametrize(
    "file, said",
    [
        ("spack.yaml", "spack -e . install"),
        ("/sw/my env/spack.yaml", "spack -e '/sw/my env' install"),
        # https://spack.readthedocs.io/en/latest/environments.html: env create NAME FILE
        ("site.yaml", "spack env create NAME site.yaml && spack -e NAME install"),
    ],
)
def test_install_an_environment(file: str, said: str) -> None:
    assert install_environment(MemoryHost(), file, False) == said


def test_externals_of_many() -> None:
    few = shown_externals(MemoryHost(), "/my python", ["a", "b"])
    assert shlex.split(few) == ["spack", "pypi", "externals", "--python", "/my python", "a", "b"]
    many = shown_externals(MemoryHost(), "python3", [f"p{at}" for at in range(500)])
    assert many.startswith("spack pypi externals --python python3 (all that is installed; ")


def test_many_names(capsys: pytest.CaptureFixture[str]) -> None:
    """No line of the report is longer than a person reads, whatever became of them."""
    index, host = MemoryIndex(), MemoryHost()
    host.has("hatchling", "1.0")
    names = [f"project{at}" for at in range(60)]
    for at, name in enumerate(names):
        index.add(name, "1.0", *(["nowhere"] if at % 3 == 0 else []))
    outcome = create(host, index, Request(tuple(names)))
    show(host, outcome)
    show_errors(host, outcome)
    printed = capsys.readouterr()
    assert max(map(len, (printed.out + printed.err).splitlines())) < 300
    assert "Not written: project0, project3, " in printed.out
    assert "Next: spack install SPEC, for each of these 40 that you want; " in printed.out
