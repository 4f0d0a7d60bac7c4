"""Commits of a series, for the reports on it."""

from __future__ import annotations

from pathlib import Path

from spack_pypi.diagnostics import Diagnostic, Severity
from spack_pypi.workflow.upstream.series import Commit

UNSTYLED = Diagnostic("style-not-checked", Severity.NOTE, "", text="ruff is not installed")
WIDE = Diagnostic("range-too-wide", Severity.ERROR, "py-app", ("2.0",), "py-lib", "too wide")
LINK = "https://lib.example/compare/v1...v2"
LIB = Commit("py-lib", Path("py_lib"), False, ("2.0", "1.9"), changes=("added py-six",), link=LINK)
APP = Commit(
    "py-app",
    Path("py_app"),
    True,
    ("2.0",),
    "It does much.",
    dependencies=("py-lib",),
    diagnostics=(WIDE,),
)
PLAIN = Commit("py-plain", Path("py_plain"), False, ())
