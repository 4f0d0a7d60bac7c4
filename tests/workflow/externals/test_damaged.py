"""Projects whose files are gone, or are for another Python."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.memory import MemoryHost
from tests.prefixes.made import distribution
from tests.workflow.externals.test_found import SITE, python, reasons, run

COMPILED = "foo/_c.cpython-{}-x86_64-linux-gnu.so"


@pytest.mark.parametrize(
    ("listed", "there", "reason"),
    [
        (["foo.py"], ["foo.py"], ""),
        (["foo.py"], [], "foo.py is gone from "),
        (["foo/__init__.py", "foo/a.py", "foo/b.py"], ["foo/__init__.py"],
         "foo/a.py and 1 more of its files are gone from "),
        (["foo/__init__.py", "foo/tests/test_a.py"], ["foo/__init__.py"], ""),
        (["foo.py", "../../../bin/foo", "foo-1.dist-info/LICENSE"], ["foo.py"], ""),
        ([COMPILED.format(312)], [COMPILED.format(312)], ""),
        ([COMPILED.format(311)], [COMPILED.format(311)],
         "its compiled module _c is for Python 3.11"),
        ([COMPILED.format(311), COMPILED.format(312)],
         [COMPILED.format(311), COMPILED.format(312)], ""),
        (["foo/_c.abi3.so"], ["foo/_c.abi3.so"], ""),
    ],
)  # fmt: skip
def test_what_is_no_longer_whole(
    tmp_path: Path, listed: list[str], there: list[str], reason: str
) -> None:
    host = MemoryHost()
    for name in ("foo", "app"):
        host.has(name, "1", name=f"py-{name}")
    path = distribution(tmp_path / SITE, "foo", "1")
    (path / "RECORD").write_text("".join(f"{each},,\n" for each in listed))
    distribution(tmp_path / SITE, "app", "1", "foo")
    for name in there:
        file = tmp_path / SITE / name
        file.parent.mkdir(exist_ok=True)
        file.write_text("")
    found = reasons(run(host, python(tmp_path)))
    assert found.get("foo", "").startswith(reason) and bool(found.get("foo")) is bool(reason)
    assert found.get("app", "") == ("it requires foo, which is damaged" if reason else "")
