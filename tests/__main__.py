"""``python3 tests``: set up all that the tests need, and run them.

Everything lies in ``$XDG_CACHE_HOME/spack-pypi/tests`` and may be deleted: a virtual environment,
a clone of each supported Spack, and their caches. Further arguments go to pytest:
``--ignore tests/spack`` leaves out what needs a Spack and takes most of the time, ``--cov`` tells
which lines and branches nothing reached, of the Spacks that tests start too. ``--lint`` alone
runs no test.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "spack-pypi" / "tests"
SPACK = "https://github.com/spack/spack.git"
EXTRAS = "docs,test"
#: The first is the one that all Spack tests use; the others get a smoke test of both doors.
BRANCHES = ("v1.1.0", "v1.0.2", "develop")


def environment() -> Path:
    """The Python of a virtual environment with this checkout, its tests' needs and the solver."""
    key = hashlib.sha256(
        f"{sys.version} {ROOT} {EXTRAS}".encode() + (ROOT / "setup.cfg").read_bytes()
    )
    folder = CACHE / f"python-{sys.version_info[0]}.{sys.version_info[1]}-{key.hexdigest()[:12]}"
    python = folder / "bin" / "python"
    if not (folder / "complete").exists():
        print(f"Setting up {folder} ...", file=sys.stderr, flush=True)
        venv.create(folder, with_pip=True, clear=True)
        command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*command, "-e", f"{ROOT}[{EXTRAS}]", "clingo>=5.7"], check=True)
        (folder / "complete").touch()
    return python


def spacks(python: Path) -> dict[str, Path]:
    """Each supported Spack that is there or can be cloned, its modules compiled for a Python."""
    found = {}
    for branch in BRANCHES:
        prefix = CACHE / f"spack-{branch}"
        if not prefix.exists():
            print(f"Cloning Spack {branch} ...", flush=True)
            with tempfile.TemporaryDirectory(dir=CACHE) as folder:
                command = ["git", "-c", "advice.detachedHead=false", "clone", "--quiet"]
                command += ["--depth", "1", "--branch", branch, SPACK, f"{folder}/spack"]
                try:
                    subprocess.run(command, check=True)
                except (OSError, subprocess.CalledProcessError) as error:
                    print(f"Spack {branch} cannot be cloned: {error}", flush=True)
                    continue
                compile_modules(python, Path(folder) / "spack" / "lib")
                os.rename(f"{folder}/spack", prefix)
        found[branch] = prefix
    return found


def compile_modules(python: Path, *folders: Path) -> None:
    """With PYTHONDONTWRITEBYTECODE each of some hundred starts of Spack would do this anew."""
    command = [str(python), "-m", "compileall", "-q", "-j", "0", *map(str, folders)]
    # Spack has files for another Python, which are not compiled.
    subprocess.run(command, stdout=subprocess.DEVNULL, check=False)


def main(arguments: list[str]) -> int:
    """Run the checks; the exit code of the first that fails. mypy, which has one process, runs
    beside the tests."""
    python = environment()
    variables = {**os.environ, "SPACK_PYPI_TEST_CACHE": str(CACHE)}
    for variable in ("SPACK_ROOT", "SPACK_ENV", "SPACK_PYTHON", "PYTHONPATH"):
        variables.pop(variable, None)

    def started(*command: str, **options: Any) -> subprocess.Popen[str]:
        print(f"$ {' '.join(command)}", flush=True)
        command = (str(python), "-m", *command)
        return subprocess.Popen(command, cwd=ROOT, env=variables, text=True, **options)

    for command in (["format", "--check"], ["check"]):
        code = started("ruff", *command, "--quiet", ".").wait()
        if code:
            return code
    types = started("mypy", stdout=subprocess.PIPE)
    code = 0
    if arguments != ["--lint"]:
        compile_modules(python, ROOT / "spack_pypi", ROOT / "tests")
        variables["SPACK_PYPI_TEST_SPACKS"] = os.pathsep.join(map(str, spacks(python).values()))
        # One more than there are processors: a fifth of the time tests wait, for what ends slowly.
        workers = f"--numprocesses={(os.cpu_count() or 1) + 1}"
        code = started("pytest", workers, "--dist=worksteal", *arguments).wait()
    print(f"mypy: {types.communicate()[0]}", end="", flush=True)
    return code or types.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
