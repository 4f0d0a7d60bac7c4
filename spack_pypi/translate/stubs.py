"""Source archives from which nothing can be built: those that only download a wheel from
elsewhere, those that only fail, to say that another project is meant, and those that lack a file
which their setup.py or a build hook uses in any case, or have no folder."""

from __future__ import annotations

from typing import NamedTuple

from ..pypi.model import Source, at

#: Backends that build nothing, and what they are called:
#: https://github.com/wheel-next/wheel-stub
_DOWNLOADING = {"wheel_stub": "wheel-stub", "nvidia_stub": "nvidia-stub"}
#: Arguments of ``setup()`` that name what is installed, or required.
_CONTENTS = {
    "cffi_modules",
    "data_files",
    "entry_points",
    "ext_modules",
    "install_requires",
    "package_dir",
    "packages",
    "pbr",
    "py_modules",
    "rust_extensions",
    "scripts",
}


class Unbuildable(NamedTuple):
    """Why nothing can be built from a source archive, and what to do, as clauses."""

    reason: str
    way_out: str

    def __str__(self) -> str:
        return f"{self.reason}: {self.way_out}"


def stub(source: Source) -> Unbuildable | None:
    """Why nothing can be built from a source archive, whatever is done; None where something
    can."""
    backend = _DOWNLOADING.get(source.backend.split(".")[0])
    if backend:
        said = at(source.pyproject, "tool", "wheel_stub", "index_url")
        where = said if isinstance(said, str) and said.startswith("https://") else "another index"
        return Unbuildable(
            f"its source archive has no sources: its backend, {backend}, downloads a wheel from "
            f"{where}",
            "name that index (--index NAME=URL:PROJECT)",
        )
    if source.at_top == {""}:
        return Unbuildable(
            "its source archive has no files in a folder of its own, in which it would be built",
            "name another release, or the repository that has its sources",
        )
    called = source.setup_py
    if called is None or source.pyproject is not None or called.names is None:
        return None
    contents = [name for name in _CONTENTS & {*called.names} if called.keywords.get(name, True)]
    in_cfg = any(f"\n{name}" in source.setup_cfg.replace(" ", "") for name in _CONTENTS)
    if called.fails == "always" or (called.fails and not contents and not in_cfg):
        return Unbuildable(
            "its setup.py only fails, so that nobody installs it",
            "name the project that is meant",
        )
    return None


def lacking(source: Source, runs_setup_py: bool) -> Unbuildable | None:
    """Which files the setup.py of a source archive, or a build hook, uses in any case that the
    archive does not have; None where it lacks none."""
    hook = source.jupyter
    if source.backend == "hatchling.build" and hook.lacks:
        return _lacks(f"build hook {hook.lacks} {hook.path} (pyproject.toml:{hook.line})")
    if not runs_setup_py or source.setup_py is None or not source.at_top:
        return None
    opened = [(path, line) for path, line in source.setup_py.opened if path not in source.at_top]
    if not opened:
        return None
    (path, line), *others = opened
    more = f", and {len(others)} more" if others else ""
    return _lacks(f"setup.py reads {path} (line {line}){more}")


def _lacks(does: str) -> Unbuildable:
    return Unbuildable(
        f"its {does}, which its source archive lacks",
        "write it with --allow-omissions and add the file in a patch",
    )
