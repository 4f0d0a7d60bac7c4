"""The report of ``bundle``, and the README of the folder: what to do with it, and what it takes
for granted."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from textwrap import indent
from typing import TYPE_CHECKING, Any

from ..errors import some_of
from .create import closure, packages_json
from .next_steps import MOST_NAMED
from .terminal import command, count, print_text, say

if TYPE_CHECKING:
    from ..workflow.bundling.bundle import Bundle, Fetch
    from ..workflow.bundling.contents import BundleContents

_MIB = 2**20


def show_fetch(fetch: Fetch) -> None:
    """Say what is to be fetched, before it is."""
    say(_to_fetch(fetch))


def _to_fetch(fetch: Fetch) -> str:
    there = f"; {count(len(fetch.there), 'file')} there already" if fetch.there else ""
    if not fetch.listed:
        return f"Nothing to fetch{there}."
    unsized = f", and {count(fetch.unsized, 'file')} of unknown size" if fetch.unsized else ""
    files = count(len(fetch.listed), "file")
    return f"To fetch: {files}, {fetch.size / _MIB:.1f} MiB{unsized}{there}."


def show(folder: str, bundle: Bundle) -> None:
    """Print what was done on standard output, and what is missing on standard error."""
    print_text("\n".join(closure(bundle.outcome)))
    for each in bundle.problems:
        say(f"Error: {each.package}: {each.text}")
    print_text("\n".join(_conclusion(folder, bundle)))


def _conclusion(folder: str, bundle: Bundle) -> Iterator[str]:
    if not bundle.contents.installs:
        dry = "Nothing was written (--dry-run)."
        yield dry if bundle.dry_run else f"Nothing was added to {folder}."
        return
    recipes = sorted(bundle.outcome.written)
    if recipes:
        yield f"Added {count(len(recipes), 'recipe')}: {some_of(recipes, MOST_NAMED)}."
    added = f"Added {count(len(bundle.added), 'file')} to the mirror"
    yield f"{added}; {count(len(bundle.fetch.there), 'file')} of these specs were there."
    for repo in bundle.repos:
        if repo.new:
            yield f"Added the repo {repo.namespace}{_commit(repo.commit)}."
    missing = len(bundle.contents.missing)
    if missing:
        yield f"{folder} lacks {count(missing, 'source')}: its README.md says which."
    yield f"Next: move {folder} to the other side; its README.md has the commands."


def _commit(commit: str) -> str:
    return f" (commit {commit[:12]})" if commit else ""


def bundle_json(bundle: Bundle) -> dict[str, Any]:
    """The record of a bundle, for ``--json``."""
    sizes = {
        file: (listed.size if listed else None) for file, listed in bundle.fetch.listed.items()
    }
    added = {*bundle.added}
    return {
        "packages": packages_json(bundle.outcome),
        "files": [
            {
                "package": file.label,
                "path": file.path,
                "sha256": file.sha256 or None,
                "size": sizes.get(file),
                "state": "added" if file in added else "there" if file not in sizes else "lacking",
            }
            for file in (*bundle.fetch.listed, *bundle.fetch.there)
        ],
        "repos": [
            {"namespace": repo.namespace, "commit": repo.commit or None, "added": repo.new}
            for repo in bundle.repos
        ],
        "installs": list(bundle.contents.installs),
        "missing": dict(bundle.contents.missing),
    }


_README = """\
# Python projects for Spack, without a network

Made by `spack pypi bundle`; the same command adds to it. Copy the whole folder to the machine
without a network: it may lie anywhere there, and nobody needs to write to it.

## Install

    cd THIS_FOLDER
{installs}
{loads}

`-C "$PWD/config"` adds the repos and the source mirror of this folder to the settings of that
Spack, for this command only. To have them always: `spack config add "include:[$PWD/config]"`.

## What it takes for granted

- Spack 1.0 or newer that can concretize there without a network:
  `spack -C "$PWD/config" spec zlib` works. If it asks for clingo, run on a machine with a network
  `spack bootstrap mirror --binary-packages DIR`, copy DIR, and do what that command prints; or
  install clingo into the Python that runs Spack: `python3 -m pip download clingo` here,
  `python3 -m pip install --no-index --find-links . clingo` there.
- A machine like the one it was made on, with the same settings of packages: {platforms}, made
  with {spacks}. With another processor family, compiler, preference or external package Spack may
  choose other versions, whose sources are not here.
- What is not built there, as it was an external package here: {used}. Configure these externals
  in the Spack there too (`spack external find`), or make the bundle with that machine's
  settings: `spack -C ITS_CONFIG pypi bundle ...`.
- The sources of the first install of each line above, from an empty store. Other packages of the
  repos here can be concretized, but have no sources here.
{missing}
## What it holds

| folder | what |
| --- | --- |
| `config` | settings for Spack, with paths relative to this folder |
| `recipes` | the recipes that were missing |
| `repos` | copies of all other repos that were registered: {repos} |
| `mirror` | a Spack source mirror; each file has its sha256 as its name |
| `index` | what is known of the package index |
| `bundle.json` | what of this the next `spack pypi bundle` needs |

To write recipes there as they were written here, give `spack pypi` what is known of the index, and
pass `--offline`:

    cache="${{SPACK_USER_CACHE_PATH:-$HOME/.spack}}/pypi"
    (umask 077; mkdir -p "$cache" && cp -R index/. "$cache")
    spack pypi create --offline {index} NAME
"""


def readme(contents: BundleContents) -> str:
    """The README of a bundle with these contents."""
    installs, loads = [], []
    for specs, deprecated in contents.installs.items():
        installs.append(_typed(f"install{' --deprecated' if deprecated else ''}", specs))
        loads.append(_typed("load", specs))
    repos = [f"{name}{_commit(c)}" for name, (_, c) in [*contents.repos.items()][1:]]
    return _README.format(
        installs="\n".join(installs),
        loads="\n".join(loads),
        platforms=_listed(contents.platforms),
        spacks=_listed(contents.spacks),
        used=_listed(contents.used),
        missing="\n".join(_missing(contents)),
        repos=_listed(repos),
        index=_index_options(contents.indexes),
    )


def _typed(what: str, specs: str) -> str:
    """A command of Spack on the other side, as code of a page. It has all specs: nothing else
    there has them."""
    text = command(f'spack -C "$PWD/config" {what}', map(shlex.quote, specs.split(" ")))
    return indent(text, "    ")


def _index_options(addresses: Sequence[str]) -> str:
    """The options that lead to the same indexes, in the same order."""
    options = ["--index-url", *["--extra-index-url"] * len(addresses[1:])]
    return " ".join(f"{option} {shlex.quote(url)}" for option, url in zip(options, addresses))


def _listed(names: Any) -> str:
    return ", ".join(names) or "none"


def _missing(contents: BundleContents) -> Iterator[str]:
    if contents.missing:
        yield ""
        yield "## What is missing"
        yield ""
        yield "What needs these cannot be installed from this bundle:"
        yield ""
        for name, reason in contents.missing.items():
            yield f"- `{name}`: {' '.join(reason.split())}"
        yield ""
