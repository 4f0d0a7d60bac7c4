"""Externals, views, and what is hostile."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from spack_pypi.diagnostics import Severity
from spack_pypi.host.port import Linked
from spack_pypi.workflow.doctor import distributions
from tests.workflow.doctor.machine import COMPILED, Machine, install


def test_of_an_external_prefix_only_what_belongs_to_the_package(machine: Machine) -> None:
    """What else lies there is its owner's business, but satisfies requirements."""
    machine.install("app", "1", {"app.py": "import rich"}, "numpy>=2")
    numpy = machine.install("numpy", "2.3", {"numpy/__init__.py": ""}, "lacks-this", external=True)
    folder = numpy.prefix / "lib/python3.11/site-packages"
    install(folder, "rich", "1", {"rich.py": ""}, "lacks-that")
    mend = f"install lacks-this in {numpy.prefix}"
    assert machine.found() == [("missing-requirement", "py-numpy", mend)]


def test_an_external_package_that_was_updated(machine: Machine) -> None:
    numpy = machine.install("numpy", "2.3.0", {"numpy.py": ""}, external=True)
    machine.packages[0] = replace(numpy, version="2.3")
    assert machine.found() == []
    machine.packages[0] = replace(numpy, version="1.26")
    ((code, package, _),) = machine.found()
    assert (code, package) == ("other-version", "py-numpy")


def test_a_view(machine: Machine, tmp_path: Path) -> None:
    """``PYTHONPATH`` comes before it, and external packages are not in it."""
    hand = machine.install("hand", "2.1", {"hand/__init__.py": "import numpy"}, "numpy")
    machine.install("numpy", "2.3", {"numpy/__init__.py": ""}, external=True)
    view = tmp_path.resolve() / "view"
    folder = view / "lib/python3.11/site-packages"
    folder.parent.mkdir(parents=True)
    folder.symlink_to(hand.prefix / "lib/python3.11/site-packages")
    found = machine.examined(view).diagnostics
    assert [(each.code, each.package, each.severity) for each in found] == [
        ("not-in-view", "py-numpy", Severity.WARNING)
    ]
    install(tmp_path / "old", "hand", "1.0", {"hand/__init__.py": ""})
    machine.variables["PYTHONPATH"] = str(tmp_path / "old")
    assert "two-versions" in [code for code, _, _ in machine.found(view)]


def test_a_store_behind_a_link(tmp_path: Path) -> None:
    """As where a home is a link to another disk. The package of a copy is known all the same, and
    the libraries of others are looked at."""
    real = tmp_path.resolve() / "disk"
    real.mkdir()
    (tmp_path / "home").symlink_to(real)
    machine = Machine(tmp_path / "home")
    machine.install("vision", "1", {"cv/__init__.py": ""})
    machine.install("contrib", "1", {"cv/__init__.py": "", "cv/b.py": "", f"_c{COMPILED}": ""})
    quiet = machine.library("libquiet", "libquiet.so")
    machine.host.store.links[f"_c{COMPILED}"] = Linked(
        ("libquiet.so", "libquiet.so.2"), (str(quiet.prefix / "lib"),)
    )
    machine.host.store.links["libquiet.so"] = Linked(("libdeep.so",))
    two, gone, deep = machine.examined().diagnostics
    assert dict(two.details)["mend"].startswith("use one of them: py-vision@1 (/visionv)")
    assert (deep.subject, gone.subject) == ("libdeep.so", "libquiet.so.2")
    assert deep.text.startswith(f"lib/python3.11/site-packages/_c{COMPILED} needs libdeep.so")
    assert dict(gone.details)["mend"] == "spack install --overwrite libquiet/libquie"


# --- hostile -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe" * 50, b"Requires-Dist: " + b"(" * 100_000, b"Requires-Dist: a;b\n" * 10_000],
)
def test_metadata_of_any_shape(machine: Machine, content: bytes) -> None:
    app = machine.install("app", "1", {"app.py": ""})
    (info,) = app.prefix.rglob("*.dist-info")
    (info / "METADATA").write_bytes(content)
    assert {code for code, _, _ in machine.found()} <= {"not-examined"}


def test_lists_that_lead_out_are_not_followed(machine: Machine) -> None:
    machine.install(
        "app", "1", {"app.py": ""}, listed=["../../../etc/x.py", "/etc/y.py", "a/../../z.py"]
    )
    assert machine.found() == []


def test_names_that_no_file_can_have(machine: Machine) -> None:
    """In imports, in lists, in ``.pth`` files and in what is compiled."""
    long = "a" * 300
    files = {
        "app/__init__.py": f"import {long}\nfrom . import {long}\n",
        f"app/_c{COMPILED}": "",
        "app.pth": f"{long}\nnul\0\n",
    }
    machine.install("app", "1", files, listed=[f"app/{long}.py"])
    machine.host.store.links[f"_c{COMPILED}"] = Linked((long, f"/{long}"))
    assert [(code, package) for code, package, _ in machine.found()] == [
        ("missing-files", "py-app"),
        ("missing-library", "py-app"),
        ("missing-library", "py-app"),
        ("missing-module", "py-app"),
    ]


@pytest.mark.parametrize(
    "module", ["../../../../away", "{folder}/away", "away.", "..", "a\0b", ""]
)
def test_commands_whose_module_is_none(machine: Machine, module: str) -> None:
    """What lies elsewhere is not read as a part of the package."""
    (machine.folder / "away.py").write_text("import nowhere\n")
    module = module.format(folder=machine.folder)
    machine.install("app", "1", {"app.py": ""}, scripts=f"app = {module}:main")
    assert machine.found() == []


def test_a_loop_of_links_in_pythonpath(machine: Machine) -> None:
    (machine.folder / "loop").symlink_to("loop")
    machine.variables["PYTHONPATH"] = str(machine.folder / "loop")
    machine.install("app", "1", {"app.py": ""})
    assert machine.found() == []


class Compared(str):
    """A name that counts how often it is compared."""

    times = 0
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        Compared.times += 1
        return str.__eq__(self, other)


def test_projects_that_all_require_each_other(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is installed of a project is looked up, and not looked for among all that is there."""
    site = machine.folder / "app/lib/python3.11/site-packages"
    machine.install("app", "1", {})
    names = [f"p{number}" for number in range(40)]
    for name in names:
        install(site, name, "1", {}, *names)
    machine.found()  # what is read is kept
    read = distributions.distributions(site)
    counted = [replace(each, project=Compared(each.project)) for each in read]
    monkeypatch.setattr(distributions, "distributions", lambda folder: counted)
    distributions.by_project.cache_clear()
    assert machine.found() == []
    assert Compared.times < len(names) ** 2 * 5


def test_a_library_of_the_prefix_of_an_external_package(machine: Machine) -> None:
    """mpi4py looks for the MPI there itself."""
    name = f"MPI{COMPILED}"
    mpi4py = machine.install("mpi4py", "4.1", {name: ""}, external=True)
    machine.host.store.links[name] = Linked(("libmpi.so.12",))
    assert machine.only().subject == "libmpi.so.12"
    (mpi4py.prefix / "lib" / "libmpi.so.12").write_text("")
    assert machine.found() == []
