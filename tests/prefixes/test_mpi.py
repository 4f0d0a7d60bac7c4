"""Which MPI a prefix has, by its mpi.h, its wrapper and its library."""

from __future__ import annotations

from pathlib import Path

import pytest

from spack_pypi.prefixes.mpi import mpi_in
from tests.prefixes.made import mpi

# As the mpi.h of each has it.
MPICH = '#define MPICH_VERSION "4.3.2"\n#define MPICH_NUMVERSION 40302300\n'
OPENMPI = (
    "#define OMPI_MAJOR_VERSION 5\n#define OMPI_MINOR_VERSION 0\n#define OMPI_RELEASE_VERSION 8\n"
)
INTEL = '#define I_MPI_VERSION "2021.15.0"\n#define I_MPI_NUMVERSION 20211500300\n' + MPICH
MVAPICH = '#define MVAPICH2_VERSION "2.3.7"\n' + MPICH


@pytest.mark.parametrize(
    ("header", "library", "expected"),
    [
        (MPICH, "lib/libmpi.so.12", ("mpich", "4.3.2")),
        (MPICH, "lib64/libmpi.so.12", ("mpich", "4.3.2")),
        (OPENMPI, "lib/libmpi.so.40", ("openmpi", "5.0.8")),
        # The library of another one.
        (MPICH, "lib/libmpi.so.40", None),
        # What vendors made of MPICH.
        (INTEL, "lib/libmpi.so.12", None),
        (MVAPICH, "lib/libmpi.so.12", None),
        # An invalid version, and a header of two.
        ('#define MPICH_VERSION "unreleased"\n', "lib/libmpi.so.12", None),
        (MPICH + OPENMPI, "lib/libmpi.so.12", None),
        ("", "lib/libmpi.so.12", None),
    ],
)
def test_whose_it_is(
    header: str, library: str, expected: tuple[str, str] | None, tmp_path: Path
) -> None:
    mpi(tmp_path, header, library)
    found = mpi_in(tmp_path)
    assert (found and (found.package, found.version)) == expected
    if found:
        assert found.library == tmp_path / library


@pytest.mark.parametrize("lacking", ["include/mpi.h", "bin/mpicc", "lib/libmpi.so.12"])
def test_without_one_of_them_nothing_can_be_built_with_it(lacking: str, tmp_path: Path) -> None:
    mpi(tmp_path, MPICH, "lib/libmpi.so.12")
    (tmp_path / lacking).unlink()
    assert mpi_in(tmp_path) is None


def test_fortran(tmp_path: Path) -> None:
    mpi(tmp_path, MPICH, "lib/libmpi.so.12")
    without = mpi_in(tmp_path)
    (tmp_path / "bin" / "mpifort").touch()
    with_it = mpi_in(tmp_path)
    assert without and not without.fortran
    assert with_it and with_it.fortran
