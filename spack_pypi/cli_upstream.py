"""The command ``upstream``: wiring, what is printed, exit codes."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from .session import Progress, open_index
from .show import new_folder, say, write_json
from .show_series import sent_json, show_changes, show_series

if TYPE_CHECKING:
    from .host.checkout import GitCheckout
    from .host.port import Host
    from .workflow.upstream.series import Series


def upstream(args: argparse.Namespace, host: Host) -> int:
    """Make the series, or the patch for Spack itself; returns the exit code."""
    return _patch_spack(args, host) if args.patch_spack else _send(args, host)


def _patch_spack(args: argparse.Namespace, host: Host) -> int:
    from .host.core_patch import make_core_patch

    prefix = host.spack_prefix()
    patch = make_core_patch(prefix, Path(args.output or "."))
    if patch is None:
        print(f"{host.name} has 'spack create --pypi' already: there is nothing to write.")
        return 0
    tested = "its tests pass" if patch.tested else "its tests were not run: no pytest or clingo"
    print(f"Wrote {patch.file} (applied and tried in a copy of {host.name}; {tested}).")
    apply = "am" if (prefix / ".git").exists() else "apply"
    file = shlex.quote(str(patch.file.resolve()))
    print(f"Next: git -C {shlex.quote(str(prefix))} {apply} {file}")
    return 0


def _send(args: argparse.Namespace, host: Host) -> int:
    from .host.checkout import GitCheckout, repo_in
    from .workflow.compare.check import packages
    from .workflow.upstream.source import selected, sources
    from .workflow.upstream.upstream import upstream

    named = packages(host, args.names, args.repo, args.namespace) if args.names else []
    target = host.repos.target(args.repo, args.namespace, write=False)
    if args.checkout:
        shared = repo_in(args.checkout)
    elif target.namespace == "builtin":
        shared = target.root
    else:
        shared = host.repos.target(None, "builtin", write=False).root
    with GitCheckout(
        shared,
        host.cache,
        base=args.base,
        is_source=shared.resolve() == target.root.resolve(),
        offline=args.offline,
    ) as checkout:
        if args.branch:
            checkout.check_free(args.branch)
        chosen = selected(sources(host, checkout, target), named)
        only = host.only(checkout.repo)
        with open_index(args, only) as (index, connections), Progress() as progress:
            series = upstream(
                only,
                index,
                checkout,
                chosen,
                every_version=args.versions == "all",
                proof=args.verify,
                allow_errors=args.allow_errors,
                connections=connections,
                progress=progress,
            )
        if args.json:
            write_json(args.json, [sent_json(sent) for sent in series.sent])
        if args.json != "-":
            show_series(series)
        if series.problems:
            say("Error: nothing was made")
            return 1
        if not series.sent:
            say("There is nothing to send.")
        elif args.dry_run:
            show_changes(checkout.changed())
        else:
            _write(args, host, checkout, series)
    return 0


def _write(args: argparse.Namespace, host: Host, checkout: GitCheckout, series: Series) -> None:
    from .workflow.upstream.series import cover, head

    branch = args.branch or f"pypi/{head(series).package}"
    checkout.check_free(branch)
    folder = new_folder(args.output or branch.replace("/", "-"))
    for sent in series.sent:
        checkout.commit(sent.folder, sent.message)
    patches = checkout.finish(branch, folder)
    (folder / "cover.md").write_text(cover(series, checkout.described(), host.name), "utf-8")
    if args.json != "-":
        print(
            f"Wrote {len(patches)} patches and cover.md into {folder}, and the branch {branch} in "
            f"{checkout.root}, on {checkout.described()} ({', '.join(series.proven)})."
        )
