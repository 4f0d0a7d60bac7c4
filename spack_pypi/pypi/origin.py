"""Where a project comes from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class IndexOrigin:
    """Where a project comes from: the address of its ``index``. ``listed`` is that of its page
    there, if recipes have to say where its files are: they are not those of Spack's own index.
    ``one_of_several``: other indexes could have it, too."""

    index: str
    listed: str = ""
    one_of_several: bool = False
