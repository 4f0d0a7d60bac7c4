"""What Spack has installed: its database, its environments and their views, its reader of ELF."""

from __future__ import annotations

import io
import json
import os
import struct
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Callable

import spack.cmd
import spack.deptypes
import spack.environment
import spack.error
import spack.spec
import spack.store
import spack.traverse
import spack.util.elf

from ...errors import HostError, SpackPyPIError, UsageError
from ...files import may_block, open_to_read, small_text
from ..port import InstalledPackage, Linked, Runtime
from .reasons import in_short

#: The most libraries, and the most folders, that a file may name: ten times what large ones do.
_MOST = 1000
#: The longest record of what a package installed that is read, bytes: a large Python's has 5 MB.
_LONGEST_MANIFEST = 64 << 20
#: Where Spack keeps what a package needs while it runs.
_RUNNING = spack.deptypes.LINK | spack.deptypes.RUN


class SpackStore:
    """A `Store` that is the database of this Spack."""

    def __init__(self) -> None:
        self._names: dict[InstalledPackage, frozenset[str]] = {}

    def runtimes(self, names: Sequence[str]) -> Sequence[Runtime]:
        if names:
            return [each for name in names for each in self._named(name)]
        active = spack.environment.active_environment()
        if active is not None:
            return list(_of_environment(active))
        explicit = spack.store.STORE.db.query(installed=True, explicit=True)
        found = [_runtime([spec]) for spec in sorted(explicit)]
        return [each for each in found if each.python is not None and not each.roots[0].external]

    def _named(self, name: str) -> Iterable[Runtime]:
        if spack.environment.is_env_dir(name):
            return _read(name, spack.environment.Environment)
        if spack.environment.exists(name):
            return _read(name, spack.environment.read)
        try:
            wanted = spack.cmd.parse_specs([name])
            installed = [
                spec
                for each in wanted
                for spec in spack.store.STORE.db.query(each, installed=True)
            ]
        except (spack.error.SpackError, spack.error.SpecSyntaxError) as error:
            raise UsageError(f"'{name}' is not a spec: {str(error).splitlines()[0]}") from None
        if not installed:
            raise HostError(
                f"'{name}' is neither installed nor an environment: spack install {name}"
            )
        return [_runtime([spec]) for spec in sorted(installed)]

    def linked(self, file: Path) -> Linked | None:
        if not file.is_file():  # a folder, a pipe, or nothing
            return None
        try:
            with open_to_read(file) as stream:
                if stream.read(4) != b"\x7fELF":
                    return None
                stream.seek(0)
                elf = spack.util.elf.parse_elf(
                    _Bounded(stream, os.fstat(stream.fileno()).st_size), dynamic_section=True
                )
        except (
            spack.util.elf.ElfParsingError,
            OSError,
            ValueError,
            struct.error,
            OverflowError,
        ) as error:
            raise ValueError(str(error) or type(error).__name__) from None
        if not elf.has_pt_dynamic:
            return None
        folders = (
            [os.fsdecode(each) for each in elf.dt_rpath_str.split(b":")] if elf.has_rpath else []
        )
        needed = [os.fsdecode(each) for each in elf.dt_needed_strs] if elf.has_needed else []
        if len(needed) > _MOST or len(folders) > _MOST:
            raise ValueError(f"it names more than {_MOST:,} libraries or folders")
        is_runpath = elf.has_rpath and elf.is_runpath
        return Linked(tuple(needed), tuple(filter(None, folders)), bool(is_runpath))

    def had(self, package: InstalledPackage, name: str) -> bool:
        if package not in self._names:
            self._names[package] = frozenset(map(os.path.basename, _manifest(package.prefix)))
        return name in self._names[package]


def _manifest(prefix: Path) -> Collection[str]:
    """The paths that Spack recorded when it installed a package."""
    layout = spack.store.STORE.layout
    file = prefix / layout.metadata_dir / layout.manifest_file_name
    try:
        recorded = json.loads(small_text(file, _LONGEST_MANIFEST) or "{}")
    except (ValueError, RecursionError):
        return ()
    return recorded if isinstance(recorded, dict) else ()


class _Bounded:
    """A file of which no more is read at once than it has: a header may say any size."""

    def __init__(self, stream: io.BufferedReader, size: int) -> None:
        self._stream, self._size = stream, size
        self.seek, self.tell = stream.seek, stream.tell

    def read(self, size: int = -1) -> bytes:
        return self._stream.read(min(size, self._size) if size >= 0 else self._size)


def _read(name: str, read: Callable[[str], Any]) -> list[Runtime]:
    """What is installed of an environment. Raises `HostError` for one that Spack cannot read."""
    for file in (Path(name, "spack.yaml"), Path(name, "spack.lock")):
        if may_block(file):
            raise UsageError(f"{file} is a pipe or a device: no environment is there")
    try:
        return list(_of_environment(read(name)))
    except (SpackPyPIError, spack.error.SpackError):
        raise
    except Exception as error:
        # Any exception: whatever Spack's reader makes of a damaged file.
        raise HostError(
            f"the environment {name} cannot be read ({type(error).__name__}: {in_short(error)}): "
            f"spack -e {name} concretize --force writes its spack.lock anew"
        ) from None


def _of_environment(environment: Any) -> Iterator[Runtime]:
    """One for each view, else one for all that the environment has."""
    roots = list(environment.concrete_roots())
    name = environment.name
    if not roots:
        raise HostError(f"the environment {name} is not concretized: spack -e {name} install")
    there = [spec for spec in roots if spec.installed]
    lacking = tuple(str(s.format("{name}@{version}/{hash:7}")) for s in roots if not s.installed)
    views = list(environment.views.values())
    for view in views:
        inside = [spec for spec in there if spec in view]
        if inside or lacking:
            yield _runtime(inside, Path(view.root), name, lacking)
    if not views:
        yield _runtime(there, None, name, lacking)


def _runtime(
    roots: Sequence[Any],
    view: Path | None = None,
    environment: str = "",
    lacking: tuple[str, ...] = (),
) -> Runtime:
    order = spack.traverse.traverse_nodes(
        roots, order="topo", deptype=_RUNNING, key=spack.traverse.by_dag_hash
    )
    nodes = [_package(spec) for spec in order]
    python = next((node for node in nodes if node.name == "python"), None)
    return Runtime(
        tuple(map(_package, roots)),
        tuple(node for node in nodes if node.name != "python"),
        python,
        view,
        environment,
        lacking,
    )


def _package(spec: Any) -> InstalledPackage:
    return InstalledPackage(
        spec.name, str(spec.version), spec.dag_hash(), Path(str(spec.prefix)), bool(spec.external)
    )
