"""What names of a setup.py mean when it calls setup(). Python itself says what is
expected."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spack_pypi.pypi.project_files import setup_py

KNOWN = [
    "x = ['a']\nx.append('b')",
    "x = ['a']\nx += ['b']",
    "x = ['a']\nx.extend(('b', 'c'))",
    "x = 'a\\n'\nx += 'b'",
    "y = ['a']\nx = {'p': y}\ny.append('b')",
    "y = ['a']\nx = y\ny += ['b']",
    "y = ['a']\nx = y\ny = y + ['b']",
    "x = {'p': ['a']}\nx['q'] = x['p'] + ['b']",
    "x = {'p': ['a']}\nx.update({'q': ['b']})",
    "x = {'p': ['a']}\nx.update(q=['b'])",
    "x = {'p': ['a']}\nx['p'].append('b')",
    "x = {'p': ['a']}\nx['p'] += ['b']",
    "x = {'p': ['a']}\nx['q'] = x['p']\nx['p'].extend(['b'])",
    "x = {'p': ['a'], 'q': ['b']}\nx['all'] = sum(x.values(), [])",
    "x = {'p': ['a'], 'q': ['b']}\nx['all'] = [r for v in x.values() for r in v]",
    "x = {'p': ['b', 'a'], 'q': ['b']}\nx['all'] = sorted({r for v in x.values() for r in v})",
    "x = {'p': ['b', 'a'], 'q': ['b']}\nx['all'] = sorted(set(sum(x.values(), ['c'])))",
    "x = list(('a', 'b'))\nx.append('c')",
    "x = ['b']\nx = ['a']",
    "y = f()\ny = ['a']\nx = y",
    "x = {'p': ['a']}\nfor y in x.values():\n    print(y)",
    "x = 'a'\ny = f(x)\ny += 'b'",
    "x = ['a']\ndef f(y):\n    return y + ['b']\nz = f(x)",
    "x = {'p': ['a'], 'q': ['b']}\ny = sum(x.values(), [])\ny.append('c')",
]
UNKNOWN = [
    "x = ['a']\nif y:\n    x.append('b')",
    "x = ['a']\nfor y in z:\n    x += y",
    "x = ['a']\ndef f():\n    x.append('b')",
    "x = ['a']\ny = x\nif z:\n    y.append('b')",
    "x = ['a']\ny = {'p': x}\nif z:\n    y['p'].append('b')",
    "x = ['a']\ny = x\ny.append(f())",
    "y = ['a']\nx = {'p': y}\ny += f()",
    "x = {'p': []}\nx['q'] = f()",
    "x = {'p': []}\nx.update(f())",
    "x = {'p': []}\nx.update(**f())",
    "x = {'p': []}\nx.update([('q', [])])",
    "x = {'p': []}\nx[y] = []",
    "x = {'p': []}\ndel x['p']",
    "x = {'p': []}\nx['p'], y = [], 1",
    "x = {'p': ['a']}\nx['all'] = [r for v in x.values() for r in v if r != 'a']",
    "x = ['a']\nx += 'b'",
    "x = ['a']\nx.insert(0, 'b')",
    "x = y = ['a']\ny.append('b')",
    "x = {'p': ['a']}\nfor y in x.values():\n    y.append('b')",
    "x = ['a']\nfor _, y in [('p', x)]:\n    y += ['b']",
    "x = ['a']\ndef add(y):\n    y.append('b')\nadd(x)",
    "x = ['a']\nlist.append(x, 'b')",
    "x = {'p': ['a']}\ny = dict(x)\ny['p'].append('b')",
    "x = {'p': ['a']}\ny = x.get('p')\ny.append('b')",
    "x = ['a']\ny = x or []\ny.append('b')",
    "x = ['a']\n" + "x += x\n" * 60,
    "x = {'p': ['a']}\n" + "x['p'] = x['p'] + x['p']\n" * 60,
]


def value(statements: str) -> Any:
    found = setup_py.read(f"{statements}\nsetup(install_requires=x)")
    assert found is not None
    return found.keywords.get("install_requires")


@pytest.mark.parametrize("statements", KNOWN)
def test_what_python_says(statements: str) -> None:
    said: dict[str, Any] = {"f": str}
    exec(statements, said)  # of this file, and nobody else
    assert value(statements) == said["x"]


@pytest.mark.parametrize("statements", UNKNOWN)
def test_what_only_running_it_tells(statements: str) -> None:
    assert value(statements) is None


def test_what_happens_after_the_call_does_not_count() -> None:
    found = setup_py.read("x = ['a']\nx += ['b']\nsetup(install_requires=x)\ny = 1")
    assert found is not None and found.keywords["install_requires"] == ["a", "b"]
    # It is not looked at what else may happen to it: that is rare.
    found = setup_py.read("x = ['a']\nsetup(install_requires=x)\nx += ['b']")
    assert found is not None and "install_requires" not in found.keywords


NAMES = st.sampled_from(["x", "y", "z"])
LISTS = st.lists(st.sampled_from(["a", "b"]), max_size=2).map(repr)
STATEMENTS = st.one_of(
    st.builds("{} = {}".format, NAMES, LISTS),
    st.builds("{} = {}".format, NAMES, NAMES),
    st.builds("{} += {}".format, NAMES, st.one_of(LISTS, NAMES)),
    st.builds("{}.append({!r})".format, NAMES, st.sampled_from(["a", "c"])),
    st.builds("{}.extend({})".format, NAMES, st.one_of(LISTS, NAMES)),
    st.builds("{} = {} + {}".format, NAMES, NAMES, LISTS),
    st.builds("if y: {}.append('d')".format, NAMES),
    st.builds("for each in [{}]: each.append('e')".format, NAMES),
    st.builds("for each in {}: print(each)".format, NAMES),
    st.builds("{} = {} or {}".format, NAMES, NAMES, NAMES),
    st.builds("change({})".format, NAMES),
)


@given(st.lists(STATEMENTS, max_size=8))
def test_the_law_of_python(statements: list[str]) -> None:
    """Whatever is known is what Python says."""
    defined = ["def change(it):", "    it += ['f']", "def print(it): pass"]
    text = "\n".join(["x = []", "y = []", "z = []", *defined, *statements])
    said: dict[str, Any] = {}
    exec(text, said)
    assert value(text) in (None, said["x"])
