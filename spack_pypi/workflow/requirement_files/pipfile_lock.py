"""The lock file of Pipenv.

It is made for one environment: markers are there, but no forks.
"""

from __future__ import annotations

from packaging.utils import canonicalize_name

from ...errors import UsageError
from ...pypi import json_text
from .flat import FlatLock
from .graph import LockedRelease
from .hashes import parsed
from .model import NO_RELEASE, ExtrasAndGroups, Format, RequirementSet, TextFile
from .shape import Shape

#: The groups of ``[packages]`` and ``[dev-packages]``, and other names of the latter.
_DEFAULT, _DEVELOP = "default", "develop"
_ALIASES = {"dev": _DEVELOP, "dev-packages": _DEVELOP}
#: What an entry has that comes from no index.
_OTHER_SOURCES = ("git", "hg", "svn", "bzr", "path", "file")


def _read(file: TextFile, selected: ExtrasAndGroups, requirements: RequirementSet) -> None:
    shape = Shape(file.path, "Pipfile.lock")
    try:
        document = shape.table(json_text.loads(file.text), "the document")
    except ValueError as error:
        raise UsageError(f"{file.path} is not valid JSON: {error}") from None
    meta = shape.table(document.get("_meta"), "_meta")
    shape.check_format(meta.get("pipfile-spec"), 6, "its pipfile-spec")
    sources = shape.tables(meta.get("sources"), "_meta.sources")
    indexes = {str(each.get("name")): shape.text(each.get("url"), "url") for each in sources}
    # https://pipenv.pypa.io/en/latest/indexes.html: what names none comes from the first one.
    first = next(iter(indexes.values()), "")
    python = shape.table(meta.get("requires"), "_meta.requires")
    minor = shape.text(python.get("python_version"), "python_version")
    if minor and minor != "*":
        requirements.environment.check_python(f"=={minor}.*", file.path)
    groups: dict[str, str] = {
        canonicalize_name(name): name for name in document if name != "_meta"
    }
    wanted = [_ALIASES.get(name, name) for name in selected.groups]
    chosen = ExtrasAndGroups(selected.extras, tuple(wanted))
    _, names = chosen.known(file.path, (), groups.keys() - {_DEFAULT})
    lock = FlatLock(file.path)
    for group in (_DEFAULT, *names):
        entries = shape.table(document.get(groups.get(group, group)), group)
        for name, value in entries.items():
            entry = shape.table(value, name)
            project = shape.name(name, "a package's name")
            marker = shape.text(entry.get("markers"), f"the markers of {name}")
            version = shape.text(entry.get("version"), f"the version of {name}")
            index = indexes.get(str(entry.get("index")), first)
            if not requirements.environment.holds(marker, file.path):
                lock.add_elsewhere(project)
            elif any(source in entry for source in _OTHER_SOURCES):
                lock.add(LockedRelease(project, version, unusable=NO_RELEASE))
            elif version.startswith("=="):
                hashes = shape.texts(entry.get("hashes"), f"the hashes of {name}")
                its = tuple(map(parsed, hashes))
                lock.add(LockedRelease(project, version.lstrip("="), index=index, hashes=its))
            else:
                # What was not for the machine that locked has no version.
                requirements.add(f"{project}{version.strip('*')}", file.path)
                if index:
                    requirements.lock_from(project, index, file.path)
    lock.finish(requirements)


PIPFILE_LOCK = Format(
    "Pipfile.lock",
    "https://pipenv.pypa.io/en/latest/pipfile.html",
    names=("Pipfile.lock",),
    marks=(r"^[ \t]*\{", r'"pipfile-spec"', r'"default"'),
    read=_read,
    has_parts=True,
)
