"""Errors: each is one sentence, with its exit code."""

from __future__ import annotations

from collections.abc import Sequence


class SpackPyPIError(Exception):
    """Base of all errors that are shown as one sentence, without a traceback. ``exit_code`` is 1
    if something could not be done, 2 if the command was used wrongly."""

    exit_code = 1


class UsageError(SpackPyPIError):
    """The command was used wrongly."""

    exit_code = 2


class UnknownProject(SpackPyPIError):
    """The index has no project of this name."""

    def __init__(self, project: str, index: str, near: Sequence[str] = ()) -> None:
        self.project, self.index, self.near = project, index, tuple(near)
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        super().__init__(f"the index {index} has no project named '{project}'{hint}")


class IndexFailure(SpackPyPIError):
    """The index cannot be reached, or its response is invalid."""

    def __init__(self, url: str, reason: str) -> None:
        self.url, self.reason = url, reason
        super().__init__(f"{url}: {reason}")


class FileFailure(IndexFailure):
    """One file of the index is missing or cannot be read: the metadata of its release is unknown,
    that of others is not."""


class HostError(SpackPyPIError):
    """Spack, or one of its repos, cannot be used."""
