"""A small repo in the place of builtin, a clone of it, and a site's own recipes."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.conftest import Spack
from tests.index_server import IndexServer

#: What the recipes of these tests need of the real builtin.
NEEDED = ("python", "python_venv", "py_pip", "py_wheel", "py_setuptools", "py_attrs", "py_six")

#: What the solver needs of builtin whatever it solves: what makes up a compiler. The first are
#: external, so nobody asks what they would be built with.
EXTERNAL = ("gcc", "glibc")
COMPILER = (*EXTERNAL, "gcc_runtime", "compiler_wrapper")
#: What builds Python packages, beside Python.
PYTHON = ("python_venv", "py_pip", "py_wheel", "py_setuptools")
#: What builds most others, with what that is built with and needs.
HATCHLING = ("py_hatchling", "py_packaging", "py_pathspec", "py_pluggy", "py_trove_classifiers",
             "py_calver", "py_flit_core", "py_setuptools_scm")  # fmt: skip

RUFF = """\
[tool.ruff]
line-length = 99
lint.select = ["E", "W"]
"""

HEADER = """\
from spack_repo.builtin.build_systems.python import PythonPackage

from spack.package import *


"""
HAND = (
    HEADER
    + '''\
class PyHand(PythonPackage):
    """Written by hand."""

    homepage = "https://github.com/owner/hand"
    pypi = "hand/hand-1.0.tar.gz"

    version("1.0", sha256="{hand-1.0.tar.gz}")

    depends_on("py-setuptools", type="build")
    # a person knew
    depends_on("py-attrs@19:22", type=("build", "run"))
'''
)


@dataclass
class Shared:
    """A small repo that everybody shares, somebody's clone of it, and a site's own repo."""

    origin: Path
    clone: Path
    spack: Spack
    server: IndexServer

    @property
    def repo(self) -> Path:
        return self.clone / "repos" / "spack_repo" / "builtin"

    def recipe(self, folder: str) -> Path:
        return self.repo / "packages" / folder / "package.py"

    def upstream(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Recipes of the site's repo to somebody's clone; what is made lies beside it."""
        return self.spack.run(*self.upstream_command(*arguments), **variables)

    def upstream_command(self, *arguments: str) -> Sequence[str]:
        if "-r" not in arguments:
            arguments = ("-r", str(self.spack.repo), "--checkout", str(self.clone), *arguments)
        arguments += ("-o", str(self.patches), "--index-url", self.server.url)
        return "pypi", "upstream", *arguments

    @property
    def patches(self) -> Path:
        return self.clone.parent / "patches"

    def sent(self, folder: str, branch: str = "pypi/py-app") -> str:
        """The text of a recipe on the branch that was made."""
        inner = self.recipe(folder).relative_to(self.clone).as_posix()
        return git(self.clone, "show", f"{branch}:{inner}")

    def titles(self) -> list[str]:
        """The titles of the commits on the branch that was made, the first one first."""
        shared = git(self.origin, "rev-parse", "HEAD")
        log = git(self.clone, "log", "--reverse", "--format=%s", f"{shared}..pypi/py-app")
        return log.split("\n")


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments], stdout=subprocess.PIPE, text=True, check=False
    )
    assert done.returncode == 0
    return done.stdout.strip()


def status(folder: Path) -> list[str]:
    """What a person changed in a checkout; its Spack may have written bytecode there, too."""
    lines = git(folder, "status", "--porcelain", "--untracked-files=all").splitlines()
    return [line for line in lines if "__pycache__" not in line]


def committed(folder: Path, message: str) -> None:
    git(folder, "add", "--all")
    git(folder, *NOBODY, "commit", "--quiet", "--message", message)


NOBODY = ("-c", "user.name=Nobody", "-c", "user.email=nobody@hand.example")


def shared_by(spack: Spack, server: IndexServer, needed: Sequence[str] = NEEDED) -> Shared:
    """A repo with the packages of builtin that are ``needed``, and one that is invented."""
    folder = spack.folder
    origin = folder / "origin"
    repo = origin / "repos" / "spack_repo" / "builtin"
    copy_part_of_builtin(spack, needed, repo)
    (origin / "pyproject.toml").write_text(RUFF)
    published(server)
    hashes = {name: hashlib.sha256(file).hexdigest() for name, file in server.served.files.items()}
    hand = repo / "packages" / "py_hand" / "package.py"
    hand.parent.mkdir()
    hand.write_text(HAND.replace("{hand-1.0.tar.gz}", hashes["hand-1.0.tar.gz"]))
    git(folder, "init", "--quiet", "--initial-branch=develop", str(origin))
    committed(origin, "base")
    clone = folder / "clone"
    git(folder, "clone", "--quiet", str(origin), str(clone))
    return Shared(origin, clone, spack, server)


def copy_part_of_builtin(spack: Spack, packages: Sequence[str], repo: Path) -> None:
    """Make a repo with these packages (folders) of builtin."""
    builtin = builtin_of(spack)
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(builtin / "build_systems", repo / "build_systems", ignore=ignored)
    for name in packages:
        shutil.copytree(builtin / "packages" / name, repo / "packages" / name, ignore=ignored)
    for file in ("repo.yaml", "__init__.py", "packages/__init__.py"):
        if (builtin / file).exists():
            shutil.copyfile(builtin / file, repo / file)


def builtin_of(spack: Spack) -> Path:
    """Where a Spack has its builtin, which it says once: all tests have the same one."""
    if spack.prefix not in _BUILTIN:
        _BUILTIN[spack.prefix] = Path(
            spack.python(
                "import json, spack.repo\n"
                "repos = [r for r in spack.repo.PATH.repos if r.namespace == 'builtin']\n"
                "print(json.dumps(repos[0].root))\n"
            )
        )
    return _BUILTIN[spack.prefix]


_BUILTIN: dict[Path, Path] = {}


def use_part_of_builtin(
    spack: Spack, packages: Sequence[str] = (), external: Sequence[str] = ()
) -> None:
    """Have these packages and a compiler in the place of all of builtin: what Spack makes of
    thousands of recipes before it solves takes most of the time. Those that are ``external`` need
    nothing."""
    repo = spack.folder / "part" / "spack_repo" / "builtin"
    copy_part_of_builtin(spack, [*COMPILER, *packages, *external], repo)
    for name in (*EXTERNAL, *external):
        with (repo / "packages" / name / "package.py").open("a") as recipe:
            recipe.write(f"\n\n{name.capitalize()}.dependencies = {{}}\n")
    use_as_builtin(spack, repo)


def use_as_builtin(spack: Spack, repo: Path) -> None:
    """Have a repo in the place of builtin. Spack indexes repos by their namespace: in the cache of
    all tests, which have the real builtin, what it says of this one would stay."""
    repos = {"site": str(spack.repo), "builtin": str(repo)}
    config = Path(spack.variables["SPACK_USER_CONFIG_PATH"])
    (config / "repos.yaml").write_text(json.dumps({"repos:": repos}))
    spack.variables["SPACK_USER_CACHE_PATH"] = str(spack.folder / "cache")


def published(server: IndexServer) -> None:
    """app 2.0 needs a hand that the shared repo has not, and a plain that nobody has."""
    add = server.served.add
    home = "https://github.com/owner/hand"
    build = ["setuptools"]
    for version, attrs in (("1.0", "attrs>=19,<23"), ("2.0", "attrs>=19"), ("2.1", "attrs>=19")):
        add("hand", version, attrs, homepage=home, build=build)
    for version in ("1.0", "1.1", "2.0"):
        add("plain", version, "six", summary="It is plain", build=build, stem="plain")
    app: dict[str, Any] = {"summary": "It does much", "homepage": "https://app.example"}
    add("app", "1.0", "six", build=build, python=">=3.8", **app)
    add("app", "2.0", "hand>=2", "plain<2", build=build, python=">=3.9", **app)


def made(shared: Shared) -> Shared:
    """The site's own recipes: app, plain, and hand 2.1 on top of the shared one."""
    names = ["app", "plain", "hand"]
    arguments = ["--versions", "all", "--verify", "load", "--index-url"]
    use_as_builtin(shared.spack, shared.repo)
    done = shared.spack.run("pypi", "create", *names, "hand>=2", *arguments, shared.server.url)
    assert done.returncode == 0, done.stdout + done.stderr
    return shared


def copied(model: Shared, spack: Spack, server: IndexServer) -> Shared:
    """The same, with what was made for the model: no Spack need run for it."""
    folder = spack.folder
    shared = Shared(folder / "origin", folder / "clone", spack, server)
    pairs = [(model.origin, shared.origin), (model.clone, shared.clone)]
    for there, here in (*pairs, (model.spack.repo / "packages", spack.repo / "packages")):
        shutil.copytree(there, here, symlinks=True, dirs_exist_ok=True)
    git(shared.clone, "remote", "set-url", "origin", str(shared.origin))
    published(server)
    use_as_builtin(shared.spack, shared.repo)
    return shared
