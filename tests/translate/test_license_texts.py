"""Which standard licence a text is: the matching guidelines of the SPDX licence list say what may
differ (https://spdx.dev/license-list/matching-guidelines); anything else makes it no licence."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.licenses import canonicalize_license_expression

import spack_pypi.translate
from spack_pypi.translate.license_texts import gnu_licence, recognised

FILES = {
    file.stem: " ".join(file.read_text("utf-8").split())
    for file in (Path(spack_pypi.translate.__file__).parent / "spdx").glob("*.txt")
}


def plain(marked: str, name: str = "Quiet Authors") -> str:
    """A licence as it is published: the first of each alternative, nothing optional."""
    while re.search(r"\[\[|\{\{", marked):
        marked = re.sub(r"\[\[[^\[\]{}]*\]\]", " ", marked)
        marked = re.sub(r"\{\{([^{}|\[\]]*)[^{}\[\]]*\}\}", r"\1", marked)
    return re.sub(r" (?=[,.])", "", " ".join(marked.split())).replace("*", name)


TEXTS = {name: plain(text.replace('"[]"|"{}"', "brackets")) for name, text in FILES.items()}
NAMES = st.sampled_from(sorted(TEXTS))

MIT = TEXTS["MIT"]
BSD = TEXTS["BSD-3-Clause"]
APPLIED = """Licensed under the Apache License, Version 2.0 (the "License");
you may not use this file except in compliance with the License.
You may obtain a copy of the License at

    http://www.apache.org/licenses/LICENSE-2.0

Unless required by applicable law or agreed to in writing, software
distributed under the License is distributed on an "AS IS" BASIS,
WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
See the License for the specific language governing permissions and
limitations under the License."""
NOTICE = "Copyright (c) 2019-2024 Ann Other <ann@quiet.example> and contributors\n"


@pytest.mark.parametrize("name", sorted(FILES))
def test_each_licence_is_recognised_as_itself_and_named_as_spdx_does(name: str) -> None:
    assert canonicalize_license_expression(name) == name
    assert recognised(TEXTS[name]) == name


# (what is there instead of the text, the licence)
SAME: list[tuple[str, str]] = [
    # titles and notices before it
    (f"MIT License\n\n{NOTICE}\n{MIT}", "MIT"),
    (f"The MIT License (MIT)\n=====================\n\n{NOTICE}{NOTICE}\n{MIT}", "MIT"),
    (f"Quiet log\n---------\n© 2020 Ann Other. All rights reserved.\n\n{MIT}", "MIT"),
    (
        f"BSD 3-Clause License\n\nCopyright 2020, Ann Other\nAll rights reserved.\n{BSD}",
        "BSD-3-Clause",
    ),
    (f"License for quiet-log\n\nCopyright University for Research\n\n{BSD}", "BSD-3-Clause"),
    (f"(c) 2020 Ann Other\n\n{MIT}", "MIT"),
    # how it is spelled
    (MIT.replace('"', "'").replace("'AS IS'", "``AS IS''"), "MIT"),
    (
        MIT.replace("sublicense", "sub-license").replace("NONINFRINGEMENT", "NON-INFRINGEMENT"),
        "MIT",
    ),
    (MIT.upper(), "MIT"),
    (textwrap.indent(textwrap.fill(MIT, 60), "# "), "MIT"),
    (f"/*\n****\n{textwrap.indent(MIT, '* ')}\n****\n*/\n", "MIT"),
    (BSD.replace("Redistributions of", "\n\n1. Redistributions of"), "BSD-3-Clause"),
    (BSD.replace("Redistributions of", "\n  (a) Redistributions of"), "BSD-3-Clause"),
    (BSD.replace("Redistributions of", "\n* Redistributions of"), "BSD-3-Clause"),
    # names
    (
        BSD.replace("Quiet Authors", "the University of Somewhere, Inc., and Others"),
        "BSD-3-Clause",
    ),
    # the same text for several parts
    (
        f"{NOTICE}\n{MIT}\n\nnoisy log\n---------\n(see https://noisy.example)\n{NOTICE}\n{MIT}",
        "MIT",
    ),
    (
        BSD.replace("Neither the name of Quiet Authors nor", "Neither the name(s) of A nor"),
        "BSD-3-Clause",
    ),
    # what SPDX lets be missing, or be otherwise
    (MIT.replace("permission notice", "permission notice (including the next paragraph)"), "MIT"),
    (TEXTS["ISC"].replace("modify, and", "modify, and/or"), "ISC"),
    # the words by which the text of the Apache License says that it is to be applied
    (f"Copyright 2023 Ann Other\n\n{APPLIED}", "Apache-2.0"),
    # a slip in a long word
    (BSD.replace("PROCUREMENT", "PROCUREMEN"), "BSD-3-Clause"),
    (
        BSD.replace("NEGLIGENCE", "NEGLIGANCE").replace("contributors", "contirbutors"),
        "BSD-3-Clause",
    ),
    (MIT.replace("permission", "permisssion"), "MIT"),
    # the last full stop
    (MIT.rstrip().rstrip("."), "MIT"),
]


@pytest.mark.parametrize("text, licence", SAME)
def test_what_may_differ(text: str, licence: str) -> None:
    assert recognised(text) == licence


OTHER = [
    "",
    "MIT",
    "This project is under the MIT licence.",
    # more than one licence, or more than a licence
    f"{MIT}\n\n{BSD}",
    f"{MIT}\n\nThe files in vendor/ are under other licences.",
    f"For research purposes only.\n\n{MIT}",
    f"Copyright 2020 Ann Other, commercial use is forbidden\n\n{MIT}",
    f"Copyright 2020 Ann Other, licensed to Others Inc.\n\n{MIT}",
    # known variants that are other licences
    BSD.replace(
        "THIS SOFTWARE IS",
        "All advertising materials must display an acknowledgement. THIS SOFTWARE IS",
    ),
    MIT.replace("to deal in the Software without restriction", "to use the Software"),
    BSD.replace("Quiet Authors", "those who may not be named if they object"),
    " ".join(BSD.split()[:-1]),
    # a slip that makes another word, or in a word where it may do so
    MIT.replace("permission", "permissions"),
    BSD.replace("without", "withoud"),
    MIT.replace("NONINFRINGEMENT", "INFRINGEMENT"),
]


@pytest.mark.parametrize("text", OTHER)
def test_what_is_no_standard_licence(text: str) -> None:
    assert recognised(text) == ""


@given(NAMES, st.integers(20, 120), st.sampled_from([str.lower, str.upper, str]))
def test_lines_and_case_do_not_matter(name: str, width: int, case: type[str]) -> None:
    text = textwrap.fill(TEXTS[name], width, break_long_words=False, break_on_hyphens=False)
    assert recognised(case(text)) == name


@given(NAMES, st.data())
def test_one_word_more_makes_it_no_licence(name: str, data: st.DataObject) -> None:
    words = TEXTS[name].split()
    words.insert(data.draw(st.integers(0, len(words))), "not")
    assert recognised(" ".join(words)) == ""


@given(NAMES, st.data())
def test_one_word_less_never_makes_it_another(name: str, data: st.DataObject) -> None:
    words = TEXTS[name].split()
    del words[data.draw(st.integers(0, len(words) - 1))]
    assert recognised(" ".join(words)) in ("", name)


@given(st.text())
def test_no_text_is_too_strange(text: str) -> None:
    assert recognised(text) == ""


# (title, the licence of GNU)
GNU = [
    ("GNU GENERAL PUBLIC LICENSE\n   Version 3, 29 June 2007", "GPL-3.0"),
    ("GNU LESSER GENERAL PUBLIC LICENSE\n  Version 2.1, February 1999", "LGPL-2.1"),
    ("GNU Library General Public License, version 2", "LGPL-2.0"),
    ("# GNU Affero General Public License\n\nVersion 3, 19 November 2007", "AGPL-3.0"),
    ("MIT License", ""),
    ("GNU is not Unix", ""),
]


@pytest.mark.parametrize("title, licence", GNU)
def test_the_licences_of_gnu_are_told_apart_by_their_titles(title: str, licence: str) -> None:
    assert gnu_licence(f"{title}\n\nEveryone is permitted to copy") == licence
    assert recognised(title) == ""
