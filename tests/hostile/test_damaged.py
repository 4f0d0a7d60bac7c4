"""Archives that are damaged, though they have the sha256 that the index gives: what would have
been read of them is not lost with exit code 0."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from spack_pypi.diagnostics import exit_code
from spack_pypi.workflow.request import Request
from tests.hostile.excess import page
from tests.hostile.projects import NAME, SDIST, VERSION, WHEEL
from tests.hostile.runs import KNOWN, index
from tests.index_server import sdist_bytes, wheel_bytes
from tests.memory import MemoryHost
from tests.run import create

METADATA = f"Metadata-Version: 2.4\nName: {NAME}\nVersion: {VERSION}\nRequires-Dist: attrs\n"
LICENSED = f"{METADATA}License-Expression: MIT\n"
BUILD = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
INSIDE = {"PKG-INFO": METADATA, "pyproject.toml": BUILD}
GOOD = sdist_bytes("quiet_log", VERSION, INSIDE)
PURE = wheel_bytes("quiet_log", VERSION, METADATA)
NO_GZIP = f"{SDIST}: the archive cannot be read: Not a gzipped file (b'ga')"
UNREAD = "has build requirements that cannot be read"

#: (files, why nothing is written, what a recipe with omissions says)
DAMAGED: list[tuple[dict[str, bytes], str, str]] = [
    ({SDIST: b"garbage", WHEEL: PURE}, f"{UNREAD}: {NO_GZIP}", f"left out: {NO_GZIP}"),
    (
        {SDIST: GOOD[:300], WHEEL: PURE},
        f"{UNREAD}: {SDIST}: the archive cannot be read: Compressed file ended",
        f"left out: {SDIST}: the archive cannot be read: Compressed",
    ),
    (
        {SDIST: sdist_bytes("quiet_log", VERSION, {**INSIDE, "pyproject.toml": "["}), WHEEL: PURE},
        f"{UNREAD}: its pyproject.toml is not valid TOML",
        "left out: its pyproject.toml is not valid TOML",
    ),
    *(
        (
            {SDIST: sdist_bytes("quiet_log", VERSION, {**INSIDE, "pyproject.toml": text})},
            f"{UNREAD}: build-system.requires in its pyproject.toml is not a list of texts",
            "left out: build-system.requires in its pyproject.toml",
        )
        for text in (
            BUILD.replace('["hatchling"]', '"hatchling"'),
            BUILD.replace('["hatchling"]', '["hatchling", 5]'),
            BUILD.replace('["hatchling"]', "[{a = 1}]"),
            BUILD.replace('["hatchling"]', "5"),
        )
    ),
    (
        {SDIST: b"garbage"},
        f"does not declare what it requires: {NO_GZIP}",
        f"what it requires is left out: {NO_GZIP}",
    ),
    (
        {SDIST: GOOD, WHEEL: b"garbage"},
        f"does not declare what it requires: {WHEEL}: is not a valid wheel",
        f"what it requires is left out: {WHEEL}: is not a valid wheel",
    ),
    (
        {WHEEL: b"garbage", f"{WHEEL}.metadata": LICENSED.encode()},
        f"has a wheel that cannot be read: {WHEEL}: the archive cannot be read",
        f"what its modules import is left out: {WHEEL}: the archive",
    ),
]


def outcome(
    contents: Mapping[str, bytes], allow_omissions: bool = False
) -> tuple[int, str, list[str]]:
    """Exit code, recipe and what is said."""
    host = MemoryHost()
    for project in KNOWN:
        host.has(project, "1.0", "22.0", "77.0")
    files = {f"/files/{name}": content for name, content in contents.items()}
    with tempfile.TemporaryDirectory() as cache:
        found = index({f"/simple/{NAME}/": page(contents), **files}, Path(cache))
        made = create(host, found, Request((NAME,), allow_omissions=allow_omissions))
    said = [f"{each.severity.value}: {each.code}: {each.text}" for each in made.diagnostics]
    return exit_code(made.diagnostics), "".join(made.plan.texts.values()), said


@pytest.mark.parametrize("contents, refused, lacking", DAMAGED, ids=[row[1] for row in DAMAGED])
def test_nothing_is_written_of_it_unless_omissions_are_allowed(
    contents: Mapping[str, bytes], refused: str, lacking: str
) -> None:
    code, recipe, said = outcome(contents)
    assert (code, recipe) == (1, "")
    assert any(refused in each for each in said)
    code, recipe, said = outcome(contents, allow_omissions=True)
    assert code == 0 and lacking in recipe.replace("\n    # ", " ")
    assert any(each.startswith("warning: missing-dependency: ") for each in said)


def test_another_release_is_used_where_there_is_one() -> None:
    older = {
        "quiet_log-0.5.tar.gz": sdist_bytes(
            "quiet_log", "0.5", {**INSIDE, "PKG-INFO": LICENSED.replace(VERSION, "0.5")}
        )
    }
    code, recipe, said = outcome({SDIST: b"garbage", WHEEL: PURE, **older})
    assert code == 0 and 'version("0.5"' in recipe and 'depends_on("py-hatchling"' in recipe
    assert f"note: passed-over: {UNREAD}: {NO_GZIP}" in said


# (metadata beside the wheel, exit code): the wheel holds nothing but, maybe, a licence
LICENSES = [(METADATA, 1), (LICENSED, 0)]


@pytest.mark.parametrize("metadata, expected", LICENSES, ids=["unknown", "known"])
def test_a_licence_that_may_be_in_a_damaged_wheel(metadata: str, expected: int) -> None:
    """Wheels for machines alone: what they require stands beside them, and no more is read."""
    wheel = WHEEL.replace("any", "manylinux_2_17_x86_64")
    code, recipe, said = outcome({wheel: b"garbage", f"{wheel}.metadata": metadata.encode()})
    assert code == expected and 'depends_on("py-attrs"' in recipe
    unread = f"error: no-license: its files cannot be read: {wheel}: is not a valid wheel"
    assert (unread in said) is bool(expected)
