"""The proof by installing: what is fetched, what is reported, what ``--fix`` does."""

from __future__ import annotations

import pytest

from spack_pypi.host.port import Archive, Failure, Installed, Undeclared
from spack_pypi.translate.modules import provider
from spack_pypi.workflow.create import Outcome
from spack_pypi.workflow.request import Request, Verify
from spack_pypi.workflow.verifying.causes import cause_of_failure
from spack_pypi.workflow.verifying.verification import Step
from tests.memory import MemoryHost, MemoryIndex
from tests.run import create

#: (the end of a build log, the likely cause, the project that would help).
CAUSES: tuple[tuple[str, str | None, str], ...] = (
    ("ModuleNotFoundError: No module named 'numpy'",
     "the module numpy is missing, which numpy provides", "numpy"),
    ("ModuleNotFoundError: No module named 'Cython.Build'",
     "the module Cython.Build is missing, which cython provides", "cython"),
    ("pip._vendor.pyproject_hooks._impl.BackendUnavailable: Cannot import 'mesonpy'",
     "the module mesonpy is missing, which meson-python provides", "meson-python"),
    ("x.c:1:10: fatal error: openssl/ssl.h: No such file or directory",
     "the header openssl/ssl.h is missing: the recipe lacks a dependency on a native library", ""),
    ("/usr/bin/ld: cannot find -lpng: No such file or directory",
     "the library png is missing: the recipe lacks a dependency on a native library", ""),
    ("CMake Error: Could NOT find ZLIB (missing: ZLIB_LIBRARY)", "CMake does not find ZLIB", ""),
    ('meson.build:9:0: ERROR: Dependency "glib-2.0" not found, tried pkgconfig',
     "Meson does not find glib-2.0", ""),
    ("error: command 'swig' failed: No such file or directory", "swig is missing", ""),
    ("sh: 1: pg_config: not found", "the program pg_config is missing", ""),
    ("error: failed to download `pyo3 v0.20`",
     "cargo cannot download crates (pyo3 v0.20), which are not part of the archive", ""),
    ("Error  <urlopen error [Errno -2] Name or service not known>",
     "the build downloads something that is not part of the archive (urlopen error)",
     ""),
    ("ModuleNotFoundError: No module named 'any'\nfatal error: z.h: No such file or directory",
     "the header z.h is missing: the recipe lacks a dependency on a native library", ""),
    ("  [spack cc]: Error: SPACK_CC_* variables not set:",
     "the recipe does not depend on the language of the compiler that it calls (cc)", ""),
    ("error: something else went wrong", None, ""),
)  # fmt: skip


@pytest.mark.parametrize(("log", "text", "project"), CAUSES)
def test_the_likely_cause(log: str, text: str | None, project: str) -> None:
    cause = cause_of_failure(Failure("py-x@1", "build", log))
    assert (cause.text if cause else None) == text
    assert (cause.project if cause else "") == project


def test_an_archive_that_cannot_be_fetched() -> None:
    cause = cause_of_failure(Failure("zlib@1", "fetch", "No module named 'x'"))
    assert cause is not None
    assert cause.text == "the archive of zlib@1 cannot be fetched"


@pytest.mark.parametrize(
    ("module", "project"),
    [("yaml", "pyyaml"), ("google.protobuf.any", "protobuf"), ("Some_Thing.x", "some-thing")],
)
def test_which_project_has_a_module(module: str, project: str) -> None:
    assert provider(module) == project


@pytest.fixture
def index() -> MemoryIndex:
    made = MemoryIndex()
    made.add("quiet-log", "1.0", "attrs", build=["setuptools"])
    return made


@pytest.fixture
def host() -> MemoryHost:
    made = MemoryHost()
    for project in ("attrs", "setuptools", "numpy"):
        made.has(project, "1.0")
    return made


def coded(outcome: Outcome, code: str) -> list[str]:
    return [each.text for each in outcome.diagnostics if each.code == code]


def proven(host: MemoryHost, index: MemoryIndex, fix: bool = False) -> Outcome:
    return create(host, index, Request(("quiet-log",), verify=Verify.INSTALL, fix=fix))


def test_what_is_installed_is_written(host: MemoryHost, index: MemoryIndex) -> None:
    host.installed = [Installed("py-quiet-log", ("py-quiet-log@1.0",), imported=("quiet_log",))]
    result = proven(host, index)
    assert result.verification.steps == (*Step,)
    assert set(host.written) == {"py-quiet-log"}


FAULTS: dict[str, Installed] = {
    "py-x@1 fails to build": Installed("py-quiet-log", failure=Failure("py-x@1", "build", "no")),
    "import quiet_log: ImportError": Installed(
        "py-quiet-log", not_imported={"quiet_log": "ImportError"}
    ),
    "pip check: quiet-log 1.0 requires attrs": Installed(
        "py-quiet-log", pip_check=("quiet-log 1.0 requires attrs",)
    ),
}


@pytest.mark.parametrize("reason", FAULTS)
def test_what_fails_is_reported_and_nothing_is_written(
    host: MemoryHost, index: MemoryIndex, reason: str
) -> None:
    host.installed = [FAULTS[reason]]
    (problem,) = proven(host, index).verification.diagnostics
    assert problem.text.startswith(reason)
    assert not host.written


def test_what_is_only_worth_knowing_is_no_failure(host: MemoryHost, index: MemoryIndex) -> None:
    """A module further inside may need what only an extra brings."""
    host.installed = [
        Installed(
            "py-quiet-log",
            not_imported={"quiet_log.web": "ModuleNotFoundError: No module named 'django'"},
            undeclared=(Undeclared("django", "quiet_log/web.py", 1),),
        )
    ]
    result = proven(host, index)
    assert result.verification.passed
    assert list(result.verification.reports[0].partly) == ["quiet_log.web"]


def test_tests_that_were_installed_along_break_nothing(
    host: MemoryHost, index: MemoryIndex
) -> None:
    why = "ModuleNotFoundError: No module named 'pytest'"
    host.installed = [Installed("py-quiet-log", not_imported={"tests": why, "quiet_tests": why})]
    assert proven(host, index).verification.passed
    host.installed = [Installed("py-quiet-log", not_imported={"quiettest": why})]
    assert not proven(host, index).verification.passed


def test_what_pip_says_of_other_packages_is_reported(host: MemoryHost, index: MemoryIndex) -> None:
    host.installed = [
        Installed("py-quiet-log", pip_check=("attrs 1.0 requires x, which is not there",))
    ]
    result = proven(host, index)
    assert result.verification.passed
    assert result.verification.reports[0].others == ("attrs 1.0 requires x, which is not there",)


def test_archives_come_from_the_index_by_hash(host: MemoryHost, index: MemoryIndex) -> None:
    sdist = index.project("quiet-log").releases[0].sdist
    assert sdist is not None
    host.installed = [Installed("py-quiet-log")]
    host.wanted = [
        Archive("py-quiet-log", "1.0", sdist.sha256),
        Archive("py-quiet-log", "1.0", "0" * 64),
        Archive("zlib", "1.3", "1" * 64),
    ]
    proven(host, index)
    assert [asked for asked in index.asked if asked.startswith("download")] == [
        "download quiet_log-1.0.tar.gz"
    ]
    assert host.fetched == [f"{sdist.sha256[:2]}/{sdist.sha256}.tar.gz"]


MISSING = Installed(
    "py-quiet-log",
    failure=Failure("py-quiet-log@1.0", "build", "ModuleNotFoundError: No module named 'numpy'"),
)


def test_fix_adds_what_the_build_missed_and_tries_again(
    host: MemoryHost, index: MemoryIndex
) -> None:
    host.installed = [MISSING, Installed("py-quiet-log")]
    result = proven(host, index, fix=True)
    assert 'depends_on("py-numpy", type="build")' in host.written["py-quiet-log"]
    (added,) = coded(result, "undeclared-requirement")
    assert added == "numpy (to build), because the module numpy is missing, which numpy provides"


def test_fix_counts_for_releases_that_are_built_alike(
    host: MemoryHost, index: MemoryIndex
) -> None:
    """What one release lacks, another that asks for something else may not need."""
    index.add("quiet-log", "0.9", "attrs", build=["setuptools"])
    index.add("quiet-log", "0.8", "attrs", build=["setuptools>=1"])
    host.installed = [MISSING, Installed("py-quiet-log")]
    proven(host, index, fix=True)
    text = host.written["py-quiet-log"]
    assert 'depends_on("py-numpy", when="@0.9:", type="build")' in text


def test_without_fix_it_is_only_reported(host: MemoryHost, index: MemoryIndex) -> None:
    host.installed = [MISSING]
    (problem,) = coded(proven(host, index), "install-failed")
    assert "likely because the module numpy is missing" in problem
    assert not host.written


def test_fix_does_not_try_the_same_twice(host: MemoryHost, index: MemoryIndex) -> None:
    host.installed = [MISSING, MISSING, Installed("never tried")]
    assert not proven(host, index, fix=True).verification.passed
    assert len(host.installed) == 1


def test_fix_leaves_alone_what_is_not_ours(host: MemoryHost, index: MemoryIndex) -> None:
    log = "ModuleNotFoundError: No module named 'numpy'"
    host.installed = [Installed("py-quiet-log", failure=Failure("py-attrs@1.0", "build", log))]
    assert not proven(host, index, fix=True).verification.passed
    assert not host.installed
