"""The page of results: a section for each part, which is replaced when it is measured again."""

from __future__ import annotations

import platform
import re
from pathlib import Path

HEAD = """\
# How fast is it?

Made by `python3 bench speed --write`, which runs what is compared in turns, in the same run on the
same machine. Each section says when and with what it was made.
"""


def with_section(page: str, title: str, text: str, order: list[str]) -> str:
    """A page with this section, in the place that ``order`` (all titles) gives it."""
    found = re.split(r"^## (.*)\n", page, flags=re.M)[1:]
    sections = {heading: body.strip() for heading, body in zip(found[::2], found[1::2])}
    sections[title] = text.strip()
    known = [each for each in order if each in sections]
    return HEAD + "".join(f"\n## {each}\n\n{sections[each]}\n" for each in known)


def machine() -> str:
    """What this machine is."""
    cpus, model, memory = 0, platform.machine(), ""
    cpuinfo, meminfo = Path("/proc/cpuinfo"), Path("/proc/meminfo")
    if cpuinfo.exists():
        text = cpuinfo.read_text("utf-8")
        cpus = len(re.findall(r"^processor\s*:", text, re.M))
        named = re.search(r"^model name\s*:\s*(.*)", text, re.M)
        model = " ".join(named[1].split()) if named else model
    if meminfo.exists():
        total = re.search(r"^MemTotal:\s*(\d+)", meminfo.read_text("ascii"), re.M)
        memory = f", {int(total[1]) / (1 << 20):.0f} GiB" if total else ""
    cores = f"{cpus} × {model}" if cpus else model
    return f"{platform.system()}, {cores}{memory}, Python {platform.python_version()}"
