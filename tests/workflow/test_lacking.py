"""Releases that need what nobody has are passed over: (what the index has) → versions."""

from __future__ import annotations

from typing import Dict, Tuple

from spack_pypi.workflow.create import create
from spack_pypi.workflow.outcome import Request, Result
from tests.memory import MemoryHost, MemoryIndex


def made(index: MemoryIndex, *names: str) -> Result:
    host = MemoryHost()
    host.has("hatchling", "1.27.0")
    return create(host, index, Request(names, proof="load"))


def versions(result: Result) -> Dict[str, Tuple[str, ...]]:
    return {r.project: r.versions for r in result.records.values() if r.status == "new"}


def test_an_older_release_that_has_all_it_needs() -> None:
    index = MemoryIndex()
    index.add("app", "1.0", "core")
    index.add("core", "1.0")
    index.add("core", "1.1", "certs>=2027")
    index.add("certs", "2026.1")
    result = made(index, "app")
    assert versions(result) == {"app": ("1.0",), "core": ("1.0",)}
    assert result.records["core"].passed_over == (
        (
            "1.1",
            "needs certs>=2027: "
            "none of its releases that can be installed will do, the newest is 2026.1",
        ),
    )
    assert not result.omissions


def test_what_pins_such_a_release_is_passed_over_itself() -> None:
    index = MemoryIndex()
    index.add("app", "1.0", "core==1.0")
    index.add("app", "1.1", "core==1.1")
    index.add("core", "1.0")
    index.add("core", "1.1", "nowhere")
    assert versions(made(index, "app")) == {"app": ("1.0",), "core": ("1.0",)}


def test_where_no_release_is_better_the_newest_is_taken_and_says_what_it_lacks() -> None:
    index = MemoryIndex()
    index.add("app", "1.0", "core")
    for version in ("1.0", "1.1"):
        index.add("core", version, "nowhere")
    result = made(index, "app")
    assert versions(result)["core"] == ("1.1",)
    assert [omission.declared for omission in result.omissions] == ["nowhere"]


def test_what_an_extra_or_another_platform_lacks_does_not_count() -> None:
    index = MemoryIndex()
    index.add("app", "1.0")
    index.add("app", "1.1", 'nowhere; extra == "x"', 'nowhere; sys_platform == "win32"')
    assert versions(made(index, "app[x]"))["app"] == ("1.1", "1.0")


def test_a_release_that_fits_nothing_is_passed_over() -> None:
    """Both pin one backend, each another one: Spack builds with one version of it."""
    index = MemoryIndex()
    index.add("app", "1.0", "core", build=["backend==1.0"])
    index.add("app", "2.0", "core", build=["backend==2.0"])
    index.add("core", "1.0", build=["backend==1.0"])
    index.add("backend", "1.0")
    index.add("backend", "2.0")
    result = made(index, "app")
    assert versions(result)["app"] == ("1.0",)
    ((version, why),) = result.records["app"].passed_over
    assert (version, why) == (
        "2.0",
        "no version of py-backend does for all: py-app 2.0 wants ==2.0; py-core 1.0 wants ==1.0",
    )
