"""Files of requirements that are longer than anybody's."""

from __future__ import annotations

from pathlib import Path

import pytest

from spack_pypi.errors import UsageError
from spack_pypi.workflow.requirement_files import read

# (text, what is said, how many requirements there are)
LONG: list[tuple[str, str, int]] = [
    ("attrs>=19\n" * 20_000, "", 1),
    ("".join(f"a{n}\n" for n in range(10_000)), "", 10_000),
    ("".join(f"a{n}\n" for n in range(10_001)), "lists more than 10000 requirements", 0),
    ("".join(f"attrs!=1.{n}\n" for n in range(501)), "more than 500 clauses about attrs", 0),
    (f"attrs{','.join(f'!=1.{n}' for n in range(501))}\n", "more than 500 clauses about attrs", 0),
]


@pytest.mark.parametrize("text, said, count", LONG, ids=["same", "most", "more", "lines", "one"])
def test_how_much_a_file_may_list(text: str, said: str, count: int, tmp_path: Path) -> None:
    file = tmp_path / "requirements.txt"
    file.write_text(text)
    if not said:
        assert len(read([str(file)]).requirements) == count
        return
    with pytest.raises(UsageError, match=said) as error:
        read([str(file)])
    assert str(error.value).startswith(f"{file} lists more than ")


def test_files_that_include_the_next_one_twice(tmp_path: Path) -> None:
    """Of forty, the last would be read a million million times."""
    for number in range(40):
        (tmp_path / f"{number}.txt").write_text(f"-r {number + 1}.txt\n" * 2 + f"a{number}\n")
    (tmp_path / "40.txt").write_text("attrs\n")
    assert len(read([str(tmp_path / "0.txt")]).requirements) == 41
