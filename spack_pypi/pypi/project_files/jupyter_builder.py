"""What the build hook of hatch-jupyter-builder does with an archive: it makes files by a program
of JavaScript, unless they are there, and ends if some are not there then.

https://hatch-jupyter-builder.readthedocs.io/en/latest/source/get_started/config.html
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from posixpath import normpath
from typing import Any, NamedTuple

from . import toml
from .toml import at, strings

HOOK = "jupyter-builder"
_NPM_BUILDER = "hatch_jupyter_builder.npm_builder"


class JupyterBuild(NamedTuple):
    """``program``: the one that is run in any case, empty for none; ``lacks`` says what the hook
    does with the files at ``path``, which are not there, so that it ends with an error; empty
    where nothing is known to be missing. ``line`` is that of its table in pyproject.toml."""

    program: str = ""
    lacks: str = ""
    path: str = ""
    line: int = 0

    @property
    def programs(self) -> list[tuple[str, str, int, bool]]:
        """The program as `build_hooks` has them, but for those that its own package, and that of
        JupyterLab, run themselves, and so bring."""
        brought = ("", "npm", "jlpm", "jupyter")
        return (
            [] if self.program in brought else [(self.program, "pyproject.toml", self.line, True)]
        )


def read(text: str, files: Collection[str]) -> JupyterBuild:
    """What the hook does that a pyproject.toml configures, by the ``files`` of the archive."""
    hook = _table(text) if HOOK in text else None
    if hook is None or not files:
        return JupyterBuild()
    there = _There(files)
    line = next((n for n, each in enumerate(text.split("\n"), 1) if _is_header(each)), 1)
    function, skipping = hook.get("build-function"), strings(hook.get("skip-if-exists"))
    targets = [path for path in strings(hook.get("ensured-targets")) if path not in there]
    if not function or (skipping and all(path in there for path in skipping)):
        lacks = "asks for" if targets else ""
        return JupyterBuild("", lacks, targets[0] if targets else "", line)
    given = hook.get("build-kwargs")
    build: Mapping[str, Any] = {
        name.replace("-", "_"): value
        for name, value in (given if isinstance(given, dict) else {}).items()
    }
    # With both, it is made only if it is not newer than that.
    if function != _NPM_BUILDER or {"build_dir", "source_dir"} <= build.keys():
        return JupyterBuild(line=line)
    program, folder = _program(build.get("npm")), build.get("path", ".")
    lacks = f"runs {program} in" if isinstance(folder, str) and folder not in there else ""
    return JupyterBuild(program, lacks, str(folder) if lacks else "", line)


def _table(text: str) -> Mapping[str, Any] | None:
    """The table of the hook; None where it is not used for wheels."""
    try:
        pyproject: Any = toml.loads(text)
    except ValueError:
        return None
    build = at(pyproject, "tool", "hatch", "build")
    for table in (at(build, "targets", "wheel"), build):
        hook = at(table, "hooks", HOOK)
        if isinstance(hook, dict):
            return hook if hook.get("enable-by-default", True) is not False else None
    return None


def _is_header(line: str) -> bool:
    return line.startswith("[") and line.rstrip().endswith((f"{HOOK}]", f'"{HOOK}"]'))


def _program(npm: Any) -> str:
    """A program, or one with its arguments."""
    words: Sequence[str] = npm.split() if isinstance(npm, str) else strings(npm)
    return words[0] if words else "npm"


class _There:
    """The files and folders of an archive."""

    def __init__(self, files: Collection[str]) -> None:
        self._files = files

    def __contains__(self, path: str) -> bool:
        plain = normpath(path)
        return (
            plain in (".", *self._files)
            or plain.startswith(("/", ".."))
            or any(file.startswith(f"{plain}/") for file in self._files)
        )
