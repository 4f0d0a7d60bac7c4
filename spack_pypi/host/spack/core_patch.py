"""The patch that gives Spack's own ``create`` the option ``--pypi``, made for this Spack.

It is made in a copy of that Spack, in which nothing of the user is visible: neither configuration
nor extensions, ours included. What is handed out was applied and tried there.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from ...errors import HostError
from ...files import file_bytes, yaml_text
from .core_edit import SENTENCE, has_option, with_option, with_tests
from .internals import WITHOUT_ENTRY_POINTS

_CREATE = "lib/spack/spack/cmd/create.py"
_TESTS = "lib/spack/spack/test/cmd/create.py"
_COMPLETIONS = ("share/spack/spack-completion.bash", "share/spack/spack-completion.fish")
_CHANGED = (_CREATE, _TESTS, *_COMPLETIONS)

#: What the copy needs to run, and Spack's own tests with it.
_COPIED = ("bin", "etc/spack/defaults", "lib", "share", "var/spack/test_repos")
_COPIED_FILES = (".gitattributes", "etc/spack/include.yaml", "pytest.ini")
_NOT_COPIED = ("lib/spack/docs", "share/spack/lmod", "share/spack/modules")

_EXTENSION = Path(__file__).resolve().parents[2] / "spack-pypi"

_MESSAGE = """\
create: --pypi hands over to the extension spack-pypi

A Python project declares in its metadata what a recipe says: what it needs,
in which versions, where, and how it is built. The extension spack-pypi reads
that and writes the missing recipes for the project and its dependencies.

A command extension can add commands of its own, but no option to a command
of Spack. With this change all that follows `spack create --pypi` goes to the
function `create` of the command `pypi`, where an extension has it; where none
does, the command says so. Nothing else of `spack create` changes.
"""


@dataclass(frozen=True)
class CorePatch:
    """The file that ``git am`` takes, and whether Spack's own tests of the option were run with
    it; they need pytest and clingo in the Python that runs Spack."""

    file: Path
    tested: bool


def make_core_patch(prefix: Path, output: Path) -> CorePatch | None:
    """Write the patch for the Spack in ``prefix`` into the folder ``output``; None where that
    Spack has the option already. Raises `HostError` where its source is not as known, where git
    does not know who the author is, or where the patched copy fails."""
    if has_option(_read(prefix / _CREATE)):
        return None
    author = _author()
    try:
        with tempfile.TemporaryDirectory(prefix="spack-pypi-") as folder:
            copy = _Copy(prefix, Path(folder), author)
            copy.check_completion()
            copy.edit()
            made = copy.patch()
            copy.try_option()
            tested = all(find_spec(module) for module in ("pytest", "clingo"))
            if tested:
                copy.run_tests()
            output.mkdir(parents=True, exist_ok=True)
            return CorePatch(Path(shutil.copy(made, output)), tested)
    except OSError as error:
        raise HostError(f"no patch is made: {error}") from None


class _Copy:
    """A copy of a Spack, as a git repository of the files that the patch changes."""

    def __init__(self, prefix: Path, folder: Path, author: Mapping[str, str]) -> None:
        self._prefix, self._folder, self._root = prefix, folder, folder / "spack"
        outside = ("GIT_", "PYTEST_", "SPACK_", "XDG_")
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(outside)}
        self._variables = {
            **inherited,
            **author,
            "GIT_CONFIG_NOSYSTEM": "1",
            "HOME": str(folder),
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "SPACK_PYTHON": sys.executable,
            "SPACK_SYSTEM_CONFIG_PATH": str(folder / "none"),
            "SPACK_USER_CACHE_PATH": str(folder / "cache"),
            "SPACK_USER_CONFIG_PATH": str(folder / "user"),
        }
        left_out = {str(prefix / name) for name in _NOT_COPIED}
        for name in _COPIED:
            if (prefix / name).is_dir():
                shutil.copytree(
                    prefix / name,
                    self._root / name,
                    symlinks=True,
                    ignore=lambda at, names: {n for n in names if os.path.join(at, n) in left_out},
                )
        for name in _COPIED_FILES:
            if (prefix / name).is_file():
                shutil.copy2(prefix / name, self._root / name)
        # The completions list the scopes that are there. That of the user holds that there are no
        # repos, as Spack would clone its own.
        if (prefix / "etc/spack/site").is_dir():
            (self._root / "etc/spack/site").mkdir()
        self._configure("user", "repos", {"repos:": {}})
        self._git("init", "--quiet")
        self._commit("base")

    def check_completion(self) -> None:
        """Raises `HostError` where Spack would write other completions without any change."""
        self._spack("commands", "--update-completion")
        if self._git("status", "--short", "--untracked-files=no"):
            raise HostError(
                f"the completions in {self._prefix} are out of date: the patch would contain them "
                "too; run 'spack commands --update-completion' there first"
            )

    def edit(self) -> None:
        """Change the sources, and what Spack makes of them."""
        for name, change in ((_CREATE, with_option), (_TESTS, with_tests)):
            text = change(_read(self._root / name))
            (self._root / name).write_bytes(text.encode("utf-8"))
        self._spack("commands", "--update-completion")

    def patch(self) -> Path:
        """Commit the change and apply the patch of it; the file that ``git am`` takes."""
        self._commit(_MESSAGE)
        file = self._git("format-patch", "--no-signature", "-1").strip()
        self._git("reset", "--quiet", "--hard", "HEAD~1")
        self._git("am", "--quiet", file)
        return self._root / file

    def try_option(self) -> None:
        """Raises `HostError` where the option does not do what it should, with our extension or
        without."""
        scope = self._configure("scope", "config", {"config": {"extensions": [str(_EXTENSION)]}})
        for expected, code, arguments in (
            ("--pypi", 0, ["create", "--help"]),
            (SENTENCE, 1, ["create", "--pypi", "requests"]),
            ("--index-url", 0, ["-C", scope, "create", "--pypi", "--help"]),
        ):
            said = self._spack(*arguments, code=code)
            if expected not in said:
                raise HostError(
                    f"'spack {' '.join(arguments)}' of the patched Spack lacks '{expected}'"
                )

    def run_tests(self) -> None:
        """Run Spack's own tests of the option; raises `HostError` where one fails."""
        self._spack("unit-test", _TESTS, "-k", "pypi")

    def _configure(self, scope: str, section: str, settings: object) -> str:
        """Write a section of a configuration scope; the path of the scope."""
        (self._folder / scope).mkdir()
        (self._folder / scope / f"{section}.yaml").write_text(yaml_text(settings))
        return str(self._folder / scope)

    def _commit(self, message: str) -> None:
        self._git("add", "--", *_CHANGED)
        self._git("commit", "--quiet", "--message", message)

    def _git(self, *arguments: str) -> str:
        return self._run(["git"], arguments)

    def _spack(self, *arguments: str, code: int = 0) -> str:
        program = [sys.executable, "-c", WITHOUT_ENTRY_POINTS, "bin/spack"]
        return self._run(program, arguments, code)

    def _run(self, program: Sequence[str], arguments: Sequence[str], code: int = 0) -> str:
        """What a program says in the copy; raises `HostError` for another exit code."""
        done = _done([*program, *arguments], cwd=self._root, env=self._variables)
        if done.returncode != code:
            last = (done.stdout.strip().splitlines() or ["no output"])[-1]
            raise HostError(
                f"no patch is made: in a copy of {self._prefix}, '{program[-1]} "
                f"{' '.join(arguments)}' ends with {done.returncode}, not {code}: {last}"
            )
        return done.stdout


def _author() -> Mapping[str, str]:
    """The identity that the user's git commits with, as variables of git."""
    done = _done(["git", "-c", "user.useConfigOnly=true", "var", "GIT_AUTHOR_IDENT"])
    said = re.match(r"(.+) <(.+)> ", done.stdout)
    if done.returncode or said is None:
        raise HostError(
            "git does not know the author of the patch; set it with 'git config --global "
            "user.name NAME' and 'git config --global user.email ADDRESS'"
        )
    name, email = said.groups()
    return {
        "GIT_AUTHOR_NAME": name,
        "GIT_AUTHOR_EMAIL": email,
        "GIT_COMMITTER_NAME": name,
        "GIT_COMMITTER_EMAIL": email,
    }


def _done(
    command: Sequence[str], cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """A command that has ended, both its outputs in one."""
    try:
        return subprocess.run(
            command,
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    except OSError as error:
        raise HostError(f"{command[0]} cannot be run: {error.strerror}") from None


def _read(file: Path) -> str:
    try:
        return file_bytes(file).decode("utf-8")
    except OSError as error:
        raise HostError(f"{file} cannot be read: {error.strerror}") from None
