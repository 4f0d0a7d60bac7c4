"""What a person would add to a recipe of another build system (CMakePackage and the like), which
is made from a repository that has a Python project, too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..errors import SpackPyPIError
from ..host.port import Host
from ..pypi.archives.tree_metadata import NO_PROJECT
from ..pypi.model import Index, Release
from ..translate.builds import builds
from ..translate.spelling import meant

if TYPE_CHECKING:
    from .outdated import Outdated


def proposed_version(index: Index, host: Host, outdated: Outdated) -> str:
    """The newest version, and how what its Python project requires differs from the version that
    is listed; such a recipe has lines of its own for that, which only a person can compare. Empty
    if its repository has no newer tag."""
    newest = outdated.offered
    if newest is None or newest.git is None:
        return ""
    at, version = newest.git, str(newest.version)
    line = f'version("{version}", tag="{at.tag}", commit="{at.commit}"'
    recipe = host.evaluator.meaning(outdated.package) if host.checks else None
    listed = recipe.versions if recipe is not None else ()
    before = next((v for v in listed if meant(v.text) == outdated.version), None)
    options = before.git if before is not None else None
    line += ", submodules=True" if options is not None and options.submodules else ""
    line += ", get_full_repo=True" if options is not None and options.history else ""
    return "\n".join([f"{line})", *_changed(index, outdated, newest)])


def _changed(index: Index, outdated: Outdated, newest: Release) -> Iterator[str]:
    """How the requirements of the Python project have changed, as comments."""
    page = index.project(outdated.project)
    older = next((r for r in page.releases if r.version == outdated.version), None)
    try:
        after = _required(index, newest)
        before = _required(index, older) if older is not None else None
    except SpackPyPIError as failure:
        yield f"# what its Python project requires is not known: {failure}"
        return
    if isinstance(after, str):
        where = " at its top" if after == NO_PROJECT else ""
        yield f"# what its Python project requires is not known: {after}{where}"
    elif before is None or isinstance(before, str):
        yield f"# its Python project requires, to run or to be built: {', '.join(after)}"
    else:
        new = [text for text in after if text not in before]
        gone = [text for text in before if text not in after]
        lines = [f"# its Python project requires now: {', '.join(new)}"] if new else []
        lines += [f"# it no longer requires: {', '.join(gone)}"] if gone else []
        yield from lines or ["# its Python project requires what it did before"]


def _required(index: Index, release: Release) -> list[str] | str:
    """What a release requires to run and to be built; or why that is not known."""
    metadata = index.metadata(release)
    if metadata.requires_dist is None:
        return metadata.problem
    built = builds(index.source(release), release).requirements
    python = f"python{metadata.requires_python}" if metadata.requires_python else ""
    return sorted({*filter(None, [python]), *metadata.requires_dist, *built})
