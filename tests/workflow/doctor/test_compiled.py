"""What doctor finds in compiled modules: libraries that are lacking, and other Pythons."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from spack_pypi.host.port import Linked
from spack_pypi.workflow.doctor import libraries
from tests.workflow.doctor.machine import COMPILED, Machine


def test_a_library_that_is_gone(machine: Machine) -> None:
    """Its package is known by the folder that the compiled module names."""
    machine.install("app", "1", {f"app/_c{COMPILED}": "", "app/__init__.py": ""})
    quiet = machine.library("libquiet", "libother.so.1")
    folder = str(quiet.prefix / "lib")
    machine.host.store.links[f"_c{COMPILED}"] = Linked(("libquiet.so.2",), (folder,))
    found = machine.only()
    assert (found.code, found.subject) == ("missing-library", "libquiet.so.2")
    assert dict(found.details)["mend"] == "spack install --overwrite libquiet/libquie"
    (quiet.prefix / "lib" / "libquiet.so.2").write_text("")
    assert machine.found() == []


@pytest.mark.parametrize(
    ("had", "mend"),
    [
        ({"runtime": ["libnowhere.so.1"]}, "spack install --overwrite runtime/runtime"),
        (
            {"py-app": ["libnowhere.so.1"], "runtime": []},
            "spack install --overwrite py-app/appappa",
        ),
        (
            {"runtime": ["libgcc.so.1"]},
            'depends_on("PACKAGE", type="link") in the recipe of py-app',
        ),
        ({}, 'depends_on("PACKAGE", type="link") in the recipe of py-app'),
    ],
)
def test_which_package_had_a_library(
    machine: Machine, had: dict[str, list[str]], mend: str
) -> None:
    """What Spack recorded says it. All that is compiled names the folder of gcc-runtime, which
    need not have had the library."""
    machine.install("app", "1", {f"app/_c{COMPILED}": "", "app/__init__.py": ""})
    folder = machine.library("runtime").prefix / "lib"
    machine.host.store.links[f"_c{COMPILED}"] = Linked(("libnowhere.so.1",), (str(folder),))
    machine.host.store.installed = had
    assert dict(machine.only().details)["mend"].startswith(mend)


def test_a_library_of_a_prefix_that_is_gone(machine: Machine) -> None:
    machine.install("app", "1", {f"app/_c{COMPILED}": "", "app/__init__.py": ""})
    gone, kept = machine.library("gone").prefix, machine.library("kept").prefix
    folders = (str(gone / "lib"), str(kept / "lib"))
    machine.host.store.links[f"_c{COMPILED}"] = Linked(("libnowhere.so.1",), folders)
    shutil.rmtree(gone)
    assert dict(machine.only().details)["mend"] == "spack install --overwrite gone/gonegon"


def test_a_library_that_a_library_needs(machine: Machine) -> None:
    machine.install("app", "1", {f"_c{COMPILED}": ""})
    quiet = machine.library("libquiet", "libquiet.so")
    folder = str(quiet.prefix / "lib")
    machine.host.store.links[f"_c{COMPILED}"] = Linked(("libquiet.so",), (folder,), True)
    machine.host.store.links["libquiet.so"] = Linked(("libdeep.so",))
    assert "(needed by" in machine.only().text


def test_what_cannot_be_read(machine: Machine) -> None:
    """Its own modules, and the libraries of others that these need; each once."""
    machine.install("app", "1", {f"_a{COMPILED}": "", f"_b{COMPILED}": "", f"_c{COMPILED}": ""})
    quiet = machine.library("libquiet", "libquiet.so")
    needing = Linked(("libquiet.so",), (str(quiet.prefix / "lib"),))
    machine.host.store.links = {f"_a{COMPILED}": needing, f"_b{COMPILED}": needing}
    machine.host.store.damaged = {"libquiet.so": "cut off", f"_c{COMPILED}": "cut off"}
    assert machine.found() == [
        ("not-examined", "libquiet", "spack install --overwrite libquiet/libquie"),
        ("not-examined", "py-app", "spack install --overwrite py-app/appappa"),
    ]


@pytest.mark.parametrize(("is_runpath", "found"), [(False, True), (True, False)])
def test_which_folders_libraries_inherit(machine: Machine, is_runpath: bool, found: bool) -> None:
    """Those of DT_RPATH, not those of DT_RUNPATH (ld.so(8))."""
    machine.install("app", "1", {f"_c{COMPILED}": ""})
    quiet = machine.library("libquiet", "libquiet.so", "libdeep.so")
    folder = str(quiet.prefix / "lib")
    machine.host.store.links[f"_c{COMPILED}"] = Linked(("libquiet.so",), (folder,), is_runpath)
    machine.host.store.links["libquiet.so"] = Linked(("libdeep.so",))
    assert (machine.found() == []) is found


def test_libraries_beside_modules(machine: Machine) -> None:
    """By $ORIGIN; and one of another package may be loaded by it before (torch's)."""
    files = {f"app/_c{COMPILED}": "", "app.libs/libown.so.1": "", "app/__init__.py": ""}
    machine.install("app", "1", files)
    machine.install("torch", "1", {"torch/__init__.py": "", "torch/lib/libc10.so": ""})
    origin = ("$ORIGIN/../app.libs",)
    machine.host.store.links[f"_c{COMPILED}"] = Linked(("libown.so.1", "libc10.so"), origin)
    assert machine.found() == []


# (what the files of one module need, whether that is found)
VARIANTS = [
    ({"MPI.a.abi3.so": "libgone.so", "MPI.b.abi3.so": "libhere.so"}, True),
    ({"MPI.a.abi3.so": "libgone.so", "MPI.b.abi3.so": "liblost.so"}, False),
    ({"MPI.a.abi3.so": "libgone.so", "IMP.b.abi3.so": "libhere.so"}, False),
    ({"libx.so.1": "libgone.so", "libx.so.2": "libhere.so"}, False),
]


@pytest.mark.parametrize(("needs", "found"), VARIANTS)
def test_one_module_in_several_files(machine: Machine, needs: dict[str, str], found: bool) -> None:
    """mpi4py has one for each MPI, and imports that for which there is an MPI."""
    files = {f"app/{name}": "" for name in needs}
    machine.install("app", "1", {**files, "app/__init__.py": "", "app.libs/libhere.so": ""})
    for name, library in needs.items():
        machine.host.store.links[name] = Linked((library,), ("$ORIGIN/../app.libs",))
    assert (machine.found() == []) is found


@pytest.mark.parametrize(
    ("names", "is_wrong"),
    [
        (["_c.cpython-311-x86_64-linux-gnu.so"], False),
        (["_c.abi3.so"], False),
        (["_c.so"], False),
        (["_c.cpython-312-x86_64-linux-gnu.so"], True),
        (["_c.cpython-313t-x86_64-linux-gnu.so"], True),
        (["_c.cpython-312-darwin.so", "_c.cpython-311-darwin.so"], False),
    ],
)
def test_for_which_python_a_module_is_compiled(
    machine: Machine, names: Sequence[str], is_wrong: bool
) -> None:
    machine.install("app", "1", {f"app/{name}": "" for name in names})
    again = "spack install --overwrite py-app/appappa"
    assert machine.found() == ([("wrong-python", "py-app", again)] if is_wrong else [])


def test_modules_in_the_folder_of_another_python(machine: Machine) -> None:
    machine.install("app", "1", {"app.py": ""}, folder="lib/python3.10/site-packages")
    assert machine.only().text == "its modules are for Python 3.10, and it runs with 3.11.7"


def test_modules_in_a_folder_of_any_python(machine: Machine) -> None:
    machine.install("app", "1", {"app.py": ""}, folder="lib/python3/site-packages")
    assert machine.found() == []


def test_the_python_of_a_virtual_environment(machine: Machine, tmp_path: Path) -> None:
    """Its standard library is that of the Python it was made from (PEP 405)."""
    (machine.folder / "python").rename(machine.folder / "base")
    (machine.folder / "python").mkdir()
    (machine.folder / "python" / "pyvenv.cfg").write_text(f"home = {machine.folder}/base/bin\n")
    machine.install("app", "1", {"app.py": "import json"})
    assert machine.found() == []


def test_a_python_that_is_another_one_now(tmp_path: Path) -> None:
    machine = Machine(tmp_path, python_minor="3.12")
    machine.install("app", "1", {"app.py": ""})
    found = machine.only()
    assert (found.code, found.package) == ("wrong-python", "python")
    assert "packages.yaml" in dict(found.details)["mend"]


def test_libraries_that_all_need_each_other(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is followed once, and each name looked for once in the same folders."""
    looked_for: list[str] = []
    look = libraries._found

    def counted(name: str, folders: Iterable[str]) -> Path | None:
        looked_for.append(name)
        return look(name, folders)

    monkeypatch.setattr(libraries, "_found", counted)
    names = [f"lib{number}.so" for number in range(20)]
    machine.install("app", "1", dict.fromkeys(names, ""))
    linked = Linked((*names, "libgone.so"), ("$ORIGIN",))
    machine.host.store.links = dict.fromkeys(names, linked)
    assert machine.only().subject == "libgone.so"
    assert looked_for.count("libgone.so") <= 2


def test_a_ring_of_libraries_with_folders_of_their_own(machine: Machine) -> None:
    """Each hands down other folders (DT_RPATH): of twenty libraries, the ways to one of them are
    more than can be followed."""
    names = [f"lib{number}.so" for number in range(20)]
    folder = str(machine.library("libring", *names).prefix / "lib")
    for name in names:
        own = (f"/none/{name}", folder)
        machine.host.store.links[name] = Linked((*names, "libgone.so"), own)
    machine.install("app", "1", {f"_c{COMPILED}": ""})
    machine.host.store.links[f"_c{COMPILED}"] = Linked(("lib0.so",), (folder,))
    assert machine.only().subject == "libgone.so"


def test_what_is_loaded_already_is_not_looked_for(machine: Machine) -> None:
    """The loader takes the libraries of the module before those of its libraries, and each name
    once: libquiet names no folder, and gets the libdeep.so of the module."""
    machine.install("app", "1", {f"_c{COMPILED}": ""})
    quiet = machine.library("libquiet", "libquiet.so", "libdeep.so")
    folders = (str(quiet.prefix / "lib"),)
    linked = Linked(("libquiet.so", "libdeep.so"), folders, is_runpath=True)
    machine.host.store.links = {f"_c{COMPILED}": linked, "libquiet.so": Linked(("libdeep.so",))}
    assert machine.found() == []


def test_too_many_libraries(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was not looked for is said, and is not called missing."""
    monkeypatch.setattr(libraries, "_MOST_STEPS", 1000)
    names = [f"lib{number}.so" for number in range(50)]
    machine.install("app", "1", dict.fromkeys(names, ""))
    linked = Linked(tuple(names), tuple(f"/none/{each}" for each in range(50)), True)
    machine.host.store.links = dict.fromkeys(names, linked)
    found = machine.only()
    assert (found.code, found.subject) == ("not-examined", "lib0.so")
    assert found.text.startswith("not all libraries that lib/python3.11/site-packages/lib0.so")
