"""Whether what is external can be imported where Spack runs it: a small package is built on it,
and loaded. This runs what is installed."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from ...errors import HostError
from ...files import file_text
from ..port import External, Installed
from .install import Installation, plain_environment

_SCRIPT = Path(__file__).with_name("try_imports.py")
_PACKAGE = "py-spack-pypi-trial"
#: Imports them while it is built, and leaves the question for when it is loaded. What extends no
#: Python, such as cmake, is used by its commands.
_RECIPE = """\
import json

from spack_repo.builtin.build_systems.generic import Package
from spack_repo.builtin.build_systems.python import PythonExtension

from spack.package import *


class PySpackPypiTrial(Package, PythonExtension):
    \"\"\"Imports modules of packages.\"\"\"

    has_code = False

    version("1")

    extends("python")
{lines}
    def install(self, spec, prefix):
        here = self.package_dir
        with open(join_path(here, "question.json")) as stream:
            asked = json.load(stream)
        asked = {{
            name: value
            for name, value in asked.items()
            if spec[name].package.extends(spec["python"])
        }}
        question = prefix.join("question.json")
        with open(question, "w") as stream:
            json.dump(asked, stream)
        python(join_path(here, "{script}"), question, prefix.join("built.json"))
"""


def not_imported(
    folder: Path, externals: Sequence[External], modules: Mapping[str, tuple[Path, Sequence[str]]]
) -> dict[str, str]:
    """Why modules of externals cannot be imported, by package. ``modules`` are those of each, with
    the folder in which they are; the externals are in the configuration. All that is built is in a
    ``folder`` of our own, and deleted. Raises `HostError` where the package cannot be built."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="externals-", dir=folder) as name:
        # Spack writes the prefix into what it builds, and checks it without links.
        temporary = Path(name).resolve()
        recipe = temporary / "recipe" / _PACKAGE.replace("-", "_")
        _write_recipe(recipe, externals, modules)
        with Installation(temporary, "externals_trial", [recipe]) as installation:
            built = installation.build(_PACKAGE)
            if isinstance(built, Installed):
                assert built.failure is not None
                last = built.failure.tail.splitlines()[-1:]
                raise HostError(
                    f"Spack cannot build a small package on the externals: {' '.join(last)}"
                )
            graph, _, prefixes = built
            prefix = Path(prefixes[graph.root])
            command = 'eval "$1"; exec python3 "$2" "$3" "$4"'
            files = [str(prefix / each) for each in ("question.json", "loaded.json")]
            arguments = [installation.loaded(graph.root), str(_SCRIPT), *files]
            done = subprocess.run(
                ["/bin/sh", "-c", command, "sh", *arguments],
                env=plain_environment(),
                cwd=temporary,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                raise HostError(
                    f"the Python of the externals cannot be run: {done.stderr.strip()[-200:]}"
                )
            reasons = _read(prefix / "loaded.json")
            building = {
                package: f"while a package is built, {reason}"
                for package, reason in _read(prefix / "built.json").items()
            }
            return {**building, **reasons}


def _write_recipe(
    folder: Path,
    externals: Sequence[External],
    modules: Mapping[str, tuple[Path, Sequence[str]]],
) -> None:
    folder.mkdir(parents=True)
    lines = "".join(
        f'    depends_on("{each.package}@={each.version}", type=("build", "run"))\n'
        for each in externals
    )
    (folder / "package.py").write_text(_RECIPE.format(lines=lines, script=_SCRIPT.name))
    asked = {
        package: {"folder": str(site), "modules": list(names)}
        for package, (site, names) in modules.items()
        if names
    }
    (folder / "question.json").write_text(json.dumps(asked))
    shutil.copy(_SCRIPT, folder)


def _read(file: Path) -> dict[str, str]:
    try:
        found: dict[str, str] = json.loads(file_text(file))
    except (OSError, ValueError) as error:
        raise HostError(f"the imports of the externals left no result: {error}") from None
    return found
