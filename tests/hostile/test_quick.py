"""The quick part: whatever a stranger uploads, or a disk holds, ends in recipes or a sentence.
``python3 -m tests.hostile`` tries as much of it as is wanted."""

from __future__ import annotations

import io
import json
import zipfile
from itertools import cycle
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spack_pypi.errors import SpackPyPIError, UsageError
from spack_pypi.pypi import json_text
from spack_pypi.workflow.request import parse_names
from spack_pypi.workflow.requirement_files import read
from tests.hostile.archives import archives
from tests.hostile.excess import EXCESS, page, served
from tests.hostile.faults import KINDS, Case, Faults
from tests.hostile.faulty import FAULTS
from tests.hostile.faulty import SLOW as NEVER_END
from tests.hostile.files import ENTRIES, FILES, WITH_EXTRAS
from tests.hostile.projects import NAME, WHEEL, projects
from tests.hostile.runs import index, outcome
from tests.hostile.values import TEXTS
from tests.index_server import wheel_bytes

QUICK = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
#: Those that take seconds.
SLOW = {"20,000 releases"}


def is_clear(said: str) -> bool:
    """Whether it is a recipe, or a message that a person can read."""
    return "class Py" in said or (bool(said.strip()) and len(said) < 3000)


@QUICK
@given(projects())
def test_a_hostile_project(served: dict[str, bytes]) -> None:
    assert is_clear(outcome(served, f"{NAME}[fast]"))


@QUICK
@given(archives())
def test_a_hostile_archive(served: dict[str, bytes]) -> None:
    assert is_clear(outcome(served, NAME))


@pytest.mark.parametrize("name", sorted(EXCESS.keys() - SLOW))
def test_too_much_of_something(name: str) -> None:
    assert is_clear(outcome(EXCESS[name](), NAME))


@QUICK
@given(st.sampled_from(sorted(FILES)).flatmap(lambda name: FILES[name].map(lambda t: (name, t))))
def test_a_file_of_requirements(
    tmp_path_factory: pytest.TempPathFactory, drawn: tuple[str, str]
) -> None:
    name, text = drawn
    file = tmp_path_factory.getbasetemp() / name
    file.write_bytes(text.encode("utf-8", "replace"))
    try:
        found = read(
            [str(file)], extras=["y"] if name in WITH_EXTRAS else (), parse_yaml=json_text.loads
        )
        assert all(each.name for each in found.requirements)
    except UsageError as error:
        assert len(str(error)) < 1000


@pytest.fixture(scope="module")
def faults() -> Faults:
    return Faults()


#: Each fault at another kind of request in turn, from the first one on, as long as the run lasts.
LASTING = [
    Case(fault, kind, 0, 1000, kind != "wheel")
    for fault, kind in zip(sorted(FAULTS.keys() - NEVER_END), cycle(sorted(KINDS)))
]


@pytest.mark.parametrize("case", LASTING, ids=lambda case: f"{case.fault[:30]}, {case.kind}")
def test_a_fault_is_said_and_the_next_run_ends_as_if_there_had_been_none(
    case: Case, faults: Faults
) -> None:
    assert is_clear(faults.tried(case))


@QUICK
@given(TEXTS)
def test_a_name_on_the_command_line(text: str) -> None:
    try:
        assert parse_names([text])
    except UsageError as error:
        assert len(str(error)) < 1000


@QUICK
@given(ENTRIES)
def test_an_entry_of_the_cache_that_is_not_ours(
    tmp_path_factory: pytest.TempPathFactory, entry: bytes
) -> None:
    """It is read anew."""
    cache = tmp_path_factory.mktemp("cache")
    project = served(files={"setup.py": "from setuptools import setup\nsetup()"}, wheel=False)

    def answers() -> tuple[object, ...]:
        found = index(project, cache)
        (release,) = found.project(NAME).releases
        return release, found.metadata(release), found.source(release), found.licenses(release)

    expected = answers()
    for file in cache.rglob("*.*"):
        if file.is_file():
            file.write_bytes(entry)
    assert answers() == expected


# (method of compression, whether the METADATA is marked as encrypted)
METHODS = [
    (zipfile.ZIP_LZMA, False),
    (zipfile.ZIP_BZIP2, False),
    (zipfile.ZIP_DEFLATED, True),
    (99, False),
]


@pytest.mark.parametrize("method, encrypted", METHODS)
@pytest.mark.parametrize("damage", [False, True])
def test_the_compression_of_a_wheel(
    method: int, encrypted: bool, damage: bool, tmp_path: Path
) -> None:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        info = zipfile.ZipInfo("quiet_log-1.0.dist-info/METADATA")
        info.compress_type = method if method < 99 else zipfile.ZIP_STORED
        archive.writestr(info, "Metadata-Version: 2.1\nName: quiet-log\nVersion: 1.0\n" * 9)
    content = bytearray(raw.getvalue())
    start = content.index(b"PK\x01\x02")
    if encrypted:
        content[6] |= 1
        content[start + 8] |= 1
    if method == 99:
        content[8] = content[start + 10] = 99
    if damage:
        content[80:90] = b"\xff" * 10
    whole = {f"/simple/{NAME}/": page({WHEEL: bytes(content)}), f"/files/{WHEEL}": bytes(content)}
    assert is_clear(outcome(whole, NAME))


def test_a_project_in_quarantine_is_refused() -> None:
    whole = served()
    said = json.loads(whole[f"/simple/{NAME}/"])
    said["project-status"] = {"status": "quarantined"}
    whole[f"/simple/{NAME}/"] = json.dumps(said).encode()
    assert "the index holds it in quarantine (PEP 792): it may be malicious" in outcome(
        whole, NAME
    )


@pytest.mark.parametrize("status", ["archived", "deprecated"])
def test_a_project_that_is_not_active_is_noted(status: str) -> None:
    whole = served()
    said = json.loads(whole[f"/simple/{NAME}/"])
    said["project-status"] = {"status": status}
    whole[f"/simple/{NAME}/"] = json.dumps(said).encode()
    assert f"the index marks the project as {status} (PEP 792)" in outcome(whole, NAME)


def test_a_link_that_is_none_spoils_its_file_only(tmp_path: Path) -> None:
    good = wheel_bytes(
        "quiet_log", "1.0", "Metadata-Version: 2.1\nName: quiet-log\nVersion: 1.0\n"
    )
    text = b'<base href="http://["><a href="http://[::1/quiet_log-2.0.tar.gz">x</a>'
    text += f'<a href="/files/{WHEEL}">x</a>'.encode()
    found = index({f"/simple/{NAME}/": text, f"/files/{WHEEL}": good}, tmp_path, "text/html")
    assert [str(release.version) for release in found.project(NAME).releases] == ["1.0"]
    with pytest.raises(SpackPyPIError, match="not a project page"):
        index({"/simple/other/": b"[" * 10}, tmp_path).project("other")
