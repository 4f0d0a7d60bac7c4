"""What a recipe says of its project: what it is, in a sentence, and its page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spack_pypi.pypi.model import Metadata
from spack_pypi.translate.describe import docstring, homepage


def about(**fields: Any) -> Metadata:
    return Metadata("x", "1.0", **fields)


PAGE = "https://x.example/"
# (the addresses by label, the old field Home-page, the page)
PAGES: list[tuple[Sequence[tuple[str, str]], str, str]] = [
    ([], "", ""),
    ([], PAGE, PAGE),
    ([("Documentation", PAGE)], "https://https://x.example/", PAGE),  # a slip
    ([("Home-Page", PAGE)], "https://old.example/", PAGE),
    ([("Changelog", "https://x.example/log"), ("Source Code", PAGE)], "", PAGE),
    # the source before the documentation, and both before pages with labels of their own
    ([("Documentation", "https://docs.example/"), ("Repository", PAGE)], "", PAGE),
    ([("Documentation", "https://docs.example/"), ("Homepage", PAGE)], "", PAGE),
    ([("Our site", "https://other.example/"), ("Docs", PAGE)], "", PAGE),
    ([("Source", PAGE), ("Github", "https://git.example/")], "", PAGE),
    ([("Our site", "https://other.example/"), ("Repository", PAGE)], "", PAGE),
    ([("Our site", PAGE)], "", PAGE),
    # forges redirect to https; of others it is not known
    ([], "http://github.com/y/x", "https://github.com/y/x"),
    ([], "http://www.bitbucket.org/y/x", "https://www.bitbucket.org/y/x"),
    ([], "http://x.readthedocs.io/", "https://x.readthedocs.io/"),
    ([], "http://y.github.io", "https://y.github.io"),
    ([], "http://github.com.example/", "http://github.com.example/"),
    ([], "http://x.example/http://github.com/", "http://x.example/http://github.com/"),
    ([], "http://github.community/", "http://github.community/"),
    # a place in the page of a repository, and one that is a page by itself
    ([("Documentation", "https://git.example/x#readme")], "", "https://git.example/x"),
    ([("Homepage", "http://github.com/a/x.git")], "", "https://github.com/a/x"),
    ([("Homepage", "https://gitlab.com/a/b/x.git/")], "", "https://gitlab.com/a/b/x"),
    ([("Homepage", "https://git.example/x.git")], "", "https://git.example/x.git"),
    ([("Documentation", "https://x.example/#/docs")], "", "https://x.example/#/docs"),
    # pages of another kind
    ([("Funding", PAGE)], "", ""),
    ([("Bug Tracker", PAGE), ("Changelog", PAGE), ("Release notes", PAGE)], "", ""),
    ([("Docs", "https://git.example/x/blob/main/README.md"), ("Source", PAGE)], "", PAGE),
    # what is about one release only
    ([("Docs", "https://docs.example/x/1.0/"), ("Source", PAGE)], "", PAGE),
    ([("Docs", "https://docs.example/x/1.0.3/")], "", "https://docs.example/x/1.0.3/"),
    # no page of the project
    ([("Homepage", "https://pypi.example/project/x/"), ("Docs", PAGE)], "", PAGE),
    ([], "https://pypi.example/simple/x", ""),
    ([], "x.example", ""),
    ([], "ftp://x.example/", ""),
    ([], "https://user:secret@x.example/", ""),
    ([], 'https://x.example/"+__import__("os")+"', ""),
    ([], "https://x.example/a b", ""),
    ([], "https://[x.example/", ""),
    ([], "https://", ""),
    ([], "UNKNOWN", ""),
]


@pytest.mark.parametrize("urls, home_page, page", PAGES)
def test_the_page(urls: Sequence[tuple[str, str]], home_page: str, page: str) -> None:
    assert homepage(about(project_urls=tuple(urls), home_page=home_page)) == page


def test_the_page_of_what_others_pack_with_cmeel() -> None:
    urls = (("homepage", "https://git.example/packing/x"), ("upstream", PAGE))
    packed = about(project_urls=urls, requires_dist=("cmeel", "y"))
    assert homepage(packed) == PAGE
    assert homepage(about(project_urls=urls)) == "https://git.example/packing/x"
    assert homepage(about(project_urls=urls[:1], requires_dist=("cmeel",))) != PAGE


def test_the_page_that_only_the_description_has() -> None:
    described = about(project_urls=(("Funding", PAGE),), repository="https://git.example/x")
    assert homepage(described) == "https://git.example/x"
    assert homepage(about(home_page=PAGE, repository="https://git.example/x")) == PAGE
    assert homepage(about(documentation=PAGE)) == PAGE
    assert homepage(about(documentation=PAGE, repository="https://git.example/x")) != PAGE


LONG = "Xy does one thing. " * 20
# (summary, the beginning of the description, docstring)
DOCSTRINGS = [
    ("Quiet logging.", "", "Quiet logging."),
    ("quiet logging", "", "Quiet logging."),
    ("x logs quietly", "", "x logs quietly."),
    # the name as a title
    ("X: logs all things", "", "Logs all things."),
    ("x - logs all things", "", "Logs all things."),
    ("X \u2014 a log of things", "", "A log of things."),
    ("x: quiet logging", "", "x: quiet logging."),
    ("x-log: logs all things", "", "x-log: logs all things."),
    ("A `log` of *all*\n  [things](https://x.example/)", "", "A log of all things."),
    ("Is it quiet?", "", "Is it quiet?"),
    ('"Logs all things."', "", "Logs all things."),
    ("'x' and 'y'", "", "'x' and 'y'."),
    # pictures are not text, signs are
    ("\U0001f680 quiet logging \u2764\ufe0f", "", "Quiet logging."),
    ("\u2728", "A library that logs quietly.", "A library that logs quietly."),
    ("Logs to Foo\u2122 at 20\u00b0", "", "Logs to Foo at 20\u00b0."),
    ("Logs to Foo\u00ae.", "", "Logs to Foo."),
    ("# Logs all things", "", "Logs all things."),
    # one word too many
    ("A log for for all of of it", "", "A log for all of it."),
    ("Logs what that that had had to", "", "Logs what that that had had to."),
    ("Fast, quiet logs", "", "Fast, quiet logs."),
    ("fast, quiet logs", "", "Fast, quiet logs."),
    ("n-ary logs", "", "n-ary logs."),
    # of what a repository is
    ("Source code repository for the Quiet 2 Framework.", "", "Quiet 2 Framework."),
    ("The official GitHub repo of a log that is quiet", "", "Log that is quiet."),
    ("Source code repository for logs", "", "Source code repository for logs."),
    ("Git repository of the log", "", "Git repository of the log."),
    ("Repository of the quiet log files", "", "Repository of the quiet log files."),
    # what says what the project is, behind why there is one
    (
        "x",
        "Logging is hard, as logs are many. X is a library for logs. It is quiet.",
        "X is a library for logs. It is quiet.",
    ),
    ("x", "X is a library for logs. X offers much.", "X is a library for logs. X offers much."),
    (
        "x",
        "Logging is hard, as logs are many. Others use X.",
        "Logging is hard, as logs are many. Others use X.",
    ),
    # a description is there only where the summary says little
    ("Quiet logging", "A library that logs quietly.", "A library that logs quietly."),
    ("Quiet logging", "# Installation", "Quiet logging."),
    ("Tool X", "A library that logs quietly.", "A library that logs quietly."),
    ("Tool X", "# Installation", "Tool X."),
    ("", "Welcome to a quiet log.\n\nIt logs.", "A quiet log."),
    ("", "Welcome to x!\n\nA library that logs quietly.", "A library that logs quietly."),
    ("", "Using this code, we logged much.\n\nIt is quiet.", "x."),
    ("", "# x\n\nA library that logs quietly.", "A library that logs quietly."),
    ("", "", "x."),
    ("", "# x\n\nQuiet logs, easily.", "Quiet logs, easily."),
    ("Tool X", "# x\n\nQuiet logs, easily.", "Tool X."),
    (
        "",
        "This folder contains the source for the `x` package, which provides logs. It is quiet.",
        "Provides logs. It is quiet.",
    ),
    # a title with the name, where the paragraph does not have it
    ("", "# X Logs (once)\n\nCode for the Y of all.", "Code for the Y of all."),
    ("", "# X Logs (once the Y)\n\nCode for the Y of all.", "X Logs (once the Y)."),
    ("", "X - logs for all\n================\n\nCode for the Y of all.", "Logs for all."),
    ("", "# X Logs (once the Y)\n\nCode for X, which logs.", "Code for X, which logs."),
    ("", "# Xylogs once the Y\n\nCode for the Y of all.", "Code for the Y of all."),
    ("", "![logo](a.png)\n\n# X Logs once the Y\n\nCode for all.", "X Logs once the Y."),
    # a few lines
    (LONG, "", LONG[:265].rstrip()),
    ("", LONG, LONG[:265].rstrip()),
    ("word " * 80, "", "Word " + "word " * 51 + "word..."),
    # the end of an abbreviation is not the end of a sentence
    ("It logs e.g. This. Word " + "word " * 80, "", "It logs e.g. This."),
]


@pytest.mark.parametrize("summary, description, sentence", DOCSTRINGS)
def test_the_docstring(summary: str, description: str, sentence: str) -> None:
    assert docstring(about(summary=summary, description=description)) == sentence


def test_the_name_stays_as_the_project_writes_it() -> None:
    assert docstring(Metadata("xylog", "1", summary="xyLog logs quietly")) == "xyLog logs quietly."


# (a summary, the docstring): without addresses of the web
ADDRESSES = [
    ("Logs quietly. See https://x.example/docs for more.", "Logs quietly."),
    ("Logs quietly (https://x.example).", "Logs quietly."),
    ("Logs quietly, see https://x.example/docs", "Logs quietly."),
    ("Logs quietly - https://x.example/", "Logs quietly."),
    ("Logs quietly -> https://x.example/", "Logs quietly."),
    ("Logs quietly, by Foo (<https://x.example/>)", "Logs quietly, by Foo."),
    ("Logs what http and https say: quietly", "Logs what http and https say: quietly."),
    ("https://x.example/", "x."),
    ("See https://x.example/", "x."),
    # an address that a word needs stays, as there is no sentence without it
    ("A wrapper for https://x.example/y", "A wrapper for https://x.example/y."),
    ("A port of https://x.example/y to Python", "A port of https://x.example/y to Python."),
    # that of a repository is its name
    ("A port of https://github.com/z/log.js to Python", "A port of log.js to Python."),
    ("A wrapper for <https://gitlab.com/z/log.git>", "A wrapper for log."),
    ("A log, from bar https://codeberg.org/z/b/ but fast", "A log, from bar b but fast."),
    ("A port of https://github.com/z/y/z", "A port of https://github.com/z/y/z."),
    # in brackets, none needs it
    ("A port of y (https://x.example/) to Python", "A port of y to Python."),
    ("Logs as <https://x.example> does", "Logs as <https://x.example> does."),
    ("Logs for the https://x.example.", "Logs for the https://x.example."),
    (
        "A quiet log forked from: https://x.example/",
        "A quiet log forked from: https://x.example/.",
    ),
    ("From https://x.example/", "x."),
    ("A log from https://x.example/", "A log from https://x.example/."),
    ("A log of all from https://x.example/", "A log of all."),
    (
        "Official API for https://x.example, with tools",
        "Official API for https://x.example, with tools.",
    ),
    # a remark on what it is from goes with the address that it has, if there is more than that
    ("A log for Foo, based on bar and https://x.example/y", "A log for Foo."),
    (
        "A log for Foo, a port of https://x.example/y to Python, with tools",
        "A log for Foo, with tools.",
    ),
    ("A log for Foo (originally forked from <https://x.example/v1.2>)", "A log for Foo."),
    ("A log for Foo - inspired by https://x.example/", "A log for Foo."),
    ("A log for Foo, based on bar https://x.example/", "A log for Foo, based on bar."),
    ("Fast, a port of https://x.example/", "Fast, a port of https://x.example/."),
    # a sentence that goes on behind one keeps it
    (
        "A log, based on bar https://x.example/ but fast",
        "A log, based on bar https://x.example/ but fast.",
    ),
]


@pytest.mark.parametrize("summary, text", ADDRESSES)
def test_addresses_are_no_part_of_it(summary: str, text: str) -> None:
    assert docstring(about(summary=summary)) == text


_WORDS = st.lists(st.sampled_from(["log", "things,", "(quiet)", "-", "built", "a", "from"]))


@given(_WORDS, st.sampled_from(("and", "of", "for", "to", "by", "the", "an", "as")), _WORDS)
def test_no_word_loses_the_address_that_it_needs(
    before: Sequence[str], word: str, behind: Sequence[str]
) -> None:
    address = "https://x.example/y"
    said = docstring(about(summary=" ".join([*before, word, address, *behind]))).lower()
    assert f"{word} {address}" in said or word not in said.split()


@given(st.text(), st.text())
def test_a_docstring_is_a_short_sentence(summary: str, description: str) -> None:
    found = docstring(about(summary=summary, description=description))
    assert found and found[-1] in ".!?" and found.isprintable() and len(found) <= 271
