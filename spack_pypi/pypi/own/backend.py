"""A build backend that is asked for metadata, by the hooks of PEP 517. This runs the code of a
project, and of what builds it: only with ``--run-backend``.

Its environment is made for it and deleted. What the backend requires is installed there by pip,
from wheels only, so that no code runs before the backend does; that sees none of the user's
variables but a few that hold no secrets.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

from packaging.utils import canonicalize_name
from packaging.version import Version

from ...credentials import redacted
from ...errors import FileFailure, UsageError
from ...files import small_text
from .. import metadata as core_metadata
from ..limits import LARGEST_FILE, Damaged, core_fields, is_short, mib, too_many
from ..limits import requirement as parsed
from ..model import Metadata, Release, Settings, Source, at, strings

#: Seconds for all that is done for one tree.
PATIENCE = 900.0
#: The variables that a backend sees.
_KEPT = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "SYSTEMROOT", "TEMP", "TMP")
_COMPILERS = ("CC", "CXX", "FC", "CFLAGS", "CXXFLAGS", "FFLAGS", "CPPFLAGS", "LDFLAGS")
#: Variables that tell a backend the version, which it would look for in a history that is not
#: there. https://setuptools-scm.readthedocs.io/en/stable/overrides/
#: https://backend.pdm-project.org/metadata/#dynamic-project-version
#: https://docs.openstack.org/pbr/latest/user/packagers.html
_VERSION = (
    "SETUPTOOLS_SCM_PRETEND_VERSION",
    "PDM_BUILD_SCM_VERSION",
    "POETRY_DYNAMIC_VERSIONING_BYPASS",
    "PBR_VERSION",
)
#: How much of what was printed is repeated: bytes, lines, characters.
_TAIL, _LINES, _LONGEST = 8192, 3, 300
#: How much may be printed, bytes: it lies on the disk.
_MOST_PRINTED = 64 << 20


@dataclass(frozen=True)
class BackendAnswer:
    """What a backend says: the text of a METADATA file, and what it requires to build a wheel."""

    text: str
    requires: tuple[str, ...]

    def metadata(self, address: str, version: Version, named: str) -> Metadata:
        """The metadata, as that of a version. Raises `FileFailure` for invalid ones, and for those
        of another project than the tree says it is (``named``; empty where it does not say)."""
        try:
            raw, _ = core_fields(self.text)
        except Damaged as error:
            raise FileFailure(address, f"the metadata of its build backend {error}") from None
        name, said = raw.get("name", ""), raw.get("version", "")
        try:
            project = canonicalize_name(name, validate=True)
            own = Version(said if is_short(said) else "")
        except ValueError:
            reason = "its build backend says neither how it is called nor its version"
            raise FileFailure(address, reason) from None
        if named and canonicalize_name(named) != project:
            raise FileFailure(
                address,
                f"its files say that the project is called {named}, and its build backend "
                f"{project}: correct its name there",
            )
        found = core_metadata.from_wheel(self.text, Release(project, own, ()))
        return replace(found, version=str(version))

    def source(self, source: Source) -> Source:
        """What a tree says about its build, with what its backend requires."""
        table = at(source.pyproject, "build-system")
        table = table if isinstance(table, dict) else {"requires": ["setuptools"]}
        requires = [*strings(table.get("requires")), *self.requires]
        pyproject = {**(source.pyproject or {}), "build-system": {**table, "requires": requires}}
        return replace(source, pyproject=pyproject)


@dataclass(frozen=True)
class Backends:
    """Asks build backends. What they require is installed from the ``index``, and no other one."""

    index: Settings
    patience: float = PATIENCE

    def __post_init__(self) -> None:
        if find_spec("pyproject_hooks") is None:
            raise UsageError(
                f"--run-backend needs pyproject-hooks: {sys.executable} -m pip install "
                "pyproject-hooks"
            )

    def ask(self, address: str, tree: Path, source: Source, version: str) -> BackendAnswer:
        """What the backend of a tree says; asking may change the tree. A ``version`` that is not
        empty is passed to the backend. Messages name the ``address``. Raises `FileFailure`."""
        with tempfile.TemporaryDirectory(prefix="spack-pypi-backend-") as folder:
            run = _Run(address, Path(folder), time.monotonic() + self.patience, version)
            return self._asked(run, tree, source)

    def _asked(self, run: _Run, tree: Path, source: Source) -> BackendAnswer:
        from pyproject_hooks import BackendUnavailable, BuildBackendHookCaller

        table = at(source.pyproject, "build-system")
        requires = strings(at(table, "requires")) if isinstance(table, dict) else ["setuptools"]
        named = at(table, "build-backend")
        run.make_environment()
        run.install(requires, self.index)
        try:
            caller = BuildBackendHookCaller(
                str(tree),
                named if isinstance(named, str) else "setuptools.build_meta:__legacy__",
                backend_path=strings(at(table, "backend-path")) or None,
                runner=run.hook,
                python_executable=str(run.python),
            )
            more = caller.get_requires_for_build_wheel()
            if not isinstance(more, list) or len(strings(more)) < len(more) or too_many(more):
                raise run.failure("what it requires is not a list of requirements")
            run.install(more, self.index)
            where = run.folder / "metadata"
            where.mkdir()
            name = caller.prepare_metadata_for_build_wheel(str(where))
        except BackendUnavailable as error:
            raise run.failure(f"it cannot be imported: {_last(error.traceback or '')}") from None
        except (OSError, ValueError) as error:
            raise run.failure(str(error)) from None
        return BackendAnswer(run.metadata(where, name), tuple(more))


@dataclass
class _Run:
    """One question: a ``folder`` for its environment, and until when (`time.monotonic`)."""

    address: str
    folder: Path
    until: float
    version: str
    has_pip: bool = False

    @property
    def python(self) -> Path:
        scripts = "Scripts" if os.name == "nt" else "bin"
        return self.folder / "environment" / scripts / "python"

    def failure(self, reason: str) -> FileFailure:
        """The backend failed."""
        said = redacted(" ".join(reason.split()))[:_LONGEST]
        return FileFailure(self.address, f"its build backend failed: {said}")

    def make_environment(self) -> None:
        """Make the environment, without pip."""
        place = str(self.folder / "environment")
        command = [sys.executable, "-m", "venv", "--without-pip", place]
        self._run(command, self.folder, {**os.environ}, "no environment can be made for it")

    def install(self, requirements: Sequence[str], index: Settings) -> None:
        """Install requirements, without running code of theirs."""
        if not requirements:
            return
        options = ["--only-binary", ":all:", "--no-input", "--disable-pip-version-check", "-q"]
        options += ["--cert", index.verify] if isinstance(index.verify, str) else []
        options += ["--client-cert", index.client_cert] if index.client_cert else []
        listed = self.folder / "requirements.txt"
        # A file, as a requirement may look like an option; and it has no options of its own.
        lines = [line for line in requirements if parsed(line) is not None]
        if len(lines) < len(requirements):
            raise self.failure("what it requires is not a list of requirements")
        listed.write_text("\n".join(lines), "utf-8")
        what = "pip cannot install what it requires from wheels"
        # What the user's PYTHONPATH has is not there for the backend.
        module = [str(self.python), "-I", "-m"]
        if not self.has_pip:
            # It comes with Python.
            self._run([*module, "ensurepip"], self.folder, _of_pip(index), what)
            self.has_pip = True
        pip = [*module, "pip", "install", *options, "-r", str(listed)]
        self._run(pip, self.folder, _of_pip(index), what)

    def hook(
        self,
        cmd: Sequence[str],
        cwd: str | None = None,
        extra_environ: Mapping[str, str] | None = None,
    ) -> None:
        """Run a hook, as pyproject_hooks wants it."""
        kept = {k: v for k, v in os.environ.items() if k in (*_KEPT, *_COMPILERS)}
        home = self.folder / "home"
        home.mkdir(exist_ok=True)
        path = os.pathsep.join([str(self.python.parent), kept.pop("PATH", os.defpath)])
        version = dict.fromkeys(_VERSION, self.version) if self.version else {}
        variables = {**kept, **version, **(extra_environ or {}), "PATH": path, "HOME": str(home)}
        self._run(list(cmd), Path(cwd or self.folder), variables, "its build backend failed")

    def _run(self, command: list[str], cwd: Path, variables: Mapping[str, str], what: str) -> None:
        """Run a command with all that it starts. Raises `FileFailure`, with its last lines."""
        with tempfile.TemporaryFile() as printed:
            process = subprocess.Popen(
                command,
                cwd=cwd,
                env=dict(variables),
                stdin=subprocess.DEVNULL,
                stdout=printed,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            try:
                refused = self._refused(process, printed)
            finally:
                _end(process)
            if refused:
                raise FileFailure(self.address, f"{what}: {refused}")
            if process.returncode < 0:
                ended = f"it was ended by {signal.Signals(-process.returncode).name}"
                raise FileFailure(self.address, f"{what}: {ended}; {_tail(printed)}")
            if process.returncode:
                raise FileFailure(self.address, f"{what}: {_tail(printed)}")

    def _refused(self, process: subprocess.Popen[bytes], printed: IO[bytes]) -> str:
        """Wait until a program ends; why it is not waited for any longer, empty if it ended."""
        while time.monotonic() < self.until:
            with suppress(subprocess.TimeoutExpired):
                process.wait(min(1.0, max(0.0, self.until - time.monotonic())))
                return ""
            if os.fstat(printed.fileno()).st_size > _MOST_PRINTED:
                return f"it printed more than {mib(_MOST_PRINTED)}, the limit"
        return "it did not finish in time"

    def metadata(self, where: Path, name: Any) -> str:
        """The text of METADATA in the folder that the hook says it has made."""
        if not isinstance(name, str) or Path(name).name != name:
            raise self.failure("it does not say where the metadata is")
        file = where / name / "METADATA"
        text = None if file.is_symlink() else small_text(file, LARGEST_FILE)
        if text is None:
            raise self.failure("it made no METADATA file that can be read")
        return text


def _of_pip(index: Settings) -> Mapping[str, str]:
    """The variables of pip: the user's, with this index only, and without those that say where to
    install. Its credentials are not among the arguments, which other users of the machine see."""
    other = (
        "PIP_EXTRA_INDEX_URL",
        "PIP_FIND_LINKS",
        "PIP_NO_INDEX",
        "PIP_CONSTRAINT",
        "PIP_TARGET",
        "PIP_PREFIX",
        "PIP_ROOT",
        "PIP_USER",
    )
    kept = {k: v for k, v in os.environ.items() if k not in other}
    pair = index.credentials.for_url(index.url)
    user = ":".join(quote(each, safe="") for each in pair) + "@" if pair else ""
    url = index.url.replace("://", f"://{user}", 1)
    proxy = {"PIP_PROXY": index.proxies["https"]} if "https" in index.proxies else {}
    return {**kept, **proxy, "PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": url}


def _end(process: subprocess.Popen[bytes]) -> None:
    """End what a command has left running, and itself."""
    if os.name == "nt":
        process.kill()
    else:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _tail(printed: IO[bytes]) -> str:
    """The last lines of what was printed."""
    size = printed.seek(0, os.SEEK_END)
    printed.seek(max(0, size - _TAIL))
    return _last(printed.read().decode("utf-8", "replace"))


def _last(text: str) -> str:
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    return redacted(" / ".join(lines[-_LINES:]))[-_LONGEST:] or "it printed nothing"
