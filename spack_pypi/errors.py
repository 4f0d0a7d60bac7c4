"""What can go wrong, said in one sentence each, with the exit code it leads to."""

from __future__ import annotations

from collections.abc import Sequence


class SpackPyPIError(Exception):
    """Base of all errors shown to the user as one sentence, without a traceback.

    ``exit_code`` is 1 when something asked for could not be done, 2 when the command was
    used wrongly.
    """

    exit_code = 1


class UsageError(SpackPyPIError):
    """The command line asks for something that makes no sense."""

    exit_code = 2


class UnknownProject(SpackPyPIError):
    """The index has no project of this name."""

    def __init__(self, project: str, index: str, near: Sequence[str] = ()) -> None:
        self.project, self.index, self.near = project, index, tuple(near)
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        super().__init__(f"the index {index} has no project named '{project}'{hint}")


class IndexFailure(SpackPyPIError):
    """The index could not be reached, or what it served makes no sense."""

    def __init__(self, url: str, reason: str) -> None:
        self.url, self.reason = url, reason
        super().__init__(f"{url}: {reason}")


class FileFailure(IndexFailure):
    """One file of the index is not there or cannot be read: what it says of its release is not
    known, which says nothing about others."""


class HostError(SpackPyPIError):
    """Spack, or a repo of it, is not in a state we can work with."""
