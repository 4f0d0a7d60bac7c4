"""What exists comes before new releases, with an older Python too where some of it does not run
with the newest one."""

from __future__ import annotations

import pytest

from tests.resolve.test_fit import listed, ports


@pytest.mark.parametrize("others", [0, 250])
def test_an_older_python_with_what_exists_comes_before_a_new_release(others: int) -> None:
    """core 1.0 exists, for Pythons before the newest one; core 0.9 says nothing of Pythons. That
    is found however many ``others`` are required."""
    host, index = ports()
    names = [f"other{number}" for number in range(others)]
    for name in names:
        host.has(name, "1.0")
    host.has("core", "2.0", "1.0")
    host.has("python", "3.13.1", "3.12.9")
    host.texts["py-core"] = """class PyCore(PythonPackage):
    version("2.0", sha256="0")
    version("1.0", sha256="0")
    depends_on("python@:3.12", when="@:1", type=("build", "run"))
"""
    index.add("app", "1.0", "core<2", *(f"{name}>=1" for name in names))
    index.add("core", "0.9")
    index.add("core", "1.0")
    assert listed(host, index, "app") == {"app": ("1.0",)}


def test_nor_does_it_matter_with_what_the_search_for_the_newest_python_ends() -> None:
    """The last conflict there is that a-tool 2 needs another core than app; that core 1.0 does not
    run with it was found before."""
    host, index = ports()
    host.has("a-tool", "2.0", "1.0")
    host.has("core", "2.0", "1.0")
    host.has("python", "3.13.1", "3.12.9")
    host.texts["py-core"] = """class PyCore(PythonPackage):
    depends_on("python@:3.12", when="@:1", type=("build", "run"))
"""
    host.texts["py-a-tool"] = """class PyATool(PythonPackage):
    depends_on("py-core@2:", when="@2:", type=("build", "run"))
    depends_on("py-core", type=("build", "run"))
"""
    index.add("app", "1.0", "core<2", "a-tool>=1")
    index.add("core", "0.9")
    index.add("core", "1.0")
    assert listed(host, index, "app") == {"app": ("1.0",)}
    assert list(host.written) == ["py-app"]


@pytest.mark.parametrize("existing", [(), ("0.5",)])
def test_a_conflict_of_what_is_new_is_no_reason_for_other_versions_of_the_rest(
    existing: tuple[str, ...],
) -> None:
    """tool 2.0 needs another part than parts, and both are new, or a version of tool is: tool 1.0
    is taken, and core 1.0, which exists, with an older Python."""
    host, index = ports()
    if existing:
        host.has("tool", *existing)
    host.has("core", "2.0", "1.0")
    host.has("python", "3.13.1", "3.12.9")
    host.texts["py-core"] = """class PyCore(PythonPackage):
    depends_on("python@:3.12", when="@:1", type=("build", "run"))
"""
    index.add("app", "1.0", "core<2", "tool>=1", "parts")
    index.add("core", "0.9")
    index.add("core", "1.0")
    index.add("parts", "1.0", "part<2")
    index.add("part", "1.0")
    index.add("part", "2.0")
    index.add("tool", "1.0", "part")
    index.add("tool", "2.0", "part>=2")
    found = listed(host, index, "app")
    assert found == {"app": ("1.0",), "parts": ("1.0",), "part": ("1.0",), "tool": ("1.0",)}
    assert "py-core" not in host.written
