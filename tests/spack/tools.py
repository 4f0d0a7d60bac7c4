"""What building any project needs, from the index that pip uses."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.conftest import Spack
from tests.index_server import IndexServer

#: (project, version, whether it is a wheel) of each argument: the newest that this Spack declares,
#: which its solver takes.
_NEWEST = """
import json, sys, spack.repo
found = []
for name in sys.argv[1:]:
    cls = spack.repo.PATH.get_pkg_class("py-" + name)
    usable = {v: said for v, said in cls.versions.items() if not said.get("deprecated")}
    newest = max(usable)
    url = str(usable[newest].get("url", getattr(cls, "url", "")))
    wheel = usable[newest].get("expand") is False or url.endswith("whl")
    found.append((name, str(newest), wheel))
print(json.dumps(found))
"""


def publish_tools(spack: Spack, server: IndexServer, folder: Path, *more: str) -> None:
    """Publish pip, wheel and setuptools, and ``more`` projects, the real ones."""
    for name, version, wheel in spack.python(_NEWEST, "pip", "wheel", "setuptools", *more):
        kind = ["--only-binary", ":all:"] if wheel else ["--no-binary", ":all:"]
        downloads = folder / "downloads" / name
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", *kind]
        subprocess.run([*command, "--dest", str(downloads), f"{name}=={version}"], check=True)
        (file,) = downloads.iterdir()
        server.served.publish(name, file.name, file.read_bytes())
