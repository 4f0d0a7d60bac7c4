"""Projects, their releases and files, as the pages of an index list them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from packaging.version import Version

from .origin import GitReference

#: The status (PEP 792) of a project that may be malicious.
QUARANTINED = "quarantined"
#: Of longer archives (bytes) only what is needed is read: sdists not to their end where a wheel
#: has the metadata, and of wheels no modules.
LONG = 20 << 20


class File(NamedTuple):
    """One file of a project page (PEP 503, PEP 691); a tuple, as large projects have thousands.

    ``sha256`` is empty where the index does not say. ``yanked`` is None when not yanked, else the
    reason (maybe empty; PEP 592). ``metadata_sha256``: hash of ``<url>.metadata`` (PEP 658/714),
    empty when it is there without a hash, None when the page does not advertise it.
    ``git``: it is not an archive, but a tree of the repository at ``url``.
    """

    name: str
    url: str
    version: Version
    is_wheel: bool
    sha256: str = ""
    requires_python: str = ""
    yanked: str | None = None
    metadata_sha256: str | None = None
    size: int | None = None
    uploaded: str = ""
    git: GitReference | None = None

    @property
    def is_pure_wheel(self) -> bool:
        """A wheel that runs everywhere (``none-any``, PEP 427)."""
        return self.is_wheel and self.name.endswith("-none-any.whl")

    @property
    def modules_are_read(self) -> bool:
        """Whether it is a wheel that runs everywhere, and not too long to be read for what its
        modules import."""
        return self.is_pure_wheel and (self.size or 0) <= LONG


class Release:
    """One version of a project: its files, in the order of the page. A value; an index may have a
    class of its own that makes the files once they are looked at."""

    __slots__ = ("_files", "_version", "project")

    def __init__(self, project: str, version: Version, files: tuple[File, ...]) -> None:
        self.project = project
        self._version, self._files = version, files

    @property
    def version(self) -> Version:
        return self._version

    @property
    def files(self) -> tuple[File, ...]:
        return self._files

    def __eq__(self, other: object) -> bool:
        if self is other or not isinstance(other, Release):
            return self is other
        mine, others = (self.project, self.version), (other.project, other.version)
        return mine == others and self.files == other.files

    def __hash__(self) -> int:
        return hash((self.project, self.version))

    def __repr__(self) -> str:
        return f"Release({self.project!r}, {self.version!r}, {self.files!r})"

    @property
    def yanked(self) -> bool:
        """All files are yanked, which is how PEP 592 yanks a release."""
        return all(file.yanked is not None for file in self.files)

    def reinstated(self) -> Release:
        """The release as if it was not yanked."""
        files = tuple(file._replace(yanked=None) for file in self.files)
        return Release(self.project, self.version, files)

    @property
    def git(self) -> GitReference | None:
        """Where in a repository the release is; None for one that has archives."""
        return self.files[0].git if self.files else None

    @property
    def has_sdist(self) -> bool:
        return self.sdist is not None

    @property
    def sdist(self) -> File | None:
        """The source archive; ``.tar.gz`` before other formats (PEP 625)."""
        sdists = [f for f in self.files if not f.is_wheel and f.yanked is None]
        return min(sdists, key=lambda f: (not f.name.endswith(".tar.gz"), f.name), default=None)

    def without_sdist(self) -> Release:
        """It, as if it had wheels only."""
        return Release(self.project, self.version, self.wheels)

    @property
    def requires_python(self) -> str:
        """Requires-Python as the page gives it."""
        return next((file.requires_python for file in self.files if file.requires_python), "")

    @property
    def wheels(self) -> tuple[File, ...]:
        return tuple(f for f in self.files if f.is_wheel and f.yanked is None)

    @property
    def has_pure_wheel(self) -> bool:
        return any(wheel.is_pure_wheel for wheel in self.wheels)

    @property
    def best_wheel(self) -> File | None:
        """The wheel whose metadata speaks for the release: a pure one, of Python 3 if there is
        one, else one for Linux."""
        return min(
            self.wheels,
            key=lambda wheel: (
                not wheel.is_pure_wheel,
                wheel.is_pure_wheel and "py3" not in wheel.name,
                "linux" not in wheel.name,
                "x86_64" not in wheel.name,
                wheel.name,
            ),
            default=None,
        )

    def essential(self) -> Release:
        """The release without the wheels that add nothing to what can be known of it. If it has a
        source archive, one wheel for a platform shows that there are any; large projects have
        thousands."""
        if self.sdist is None:
            return self
        platforms = [wheel for wheel in self.wheels if not wheel.is_pure_wheel]
        if len(platforms) < 2:
            return self
        best = self.best_wheel
        further = {id(wheel) for wheel in platforms[1:] if wheel is not best}
        kept = tuple(file for file in self.files if id(file) not in further)
        return Release(self.project, self.version, kept)


@dataclass(frozen=True)
class Project:
    """A project page. ``releases`` is newest first. ``status`` is PEP 792's (``active``...); one
    that is `QUARANTINED` has no releases."""

    name: str
    releases: tuple[Release, ...]
    status: str = "active"

    def essential(self) -> Project:
        """The page with its releases as `Release.essential` leaves them."""
        releases = tuple(release.essential() for release in self.releases)
        return Project(self.name, releases, self.status)
