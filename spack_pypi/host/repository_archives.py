"""Archives that Spack makes of repositories, for a mirror."""

from __future__ import annotations

import gzip
import os
import tarfile
from pathlib import Path

#: The earliest time of a file that can be packed into a wheel, which is a zip archive, in every
#: time zone: 2 January 1980, in seconds since 1970.
_EARLIEST = 315_619_200


def date_files(archive: Path) -> None:
    """Give the files of an archive a time that a wheel can hold: Spack gives them that of 1970,
    with which flit builds nothing. The same archive gives the same bytes. Raises `OSError` and
    `tarfile.TarError`."""
    new = archive.with_name(f".{archive.name}.new")
    try:
        with (
            tarfile.open(archive) as old,
            new.open("wb") as file,
            gzip.GzipFile("", "wb", fileobj=file, mtime=0) as packed,
            tarfile.open(fileobj=packed, mode="w", format=old.format) as dated,
        ):
            for member in old:
                member.mtime = max(member.mtime, _EARLIEST)
                dated.addfile(member, old.extractfile(member) if member.isreg() else None)
        os.replace(new, archive)
    finally:
        new.unlink(missing_ok=True)
