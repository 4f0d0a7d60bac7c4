"""Spack's audit of a few recipes, without what it does only for the audit of all.

What is changed in Spack for that is not offered by it: see `internals`. As there, Spack is
imported inside of functions.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any, cast


def audited(packages: Sequence[str], root: Path) -> Iterator[tuple[str, str]]:
    """What Spack's audit complains of, with the package where it names one: its errors are plain
    text. The paths of the recipes below ``root`` are left out: they lie there for a while only."""
    import spack.audit

    with _sources_read_once(), _virtuals_without_index():
        groups = spack.audit.run_group("packages", pkgs=list(packages))
    for _, errors in groups:
        for error in errors:
            text = " ".join([error.summary, *error.details])
            text = re.sub(rf"\s+in {re.escape(str(root))}\S*", "", text)
            words = re.findall(r"[\w-]+", text)
            package = next((name for name in packages if name in words), "")
            yield package, " ".join(text.split()).removeprefix(f"{package}: ")


@contextmanager
def _sources_read_once() -> Iterator[None]:
    """Spack's audit reads the source of each method of each package, and does so by tokenizing it:
    50 methods of PythonPackage for each recipe. Here each is read once."""
    getsource = inspect.getsource
    inspect.getsource = cast(Any, cache(getsource))
    try:
        yield
    finally:
        inspect.getsource = getsource


@contextmanager
def _virtuals_without_index() -> Iterator[None]:
    """To tell which names are virtual, Spack makes an index of all packages: about a minute on a
    fresh machine. A package says itself whether it is, and a name is that has providers in the
    settings, as all virtual ones of builtin have: only for other names the index is needed."""
    import spack.config
    import spack.repo

    asked = spack.repo.RepoPath.is_virtual
    provided = spack.config.get("packages:all:providers", {})

    @cache  # it is asked several times of each dependency of each recipe
    def is_virtual(repos: Any, name: str) -> bool:
        if repos.exists(name):
            # Any exception: one that does not load is the audit's to report.
            with suppress(Exception):
                return bool(repos.get_pkg_class(name).virtual)
        return name in provided or bool(asked(repos, name))

    spack.repo.RepoPath.is_virtual = cast(Any, is_virtual)
    try:
        yield
    finally:
        spack.repo.RepoPath.is_virtual = asked
