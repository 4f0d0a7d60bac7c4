"""The report of ``sync``."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .explain import lines_with_reasons, recipe_json
from .terminal import count, print_text

if TYPE_CHECKING:
    from ..workflow.outdated import Outdated
    from ..workflow.sync import Update

#: How a diagnostic about versions that are in no graph begins, by its code.
_NOT_CONCRETIZED = {"not-concretized": "not concretized", "unsatisfiable": "cannot be concretized"}


def show_update(update: Update, listing: bool, diff: bool, named: bool) -> None:
    """Print which releases a recipe lacks (``listing``), or how it was updated (with a ``diff``),
    and errors. A recipe that is current, or no project's, is printed only if it was ``named``."""
    outdated = update.outdated
    if outdated.problem:
        if named or outdated.failed:
            print_text(f"{outdated.package}: {outdated.problem}")
            if update.proposal:
                print_text("\n".join(_by_hand(update)))
    elif not (outdated.missing or outdated.moved or update.new or update.reason):
        if named or outdated.yanked:
            print_text(
                f"{outdated.package} {outdated.current}: current{_not_to_install(outdated)}"
            )
    elif listing:
        print_text(_missing(update))
    elif not (update.new or update.reason):
        if named:
            what = "has no newer release in the requested series"
            print_text(f"{outdated.package} {outdated.current}: {what}")
    else:
        print_text("\n".join(_result(update, diff)))
    if outdated.unclear and named:
        print_text(f"{outdated.package}: {outdated.unclear}")


def _missing(update: Update) -> str:
    outdated = update.outdated
    releases = count(len(outdated.missing), "release")
    since = f" since {outdated.since}" if outdated.since else ""
    hard = f", {update.hardness.value}" if update.hardness else ""
    why = f": {update.reason}" if update.reason else ""
    newest = f" -> {outdated.lacking[0]}" if outdated.missing else ""
    moved = f", {' and '.join(outdated.moved)} changed" if outdated.moved else ""
    text = f"{outdated.package} {outdated.current}{newest} ({releases}{since}{moved}{hard}){why}"
    return text + _not_to_install(outdated)


def _not_to_install(outdated: Outdated) -> str:
    """The versions that are yanked or vulnerable."""
    reports = outdated.vulnerable
    named = [f"{text} ({', '.join(each.names)})" for text, each in reports.items() if each.names]
    unknown = [f"{text} ({each.unknown})" for text, each in reports.items() if each.unknown]
    text = f"; yanked: {', '.join(outdated.yanked)}" if outdated.yanked else ""
    text += f"; vulnerable: {', '.join(named)}" if named else ""
    return text + (f"; whether vulnerable is not known: {', '.join(unknown)}" if unknown else "")


def _result(update: Update, diff: bool) -> Iterator[str]:
    if not update.new:
        yield from _refusal(update)
        return
    yield _headline(update)
    yield from (f"  {line}" for line in update.changes)
    yield from _remarks(update)
    for package, (before, after) in update.texts.items():
        if package != update.outdated.package:
            because = f" {update.because[package]}" if package in update.because else ""
            yield f"  with {package}, {'new' if not before else 'changed'}{because}"
        if diff:
            yield from difflib.unified_diff(
                before.splitlines(), after.splitlines(), package, package, lineterm="", n=1
            )
            yield from _origins(update, package)


def _refusal(update: Update) -> Iterator[str]:
    outdated = update.outdated
    yield f"{outdated.package} {outdated.current}: not updated: {update.reason}"
    if update.proposal:
        yield from _by_hand(update)
        yield from _origins(update, outdated.package)


def _by_hand(update: Update) -> Iterator[str]:
    yield from ("  to update it by hand:", "", update.proposal, "")


def _headline(update: Update) -> str:
    outdated = update.outdated
    hard = update.hardness.value if update.hardness else ""
    if update.new == outdated.moved:
        return f"{outdated.package} {', '.join(update.new)}: brought up to date {hard}"
    return f"{outdated.package} {outdated.current} -> {', '.join(update.new)}: {hard}"


def _remarks(update: Update) -> Iterator[str]:
    """What the recipes leave out, who published the release, and what was not concretized."""
    for each in (*update.left_out, *update.warnings):
        package = f"{each.package}: " if each.package != update.outdated.package else ""
        yield f"  {each.severity.value}: {package}{each.text}"
    for each in update.not_concretized:
        versions = f"{each.package} {', '.join(each.versions)}: " if each.versions else ""
        yield f"  {_NOT_CONCRETIZED[each.code]}: {versions}{each.text}"


def _origins(update: Update, package: str) -> Iterator[str]:
    """Where the new lines of a recipe come from, if that was asked for."""
    if package in update.explained:
        yield "where these lines come from:"
        yield from lines_with_reasons(update.explained[package])


def update_json(update: Update) -> dict[str, Any]:
    """What a recipe lacks and how it was updated, for ``--json``."""
    outdated = update.outdated
    return {
        "package": outdated.package,
        "project": outdated.project or None,
        "index": outdated.index or None,
        "current": outdated.current or None,
        "missing": outdated.lacking,
        "moved": list(outdated.moved),
        "unclear": outdated.unclear or None,
        "since": outdated.since or None,
        "yanked": list(outdated.yanked),
        "vulnerable": {text: list(r.names) for text, r in outdated.vulnerable.items() if r.names},
        "problem": outdated.problem or None,
        "failed": outdated.failed,
        "new": list(update.new),
        "hardness": update.hardness.value if update.hardness else None,
        "reason": update.reason or None,
        "report": list(update.changes),
        "recipes": sorted(update.texts),
        "explained": [recipe_json(each) for _, each in sorted(update.explained.items())],
    }


@dataclass
class Totals:
    """How many recipes are outdated, and, unless they are only listed (``listing``), how many were
    updated; as text a sentence."""

    listing: bool
    recipes: int = 0
    outdated: int = 0
    updated: int = 0
    refused: int = 0
    unknown: int = 0

    def add(self, update: Update) -> None:
        """Count one recipe."""
        self.recipes += 1
        self.outdated += bool(update.outdated.missing or update.outdated.moved)
        self.updated += bool(update.new)
        self.refused += bool(update.reason and not update.outdated.problem)
        self.unknown += bool(update.outdated.problem)

    def __str__(self) -> str:
        parts = [f"{self.outdated} outdated"]
        done = [f"{self.updated} updated", f"{self.refused} not updated"]
        parts += [] if self.listing else done
        parts.append(f"{self.unknown} not comparable")
        return f"{count(self.recipes, 'recipe')}: {', '.join(parts)}."
