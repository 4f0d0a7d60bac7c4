"""Install staged recipes for real: by a Spack of its own configuration, store and mirror.

What is built never touches the user's store; nothing of the user's configuration but packages
(externals, preferences), compilers and repos is used. All of it is in one folder of our cache,
so that what was built once is not built again. Spack is called as a user calls it: the commands
are the same in all versions, the classes behind them are not.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Callable

import spack.config
import spack.paths
import spack.repo

from ...errors import HostError
from ...files import file_text, open_to_read, yaml_text
from .. import repo_folder
from ..port import Archive, Failure, Installed, Staging, Undeclared
from .internals import build_log, installed, not_fetched

#: How much of a build log is taken: its cause may stand far from its end.
_LOG_LINES = 2000
#: What is read of one for these, bytes.
_LOG_END = 4 << 20
_PROBE = Path(__file__).with_name("probe.py")
_LIST_MODULES = Path(__file__).with_name("list_modules.py")
#: Sections of the configuration that are the user's own, as they are in force.
_KEPT_SECTIONS = ("packages", "compilers", "toolchains")


class SpackInstaller:
    """An `Installer` whose store is in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def install(
        self, staging: Staging, spec: str, fill: Callable[[Sequence[Archive], Path], None]
    ) -> Installed:
        # The same in each run, so that what was built of the same recipes is found again.
        namespace = f"{staging.target.namespace}_trial"
        recipes = staging.folders.values()
        with Installation(self._folder, namespace, recipes) as installation:
            return installation.install(spec, fill)


class Installation:
    """A folder with a store and a mirror, in which a spec is installed with further recipes, of
    which the folders are given. A context manager: each has a scope, an environment and a repo of
    its own, so that several may be under way at once."""

    def __init__(self, folder: Path, namespace: str, recipes: Iterable[Path]) -> None:
        self._folder, self._namespace, self._recipes = folder, namespace, recipes
        self._mirror, self._store = folder / "mirror", folder / "store"

    def __enter__(self) -> Installation:
        for name in ("mirror", "store", "stage"):
            (self._folder / name).mkdir(parents=True, exist_ok=True)
        self._run = Path(tempfile.mkdtemp(prefix="run-", dir=self._folder))
        self._environment = self._run / "environment"
        self._environment.mkdir()
        root = self._run / "spack_repo" / self._namespace
        repo_folder.make_repo(root)
        for recipe in self._recipes:
            shutil.copytree(str(recipe), str(root / "packages" / recipe.name))
        below = [r.root for r in spack.repo.PATH.repos if not repo_folder.is_staged(r.namespace)]
        self._write_scope([str(root), *below])
        return self

    def __exit__(self, *exc: object) -> None:
        shutil.rmtree(str(self._run), ignore_errors=True)

    def install(self, spec: str, fill: Callable[[Sequence[Archive], Path], None]) -> Installed:
        """As `Installer.install`."""
        built = self.build(spec, fill)
        return built if isinstance(built, Installed) else self._probe(spec, *built)

    def build(
        self, spec: str, fill: Callable[[Sequence[Archive], Path], None] | None = None
    ) -> Installed | tuple[InstalledGraph, Sequence[str], Mapping[str, str]]:
        """Install a spec without looking at what is installed: its graph, the labels of what was
        built of it, and the prefix of each hash; or why that failed."""
        environment = str(self._environment)
        _write(self._environment / "spack.yaml", {"spack": {"specs": [spec], "view": False}})
        done = self._spack("-e", environment, "concretize", "--force")
        lock = self._environment / "spack.lock"
        if done.returncode or not lock.exists():
            return Installed(spec, failure=Failure(spec, "concretize", _last(done.stdout)))
        graph = InstalledGraph(json.loads(file_text(lock)))
        if fill is not None:
            fill(graph.archives(installed(self._store)), self._mirror)
        started = time.time()
        done = self._spack("-e", environment, "install", "--fail-fast")
        there = installed(self._store)
        built = tuple(graph.label(key) for key in graph.packages if key in there)
        missing = [key for key in graph.packages if key not in there]
        if missing:
            return Installed(spec, built, failure=self._why(graph, missing, done.stdout, started))
        return graph, built, there

    def loaded(self, key: str) -> str:
        """What ``spack load`` says to a shell, for an installed package (its hash)."""
        done = self._spack("load", "--sh", f"/{key}", errors=subprocess.PIPE)
        if done.returncode:
            raise HostError(f"Spack cannot load what it has built: {_last(done.stderr)}")
        return done.stdout

    def _probe(
        self, spec: str, graph: InstalledGraph, built: Sequence[str], prefixes: Mapping[str, str]
    ) -> Installed:
        """Import what our recipes installed, as PythonPackage's own test does, and ask pip about
        the whole of it."""
        written = [k for k in graph.packages if graph.namespace(k) == self._namespace]
        looked_at = list(dict.fromkeys([graph.root, *written]))
        modules = self._modules_of(looked_at)
        venv = next((prefixes[k] for k in graph.named("python-venv") if k in prefixes), None)
        python = Path(venv) / "bin" / "python3" if venv else Path(sys.executable)
        pip = [p for k in graph.named("py-pip") for p in _site_packages(prefixes.get(k, ""))]
        imported: list[str] = []
        failed: dict[str, str] = {}
        undeclared: list[Undeclared] = []
        complaints: list[str] = []
        for key in looked_at:
            running = graph.running(key)
            question = {
                "modules": modules[key],
                "paths": [p for each in running for p in _site_packages(prefixes.get(each, ""))],
                "own": _site_packages(prefixes[key]),
                "pip": pip if key == graph.root else [],
            }
            done = subprocess.run(
                [str(python), "-E", "-s", str(_PROBE)],
                input=json.dumps(question),
                capture_output=True,
                text=True,
                cwd=str(self._environment),
                check=False,
            )
            try:
                answer: dict[str, Any] = json.loads(done.stdout)
            except ValueError:
                failure = Failure(graph.label(key), "import", _last(done.stderr))
                return Installed(spec, tuple(built), failure)
            imported += answer["imported"]
            failed.update(answer["failed"])
            undeclared += [Undeclared(*each) for each in answer["undeclared"]]
            complaints += answer["check"]
        return Installed(
            spec,
            tuple(built),
            imported=tuple(imported),
            not_imported=failed,
            undeclared=tuple(undeclared),
            pip_check=tuple(complaints),
        )

    def _modules_of(self, keys: Sequence[str]) -> dict[str, list[str]]:
        """PythonPackage's own list of what each installed package should let one import."""
        done = self._spack("python", str(_LIST_MODULES), *keys)
        for line in done.stdout.splitlines():
            if line.startswith("modules:"):
                found: dict[str, list[str]] = json.loads(line[len("modules:") :])
                return found
        raise HostError(
            f"Spack did not list the modules of the installed packages: {_last(done.stdout)}"
        )

    def _why(
        self, graph: InstalledGraph, missing: Sequence[str], output: str, started: float
    ) -> Failure:
        """The first package that failed: one whose build has left a log since it was ``started``
        (others are of former runs), else one that was not fetched."""
        for key in missing:
            log = build_log(self._folder / "stage", key, started)
            if log is not None:
                return Failure(graph.label(key), "build", _last(_end_of(log)), str(log))
        unfetched = not_fetched(output, missing)
        if unfetched is not None:
            return Failure(graph.label(unfetched[0]), "fetch", unfetched[1])
        return Failure(graph.label(graph.root), "install", _last(output))

    def _spack(
        self, *arguments: str, errors: int = subprocess.STDOUT
    ) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, spack.paths.spack_script]
        command += ["--color", "never", "-C", str(self._run / "scope"), *arguments]
        return subprocess.run(
            command,
            env={**plain_environment(), "SPACK_DISABLE_LOCAL_CONFIG": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            errors="replace",
            check=False,
        )

    def _write_scope(self, repos: Sequence[str]) -> None:
        """The configuration in force, but for where things lie. A key that ends in a colon
        replaces what lower scopes say."""
        scope, folder = self._run / "scope", self._folder
        scope.mkdir()
        for section in _KEPT_SECTIONS:
            try:
                found = spack.config.get(section)
            except Exception:
                continue  # a section that this Spack does not know
            if found:
                _write(scope / f"{section}.yaml", {f"{section}:": found})
        config = dict(spack.config.get("config"))
        config.pop("extensions", None)
        config.update(
            install_tree={"root": str(self._store)},
            build_stage=[str(folder / "stage")],
            test_stage=str(folder / "test"),
            source_cache=str(folder / "sources"),
        )
        _write(scope / "config.yaml", {"config:": config})
        ours = {"url": self._mirror.as_uri(), "source": True, "binary": False}
        mirrors = {"spack-pypi": ours, **(spack.config.get("mirrors") or {})}
        _write(scope / "mirrors.yaml", {"mirrors:": mirrors})
        by_namespace = {str(spack.repo.from_path(root).namespace): root for root in repos}
        _write(scope / "repos.yaml", {"repos:": by_namespace})
        _write(scope / "upstreams.yaml", {"upstreams:": {}})
        solver = {**(spack.config.get("concretizer") or {}), "reuse": False, "unify": True}
        _write(scope / "concretizer.yaml", {"concretizer:": solver})


def plain_environment() -> dict[str, str]:
    """The variables of this process, without what changes where a Python looks, and what of Spack
    is loaded or active."""
    left_out = ("SPACK_ENV", "SPACK_LOADED_HASHES", "PYTHONPATH", "PYTHONHOME")
    return {name: value for name, value in os.environ.items() if name not in left_out}


class InstalledGraph:
    """A concretized spec, as ``spack.lock`` writes it."""

    def __init__(self, lock: Mapping[str, Any]) -> None:
        self._nodes: Mapping[str, Mapping[str, Any]] = lock["concrete_specs"]
        self.root: str = lock["roots"][0]["hash"]
        #: Hashes of what would be built, dependencies first.
        self.packages: list[str] = []
        self._visit(self.root, set())

    def _visit(self, key: str, seen: set[str]) -> None:
        if key in seen:
            return
        seen.add(key)
        for edge in self._nodes[key].get("dependencies", ()):
            self._visit(edge["hash"], seen)
        if not self._nodes[key].get("external"):
            self.packages.append(key)

    def label(self, key: str) -> str:
        node = self._nodes[key]
        return f"{node['name']}@{node['version']}"

    def namespace(self, key: str) -> str:
        return str(self._nodes[key].get("namespace", ""))

    def named(self, name: str) -> list[str]:
        return [key for key, node in self._nodes.items() if node["name"] == name]

    def running(self, root: str) -> list[str]:
        """A hash, and those of all that it needs to run, but Python: what else is installed beside
        an external one is none of our business."""
        found: list[str] = []
        todo = [root]
        while todo:
            key = todo.pop()
            if key in found or self._nodes[key]["name"] == "python":
                continue
            found.append(key)
            for edge in self._nodes[key].get("dependencies", ()):
                if {"link", "run"} & set(edge.get("parameters", {}).get("deptypes", ())):
                    todo.append(edge["hash"])
        return found

    def archives(self, installed: Mapping[str, str]) -> list[Archive]:
        """What must be fetched for that which is not installed yet."""
        found = []
        for key in self.packages:
            node = self._nodes[key]
            sha256 = _sha256(node["name"], node["version"])
            if key not in installed and sha256:
                found.append(Archive(node["name"], node["version"], sha256))
        return found


def _sha256(package: str, version: str) -> str | None:
    for declared, arguments in spack.repo.PATH.get_pkg_class(package).versions.items():
        if str(declared) == version:
            found = arguments.get("sha256")
            return str(found) if found else None
    return None


def _site_packages(prefix: str) -> list[str]:
    """Where Python looks for modules in a prefix."""
    folders = Path(prefix).glob("lib*/python*/site-packages") if prefix else ()
    return sorted(str(folder) for folder in folders)


def _end_of(log: Path) -> str:
    """What matters of a build's log, which may be of any length; empty where it vanished."""
    with suppress(OSError), open_to_read(log) as stream:
        stream.seek(max(0, os.fstat(stream.fileno()).st_size - _LOG_END))
        return stream.read(_LOG_END).decode("utf-8", "replace")
    return ""


def _last(text: str) -> str:
    lines = [line.rstrip() for line in text.splitlines() if line.strip()]
    return "\n".join(lines[-_LOG_LINES:])


def _write(file: Path, value: Any) -> None:
    file.write_text(yaml_text(value) + "\n", encoding="utf-8")
