"""Which versions of a licence of GNU may be chosen: what the files of a project say at their top.

The text of such a licence asks to say it there ("either version 3 of the License, or (at your
option) any later version"). It is taken from the project's own modules, if all that say something
say the same, and none makes an exception.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..pypi.model import MODULE

#: Where a notice stands in a file, characters.
_TOP = 4000
_MARK = re.compile(r"[#*\"';/]+")
_NOTICE = re.compile(
    r"\bgnu (affero |lesser |library )?general public licen[cs]e\b[^.]{0,80}?"
    r"\bversion (\d)(?:\.(\d))? of the licen[cs]e,? or "
    r"(?:\(?at your option\)?,? )?any later version"
)
_EXCEPTION = re.compile(
    r"\b(?:as an|with an|with the|this|following|special|linking|library|additional) exceptions?\b"
    r"|\badditional permission"
)
#: How far from the notice an exception may stand, characters: code below it speaks of others.
_NEAR = 1200
_KINDS = {"affero ": "A", "lesser ": "L", "library ": "L"}


def or_later(modules: Mapping[str, str]) -> tuple[str, str]:
    """The licence (SPDX) of which the texts of modules, by path, say that later versions may be
    chosen, and the first of the modules; both empty if they do not all say that. Sources in other
    languages, of which some are copied from other projects, only count where no module has any."""
    of_python = {path: text for path, text in modules.items() if path.endswith(MODULE)}
    found = {path: _noticed(text) for path, text in (of_python or modules).items()}
    if len({*found.values()}) != 1 or not all(found.values()):
        return "", ""
    path, licence = next(iter(found.items()))
    return licence, path


def _noticed(text: str) -> str:
    top = " ".join(_MARK.sub(" ", text[:_TOP].lower()).split())
    found = list(_NOTICE.finditer(top))
    said = {f"{_KINDS.get(m[1], '')}GPL-{m[2]}.{m[3] or '0'}-or-later" for m in found}
    near = [top[max(0, m.start() - _NEAR) : m.end() + _NEAR] for m in found]
    return said.pop() if len(said) == 1 and not any(map(_EXCEPTION.search, near)) else ""
