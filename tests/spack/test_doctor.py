"""``doctor`` in each Spack: its store, and its reader of ELF. What it finds in packages that Spack
installed is in ``test_tutorial.py``."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import Spack

pytestmark = pytest.mark.spack

READ = """
import json, sys
from pathlib import Path
from types import SimpleNamespace
import spack.verify
from spack_pypi.host.port import InstalledPackage
from spack_pypi.host.spack.store import SpackStore
prefix, *names = sys.argv[1:]
spack.verify.write_manifest(SimpleNamespace(prefix=prefix, name="libone", external=False))
package = InstalledPackage("libone", "1", "key", Path(prefix))
found = [SpackStore().had(package, name) for name in ("libone.so", "libtwo.so")]
for name in names:
    try:
        linked = SpackStore().linked(Path(name))
        found.append(linked and [linked.needed, linked.folders, linked.is_runpath])
    except ValueError:
        found.append("ValueError")
print(json.dumps(found))
"""


def test_where_nothing_is_installed(every_spack: Spack, tmp_path: Path) -> None:
    done = every_spack.run("-C", empty_store(tmp_path), "pypi", "doctor")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Looked at 0 packages: no Python package is installed")


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        ("py-nobody", 1, "'py-nobody' is neither installed nor an environment: spack install"),
        ("py-nobody@@2", 2, "'py-nobody@@2' is not a spec:"),
    ],
)
def test_what_is_not_installed(
    spack: Spack, tmp_path: Path, name: str, code: int, said: str
) -> None:
    done = spack.run("-C", empty_store(tmp_path), "pypi", "doctor", name)
    assert (done.returncode, done.stderr.count("\n")) == (code, 1), done.stderr
    assert done.stderr.startswith(f"Error: {said}")


def test_an_environment_that_is_not_installed(spack: Spack, tmp_path: Path) -> None:
    folder = tmp_path / "environment"
    folder.mkdir()
    (folder / "spack.yaml").write_text("spack: {specs: [py-nobody]}\n")
    done = spack.run("pypi", "doctor", str(folder))
    assert done.returncode == 1
    assert f"the environment {folder} is not concretized: spack -e" in done.stderr


#: What a stranger's spack.lock may be.
LOCKS = [
    "{",
    "[]",
    "[" * 20_000,
    '{"roots": 5}',
    '{"_meta": "x", "roots": [], "concrete_specs": {}}',
    '{"roots": [{"hash": "abc", "spec": "x"}], "concrete_specs": {"abc": 5}}',
]
READ_LOCKS = """
import json, sys
from spack_pypi.errors import SpackPyPIError
from spack_pypi.host.spack.store import SpackStore
found = []
for name in sys.argv[1:]:
    try:
        SpackStore().runtimes([name])
    except SpackPyPIError as error:
        found.append(str(error))
print(json.dumps(found))
"""


def test_environments_that_are_damaged(spack: Spack, tmp_path: Path) -> None:
    folders = []
    for number, lock in enumerate([*LOCKS, ""]):
        folder = tmp_path / f"environment{number}"
        folder.mkdir()
        (folder / "spack.yaml").write_text("spack: {specs: []}\n")
        if lock:
            (folder / "spack.lock").write_text(lock)
        folders.append(str(folder))
    os.mkfifo(folder / "spack.lock")
    *damaged, pipe = spack.python(READ_LOCKS, *folders)
    for folder_name, said in zip(folders, damaged):
        assert said.startswith(f"the environment {folder_name} cannot be read (")
        assert said.count("\n") == 0 and "spack.lock anew" in said
    assert pipe == f"{folder}/spack.lock is a pipe or a device: no environment is there"


def test_what_elf_files_need(every_spack: Spack, tmp_path: Path) -> None:
    """As gcc links them; and what is damaged, or says impossible sizes, is refused. Before that,
    which files a package had, by what Spack records when it installs."""
    if shutil.which("gcc") is None:
        pytest.skip("no gcc")
    (tmp_path / "empty.c").write_text("int empty;\n")
    paths = ["-Wl,-rpath,$ORIGIN/../lib", "-Wl,-rpath,/opt/lib"]
    for name, options in {
        "libone.so": ["-Wl,-soname,libone.so.1"],
        "runpath.so": ["-Wl,--enable-new-dtags", *paths],
        "rpath.so": ["-Wl,--disable-new-dtags", *paths],
    }.items():
        needed = ["libone.so"] if name != "libone.so" else []
        command = ["gcc", "-shared", "-nostdlib", "-Wl,--no-as-needed", "-o", name, "empty.c"]
        subprocess.run([*command, *needed, *options], cwd=tmp_path, check=True)
    whole = (tmp_path / "rpath.so").read_bytes()
    (tmp_path / "cut.so").write_bytes(whole[:200])
    (tmp_path / "text.so").write_text("not ELF")
    os.mkfifo(tmp_path / "pipe.so")
    # The number of program headers, and the size of each, of a 64-bit file.
    (tmp_path / "huge.so").write_bytes(whole[:54] + b"\xff" * 4 + whole[58:])
    names = ["libone.so", "runpath.so", "rpath.so", "text.so", "pipe.so", "cut.so", "huge.so"]
    folders = ["$ORIGIN/../lib", "/opt/lib"]
    prefix = tmp_path / "prefix"
    (prefix / ".spack").mkdir(parents=True)
    (prefix / "lib").mkdir()
    (prefix / "lib" / "libone.so").write_text("")
    assert every_spack.python(READ, str(prefix), *(str(tmp_path / name) for name in names)) == [
        True,
        False,
        [[], [], False],
        [["libone.so.1"], folders, True],
        [["libone.so.1"], folders, False],
        None,
        None,
        "ValueError",
        "ValueError",
    ]


def empty_store(folder: Path) -> str:
    """A scope of the configuration with a store of its own."""
    scope = folder / "scope"
    scope.mkdir()
    (scope / "config.yaml").write_text(f"config: {{install_tree: {{root: {folder / 'store'}}}}}\n")
    return str(scope)
