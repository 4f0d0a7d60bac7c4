"""Entry point ``spack.extensions``: gives Spack the path of the extension, and its own ``create``
the option ``--pypi``.

Spack calls this at every start, several times. Whatever goes wrong here would break every Spack
command, so nothing is raised and nothing is imported that this start does not need.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

_COMMAND = "spack.cmd.create"


def extension() -> str:
    """The path that Spack would otherwise read from ``config:extensions``."""
    created = sys.modules.get(_COMMAND)
    if created is not None:
        _offer_pypi(created)
    elif not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
    return os.path.join(os.path.dirname(os.path.abspath(__file__)), "spack-pypi")


class _Finder:
    """Finds ``spack.cmd.create`` once, as Python does, and wraps it when it has been loaded."""

    def find_spec(
        self,
        name: str,
        path: Sequence[str] | None = None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        if name != _COMMAND:
            return None
        sys.meta_path.remove(self)
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None:
            loader: Any = spec.loader
            execute = loader.exec_module

            def execute_and_wrap(module: ModuleType) -> None:
                execute(module)
                _offer_pypi(module)

            loader.exec_module = execute_and_wrap
        return spec


def _offer_pypi(module: Any) -> None:
    """Wrap the two functions that make a module a Spack command."""
    if getattr(module, "offers_pypi", False):
        return
    spacks_parser, spacks_create = module.setup_parser, module.create

    def setup_parser(subparser: Any) -> None:
        spacks_parser(subparser)
        try:
            from .commands.create import add_options

            subparser.add_argument(
                "--pypi",
                nargs="*",
                metavar="NAME",
                dest="names",
                help="write the missing recipes for Python projects and all their dependencies; "
                "NAME is a requirement, such as 'mcp[cli]>=1,<2'",
            )
            add_options(subparser, shared=False)
        except Exception:
            # Spack's own options clash with ours: ours stay away. So they do where it has a
            # --pypi of its own, which comes to us through the extension.
            return

    def create(parser: Any, args: Any) -> Any:
        if getattr(args, "names", None) is not None:
            from .inside import run

            # A name that follows other options is what argparse takes for Spack's own argument.
            args.names += [args.url] if args.url else []
            return run(args)
        return spacks_create(parser, args)

    module.setup_parser, module.create = setup_parser, create
    module.offers_pypi = True
