"""How recipes list tags and branches."""

from __future__ import annotations

import pytest
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from spack_pypi.pypi.branches import KNOWN, branch_name, version_of
from spack_pypi.pypi.model import File, GitReference, Release, Source
from spack_pypi.pypi.project_files.setup_py import SetupPy
from spack_pypi.recipe import directives
from spack_pypi.translate import spack_order
from spack_pypi.translate.builds import Builds
from spack_pypi.translate.git_versions import git_versions
from spack_pypi.translate.history import reads_history
from spack_pypi.translate.versions import ranges

COMMIT = "1234567890" * 4


def release(version: Version, at: GitReference) -> Release:
    return Release("a", version, (File("x", "https://h.example/a", version, False, git=at),))


def test_lines() -> None:
    releases = [
        release(version_of("main"), GitReference(COMMIT, branch="main")),
        release(version_of("dev"), GitReference(COMMIT, branch="dev")),
        release(Version("1.0"), GitReference(COMMIT, tag="v1.0")),
        release(Version("0.9"), GitReference(COMMIT)),
    ]
    plain, built = Builds(), Builds(submodules=True, reads_history=True)
    by_version = {each.version: plain for each in releases}
    packed = git_versions(releases, {**by_version, Version("1.0"): built})
    assert [directives.version(line) for line in packed.versions] == [
        '    version("develop", branch="dev")',
        '    version("main", branch="main")',
        "    version(\n"
        '        "1.0",\n'
        '        tag="v1.0",\n'
        f'        commit="{COMMIT}",\n'
        "        submodules=True,\n"
        "        get_full_repo=True,\n"
        "    )",
        f'    version("0.9", commit="{COMMIT}")',
    ]


@pytest.mark.parametrize("branch", KNOWN)
def test_a_branch_is_newer_than_all_releases(branch: str) -> None:
    """To specifiers as to Spack's ranges."""
    version, text = version_of(branch), branch
    assert branch_name(version) == spack_order.spelling(version) == text
    for specifier in (">=1", "!=1.5", ">1,!=2.*", "<3", "==1.5", "~=1.5", "<=4"):
        spack = ranges(SpecifierSet(specifier), ["1.4", "1.5"])
        assert SpecifierSet(specifier).contains(version) == spack_order.contains(spack, text)


def test_releases_are_no_branches() -> None:
    for text in ("1.0", "9999!0", "9999!0+other", "1.0+main"):
        assert branch_name(Version(text)) == ""


@pytest.mark.parametrize(
    ("source", "required", "expected"),
    [
        (Source(), {"setuptools"}, False),
        (Source(), {"setuptools", "setuptools-scm"}, True),
        (Source(), {"hatch-vcs"}, True),
        (Source(pyproject={"tool": {"versioneer": {}}}), {"setuptools"}, True),
        (Source(setup_cfg="[versioneer]\nVCS = git"), {"setuptools"}, True),
        (Source(setup_py=SetupPy({}, ("use_scm_version",))), {"setuptools"}, True),
        (Source(pyproject={"tool": {"pdm": {"version": {"source": "scm"}}}}), {"pdm"}, True),
        (Source(pyproject={"tool": {"pdm": {"version": {"source": "file"}}}}), {"pdm"}, False),
        (Source(pyproject={"tool": 1}), {"pdm"}, False),
    ],
)
def test_reads_history(source: Source, required: set[str], expected: bool) -> None:
    assert reads_history(source, required) is expected
