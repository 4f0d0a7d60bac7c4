"""Projects whose packages are more than Python modules: libraries and programs."""

from __future__ import annotations

from pathlib import Path

import pytest

from spack_pypi.host.port import Package
from tests.memory import MemoryHost
from tests.prefixes.made import distribution
from tests.workflow.externals.test_found import SITE, python, reasons, run


@pytest.mark.parametrize(
    ("package", "requires", "programs", "usable"),
    [
        ("duckdb", ("+python",), (), False),
        ("duckdb", ("+python",), ("duckdb",), False),
        ("node-js", (), (), False),
        ("cmake", (), ("cmake",), True),
        ("cmake", (), ("ctest",), False),
    ],
)
def test_a_wheel_is_not_the_library_that_it_has_the_modules_of(
    tmp_path: Path,
    package: str,
    requires: tuple[str, ...],
    programs: tuple[str, ...],
    usable: bool,
) -> None:
    host = MemoryHost()
    known = Package(package, "builtin", ("1",), (), requires=requires, from_index=False)
    host.packages["foo"] = known
    distribution(tmp_path / SITE, "foo", "1")
    asked = python(tmp_path)
    for program in programs:
        (tmp_path / "bin" / program).write_text("")
    result = run(host, asked)
    reason = f"builtin.{package} is more than the Python modules that are installed"
    assert reasons(result) == ({} if usable else {"foo": reason})
