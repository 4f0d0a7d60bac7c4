"""Which modules show that a distribution can be imported."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from ...files import small_text
from ...prefixes.distributions import Distribution
from ..doctor.distributions import COMPILED, TESTS, files_of, top_level

#: Modules that are imported too: what a project is for, and its top-level module does not import.
_BELOW = {"mpi4py": ("mpi4py.MPI",)}
#: The longest ``top_level.txt``, bytes, and the most modules of a namespace that are imported.
_LONGEST = 1 << 16
_MOST = 20


def importable(found: Distribution) -> tuple[str, ...] | None:
    """The modules to import: those at the top, but for tests; of a namespace (PEP 420) those
    below it that lie highest. Empty where it installs none; None where nothing says that."""
    files = [PurePosixPath(each) for each in files_of(found)]
    if not files:
        return _said(found)
    names = dict.fromkeys(filter(None, (top_level(str(file)) for file in files)))
    packages = {file.parent.parts for file in files if file.name == "__init__.py"}
    modules: list[str] = []
    for name in names:
        if TESTS.fullmatch(name):
            continue
        below = sorted(parts for parts in packages if parts[0] == name)
        alone = [file for file in files if len(file.parts) == 1]
        if (name,) in packages or any(file.name.split(".")[0] == name for file in alone):
            modules.append(name)
        else:
            highest = [
                parts
                for parts in below
                if not any(parts[:n] in packages for n in range(len(parts)))
            ]
            usable = [parts for parts in highest if all(map(str.isidentifier, parts))]
            modules += [".".join(parts) for parts in usable[:_MOST]]
    return (*modules, *_BELOW.get(found.project, ()))


def _said(found: Distribution) -> tuple[str, ...] | None:
    """What ``top_level.txt`` of setuptools names, as far as it is there."""
    text = small_text(found.path / "top_level.txt", _LONGEST)
    if text is None:
        return None
    names = [name for name in text.split() if name.isidentifier() and not TESTS.fullmatch(name)]
    return tuple(name for name in names if _is_there(found.folder, name))


def _is_there(folder: Path, name: str) -> bool:
    if (folder / name / "__init__.py").is_file() or (folder / f"{name}.py").is_file():
        return True
    return any(COMPILED.fullmatch(file.name) for file in folder.glob(f"{name}.*"))
