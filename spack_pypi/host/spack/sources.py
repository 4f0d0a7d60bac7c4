"""The files that Spack needs to install specs where there is no network, and copies of its repos.

Spack itself says where each file lies in a mirror, and fetches what no package index has, with the
classes that ``spack mirror create`` uses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path, PurePosixPath
from typing import Any

import spack.caches
import spack.config
import spack.repo
import spack.spec

from ...errors import HostError
from .. import repo_copy, repo_folder
from ..child import in_child
from ..port import CopiedRepo, Needed, SourceFile
from ..repository_archives import date_files
from .reasons import in_short
from .solver import SpackSolver, concrete, solve

_SHA256 = re.compile(r"[0-9a-f]{64}")
#: Packages by which others are built, and what these fetch then: no recipe lists it.
_FETCHING = {"rust": "crates (cargo)", "go": "modules (go)", "npm": "packages (npm)"}
#: Where a file comes from: a concrete spec, the hash of the package in it, which of its stages.
_Origin = tuple[Any, str, int]


class SpackSources:
    """The `Sources` of the Spack in whose interpreter we run."""

    def __init__(self, solver: SpackSolver) -> None:
        self._solver = solver
        self._origins: dict[str, _Origin] = {}

    def make_repo(self, root: Path) -> None:
        for repo in spack.repo.PATH.repos:
            if repo.namespace == root.name and Path(repo.root).resolve() != root.resolve():
                raise HostError(
                    f"the repo {repo.root} has the namespace '{root.name}' already: choose another"
                    " one for the bundle with --namespace"
                )
        repo_folder.make_repo(root)

    def needed(self, specs: Sequence[str], deprecated: bool = False) -> Needed:
        unavailable = self._solver.unavailable()
        if unavailable:
            raise HostError(f"cannot say what an installation needs: {unavailable}")
        # Else the solver would take what is installed here, and needs no sources.
        with spack.config.override("concretizer:reuse", False):
            needed, roots, origins = solve(_needed, specs, deprecated)
        self._origins.update(
            {path: (roots[at], key, number) for path, (at, key, number) in origins.items()}
        )
        return needed

    def fetch(self, file: SourceFile, mirror: Path) -> str:
        root, key, number = self._origins[file.path]
        spec = next(node for node in root.traverse() if node.dag_hash() == key)
        return in_child(f"fetching {file.label}", _fetch, spec, number, mirror)

    def copy_repos(self, folder: Path, scratch: Path, but: Path) -> Sequence[CopiedRepo]:
        found = []
        for repo in spack.repo.PATH.repos:
            root = Path(repo.root)
            if root.resolve() != but.resolve():
                copied, new = repo_copy.copy(root, str(repo.namespace), folder, scratch)
                commit = repo_copy.commit_of(root)
                found.append(CopiedRepo(str(repo.namespace), copied, commit, new))
        return found


def _needed(
    specs: Sequence[str], deprecated: bool
) -> tuple[Needed, list[Any], dict[str, tuple[int, str, int]]]:
    """See `Sources.needed`; also the concrete specs, and by its path where each file comes from:
    of which of them, of which package (hash) that it needs, and which of its stages."""
    roots, reason = concrete(specs, deprecated)
    nodes = {node: at for at, root in enumerate(roots) for node in root.traverse()}
    files: dict[str, SourceFile] = {}
    origins: dict[str, tuple[int, str, int]] = {}
    unknown, fetching = [], []
    for node in sorted(nodes, key=lambda each: (each.name, each.version)):
        label = f"{node.name}@{node.version}"
        if node.external or not node.package.has_code:
            continue
        try:
            for number, stage in _stages(node):
                file = _file(node, stage)
                files[file.path] = file
                origins[file.path] = (nodes[node], node.dag_hash(), number)
        except Exception as error:
            # Any exception: a recipe may compute its addresses.
            unknown.append((label, in_short(error)))
        builders = {each.name for each in node.dependencies(deptype="build")}
        fetching += [(label, what) for name, what in _FETCHING.items() if name in builders]
    externals = sorted({f"{n.name}@{n.version}" for n in nodes if n.external})
    platform = next((str(root.architecture) for root in roots), "")
    needed = Needed(
        tuple(files.values()), tuple(unknown), tuple(fetching), tuple(externals), platform, reason
    )
    return needed, roots, origins


def _stages(node: Any) -> Iterator[tuple[int, Any]]:
    """What is fetched for a package, with its number: its archive, resources and patches."""
    import spack.fetch_strategy

    for number, stage in enumerate(node.package.stage):
        fetcher = getattr(stage, "default_fetcher", None)
        if not isinstance(fetcher, spack.fetch_strategy.BundleFetchStrategy):
            yield number, stage


def _file(node: Any, stage: Any) -> SourceFile:
    """Raises `HostError` for what no mirror can hold."""
    layout = getattr(stage, "mirror_layout", None)
    if layout is None:
        raise HostError("it is built in a folder of this machine (spack develop)")
    path = PurePosixPath(*Path(layout.path).parts)
    if path.is_absolute() or ".." in path.parts:
        raise HostError(f"its recipe leads out of a mirror, to {path}")
    digest = str(getattr(stage.default_fetcher, "digest", None) or "").lower()
    sha256 = digest if _SHA256.fullmatch(digest) else ""
    return SourceFile(node.name, str(node.version), str(path), sha256)


class _Counted:
    """To whom Spack's stages report what they put into a mirror; ``spack mirror create`` counts
    it."""

    def already_existed(self, path: str) -> None:
        """Called by Spack."""

    def added(self, path: str) -> None:
        """Called by Spack."""


def _fetch(spec: Any, number: int, mirror: Path) -> str:
    """See `Sources.fetch`. In a child: Spack changes folders, and prints."""
    import spack.fetch_strategy

    with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
        stage = spec.package.stage[number]
        try:
            with stage:
                cache = spack.caches.MirrorCache(str(mirror), skip_unstable_versions=False)
                stage.cache_mirror(cache, _Counted())
                if isinstance(stage.default_fetcher, spack.fetch_strategy.VCSFetchStrategy):
                    date_files(mirror / stage.mirror_layout.path)
        except Exception as error:
            # Any exception: it may come from any server.
            where = getattr(stage.default_fetcher, "url", None)
            said = in_short(error)
            return f"cannot be fetched from {where} ({said})" if where else said
    return ""
