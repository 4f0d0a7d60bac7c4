"""A series of commits as a value, and the text that introduces it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ...diagnostics import Diagnostic


@dataclass(frozen=True)
class Sent:
    """One package's change, which becomes a commit. ``versions`` are those that it adds, newest
    first; ``needs`` are other packages of the series that it needs; ``report`` tells what it asks
    for otherwise than before; ``link`` is where the project shows what changed."""

    package: str
    folder: Path
    new: bool
    versions: tuple[str, ...]
    summary: str = ""
    report: tuple[str, ...] = ()
    link: str = ""
    needs: tuple[str, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def title(self) -> str:
        """As commits to builtin are called."""
        if self.new:
            return f"{self.package}: new package"
        added = ", ".join(f"v{version}" for version in self.versions)
        return f"{self.package}: add {added}" if added else f"{self.package}: update"

    @property
    def message(self) -> str:
        """The title, and below it what changed and where to read more."""
        body = [self.summary if self.new else "", *self.report, self.link]
        return "\n\n".join([self.title, "\n".join(filter(None, body))]).strip() + "\n"


@dataclass(frozen=True)
class Series:
    """The outcome: ``sent``, what is needed first; ``diagnostics`` are errors, which say why there
    is none, and notes; ``verified`` is what was verified."""

    sent: tuple[Sent, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    verified: tuple[str, ...] = ()

    @property
    def unstyled(self) -> bool:
        """Whether no style checker was there."""
        return any(each.code == "style-not-checked" for each in self.diagnostics)


def cover(series: Series, base: str, host: str) -> str:
    """What introduces a series to its reviewers, in Markdown: what changes, which package needs
    which, where the projects say more, and what was proven."""
    sent = series.sent
    others = f", and {len(sent) - 1} more" if len(sent) > 1 else ""
    lines = [f"# {head(series).title}{others}", ""]
    lines += [
        f"{len(sent)} packages, dependencies first:" if len(sent) > 1 else "One package:",
        "",
    ]
    for each in sent:
        lines += _item(each)
    lines += ["", f"Made for {base}. With {host}: {', '.join(series.verified)}."]
    compared = [each for each in sent if each.versions]
    differing = [found for each in compared for found in each.diagnostics]
    if compared and not differing:
        lines.append("Compared with the metadata of each added version: no difference.")
    elif differing:
        lines += ["", "Compared with the metadata of each added version:", ""]
        lines += [f"- {_difference(found)}" for found in differing]
    if series.unstyled:
        lines.append("ruff is not installed, so format and style were not checked.")
    return "\n".join(lines) + "\n"


def head(series: Series) -> Sent:
    """The last one that no other needs: what the series is about."""
    needed = {name for each in series.sent for name in each.needs}
    # Where all run in circles, the last of all.
    heads = [each for each in series.sent if each.package not in needed] or series.sent
    return heads[-1]


def _item(sent: Sent) -> Iterator[str]:
    what = "new package, " if sent.new else "add " if sent.versions else "update"
    versions = ", ".join(sent.versions)
    yield f"- `{sent.package}`: {what}{versions}" + (f" ({sent.link})" if sent.link else "")
    details: list[str] = [sent.summary] if sent.new and sent.summary else []
    details += sent.report
    details += ["needs " + ", ".join(f"`{name}`" for name in sent.needs)] if sent.needs else []
    for detail in details:
        yield f"  - {detail}"


def _difference(found: Diagnostic) -> str:
    where = f"`{found.package}` {', '.join(found.versions)}"
    return f"{where}: {found.severity.value}: {found.text}"


def in_order(needs: Mapping[str, set[str]]) -> Iterator[str]:
    """Each name after those that it needs, else by name; a circle is opened at its first."""
    done: set[str] = set()

    def visit(name: str) -> Iterator[str]:
        if name not in done:
            done.add(name)
            for needed in sorted(needs[name] & {*needs}):
                yield from visit(needed)
            yield name

    for name in sorted(needs):
        yield from visit(name)
