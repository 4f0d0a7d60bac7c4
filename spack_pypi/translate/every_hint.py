"""All hints of native libraries and programs that an archive gives, with how firm they are."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from ..pypi.model import Release, Source
from . import backends, firm, native
from .known_needs import why_copies
from .required_by_cargo import maybe_required_by_cargo
from .run_by_build_rs import unknown_to_spack
from .unknown_headers import unknown_headers


def every_hint(
    source: Source, release: Release, tools: set[str], names: Collection[str], *, pure: bool
) -> tuple[native.Hint, ...]:
    """The hints of a release that is built with these ``tools``, given the ``names`` of its build
    requirements; ``pure``: nothing is compiled."""
    hints = native.looked_for(source) if pure else native.hints(source, tools)
    hints = firm.marked(source, tools, hints)
    if pure:
        return hints
    why = why_copies(release)
    hints = tuple(replace(hint, reason=why) if hint.copied else hint for hint in hints)
    hints += firm.of_needs(maybe_required_by_cargo(source, tools))
    hints += unknown_to_spack(source, tools)
    return hints + (unknown_headers(source, names) if backends.of(source).runs_setup_py else ())
