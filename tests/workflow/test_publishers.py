"""A release that was not published as the one before it is a warning."""

from __future__ import annotations

import pytest

from spack_pypi.errors import FileFailure
from spack_pypi.pypi.model import Publisher, Release
from spack_pypi.workflow.publishers import listed, published_by, publisher_changed
from tests.memory import MemoryHost, MemoryIndex
from tests.run import check
from tests.workflow.evaluated import Recipe

ONE = Publisher("GitHub repository owner/lib", "release.yml")
MOVED = Publisher("GitHub repository owner/lib", "publish.yml")
OTHER = Publisher("GitHub repository thief/lib", "release.yml")

#: (of the version before, of the new one, what the warning says)
CHANGES = [
    ((ONE,), (ONE,), ""),
    ((ONE,), (MOVED,), ""),
    ((ONE,), (OTHER, MOVED), ""),
    ((ONE,), (OTHER,), f"2.0 was published by {OTHER}, and 1.0 was published by {ONE}: look"),
    ((ONE,), (), f"2.0 has no attestation, and 1.0 was published by {ONE}: look"),
    # Nothing to compare:
    ((), (ONE,), ""),
    (None, (ONE,), ""),
    ((ONE,), None, ""),
]


@pytest.mark.parametrize("old, new, said", CHANGES)
def test_a_publisher_that_changes(
    old: tuple[Publisher, ...] | None,
    new: tuple[Publisher, ...] | None,
    said: str,
) -> None:
    index = MemoryIndex()
    index.add("lib", "1.0")
    index.add("lib", "2.0")
    index.published_by = {("lib", "1.0"): old, ("lib", "2.0"): new}
    after, before = index.project("lib").releases
    found = publisher_changed(index, "py-lib", before, after)
    assert [(each.code, each.severity.value, each.versions) for each in found] == (
        [("publisher-changed", "warning", ("2.0",))] if said else []
    )
    assert all(each.text.startswith(said) and "no signature was" in each.text for each in found)
    assert publisher_changed(index, "py-lib", None, after) == []


@pytest.mark.parametrize(
    ("attested", "said"),
    [((ONE,), (("1.0", (ONE,)),)), (None, (("1.0", None),)), ((), ())],
)
def test_who_published_what_is_checked(
    attested: tuple[Publisher, ...] | None, said: tuple[tuple[str, object], ...]
) -> None:
    """Where that is asked for: it is a request more for each version."""
    host, index = MemoryHost(), MemoryIndex()
    host.has("x", "1.0")
    index.add("x", "1.0")
    index.published_by["x", "1.0"] = attested
    host.meanings["py-x"] = Recipe([])
    (asked,) = check(host, index, ["py-x"], published_by=published_by)
    (not_asked,) = check(host, index, ["py-x"])
    assert (asked.publishers, not_asked.publishers) == (said, ())
    assert asked.diagnostics == not_asked.diagnostics


def test_an_index_that_fails_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    index = MemoryIndex()
    index.add("lib", "1.0")

    def fails(release: Release) -> tuple[Publisher, ...]:
        raise FileFailure("https://index.example/x", "does not answer")

    monkeypatch.setattr(index, "publishers", fails)
    (release,) = index.project("lib").releases
    assert published_by(index, release) is None
    assert publisher_changed(index, "py-lib", release, release) == []


def test_in_words() -> None:
    assert listed(()) == ""
    assert listed((ONE, Publisher("Google account a@b.example"))) == (
        "GitHub repository owner/lib, workflow release.yml and Google account a@b.example"
    )
