"""The requirements files of pip."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from packaging.utils import canonicalize_name

from ...credentials import redacted
from ...errors import UsageError
from ...files import read_text
from ...pypi.named_index import at
from .hashes import parsed
from .model import EDITABLE, ExtrasAndGroups, Format, RequirementSet, TextFile

#: An index, as pip writes its options.
_INDEX = re.compile(r"(?P<option>-i|--index-url|--pypi-url|--extra-index-url)[\s=]+(?P<url>\S+)")

_VARIABLE = re.compile(r"\$\{([A-Z0-9_]+)\}")
#: What may be included, too, and is not a path.
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+:", re.I)
#: What the archive may be, and a requirement that has one version, as pip writes them.
_HASH = re.compile(r"\s--hash[\s=]+(\S+)")
_PINNED = re.compile(r"([\w.-]+)\s*(?:\[[^\]]*\])?\s*\(?\s*===?\s*([\w.!+-]+)\s*\)?")


def _read(file: TextFile, selected: ExtrasAndGroups, requirements: RequirementSet) -> None:
    _read_within(file, requirements, constraints=False, above=frozenset(), done=set())


def _read_within(
    file: TextFile,
    requirements: RequirementSet,
    *,
    constraints: bool,
    above: frozenset[Path],
    done: set[tuple[Path, bool]],
) -> None:
    """Read a file that those ``above`` include, unless that is ``done``: files that include the
    next one twice would be read thousands of times."""
    path = file.path
    if path.resolve() in above:
        raise UsageError(f"{path} includes itself: remove the line that does")
    if (path.resolve(), constraints) in done:
        return
    done.add((path.resolve(), constraints))
    above |= {path.resolve()}
    for line in _logical_lines(file.text):
        option = re.match(r"(-r|--requirement|-c|--constraint)[\s=]+(.+)", line)
        if option:
            named = option[2].strip().strip("\"'")
            if _ADDRESS.match(named):
                raise UsageError(
                    f"{path} includes {redacted(named)}, and only files of this machine are read: "
                    "download it, and include that file"
                )
            inner = path.parent / named
            inside = constraints or option[1] in ("-c", "--constraint")
            try:
                included = TextFile(inner, read_text(inner))
            except UsageError as error:
                raise UsageError(f"{path} includes {named}: {error}") from None
            _read_within(included, requirements, constraints=inside, above=above, done=done)
        elif re.match(r"(-e|--editable)\b", line):
            requirements.skip(line, EDITABLE)
        elif re.match(r"--no-index\b", line):
            raise UsageError(
                f"{path} has --no-index: files of folders are not read, but those of an index; "
                "remove the line, or pass the folder itself with --from"
            )
        elif index := _INDEX.fullmatch(line):
            _add_index(index["option"], index["url"], requirements, path)
        elif re.match(r"(-f|--find-links)\b", line):
            requirements.skip(line, "a folder or a page of archives, not an index")
        elif line.startswith("-"):
            requirements.skip(line, "an option of pip, which spack-pypi does not use")
        else:
            text = re.split(r"\s--[a-z]", line)[0].strip()
            requirements.add(text, path, constraints)
            _add_hashes(text, _HASH.findall(line), requirements, path)


def _add_hashes(
    text: str, hashes: Sequence[str], requirements: RequirementSet, path: Path
) -> None:
    """Add the hashes of a requirement, which is of one version; pip, too, takes no other ones."""
    locked = _PINNED.fullmatch(text.partition(";")[0].strip())
    if hashes and locked is None and not re.search(r"[/\\@]", text):
        requirements.skip(f"--hash of {text}", "without == it does not say of which version")
    elif hashes and locked:
        its = [parsed(each) for each in hashes]
        requirements.add_hashes(canonicalize_name(locked[1]), locked[2], its, path)


def _add_index(option: str, url: str, requirements: RequirementSet, path: Path) -> None:
    """Add an index: the last one of ``--index-url`` is in the place of all before, as for pip."""
    unset = [name for name in _VARIABLE.findall(url) if name not in os.environ]
    if unset:
        raise UsageError(
            f"{path}: {option} needs {unset[0]}, which the environment has not: set it"
        )
    known = _VARIABLE.sub(lambda name: os.environ[name[1]], url)
    found = at(known.strip("\"'"), f"see {option} in {path}")
    if option == "--extra-index-url":
        requirements.listed.append(found)
    else:
        others = [index for index in requirements.listed if not index.in_place]
        requirements.listed[:] = [replace(found, in_place=True), *others]


def _logical_lines(text: str) -> Iterator[str]:
    """Lines without comments, those that end in a backslash joined with the next one."""
    for line in re.sub(r"\\\n", " ", text).splitlines():
        bare = re.sub(r"(^|\s)#.*$", "", line).strip()
        if bare:
            yield bare


REQUIREMENTS_TXT = Format(
    "requirements.txt",
    "https://pip.pypa.io/en/stable/reference/requirements-file-format/",
    names=("*",),
    read=_read,
)
