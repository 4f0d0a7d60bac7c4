"""The line of a recipe that a diagnostic is about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from ...diagnostics import Diagnostic, Place
from ...errors import SpackPyPIError
from ...host.port import Host


def located(host: Host, diagnostics: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """The diagnostics of one package, with their places if its recipe can be read. A file below
    the working directory is relative to it, as CI systems expect."""
    for each in diagnostics:
        try:
            file = host.repos.recipe_file(each.package).resolve()
            text = host.repos.recipe_texts(each.package)[0]
        except SpackPyPIError:
            yield each
            continue
        if Path.cwd() in file.parents:
            file = file.relative_to(Path.cwd())
        yield replace(each, place=Place(str(file), line_of(text, each)))


def line_of(text: str, diagnostic: Diagnostic) -> int:
    """The number of the line: of the first ``depends_on`` of the subject, else of the first of the
    versions, else of the class."""
    match = None
    if diagnostic.subject:
        subject = re.escape(diagnostic.subject)
        match = re.search(rf"depends_on\(\s*[\"']{subject}(?![\w-])", text)
    for version in diagnostic.versions if match is None else ():
        match = match or re.search(rf"\bversion\(\s*[\"']{re.escape(version)}[\"']", text)
    match = match or re.search(r"(?m)^class ", text)
    return text.count("\n", 0, match.start()) + 1 if match else 0
