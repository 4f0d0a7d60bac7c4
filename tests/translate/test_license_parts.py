"""The licence of a project in a file that says it in words as well, or has those of parts by
others: only standard licences may stand there, and before them nothing that is a term."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spack_pypi.translate.license_parts import first, leading
from tests.translate.test_license_texts import BSD, MIT, NAMES, NOTICE, TEXTS

BSD_2 = TEXTS["BSD-2-Clause"]
# (the file, the licence of the project)
PROJECTS: list[tuple[str, str]] = [
    (
        "quiet-log is licensed under the terms of the new or revised BSD license, as follows:\n\n"
        f"{NOTICE}\nAll rights reserved.\n\n{BSD}",
        "BSD-3-Clause",
    ),
    (f'*(This is the OSI approved 3-clause "New BSD License".)*\n\n{NOTICE}{BSD}', "BSD-3-Clause"),
    (f"Unless otherwise specified by files in folders, all code is:\n\n{NOTICE}{MIT}", "MIT"),
    (
        "Quiet is free software; you can redistribute it and/or modify it\nunder the terms of the "
        f"Revised BSD License quoted below.\n\n{NOTICE}{BSD}\n\nIn applying this license, CERN "
        "does not waive the privileges and immunities\ngranted to it by virtue of its status as "
        "an Intergovernmental Organization or\nsubmit itself to any jurisdiction.",
        "BSD-3-Clause",
    ),
    # the licences of parts that are by others
    (
        "License\n=====\n\nQuiet is distributed under a BSD 3-clause license. It includes parts "
        "of Noisy, which is distributed under a Simplified BSD license.\n\nQuiet license\n======\n"
        f"{NOTICE}{BSD}\n\nNoisy license\n=====\n{NOTICE}{BSD_2}",
        "BSD-3-Clause",
    ),
    (
        f"{NOTICE}{BSD}\n\n-------\nPatches that were taken from noisy are licensed as:\n\n{MIT}",
        "BSD-3-Clause",
    ),
]


@pytest.mark.parametrize("text, licence", PROJECTS)
def test_the_licence_of_the_project_comes_first(text: str, licence: str) -> None:
    found = leading(text)
    assert found is not None and found.licence == licence


@pytest.mark.parametrize("text, licence", PROJECTS)
def test_it_is_the_first_whatever_follows(text: str, licence: str) -> None:
    for behind in ("", "\n\nOur copyright policy\n\nUse this banner, if you must."):
        found = first(text + behind)
        assert found is not None and found.licence == licence


@pytest.mark.parametrize(
    "text",
    [
        "",
        "quiet-log is licensed under the MIT license.",
        # terms before the text, or behind it
        f"Commercial use is forbidden.\n\n{MIT}",
        f"For academic use only.\n\n{MIT}",
        f"quiet-log may be used under these terms, except by Others Inc.:\n\n{MIT}",
        f"Dual licensed; one of the two is:\n\n{MIT}",
        f"{MIT}\n\nYou are under no obligation to provide any patches.",
        f"{MIT}\n\nThe Software may not be sold.\n\n{BSD}",
        # a text that is not a standard one
        f"{MIT}\n\nNoisy license\n=====\n{' '.join(BSD.split()[:-1])}",
        f"{'word ' * 200}{MIT}",
    ],
)
def test_what_says_more_than_that(text: str) -> None:
    assert leading(text) is None


@pytest.mark.parametrize(
    "behind, is_remark",
    [
        ("The files in vendor/ are under other licences.", True),
        ("semver.py is by others, which is licensed under the MIT license.", True),
        ("", False),
        (f"Noisy license\n=====\n{NOTICE}{BSD}", False),
    ],
)
def test_what_follows_may_be_a_remark(behind: str, is_remark: bool) -> None:
    found = leading(f"{MIT}\n\n{behind}")
    assert found is not None and found.licence == "MIT" and found.has_remarks is is_remark


def test_what_is_said_before_it() -> None:
    found = leading(f"Quiet is under the MIT license:\n{MIT}")
    assert found is not None and found.introduction == "quiet is under the mit license :"


@given(NAMES, NAMES)
def test_a_licence_by_itself_and_one_with_that_of_another_part(name: str, other: str) -> None:
    alone, both = leading(TEXTS[name]), leading(f"{TEXTS[name]}\n\nOf noisy:\n{TEXTS[other]}")
    assert alone is not None and alone.licence == name
    assert both is not None and both.licence == name


@given(NAMES, st.data())
def test_one_word_more_in_the_text_makes_it_no_licence(name: str, data: st.DataObject) -> None:
    words = TEXTS[name].split()
    words.insert(data.draw(st.integers(1, len(words))), "not")
    assert leading(" ".join(words)) is None


@given(st.text())
def test_no_text_is_too_strange(text: str) -> None:
    assert leading(text) is None
