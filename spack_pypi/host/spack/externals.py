"""Externals of the Spack in whose interpreter we run: its packages.yaml, and its solver."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from copy import deepcopy
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import spack.config
import spack.error
import spack.schema.packages
import spack.spec
import spack.util.spack_yaml
from spack.util.environment import set_env

from ...errors import HostError, UsageError, some_of
from ...files import read_text, replace_file
from ..packages_yaml import (
    different,
    entries,
    entry,
    ids,
    mark,
    merged,
    references,
    referring,
    together,
)
from ..port import Destination, External, PythonExternals, Written
from .internals import solved_together
from .loaded import not_imported
from .reasons import in_short, raise_if_environmental
from .solver import concrete, solve

_SCOPE = "externals of spack-pypi"
#: The scopes that are in force for all who use this Spack.
_SHARED = ("_builtin", "defaults", "system", "site", "spack")
#: Of how many externals that do not fit beside the others the reason is asked for: each takes as
#: long as all together.
_MOST_REASONS = 5
#: Of how many packages an error names each one.
_MOST_NAMED = 3
_HEADER = "# Written by `spack pypi externals`, which brings its entries up to date.\n"


class SpackExternals:
    """The `Externals` of the Spack in whose interpreter we run. What is built on them is in a
    ``folder`` of ours, for as long as that takes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def unusable(self, installed: PythonExternals, to: Destination) -> Mapping[str, str]:
        place = _place(to)
        place.check_ids(_entries(installed, place.visible))
        with self.using(installed, to):
            specs = [f"{each.package}@={each.version}" for each in installed.externals]
            prefixes = {each.package: str(each.prefix) for each in installed.externals}
            return solve(partial(_unusable, prefixes), specs, False)

    def not_imported(
        self,
        installed: PythonExternals,
        modules: Mapping[str, tuple[Path, Sequence[str]]],
        to: Destination,
    ) -> Mapping[str, str]:
        with self.using(installed, to):
            return not_imported(self._folder, installed.externals, modules)

    def using(self, installed: PythonExternals, to: Destination) -> AbstractContextManager[object]:
        """See `Externals.using`: the configuration as it would be. It replaces that in force:
        Spack would have earlier entries of ours beside these, with the same ids."""
        packages, prefix = spack.config.get("packages"), installed.prefix
        ours = _entries(installed, _place(to).visible)
        after = merged(packages, prefix, ours, buildable=True, prefixes=installed.others)
        scope = spack.config.InternalConfigScope(_SCOPE, {"packages:": after.packages})
        found: AbstractContextManager[object] = spack.config.override(scope)
        return found

    def write(self, installed: PythonExternals, to: Destination) -> Written:
        # It is read anew: what others wrote there while Spack concretized must stay.
        place = _place(to)
        ours = _entries(installed, place.visible)
        _check_readable(ours)
        place.check_ids(ours)
        after = merged(
            place.before,
            installed.prefix,
            ours,
            buildable=to.buildable,
            only=to.only,
            prefixes=installed.others,
        )
        place.check_references(after.packages)
        if after.packages != place.before and not to.dry_run:
            _write(after.packages, place.scope, to.file)
        return Written(place.path, after.changed, after.removed, after.kept)


class _Place(NamedTuple):
    """Where externals are written: a ``scope``, or a file with this ``path``. ``before`` is what
    it says, ``others`` what other scopes in force say, by name, and ``visible`` what entries in
    it may refer to."""

    scope: str
    path: str
    before: dict[str, Any]
    others: Mapping[str, Mapping[str, Any]]
    visible: Mapping[str, Any]

    def check_ids(self, ours: Mapping[str, Mapping[str, Any]]) -> None:
        """Raise `UsageError` where another scope has our ids with another meaning."""
        for scope, packages in self.others.items():
            names = different(ours, packages)
            if names:
                raise UsageError(
                    f"the scope {scope} has another entry of {some_of(names, _MOST_NAMED)} with "
                    f"the same id, and Spack reads neither of two: pass --scope {scope}, or take "
                    f"what is written there for {ours[names[0]]['prefix']} out of it"
                )

    def check_references(self, after: Mapping[str, Any]) -> None:
        """Raise `UsageError` where somebody else's entry refers to one that goes."""
        there = {self.path: after, **self.others}
        gone = ids(self.before).difference(*map(ids, there.values()))
        for where, packages in there.items():
            names = referring(packages, gone)
            if names:
                raise UsageError(
                    f"{some_of(names, _MOST_NAMED)} in {where} refers to an entry in {self.path} "
                    "that would be removed, and Spack would read neither: take that reference out "
                    "first"
                )


def _place(to: Destination) -> _Place:
    """Raises `UsageError` for a scope that there is not, or a file that cannot be one."""
    scopes = spack.config.CONFIG.scopes
    name, file = to.scope or spack.config.default_modify_scope("packages"), to.file
    if file is not None:
        before = _in_file(file)
        real = os.path.realpath(file)
        # A configuration may include it.
        own = [n for n, each in scopes.items() if _path(each) == real]
        # Nobody knows what else there is where it is included.
        visible: Mapping[str, Any] = before
    else:
        try:
            before = spack.config.get("packages", scope=name) or {}
            file = spack.config.CONFIG.get_config_filename(name, "packages")
        except ValueError:
            known = ", ".join(each.name for each in scopes.values() if each.writable)
            raise UsageError(f"'{name}' is not a configuration scope; there are {known}") from None
        own = [name]
        visible = together(
            spack.config.get("packages", scope=each) or {}
            for each in scopes
            if each == name or _is_shared(each) or (each == "user" and not _is_shared(name))
        )
    others = {each: spack.config.get("packages", scope=each) or {} for each in scopes}
    others = {each: packages for each, packages in others.items() if packages and each not in own}
    return _Place(name, str(file), before, others, visible)


def _path(scope: Any) -> str:
    path = getattr(scope, "path", None)
    return os.path.realpath(path) if path else ""


def _is_shared(scope: str) -> bool:
    """Whether a scope is in force for all who use this Spack: what it says may not refer to what
    one user says."""
    return scope.partition(":")[0].partition("/")[0] in _SHARED


def _entries(installed: PythonExternals, packages: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The entries of externals beside those of ``packages``, and of their Python unless somebody
    else wrote one there; none of a Python without externals."""
    if not installed.externals:
        return {}
    python, externals = installed.python, installed.externals
    own = f"{mark(installed.prefix)}python"
    others = [ref for ref in references(packages, python) if ref.get("id") != own]
    if others:
        return entries(externals, others[0], packages)
    found = {**entry(python, own), "spec": _detected(python)}
    return {"python": found, **entries(externals, {"id": own}, packages)}


def _check_readable(ours: Mapping[str, Mapping[str, Any]]) -> None:
    """Raise `HostError` where Spack does not read entries as packages.yaml."""
    data = {name: {"externals": [entry]} for name, entry in ours.items()}
    try:
        spack.config.validate({"packages": data}, spack.schema.packages.schema)
        for entry in ours.values():
            spack.spec.Spec(entry["spec"])
    except Exception as error:
        # Any exception: what a spec's text makes Spack raise.
        raise HostError(f"Spack cannot read the entries: {in_short(error)}") from None


def _detected(python: External) -> str:
    """The spec of a Python, with the variants that Spack finds by itself."""
    import spack.detection

    with set_env(**_variables(python)):
        found = spack.detection.by_path(["python"], path_hints=[str(python.prefix)])
    for specs in found.values():
        for each in specs:
            spec = getattr(each, "spec", each)
            prefix = os.path.realpath(str(spec.external_path))
            if str(spec.versions).lstrip("=") == python.version and prefix == os.path.realpath(
                python.prefix
            ):
                return str(spec.format("{name}{@versions}{variants}")).strip()
    raise HostError(
        f"Spack finds no Python {python.version} in {python.prefix}: see spack external find "
        f"--path {python.prefix} python"
    )


def _variables(python: External) -> dict[str, str]:
    """The variables with which a Python runs, where it needs some."""
    now = {name: os.environ.get(name) for name, _ in python.folders}
    return {
        name: os.pathsep.join(filter(None, (folders, now[name])))
        for name, folders in python.folders
    }


def _unusable(
    prefixes: Mapping[str, str], specs: Sequence[str], deprecated: bool
) -> dict[str, str]:
    """Why externals at these prefixes are not used, by package. In a child."""
    requested = {spack.spec.Spec(spec): spec for spec in specs}
    try:
        solved, found = solved_together([*requested], deprecated)
    except Exception as error:
        # Any exception: a recipe, or what Spack makes of it, may raise whatever it likes.
        raise_if_environmental(error, "cannot run the solver")
        if len(requested) > 1:
            # It is about none of them: what is there already must not be lost by it.
            raise HostError(f"Spack can use none of them: {in_short(error)}") from None
        return {spec.name: in_short(error) for spec in requested}
    nodes = {node.name: node for node in found}
    reasons = {}
    for spec in solved:
        node = nodes[spec.name]
        if not node.external:
            reasons[spec.name] = "Spack would build it all the same"
        elif str(node.external_path) != prefixes[spec.name]:
            reasons[spec.name] = f"Spack uses the one in {node.external_path}"
    lacking = [spec for spec in requested if spec not in solved]
    for number, spec in enumerate(lacking):
        asked_for = number < _MOST_REASONS
        reason = concrete([requested[spec]], deprecated)[1] if asked_for else ""
        reasons[spec.name] = reason or "it cannot be used beside the others"
    return reasons


def _in_file(file: Path) -> dict[str, Any]:
    """The settings of packages in a file; none where there is no file. Raises `UsageError`."""
    if not os.path.isdir(file.parent):
        raise UsageError(f"{file.parent} is not a folder: make it, or name another file with -o")
    if not os.path.exists(file):
        return {}
    if not os.path.isfile(file):
        raise UsageError(f"{file} is not a file: name another one with -o")
    try:
        data = spack.util.spack_yaml.load(read_text(file)) or {}
        packages = data.get("packages", {})
        # It completes what it validates.
        spack.config.validate({"packages": deepcopy(packages)}, spack.schema.packages.schema)
        return {str(name): dict(settings) for name, settings in packages.items()}
    except UsageError:
        raise
    except Exception:
        # Its reader lets errors of Python's own pass.
        raise UsageError(f"{file} is not a packages.yaml: name another file with -o") from None


def _write(packages: dict[str, Any], scope: str, file: Path | None) -> None:
    try:
        if file is None:
            _set(packages, scope)
        else:
            text = spack.util.spack_yaml.dump({"packages": packages}) or ""
            replace_file(file, (_HEADER + text).encode())
    except (OSError, spack.error.SpackError) as error:
        raise HostError(f"cannot write {file or scope}: {error}") from None


def _set(packages: dict[str, Any], name: str) -> None:
    """Write a scope as Spack does, with the comments that are there. It would empty the user's
    packages.yaml before it writes it, so it writes to another folder; the file of an environment
    it replaces whole."""
    scope = spack.config.CONFIG.scopes[name]
    if not isinstance(scope, spack.config.DirectoryConfigScope):
        spack.config.set("packages", packages, scope=name)
        return
    path = scope.path
    with tempfile.TemporaryDirectory(prefix="spack-pypi-") as folder:
        scope.path = folder
        try:
            spack.config.set("packages", packages, scope=name)
        finally:
            scope.path = path
        replace_file(Path(path, "packages.yaml"), Path(folder, "packages.yaml").read_bytes())
