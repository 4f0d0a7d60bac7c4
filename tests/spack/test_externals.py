"""What a virtual environment has, as externals of each Spack: read, concretized, and kept."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Spack
from tests.index_server import IndexServer
from tests.prefixes.made import distribution
from tests.spack.shared import PYTHON, use_part_of_builtin

pytestmark = pytest.mark.spack

RECIPE = """\
from spack_repo.builtin.build_systems.python import PythonPackage

from spack.package import *


class {cls}(PythonPackage):
    \"\"\"Made up.\"\"\"

    pypi = "{name}/{name}-1.0.tar.gz"

    version("2.0", sha256="{zeros}")
    version("1.0", sha256="{zeros}")

    depends_on("py-setuptools", type="build")
{lines}"""


def write(spack: Spack, name: str, *lines: str) -> None:
    folder = spack.repo / "packages" / f"py_{name}"
    folder.mkdir()
    text = "".join(f"    {line}\n" for line in lines)
    recipe = RECIPE.format(cls=f"Py{name.capitalize()}", name=name, zeros="0" * 64, lines=text)
    (folder / "package.py").write_text(recipe)


BLAS_OF_NUMPY = """\
import json
from spack.concretize import concretize_one
spec = concretize_one("py-mupneeds")
print(json.dumps(spec["py-numpy"].package.spec["blas"].libs.names))
"""
OPENBLAS = """\
from spack_repo.builtin.build_systems.generic import Package

from spack.package import *


class Openblas(Package):
    version("0.3.30")
    variant("ilp64", default=True)
    provides("blas", "lapack")
"""


def numpy(spack: Spack, prefix: Path) -> None:
    """A NumPy in a virtual environment that is linked with the OpenBLAS there, and one in Spack
    that has a BLAS."""
    write(spack, "numpy", 'depends_on("blas")', 'depends_on("lapack")')
    folder = spack.repo / "packages" / "openblas"
    folder.mkdir()
    (folder / "package.py").write_text(OPENBLAS)
    (site,) = prefix.glob("lib/python*/site-packages")
    module = site / "numpy" / "_core.so"
    distribution(site, "numpy", "1.0", RECORD="numpy/_core.so,,\n")
    (prefix / "include").mkdir(exist_ok=True)
    (prefix / "include" / "cblas.h").write_text("")
    header = '#define OPENBLAS_VERSION " OpenBLAS 0.3.29 "\n'
    (prefix / "include" / "openblas_config.h").write_text(header)
    library = prefix / "lib" / "libopenblas.so"
    gcc = [
        "gcc",
        "-shared",
        "-nostdlib",
        "-Wl,-soname,libopenblas.so",
        "-x",
        "c",
        "/dev/null",
        "-x",
        "none",
    ]
    subprocess.run([*gcc, "-o", library], check=True)
    origin = "-Wl,-rpath,$ORIGIN/../../..,--no-as-needed"
    subprocess.run([*gcc, "-o", module, origin, library], check=True)


def environment(spack: Spack) -> Path:
    """A virtual environment with mupone 1.0 and muptwo 1.0, which requires it."""
    venv = spack.folder / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    (site,) = venv.glob("lib/python*/site-packages")
    install(site, "mupone", "1.0")
    install(site, "muptwo", "1.0", "mupone")
    install(site, "mupthree", "3.0")
    return venv


def install(site: Path, name: str, version: str, *requires: str, module: str = "") -> None:
    distribution(site, name, version, *requires, RECORD=f"{name}.py,,\n")
    (site / f"{name}.py").write_text(module)


def graph(done: subprocess.CompletedProcess[str]) -> dict[str, str | None]:
    """The packages of a concrete spec, and where each lies that is an external."""
    assert done.returncode == 0, done.stderr
    # Before it Spack may say that it found compilers.
    nodes = json.loads(done.stdout[done.stdout.index("{") :])["spec"]["nodes"]
    return {n["name"]: (n.get("external") or {}).get("path") for n in nodes}


def test_what_needs_them_is_concretized_on_them(every_spack: Spack) -> None:
    spack = every_spack
    use_part_of_builtin(spack, PYTHON, ("python", "gmake"))
    write(spack, "mupone")
    write(spack, "muptwo", 'depends_on("py-mupone", type=("build", "run"))')
    write(spack, "mupneeds", 'depends_on("py-muptwo@:1", type=("build", "run"))',
          'depends_on("py-mupone", type=("build", "run"))',
          'depends_on("py-numpy", type=("build", "run"))', 'depends_on("blas")')  # fmt: skip
    venv = environment(spack)
    numpy(spack, venv)
    config = Path(spack.variables["SPACK_USER_CONFIG_PATH"]) / "packages.yaml"
    # Else Spack notes compilers at its first solve.
    assert spack.run("compiler", "find").returncode == 0
    # A user may have it elsewhere, where a group can read it.
    elsewhere = spack.folder / "packages.yaml"
    config.rename(elsewhere)
    config.symlink_to(elsewhere)
    elsewhere.chmod(0o640)
    before = elsewhere.stat()
    written = config.read_text()
    arguments = ("pypi", "externals", "--prefix", str(venv))

    shown = spack.run(*arguments, "--dry-run")
    assert shown.returncode == 0, shown.stderr
    assert config.read_text() == written

    done = spack.run(*arguments)
    assert done.returncode == 0, done.stderr
    assert "mupthree 3.0: no recipe has this version" in done.stdout
    assert "(concretized)" in done.stdout
    # Replaced whole: a run that is killed leaves the old file or the new one.
    assert config.is_symlink() and elsewhere.stat().st_mode == before.st_mode
    assert elsewhere.stat().st_ino != before.st_ino
    found = graph(spack.run("spec", "--json", "py-mupneeds"))
    assert found["py-mupone"] == found["py-muptwo"] == str(venv)
    assert found["py-mupneeds"] is None
    assert "its blas and lapack: openblas@0.3.29~ilp64" in done.stdout
    assert found["py-numpy"] == found["openblas"] == str(venv)
    if not spack.prefix.name.startswith("spack-v1.0"):
        # As the recipe of SciPy asks it when it is built.
        assert spack.python(BLAS_OF_NUMPY) == ["openblas"]
    # What was there is there: the Python that these tests have.
    assert found["python"] == sys.base_prefix

    after = config.read_text()
    again = spack.run(*arguments, "--verify", "load")
    assert again.returncode == 0, again.stderr
    assert "says so already" in again.stdout
    assert config.read_text() == after

    # Another version comes, and what does not work there: a package is built on them all.
    (site,) = venv.glob("lib/python*/site-packages")
    shutil.rmtree(site / "muptwo-1.0.dist-info")
    install(site, "muptwo", "2.0", "mupone", module="import mupone")
    install(site, "mupbad", "1.0", module="raise ImportError('libx.so')")
    write(spack, "mupbad")
    done = spack.run(*arguments, "--verify", "install")
    assert done.returncode == 0, done.stderr
    assert "py-muptwo@2.0 (muptwo, new or changed)" in done.stdout
    assert "mupbad 1.0: it does not work: import mupbad: ImportError: libx.so" in done.stdout
    assert "(concretized, built on, loaded and imported)" in done.stdout
    assert "py-mupbad" not in config.read_text()


def test_a_file_that_a_configuration_includes(spack: Spack) -> None:
    """With a Python of its own, where the configuration has none."""
    use_part_of_builtin(spack, PYTHON, ("python", "gmake"))
    write(spack, "mupone")
    venv = environment(spack)
    config = Path(spack.variables["SPACK_USER_CONFIG_PATH"])
    packages = json.loads((config / "packages.yaml").read_text())
    del packages["packages"]["python"]
    (config / "packages.yaml").write_text(json.dumps(packages))
    file = spack.folder / "python.yaml"
    arguments = ("pypi", "externals", "py-mupone", "--prefix", str(venv), "-o", str(file))
    file.write_text(json.dumps({"packages": {"py-mupone": {"externals": ["a"]}}}))
    done = spack.run(*arguments, "--verify", "load")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    assert f"{file} is not a packages.yaml: name another file with -o" in done.stderr
    file.unlink()
    done = spack.run(*arguments, "--not-buildable")
    assert done.returncode == 0, done.stderr
    assert "py-mupone@1.0 (mupone, new or changed)" in done.stdout
    (config / "include.yaml").write_text(json.dumps({"include": [str(file)]}))
    found = graph(spack.run("spec", "--json", "py-mupone"))
    assert found == {"py-mupone": str(venv), "python": sys.base_prefix}
    # Its other versions may not be built.
    assert spack.run("spec", "py-mupone@2.0").returncode != 0


def test_what_was_named_and_has_no_recipe_is_an_error(spack: Spack) -> None:
    venv = environment(spack)
    file = spack.folder / "python.yaml"
    arguments = ("--prefix", str(venv), "--verify", "load", "-o", str(file))
    done = spack.run("pypi", "externals", "mupthree", *arguments)
    assert done.returncode == 1
    assert "mupthree 3.0: no recipe has this version" in done.stdout
    # Nor is there an entry of a Python of which nothing is used.
    assert not file.exists()


def test_recipes_beside_what_is_installed(spack: Spack, server: IndexServer) -> None:
    """Spack builds on the installed muptwo 1.0, though its recipe has a newer version; mupthree
    gets a recipe of the installed version, and the next run makes an external of it."""
    use_part_of_builtin(spack, PYTHON, ("python", "gmake"))
    write(spack, "mupone")
    write(spack, "muptwo", 'depends_on("py-mupone", type=("build", "run"))')
    venv = environment(spack)
    server.served.add("mupthree", "3.0", build=["setuptools"])
    server.served.add("mupthree", "4.0", build=["setuptools"])
    server.served.add("mupapp", "1.0", "muptwo", "mupthree>=2", build=["setuptools"])
    config = Path(spack.variables["SPACK_USER_CONFIG_PATH"]) / "packages.yaml"
    assert spack.run("compiler", "find").returncode == 0
    written = config.read_text()
    place = ("--externals", f"python:{venv}/bin/python", "--index-url", server.url)

    done = spack.run("pypi", "create", "mupapp", *place)
    assert done.returncode == 0, done.stdout + done.stderr
    taken = done.stdout.partition("Taken from what is installed, as externals:\n")[2]
    assert taken.splitlines()[:2] == [
        f"  py-mupone 1.0: in {venv}",
        f"  py-muptwo 1.0: in {venv}",
    ]
    assert "py-mupthree 3.0 (new)" in done.stdout
    assert "concretized)." in done.stdout
    assert config.read_text() == written

    command = done.stdout.rpartition("externals --python ")[2].split()
    assert command == [f"{venv}/bin/python", "mupone", "mupthree", "muptwo"]
    done = spack.run("pypi", "externals", "--python", *command)
    assert done.returncode == 0, done.stderr
    found = graph(spack.run("spec", "--json", "py-mupapp"))
    assert found["py-muptwo"] == found["py-mupthree"] == str(venv)


def test_what_several_scopes_say_can_be_read_together(spack: Spack) -> None:
    """Spack reads an id once, and no dependency with the id of no entry."""
    write(spack, "mupone")
    venv = environment(spack)
    config = Path(spack.variables["SPACK_USER_CONFIG_PATH"]) / "packages.yaml"
    packages = json.loads(config.read_text())
    packages["packages"]["python"]["externals"][0]["id"] = "mine"
    config.write_text(json.dumps(packages))
    system = Path(spack.variables["SPACK_SYSTEM_CONFIG_PATH"])
    system.mkdir()
    arguments = ("pypi", "externals", "mupone", "--prefix", str(venv), "--verify", "load")
    done = spack.run(*arguments, "--scope", "system")
    assert done.returncode == 0, done.stderr
    written = (system / "packages.yaml").read_text()
    # All use this scope: it has a Python of its own, and does not refer to the user's.
    assert "id: mine" not in written and f"prefix: {sys.base_prefix}" in written

    (site,) = venv.glob("lib/python*/site-packages")
    shutil.rmtree(site / "mupone-1.0.dist-info")
    install(site, "mupone", "2.0")
    for more in ((), ("-o", str(spack.folder / "python.yaml"))):
        before = config.read_text()
        done = spack.run(*arguments, *more)
        assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
        assert "the scope system has another entry of py-mupone with the same id" in done.stderr
        assert config.read_text() == before
    assert spack.run(*arguments, "--scope", "system").returncode == 0
