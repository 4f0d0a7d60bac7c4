"""Releases that are published only as wheels, each for one version of Python.

A version of a Spack package has one archive. So such a release counts as one release for each
Python, told apart by a local version (PEP 440): 3.2.9 for Python 3.12 is ``3.2.9+cp3.12``, which
every specifier accepts that accepts 3.2.9, and recipes list it as ``3.2.9-cp312``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from packaging.tags import Tag
from packaging.utils import parse_wheel_filename
from packaging.version import Version

from .model import File, Release

_LABEL = re.compile(r"cp3\.([0-9]{1,3})")
_INTERPRETER = re.compile(r"cp3([0-9]{1,3})")


def minor_python(version: Version) -> str:
    """The Python (``3.12``) of a release for a single one; empty for any other release."""
    label = _LABEL.fullmatch(version.local or "")
    return f"3.{label[1]}" if label else ""


def published(version: Version) -> Version:
    """The version that the index lists."""
    return Version(version.public) if minor_python(version) else version


def labelled(text: str, digits: str) -> str:
    """The version with this text for the Python of a tag: ``12`` for ``cp312``."""
    return f"{text}+cp3.{digits}"


def tagged(public: str, python: str) -> str:
    """How recipes list a version for one Python (``3.12``)."""
    return f"{public}-cp{python.replace('.', '')}"


def with_its_python(requires_python: str, version: Version) -> str:
    """Requires-Python (PEP 440) of a release, without the versions that its wheels are not for."""
    minor = minor_python(version)
    both = (requires_python, f"=={minor}.*") if minor else (requires_python,)
    return ",".join(filter(None, both))


def split(release: Release) -> Iterator[Release]:
    """The release for each Python; itself where it has an archive for several."""
    by_minor = {} if release.version.local else _by_minor(release)
    if not by_minor:
        yield release
    for minor in sorted(by_minor, reverse=True):
        version = Version(labelled(str(release.version), str(minor)))
        files = (
            file._replace(
                version=version, requires_python=with_its_python(file.requires_python, version)
            )
            for file in by_minor[minor]
        )
        yield Release(release.project, version, tuple(files))


def _by_minor(release: Release) -> dict[int, list[File]]:
    """The wheels for each Python; none where there is an sdist, or a wheel for several."""
    found: dict[int, list[File]] = {}
    if not all(file.is_wheel for file in release.files):
        return found  # there may be thousands of wheels: no tag is read
    for file in release.files:
        tags = parse_wheel_filename(file.name)[3]
        minors = {minor for tag in tags if (minor := _minor(tag)) is not None}
        if not minors and any(tag.abi in ("none", "abi3") for tag in tags):
            return {}
        if len(minors) == 1:
            found.setdefault(minors.pop(), []).append(file)
    return found


def _minor(tag: Tag) -> int | None:
    """The one minor version of CPython that a tag is for, without those builds of it (``cp313t``)
    that Spack does not have; None for any other tag."""
    match = _INTERPRETER.fullmatch(tag.interpreter)
    usual = ("none", tag.interpreter, f"{tag.interpreter}m")
    return int(match[1]) if match and tag.abi in usual else None
