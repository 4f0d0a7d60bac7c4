"""Which MPI a prefix has, by its files: nothing of it is run.

Its ``mpi.h`` says whose it is, and its version. Vendors derive their own from MPICH, and say so
there too; these are other packages of Spack, with prefixes of other forms.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import NamedTuple

from ..files import small_text

#: The longest ``mpi.h`` that is read, bytes.
_LONGEST = 4 << 20
#: What the ``mpi.h`` of an MPI derived from MPICH defines beside MPICH's own.
_DERIVED = re.compile(
    r"^[ \t]*#\s*define\s+(I_MPI_|MVAPICH|MVP_|CRAY_MPICH|CRAY_|PARASTATION|FUJITSU)", re.M
)
_MPICH = re.compile(r'^[ \t]*#\s*define\s+MPICH_VERSION\s+"(\d+(?:\.\d+)*)"', re.M)
_OPENMPI = re.compile(r"^[ \t]*#\s*define\s+OMPI_(MAJOR|MINOR|RELEASE)_VERSION\s+(\d+)\s*$", re.M)
#: The libraries, by package: each has an ABI of its own.
SONAMES = {"mpich": "libmpi.so.12", "openmpi": "libmpi.so.40"}


class Mpi(NamedTuple):
    """An MPI: Spack's ``package`` of it, its version, its ``prefix`` with ``bin/mpicc``, its
    library, and whether it has a compiler wrapper for Fortran."""

    package: str
    version: str
    prefix: Path
    library: Path
    fortran: bool


def mpi_in(prefix: Path) -> Mpi | None:
    """The MPI that others can be built with, in a prefix; None where there is none, or which one
    is not sure."""
    text = small_text(prefix / "include" / "mpi.h", _LONGEST)
    wrapper = prefix / "bin" / "mpicc"
    if text is None or _DERIVED.search(text) or not os.path.isfile(wrapper):
        return None
    parts = dict(_OPENMPI.findall(text))
    mpich = _MPICH.search(text)
    if len(parts) == 3 and not mpich:
        package = "openmpi"
        version = ".".join(parts[name] for name in ("MAJOR", "MINOR", "RELEASE"))
    elif mpich and not parts:
        package, version = "mpich", mpich[1]
    else:
        return None
    libraries = [prefix / folder / SONAMES[package] for folder in ("lib", "lib64")]
    library = next(filter(os.path.isfile, libraries), None)
    fortran = os.path.isfile(prefix / "bin" / "mpifort")
    return Mpi(package, version, prefix, library, fortran) if library else None
