"""Pins of build requirements of which a package has only later versions: (what is declared to
build and to run, the versions that the package has, the line of a new recipe)."""

from __future__ import annotations

import pytest

from spack_pypi.workflow.request import Request, Verify
from tests.memory import MemoryHost, MemoryIndex
from tests.run import create

SAID = "is pinned for the build; Spack has only later versions of that series"
PINS = [
    # it has that version, later ones, or both
    ("hatchling==1.26.3", "", ("1.27.0", "1.26.3"), "py-hatchling@1.26.3"),
    ("hatchling==1.26.3", "", ("2.0", "1.27.0"), "py-hatchling@1.26.3:1"),
    ("hatchling~=1.26.3", "", ("2.0", "1.27.0"), "py-hatchling@1.26.3:1"),
    ("hatchling~=1.26.3", "", ("2.0", "1.26.9"), "py-hatchling@1.26.3:1.26"),
    # it has older ones only, or of another series: the version is added
    ("hatchling==1.26.3", "", ("1.25.0",), "py-hatchling@1.26.3"),
    ("hatchling==1.26.3", "", ("2.0",), "py-hatchling@1.26.3"),
    # what is there to run, too, is as it says
    ("hatchling==1.26.3", "hatchling==1.26.3", ("1.27.0",), "py-hatchling@1.26.3"),
    ("hatchling>=1.26,<1.27", "", ("1.27.0",), "py-hatchling@1.26"),
    # what compiles may fail with a later version
    ("cython==3.0.8", "", ("3.1.0", "3.0.9"), "py-cython@3.0.8"),
]


def written(pin: str, run: str, versions: tuple[str, ...]) -> MemoryHost:
    host, index = MemoryHost(), MemoryIndex()
    name = "cython" if pin.startswith("cython") else "hatchling"
    host.has(name, *versions)
    host.has("setuptools", "80")
    index.add(name, "3.0.8" if name == "cython" else "1.26.3", build=["setuptools"])
    index.add("x", "1.0", *([run] if run else []), build=[pin])
    create(host, index, Request(("x",), verify=Verify.LOAD))
    return host


@pytest.mark.parametrize("pin, run, versions, line", PINS)
def test_a_new_recipe_builds_with_later_versions(
    pin: str, run: str, versions: tuple[str, ...], line: str
) -> None:
    host = written(pin, run, versions)
    text = host.written["py-x"]
    is_later = line == "py-hatchling@1.26.3:1"
    reason = f"    # {pin} {SAID}\n" if is_later else "\n"
    assert f'{reason}    depends_on("{line}", type=' in text
    assert text.count(SAID) == is_later
    has_it = any(each.startswith("1.26") for each in versions)
    assert (len(host.written) == 2) is (not is_later and not has_it)


#: (whether hatchling 1.26.3 was withdrawn, what x 2.0 needs)
WITHDRAWN = [(True, "py-hatchling@1.26.3:1"), (False, "py-hatchling@1.26.3")]


@pytest.mark.parametrize(("withdrawn", "spec"), WITHDRAWN)
def test_a_recipe_that_exists_builds_with_later_versions_of_what_was_withdrawn(
    withdrawn: bool, spec: str
) -> None:
    host, index = MemoryHost(), MemoryIndex()
    host.has("hatchling", "1.27.0")
    host.has("setuptools", "80")
    reason = "by mistake" if withdrawn else None
    index.add("hatchling", "1.26.3", build=["setuptools"], yanked=reason)
    index.add("hatchling", "1.27.0", build=["setuptools"])
    index.add("x", "1.0", build=["setuptools"])
    index.add("x", "2.0", build=["hatchling==1.26.3"])
    lines = '    version("1.0", sha256="0")\n\n    depends_on("py-setuptools", type="build")\n'
    host.keep("x", "py-x", f"class PyX(PythonPackage):\n{lines}")
    create(host, index, Request(("x>=2",), verify=Verify.LOAD))
    text = host.written["py-x"]
    assert f'depends_on("{spec}", when="@2:", type="build")' in text
    assert (f"# 2.0: hatchling==1.26.3 {SAID}" in text) is withdrawn


def test_each_version_says_what_it_pins() -> None:
    host, index = MemoryHost(), MemoryIndex()
    host.has("hatchling", "1.27.0")
    host.has("setuptools", "80")
    for version, pin in (("1.0", "hatchling==1.26.3"), ("0.9", "hatchling==1.20.0")):
        index.add("x", version, build=[pin])
    create(host, index, Request(("x",), verify=Verify.LOAD))
    text = host.written["py-x"]
    assert (
        f'    # hatchling==1.26.3 {SAID}\n    depends_on("py-hatchling@1.26.3:", when="@1:"'
        in text
    )
    assert f"    # 0.9: hatchling==1.20.0 {SAID}" in text
