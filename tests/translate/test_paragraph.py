"""The first paragraph of a description, as plain text: no headings, badges, lists, code, HTML."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spack_pypi.translate.paragraph import first_paragraph, short_paragraph

TEXT = "A library that logs quietly."

# (description in Markdown or reStructuredText, its first paragraph)
DESCRIPTIONS = [
    ("", ""),
    (TEXT, TEXT),
    (f"# quiet-log\n\n{TEXT}\n\nMore about it.", TEXT),
    (f"# quiet-log\n{TEXT}", TEXT),
    (f"quiet-log\n=========\n\n{TEXT}", TEXT),
    (f"quiet-log\n---------\n{TEXT}", TEXT),
    (f"=========\nquiet-log\n=========\n\n{TEXT}", TEXT),
    ("A library\nthat logs   quietly.\n", TEXT),
    ("A library\r\nthat logs quietly.\r\n\r\nMore.", TEXT),
    # what became of it
    (f"As of 2, the development of quiet-log has been moved.\n\n{TEXT}", TEXT),
    (f"This package exists for backward compatibility\n\n---\n\n{TEXT}", TEXT),
    (f"**quiet is no longer maintained, sadly.**\n\n{TEXT}", TEXT),
    # badges and images
    (f"[![Build](https://x.example/b.svg)](https://x.example/)\n![logo](a.png)\n\n{TEXT}", TEXT),
    (f"[![Build][badge]][build]\n\n{TEXT}\n\n[badge]: https://x.example/b.svg", TEXT),
    (f".. image:: https://x.example/b.svg\n   :target: https://x.example/\n\n{TEXT}", TEXT),
    (f"|build| |docs|\n\n{TEXT}\n\n.. |build| image:: b.svg", TEXT),
    # HTML
    (f'<p align="center">\n  <img src="a.png">\n</p>\n\n{TEXT}', TEXT),
    (f"<!-- one\n\ntwo -->\n{TEXT}", TEXT),
    ("A <b>library</b> that logs quietly.", TEXT),
    # links
    ("A [library](https://x.example/) that logs quietly.", TEXT),
    ("A `library <https://x.example/>`_ that logs quietly.", TEXT),
    ("A :py:mod:`library` that logs quietly.", TEXT),
    ("A library that logs quietly `there`_ .", "A library that logs quietly there."),
    ("A library that logs `quietly <https://x.example/>`__.", TEXT),
    (f"[[Blog]](https://x.example/b) [[Paper]](https://x.example/p)\n\n{TEXT}", TEXT),
    (f"[[Blog]](https://x.example/b) {TEXT}", TEXT),
    ("A [library] that logs quietly.\n\n[library]: https://x.example/", TEXT),
    ("A [library] that logs quietly.", "A [library] that logs quietly."),
    ("A library_ that logs quietly.\n\n.. _library: https://x.example/", TEXT),
    ("A library that logs quietly [^1].\n\n[^1]: It does.", TEXT),
    # characters by their names
    ("A library that logs&nbsp;quietly.", TEXT),
    (f"Docs &nbsp;&bull;&nbsp; Source &nbsp;&bull;&nbsp; more\n\n{TEXT}", TEXT),
    ("Logs for Fast&Co; or not.", "Logs for Fast&Co; or not."),
    # emphasis
    ("A _library that_ logs **quietly**.", "A library that logs **quietly**."),
    ("**A library** that logs quietly.", "**A library** that logs quietly."),
    ("*A library* that logs quietly.", "*A library* that logs quietly."),
    (f"**Home**: the quiet log's page\n\n{TEXT}", TEXT),
    ("A library with log_quiet and not_log.", "A library with log_quiet and not_log."),
    # what leads to something else
    (f"{TEXT} You can have:\n\n* logs", TEXT),
    (f"{TEXT} Do this now::\n\n    quiet-log", TEXT),
    (f"Logs of the following kinds:\n\n* quiet ones\n\n{TEXT}", TEXT),
    ("A library that logs quietly, including:\n- bits\n- bytes", TEXT),
    ("A library that logs quietly, such as the following:\n\n1. bits", TEXT),
    (f"{TEXT}\n* bits\n* bytes", TEXT),
    (f"A library\n* bits of the log\n\n{TEXT}", TEXT),
    # what refers to something before, or speaks to the reader
    (f"See below for the quiet ones.\n\n{TEXT}", TEXT),
    (f"Note that nobody hears it.\n\n{TEXT}", TEXT),
    (f"Learn more in the documentation or the videos.\n\n{TEXT}", TEXT),
    (f"For more about it, read the manual.\n\n{TEXT}", TEXT),
    (f"To install it, run the installer.\n\n{TEXT}", TEXT),
    ("For those who learn more quietly.", "For those who learn more quietly."),
    (f"{TEXT} It has:\n\n* logs\n\nThese are the quiet logs.", TEXT),
    (f"These logs are the quiet ones.\n\n{TEXT}", TEXT),
    (f"where log is a quiet log\n\n{TEXT}", TEXT),
    (f"Should be enough to log here.\n\n{TEXT}", TEXT),
    (f"This folder contains the source of the log.\n\n{TEXT}", TEXT),
    (f"`pip install quiet-log` (latest release) OR\n\n{TEXT}", TEXT),
    (f"Install quiet-log with the installer.\n\n{TEXT}", TEXT),
    ("This repository implements a quiet log.", "This repository implements a quiet log."),
    ("This library logs as quietly as it can.", "This library logs as quietly as it can."),
    ("Git for those who log quietly.", "Git for those who log quietly."),
    (f"Our paid logs are much quieter.\n\n{TEXT}", TEXT),
    (f"The documentation is available at:\n\n{TEXT}", TEXT),
    (f"The log client is required to be installed.\n\n{TEXT}", TEXT),
    (f"quiet-log 2.1 can be installed from here.\n\n{TEXT}", TEXT),
    # a sentence about use, and what follows it
    (f"{TEXT} By default, it logs to a file. It may log more.", TEXT),
    (f"{TEXT} For a full list of logs, see its page.", TEXT),
    (f"{TEXT} The documentation is available at", TEXT),
    (f"{TEXT} quiet-log can be installed from here.", TEXT),
    (f"{TEXT} For those who need it.", f"{TEXT} For those who need it."),
    # what is not a sentence
    (f"Documentation of it | How to begin\n\n{TEXT}", TEXT),
    (f"[Docs](https://x.example/) · [Source](https://y.example/) · more\n\n{TEXT}", TEXT),
    (f".. math::\n\n   a = b + c + d\n\n{TEXT}", TEXT),
    (f"* one thing\n* another thing here\n\n{TEXT}", TEXT),
    (f" - one thing\n - another thing here\n\n{TEXT}", TEXT),
    (f"=========\nA quiet log\n=========\n{TEXT}", TEXT),
    (f"1. one thing after another\n\n{TEXT}", TEXT),
    (f"> somebody said so once\n\n{TEXT}", TEXT),
    (f"| a | table | with | columns |\n|---|---|---|---|\n\n{TEXT}", TEXT),
    (f"```\npip install the quiet log\n```\n\n{TEXT}", TEXT),
    (f"    pip install the quiet log\n\n{TEXT}", TEXT),
    (f"Install it as follows now::\n\n    pip install quiet-log\n\n{TEXT}", TEXT),
    (f"https://x.example/ is its page\n\n{TEXT}", TEXT),
    (f"Quiet log\n\n{TEXT}", TEXT),
    ("# Heading only", ""),
]


@pytest.mark.parametrize("description, paragraph", DESCRIPTIONS)
def test_the_first_paragraph(description: str, paragraph: str) -> None:
    assert first_paragraph(description) == paragraph


# (description, the sentence of three words)
SHORT = [
    ("Title\n=====\n\nQuietLog's Java dependencies.", "QuietLog's Java dependencies."),
    ("# Title\n\nA heading only", ""),
    ("A quiet log of all.", ""),
    ("All rights reserved.\n\nVery quiet logs.", "Very quiet logs."),
    ("Copyright Quiet Inc.", ""),
    ("See the docs.", ""),
]


@pytest.mark.parametrize("description, paragraph", SHORT)
def test_a_short_paragraph(description: str, paragraph: str) -> None:
    assert short_paragraph(description) == paragraph


@given(st.text(alphabet="ab .`*#[]()<>!|=-\n:_\\\t1~"))
def test_any_text_has_a_paragraph_on_one_line_or_none(description: str) -> None:
    found = first_paragraph(description)
    assert found == "" or (len(found.split()) >= 4 and "\n" not in found)
