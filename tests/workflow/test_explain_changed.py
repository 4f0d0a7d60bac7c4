"""``explain --diff``: (a recipe before, and now) → what is shown of it."""

from __future__ import annotations

import pytest

from spack_pypi.session import Session
from spack_pypi.workflow.explain.changed import changed
from spack_pypi.workflow.explain.explain import explain
from spack_pypi.workflow.explain.model import BY_A_PERSON
from tests.memory import MemoryHost, MemoryIndex

HEAD = """\
class PyX(PythonPackage):
    pypi = "x/x-1.0.tar.gz"

    version("2.0", sha256="0")
    version("1.0", sha256="0")
"""

BEFORE = """\
class PyX(PythonPackage):
    pypi = "x/x-1.0.tar.gz"

    version("1.0", sha256="0")

    depends_on("py-a@1:", type=("build", "run"))
    depends_on("py-b", type=("build", "run"))
"""
NOW = """\
class PyX(PythonPackage):
    pypi = "x/x-1.0.tar.gz"

    version("2.0", sha256="0")
    version("1.0", sha256="0")

    depends_on("py-a@2:", when="@2:", type=("build", "run"))
    depends_on("py-a@1:", type=("build",
                                "run"))
"""


def test_only_what_changed() -> None:
    """A line that is only broken anew is the same; what has no line counts for new versions."""
    index, host = MemoryIndex(), MemoryHost()
    for version in ("1.0", "2.0"):
        index.add("x", version, "a>=1", "c")
    host.has("a", "2.5", "1.0")
    index.add("a", "2.5")
    host.keep("x", "py-x", NOW)
    with Session(index) as session:
        whole = explain(session, host, "py-x")
    found = changed(whole, NOW, BEFORE)
    assert [each.text for each in found.lines] == [
        'version("2.0", sha256="0")',
        'depends_on("py-a@2:", when="@2:", type=("build", "run"))',
    ]
    assert found.removed == ('depends_on("py-b", type=("build", "run"))',)
    said = [each for each in found.unsaid if each.package == "py-c"]
    assert [each.versions for each in said] == [("2.0",)]
    assert changed(whole, NOW, None) == whole
    nothing = changed(whole, NOW, NOW)
    assert not (nothing.lines or nothing.removed or nothing.unsaid)


LINE = 'depends_on("py-a", type="run")'
#: (before, now): the line is the same, and what is around it says something else.
AROUND = [
    (f"    {LINE}", f'    with when("@2:"):\n        {LINE}'),
    (f'    with when("@2:"):\n        {LINE}', f'    with when("@1:"):\n        {LINE}'),
    (f'    for v in ["1.0"]:\n        {LINE}', f'    for v in ["1.0", "2.0"]:\n        {LINE}'),
]


@pytest.mark.parametrize("before, now", AROUND)
def test_what_is_around_a_line_changed(before: str, now: str) -> None:
    index, host = MemoryIndex(), MemoryHost()
    host.has("a", "1.0")
    for name in ("a", "x"):
        for version in ("1.0", "2.0"):
            index.add(name, version)
    host.keep("x", "py-x", f"{HEAD}{now}\n")
    with Session(index) as session:
        whole = explain(session, host, "py-x")
    found = changed(whole, f"{HEAD}{now}\n", f"{HEAD}{before}\n")
    assert [each.text for each in found.lines] == [LINE]
    assert found.removed == (LINE,)


#: (methods before, methods now; the lines that are shown with what is said of them, what is gone)
METHODS: list[tuple[str, str, list[tuple[str, str]], tuple[str, ...]]] = [
    ("def a(self):\n        return 1", "def a(self):\n        return 1  # the same", [], ()),
    (
        "def a(self):\n        return 1",
        "def a(self):\n        return 2",
        [("def a(...)", "this method changed; not explained")],
        (),
    ),
    (
        "def a(self):\n        return 1",
        '@run_after("install")\n    def a(self):\n        return 1',
        [("def a(...)", "this method changed; not explained")],
        (),
    ),
    ("def a(self):\n        return 1", "", [], ("def a(...)",)),
    ("", "def a(self):\n        return 1", [("def a(...)", BY_A_PERSON)], ()),
    # one of two methods of the same name
    (
        '@when("@:1")\n    def a(self):\n        return 1\n\n'
        '    @when("@2:")\n    def a(self):\n        return 2',
        '@when("@2:")\n    def a(self):\n        return 2',
        [],
        ("def a(...)",),
    ),
]


@pytest.mark.parametrize("before, now, shown, removed", METHODS)
def test_methods_that_changed(
    before: str, now: str, shown: list[tuple[str, str]], removed: tuple[str, ...]
) -> None:
    index, host = MemoryIndex(), MemoryHost()
    index.add("x", "1.0")
    host.keep("x", "py-x", f"{HEAD}    {now}\n")
    with Session(index) as session:
        whole = explain(session, host, "py-x")
    found = changed(whole, f"{HEAD}    {now}\n", f"{HEAD}    {before}\n")
    assert [(each.text, *each.grounds[0].notes) for each in found.lines] == shown
    assert found.removed == removed
