"""Archives that Spack makes of repositories: what they hold stays, and can be packed."""

from __future__ import annotations

import io
import tarfile
import time
import zipfile
from pathlib import Path

import pytest

from spack_pypi.host.repository_archives import date_files


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """One as Spack makes it: all times are 0."""
    path = tmp_path / "x.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        for name, mode in (("top/run.sh", 0o755), ("top/ü" + "n" * 120, 0o644)):
            member = tarfile.TarInfo(name)
            member.size, member.mode = 3, mode
            tar.addfile(member, io.BytesIO(b"abc"))
        link = tarfile.TarInfo("top/link")
        link.type, link.linkname = tarfile.SYMTYPE, "run.sh"
        tar.addfile(link)
    return path


def held(archive: Path) -> list[tuple[str, int, bytes, str, bytes]]:
    with tarfile.open(archive) as tar:
        return [
            (m.name, m.mode, m.type, m.linkname, opened.read() if opened else b"")
            for m in tar
            for opened in [tar.extractfile(m) if m.isreg() else None]
        ]


@pytest.mark.parametrize("zone", ["UTC", "Etc/GMT+12"])
def test_all_can_be_packed_into_a_wheel(
    archive: Path, tmp_path: Path, zone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = held(archive)
    date_files(archive)
    assert held(archive) == before
    with tarfile.open(archive) as tar:
        tar.extractall(tmp_path / "out")
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        assert zipfile.ZipInfo.from_file(tmp_path / "out" / "top" / "run.sh").date_time >= (1980,)
    finally:
        monkeypatch.undo()
        time.tzset()


def test_the_same_bytes_again(archive: Path) -> None:
    date_files(archive)
    once = archive.read_bytes()
    date_files(archive)
    assert archive.read_bytes() == once
    assert [each.name for each in archive.parent.iterdir()] == [archive.name]
