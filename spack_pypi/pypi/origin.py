"""Where a project comes from, and who published it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class GitReference:
    """Where a release is in a repository: at the ``commit`` of a ``tag``, or on a ``branch``."""

    commit: str
    tag: str = ""
    branch: str = ""


@dataclass(frozen=True)
class IndexOrigin:
    """Where a project comes from: the address of its ``index``. ``listed`` is that of its page
    there, if recipes have to say where its files are: they are not those of Spack's own index.
    ``one_of_several``: other indexes could have it, too. ``by_place`` are the sha256 of the
    archives that the user named by their place, the first of which is the ``index``; of the
    ``folder`` of a ``git`` repository, its newest tag, the commit of that, and the branch.
    ``pushed``: that is known to have all commits that were read. ``checked_out`` is the folder of
    this machine in which the repository is, if it was named by that. At
    ``repository`` is that of a project whose releases are from the index, and its branches are
    not."""

    index: str
    listed: str = ""
    one_of_several: bool = False
    by_place: tuple[str, ...] = ()
    git: bool = False
    folder: str = ""
    pushed: bool = True
    checked_out: str = ""
    repository: str = ""

    @property
    def is_elsewhere(self) -> bool:
        """Whether its files are not those of Spack's own index."""
        return bool(self.listed or self.by_place)


@dataclass(frozen=True)
class Publisher:
    """Who published a file, as the index attests (PEP 740): the ``place`` (*GitHub repository
    owner/name*), and the ``workflow`` there, empty where there is none."""

    place: str
    workflow: str = ""

    def __str__(self) -> str:
        return self.place + (f", workflow {self.workflow}" if self.workflow else "")
