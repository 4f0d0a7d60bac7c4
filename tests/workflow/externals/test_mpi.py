"""Which MPI an external uses: that which its compiled modules are linked with."""

from __future__ import annotations

from pathlib import Path

import pytest

from spack_pypi.host.port import Destination, Linked
from spack_pypi.workflow.externals.externals import ExternalsResult, externals
from tests.memory import MemoryHost
from tests.prefixes.made import distribution, mpi
from tests.workflow.externals.test_found import SITE, python, reasons, specs

MPICH = '#define MPICH_VERSION "4.2.1"\n'
OPENMPI = (
    "#define OMPI_MAJOR_VERSION 5\n#define OMPI_MINOR_VERSION 0\n#define OMPI_RELEASE_VERSION 8\n"
)
MODULE = "MPI.cpython-312-x86_64-linux-gnu.so"


def installed(prefix: Path, *files: str, project: str = "mpi4py", version: str = "4.1.1") -> Path:
    """The folder of the modules of a project that has these files."""
    record = "".join(f"{each},,\n" for each in files)
    distribution(prefix / SITE, project, version, RECORD=record)
    return prefix / SITE / project


def run(host: MemoryHost, prefix: Path, *names: str) -> ExternalsResult:
    return externals(host, python(prefix), names, (), Destination("site"))


def linked(host: MemoryHost, folders: str, library: str) -> None:
    host.store.links[MODULE] = Linked((library, "libc.so.6"), (folders,), is_runpath=True)


def entry(host: MemoryHost, package: str) -> dict[str, object]:
    (found,) = host.externals.packages[package]["externals"]
    return dict(found)


def test_one_of_the_same_prefix_as_conda_has_it(tmp_path: Path) -> None:
    host = MemoryHost()
    host.has("mpi4py", "4.1.1")
    installed(tmp_path, f"mpi4py/{MODULE}")
    mpi(tmp_path, MPICH, "lib/libmpi.so.12")
    linked(host, "$ORIGIN/../../..", "libmpi.so.12")
    run(host, tmp_path)
    library = entry(host, "mpich")
    assert (library["spec"], library["prefix"]) == ("mpich@4.2.1~fortran", str(tmp_path))
    mine = entry(host, "py-mpi4py")
    assert mine["dependencies"][1:] == [  # type: ignore[index]
        {"id": library["id"], "deptypes": ["build", "link"], "virtuals": "mpi"}
    ]
    assert "extra_attributes" not in mine


def test_one_of_the_site_that_a_module_of_the_site_puts_on_the_path(tmp_path: Path) -> None:
    host = MemoryHost()
    host.has("mpi4py", "4.1.1")
    package = installed(tmp_path / "python", f"mpi4py/{MODULE}")
    site = tmp_path / "openmpi"
    (package / "mpi.cfg").write_text(f"[mpi]\nmpi_dir = {site}\nmpicc = {site}/bin/mpicc\n")
    mpi(site, OPENMPI, "lib/libmpi.so.40")
    linked(host, "/nowhere", "libmpi.so.40")
    run(host, tmp_path / "python")
    assert entry(host, "openmpi")["prefix"] == str(site)
    assert entry(host, "py-mpi4py")["extra_attributes"] == {
        "environment": {"prepend_path": {"LD_LIBRARY_PATH": f"{site}/lib"}}
    }


def test_an_entry_of_somebody_else_for_it_is_referred_to(tmp_path: Path) -> None:
    host = MemoryHost()
    host.has("mpi4py", "4.1.1")
    installed(tmp_path, f"mpi4py/{MODULE}")
    mpi(tmp_path, MPICH, "lib/libmpi.so.12")
    linked(host, "$ORIGIN/../../..", "libmpi.so.12")
    theirs = {"spec": "mpich@4.2.1 netmod=ucx", "prefix": str(tmp_path)}
    host.externals.packages = {"mpich": {"externals": [theirs]}}
    run(host, tmp_path)
    assert entry(host, "mpich") == theirs
    assert entry(host, "py-mpi4py")["dependencies"][1] == {  # type: ignore[index]
        "spec": theirs["spec"],
        "deptypes": ["build", "link"],
        "virtuals": "mpi",
    }


WHEEL = tuple(f"mpi4py/MPI.{abi}.cpython-312-x86_64-linux-gnu.so" for abi in ("mpich", "openmpi"))


def test_a_wheel_looks_in_the_prefix_of_the_python_that_runs(tmp_path: Path) -> None:
    """With Spack that is another one."""
    host = MemoryHost()
    host.has("mpi4py", "4.1.1")
    installed(tmp_path, *WHEEL)
    mpi(tmp_path, MPICH, "lib/libmpi.so.12")
    installed(tmp_path, project="mpich", version="4.2.1")
    result = run(host, tmp_path)
    assert entry(host, "py-mpi4py")["extra_attributes"] == {
        "environment": {"set": {"MPI4PY_LIBMPI": f"{tmp_path}/lib/libmpi.so.12"}}
    }
    assert reasons(result) == {
        "mpich": "it is an MPI without Python modules; externals that are linked with it name it"
    }
    assert result.found.lacking == []


def test_a_wheel_without_an_mpi_is_not_used(tmp_path: Path) -> None:
    host = MemoryHost()
    host.has("mpi4py", "4.1.1")
    installed(tmp_path, *WHEEL)
    assert reasons(run(host, tmp_path))["mpi4py"].startswith("it is a wheel without an MPI")


@pytest.mark.parametrize(
    ("needed", "files", "expected"),
    [
        ("libmpi.so.12", (f"h5py/{MODULE}",), "py-h5py@3.14+mpi"),
        ("libhdf5.so.310", (f"h5py/{MODULE}",), "py-h5py@3.14~mpi"),
        # What has no compiled modules may still use it, through mpi4py.
        ("", ("h5py/__init__.py",), "py-h5py@3.14"),
    ],
)
def test_the_variant(needed: str, files: tuple[str, ...], expected: str, tmp_path: Path) -> None:
    host = MemoryHost()
    host.has("h5py", "3.14", variants=("mpi",))
    installed(tmp_path, *files, project="h5py", version="3.14")
    linked(host, "/nowhere", needed)
    result = run(host, tmp_path)
    assert specs(result) == {"h5py": expected}
    unsure = needed == "libmpi.so.12"
    assert [*result.found.notes] == (["h5py"] if unsure else [])
    assert [*result.found.assumed] == ([] if needed else ["h5py"])


def test_what_conda_calls_one_that_is_not_sure(tmp_path: Path) -> None:
    host = MemoryHost()
    host.has("mpi4py", "4.1.1")
    installed(tmp_path, f"mpi4py/{MODULE}")
    linked(host, "/nowhere", "libmpi.so.12")
    (tmp_path / "conda-meta").mkdir()
    (tmp_path / "conda-meta" / "impi_rt-2021.13.1-ha770c72_769.json").write_text("{}")
    note = run(host, tmp_path).found.notes["mpi4py"]
    assert "linked with libmpi.so.12 (impi_rt 2021.13.1 ha770c72_769), and which MPI" in note
