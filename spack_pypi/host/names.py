"""Which package is which project, read from the text of recipes.

Loading thousands of recipe classes takes seconds, reading their files does not. The strongest
evidence is ``pypi=``; then an address of the index's file server, or a page of ``py-<project>``
that lists its files; then a repository of the same name. ``names.json`` corrects what these get
wrong, with a reason for each.
"""

from __future__ import annotations

import ast
import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from packaging.utils import canonicalize_name

from ..errors import HostError
from ..files import file_bytes, file_text, write_whole
from ..recipe.model import Recipe
from ..recipe.render import package_name
from ..syntax import parsed
from .repo_folder import recipes_in

_PYPI = re.compile(r"^[ \t]+pypi\s*=\s*\(?\s*[\"']([^/\"']+)/", re.M)
#: ``…/packages/source/r/requests/requests-1.0.tar.gz``, and the same for wheels.
_FILE = re.compile(r"/packages/(?:source|py2\.py3|py2|py3|cp\d+)/[^/\"']/([^/\"']+)/[^/\"']+[\"']")
_PAGE = re.compile(r"pypi\.(?:python\.)?\w+/(?:project|pypi|simple)/([\w.-]+)")
#: ``list_url``: the page of a project on any index.
_LISTED = re.compile(r"^[ \t]+list_url\s*=\s*\(?\s*[\"']https?://[^\"']*/([\w.-]+)/?[\"']", re.M)
_COMMENT = re.compile(r"^[ \t]*#.*$", re.M)
_GIT = re.compile(r"^[ \t]+git\s*=\s*[\"']", re.M)
_COMMIT = re.compile(r"\b(?:tag|commit|branch)\s*=\s*[\"']")
_ADDRESS = re.compile(r"\b(?:homepage|git|url)\s*=\s*\"([^\"]+)\"")

#: Kinds of evidence, the weakest first.
_BY_NAME, _BY_ADDRESS, _BY_PYPI = range(3)


class Claim(NamedTuple):
    """Which project a recipe says it packages, if any, and how strong the evidence is."""

    project: str | None = None
    strength: int = 0


@dataclass(frozen=True)
class Reviewed:
    """A reviewed entry of ``names.json``: the package with the variants it requires, None where
    a package looks like the project but is not. ``virtual`` is the virtual package that it
    provides, in the same versions, and that recipes name instead; empty for most. ``numbers`` is
    how many numbers a version of the package has, where a version of the project may have more,
    which count its files; 0 where the two have the same versions. ``built_from`` is
    another project that has the same modules in the same versions, of whose archives the package
    is; empty for most."""

    package: str | None
    requires: tuple[str, ...]
    reason: str
    virtual: str = ""
    numbers: int = 0
    built_from: str = ""


def claim(package: str, text: str) -> Claim:
    """The project that a recipe packages, by its text; comments may mention others."""
    is_named_py = package.startswith("py-")
    if not (is_named_py or "pypi" in text or "/packages/" in text):
        return Claim()  # most of the thousands that are read have nothing to look for
    found = _PYPI.search(text)  # no line of a comment is one that it finds
    if found:
        return Claim(canonicalize_name(found[1]), _BY_PYPI)
    text = _COMMENT.sub("", text)
    found = _PYPI.search(text)
    if found:
        return Claim(canonicalize_name(found[1]), _BY_PYPI)
    found = _FILE.search(text) or _PAGE.search(text)
    if found:
        return Claim(canonicalize_name(found[1]), _BY_ADDRESS)
    found = _LISTED.search(text)
    if found and package == f"py-{canonicalize_name(found[1])}":
        return Claim(package[3:], _BY_ADDRESS)
    addresses = _ADDRESS.findall(text)
    if is_named_py and (_named_alike(package[3:], addresses) or _is_of_git(text)):
        return Claim(package[3:], _BY_NAME)
    return Claim()


def _is_of_git(text: str) -> bool:
    """Whether all versions of a recipe are commits of its repository, which may be called
    otherwise. An index that has the name of the package may have somebody else's project: it must
    not get into a recipe beside this one."""
    return bool(_GIT.search(text) and _COMMIT.search(text)) and "sha256" not in text


def _named_alike(project: str, addresses: Iterable[str]) -> bool:
    """Whether a repository or homepage among the addresses has the project's name."""
    names = {project, f"python-{project}", f"{project}-python", f"py{project}", f"py-{project}"}
    names.add(project.replace("-", ""))
    for address in addresses:
        for part in re.split(r"[/:]+", address):
            name = canonicalize_name(re.sub(r"\.git$", "", part))
            if name in names or name.startswith(f"{project}-"):
                return True
    return False


#: A site's own exceptions, beside the ``repo.yaml`` of a repo; in the form of ours.
SITE_FILE = "pypi-names.json"


def reviewed(
    repos: Iterable[str] = (), mapped: Mapping[str, str] | None = None
) -> dict[str, Reviewed]:
    """The reviewed exceptions, project name to package: ours, then those of the `SITE_FILE`
    in the roots of the repos, the first repo's before the others', then those the user has
    ``mapped`` (project to spec). Raises `HostError` for a file of another form, or that cannot be
    read."""
    tables = [_read(Path(__file__).parent / "names.json")]
    for root in reversed([*repos]):
        file = Path(root) / SITE_FILE
        tables += [_read(file)] if os.path.lexists(file) else []
    tables.append(
        {name: {"spec": spec, "reason": "mapped"} for name, spec in (mapped or {}).items()}
    )
    result: dict[str, Reviewed] = {}
    for table in tables:
        for project, entry in table.items():
            package, plus, variants = (entry["spec"] or "").partition("+")
            requires = tuple(f"+{variant}" for variant in variants.split("+")) if plus else ()
            name, virtual = canonicalize_name(project), entry.get("virtual", "")
            known = result.get(name)
            of_same = known.numbers if known and known.package == package else 0
            numbers = entry.get("numbers", of_same)
            result[name] = Reviewed(
                package or None,
                requires,
                entry["reason"],
                virtual,
                numbers,
                canonicalize_name(entry.get("built_from", "")),
            )
    return result


def numbers_of(project: str, known: Mapping[str, Reviewed]) -> int:
    """How many numbers a version of a project's package has, by what is ``known`` of projects; 0
    where its versions are those of the project."""
    return known[project].numbers if project in known else 0


def built_from(project: str, known: Mapping[str, Reviewed]) -> str:
    """The other project whose archives a project's package has, by what is ``known`` of projects;
    empty where these are its own."""
    return known[project].built_from if project in known else ""


@cache
def providers() -> Mapping[str, str]:
    """The packages of projects that recipes name by a virtual package, by that name."""
    found = (entry for entry in reviewed().values() if entry.virtual and entry.package)
    return {entry.virtual: str(entry.package) for entry in found}


def _read(file: Path) -> Mapping[str, Mapping[str, Any]]:
    try:
        table = json.loads(file_text(file))
        if all(
            {*entry} >= {"spec", "reason"}
            and isinstance(entry.get("numbers", 0), int)
            and isinstance(entry.get("built_from", ""), str)
            for entry in table.values()
        ):
            found: Mapping[str, Mapping[str, Any]] = table
            return found
    except OSError as error:
        raise HostError(f"{file} cannot be read: {error.strerror}; mend or delete it") from None
    except (ValueError, AttributeError, TypeError, RecursionError):
        pass
    raise HostError(f'{file} must map each project to {{"spec": ..., "reason": ...}}')


#: What the scan of one repo remembers of a recipe: change time, project, strength of the claim.
_Remembered = list[object]


def scan(
    packages_folder: Path,
    remembered: Mapping[str, _Remembered],
    recipes: Mapping[str, os.stat_result] | None = None,
) -> tuple[dict[str, _Remembered], bool]:
    """Read the recipes of a repo (folder name to `_Remembered`) that changed since last time;
    ``recipes`` are its `recipes_in`, if these are known.

    The second value says whether anything did.
    """
    result: dict[str, _Remembered] = {}
    changed = False
    if recipes is None:
        recipes = recipes_in(str(packages_folder))
    for folder, said in recipes.items():
        known = remembered.get(folder)
        if known is None or known[0] != said.st_mtime_ns:
            changed = True
            path = os.path.join(packages_folder, folder, "package.py")
            try:
                text = file_text(path, "replace")
            except OSError:
                continue
            known = [said.st_mtime_ns, *claim(package_name(folder), text)]
        result[folder] = known
    return result, changed or len(result) != len(remembered)


class Unnamed(NamedTuple):
    """The packages whose recipes name no project: those that are ``unreadable`` (no Python, or
    without a class of that name, so that nobody knows which projects they are), and others that
    are ``python`` packages, by their names or the class that they inherit."""

    unreadable: Sequence[str]
    python: Sequence[str]


def unnamed(packages_folder: Path, scanned: Mapping[str, _Remembered]) -> Unnamed:
    """Those in the folder of a repo, of which ``scanned`` is the `scan`."""
    unreadable: list[str] = []
    python: list[str] = []
    for folder in recipes_in(str(packages_folder)):
        _, project, _ = scanned.get(folder, (0, None, 0))
        name = package_name(folder)
        if project is None:
            found = _class(packages_folder / folder / "package.py", name)
            if found is None:
                unreadable.append(name)
            elif name.startswith("py-") or any("Python" in ast.dump(b) for b in found.bases):
                python.append(name)
    return Unnamed(unreadable, python)


def _class(file: Path, package: str) -> ast.ClassDef | None:
    """The class of a package in its recipe; None where Python cannot read that, or it has none."""
    try:
        tree = parsed(file_bytes(file))
    except OSError:
        return None
    if tree is None:
        return None
    wanted = Recipe(package).class_name
    classes = (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef))
    return next((node for node in classes if node.name == wanted), None)


def remember(file: Path, found: Mapping[str, _Remembered]) -> None:
    """Keep the result of a scan; where that is not possible, the next run scans again."""
    with suppress(OSError):
        write_whole(file, json.dumps(found).encode())


def recall(file: Path) -> dict[str, _Remembered]:
    """The result of a scan that was kept; what is not one counts as missing."""
    try:
        kept = json.loads(file_text(file))
        return {
            str(folder): [modified, project, strength]
            for folder, (modified, project, strength) in kept.items()
        }
    except (OSError, ValueError, AttributeError, TypeError, RecursionError):
        return {}


def packages_by_project(repos: Iterable[Mapping[str, _Remembered]]) -> dict[str, str]:
    """Project name to package name; of several claims the stronger wins, then the earlier repo's,
    then the plain ``py-<project>``, then the shorter name."""
    ranked: dict[str, tuple[int, int, bool, int, str]] = {}
    for at, repo in enumerate(repos):
        for folder, (_, project, strength) in repo.items():
            if project is None:
                continue
            package, name = package_name(folder), str(project)
            plain = package == f"py-{project}"
            rank = (-int(str(strength)), at, not plain, len(package), package)
            ranked[name] = min(rank, ranked.get(name, rank))
    return {project: package for project, (*_, package) in sorted(ranked.items())}
