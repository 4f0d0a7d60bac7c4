"""The host that runs us: Spack's repos, classes, solver and audit."""

from __future__ import annotations

import io
import re
import shutil
from itertools import accumulate
from pathlib import Path

import spack
import spack.paths
import spack.util.spack_yaml

from ...files import private_folder
from .evaluator import SpackEvaluator, index_url, packages_url
from .externals import SpackExternals
from .install import SpackInstaller
from .internals import parse_addresses_once
from .repos import SpackRepos
from .solver import SpackSolver
from .sources import SpackSources
from .staging import SpackWriter
from .store import SpackStore

#: Deeper than any file needs. Spack's reader takes seconds to fail at what is deeper than Python
#: allows.
_DEEPEST = 100
_TOO_DEEP = re.compile(rf"(?:[-?:] ){{{_DEEPEST}}}")


class SpackHost:
    """A `Host` that is the Spack in whose interpreter we run."""

    checks = True

    def __init__(self) -> None:
        parse_addresses_once()
        self.name = "Spack " + re.sub(r"\s.*", "", spack.spack_version)
        self.command = "spack" if shutil.which("spack") else spack.paths.spack_script
        self.cache = private_folder(Path(spack.paths.user_cache_path) / "pypi")
        self.repos = SpackRepos(self.cache)
        self.evaluator = SpackEvaluator()
        self.writer = SpackWriter(self.repos)
        self.solver = SpackSolver()
        self.installer = SpackInstaller(self.cache / "trials")
        self.sources = SpackSources(self.solver)
        self.store = SpackStore()
        self.externals = SpackExternals(self.cache / "trials")

    def index_url(self) -> str | None:
        return index_url()

    def packages_url(self) -> str | None:
        return packages_url()

    def yaml(self, text: str) -> object:
        if _TOO_DEEP.search(text) or _depth(text) > _DEEPEST:
            raise ValueError("it is nested too deeply")
        stream = io.StringIO(text)
        stream.name = "it"  # for its messages
        try:
            return spack.util.spack_yaml.load(stream)
        except Exception as error:
            # Its reader lets errors of Python's own pass.
            place = re.search(r"near it, (\d+), \d+: (.*)", str(error))
            reason = f"line {int(place[1]) + 1}: {place[2]}" if place else str(error)
            raise ValueError(reason) from None

    def basis(self) -> str | None:
        return self.repos.basis()

    def only(self, root: Path) -> SpackHost:
        self.repos.use(str(root))
        return SpackHost()

    def spack_prefix(self) -> Path:
        return Path(spack.paths.prefix)

    def close(self) -> None:
        self.repos.close()


def _depth(text: str) -> int:
    """How deep brackets are nested at the most."""
    steps = ((each in "[{") - (each in "]}") for each in text)
    return max(accumulate(steps), default=0)
