"""What names of a setup.py mean when it calls setup(). Python itself says what is
expected."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
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
    "y = ('a',)\nx = list(y)\ny += ('b',)",
    "y = ('a',)\nz = y\ny += ('b',)\nx = list(z)",
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
    "y = (3, 8)\nx = '>={}'.format('.'.join(str(n) for n in y))",
    "y = (3, 8)\nx = '.'.join(map(str, y))",
    "x = ', '.join(['a', 'b'])",
    "y = 'a'\nx = '{}>={}'.format(y, '1')",
    "y = f()\ny = ['a']\nx = y",
    "x = {'p': ['a']}\nfor y in x.values():\n    print(y)",
    "x = 'a'\ny = f(x)\ny += 'b'",
    "x = ['a']\ndef f(y):\n    return y + ['b']\nz = f(x)",
    "x = {'p': ['a'], 'q': ['b']}\ny = sum(x.values(), [])\ny.append('c')",
    "x = {'p': ['a']}\ny = dict(x)\ny['p'].append('b')",
    "y = {'p': ['a']}\nx = dict(y, q=['b'])\ny['p'] += ['c']",
    "y = {'p': ['a']}\nx = {**y, 'q': ['b']}",
    "y = {'p': f(1), 'q': ['a']}\nx = y['q']\nx.append('b')",
    "y = {'p': ['a']}\nif y:\n    y['q'] = f(1)\nx = y['p']",
    "y = {'p': ['a']}\ntry:\n    y['q'] = ['b']\nexcept OSError:\n    pass\nx = y['p']",
    "y: str = 'a'\nx = [y]",
    "def g():\n    y: str = 'a'\n    return y\nx: list = ['a']\nx += ['b']",
    "y = 'a'\nx = f'{y}-b'",
    "y = 'a'\nx = [f'{y:s}{y!s}{{}}']",
    "y = 'a'\nx = y or 'b'",
    "y = ''\nx = y or 'b'",
    "y = 'a'\nx = y and 'b'",
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
    "x = {'p': ['a']}\ny = x.get('p')\ny.append('b')",
    "x = ['a']\ny = x or []\ny.append('b')",
    "y = 'a'\nx = f'{y:>9}'",
    "y = 'a'\nx = f'{y!r}'",
    "y = 1\nx = f'{y}'",
    "y: list\nx = y",
    "y = f()\nx = y or 'a'",
    "x = {'p': f(1)}",
    "y = 'a'\nx = '{0}'.format(y)",
    "x = ', '.join(map(f, ['a']))",
    "x = ','.join({'b', 'a'})",
    "y = {'a'}\nx = ','.join(y)",
    "x = '{}{{}}'.format('a')",
    "x = '.'.join(str(n) for n in (1, 2) if n > 1)",
    "x = {'p': ['a']}\nif y:\n    x['p'] = ['b']",
    "x = ['a']\ny = {'p': f(x)}\ny['p'].append('b')",
    "x = ['a']\ny = f()\ny['p'] = x\ny['p'].append('b')",
    "x = ['a']\ny = [f(x)]\nz = y\nz.append('b')\nfor w in z:\n    w.append('b')",
    "x = ['a']\ny = []\ny.append(x)\nfor z in y:\n    z.append('b')",
    "x = ['a']\ny = {}\nif z:\n    y['p'] = x\ny['p'].append('b')",
    "x = ['a']\ndef f():\n    return x\ny = f()\ny.append('b')",
    "x = ['a']\nfrom a import x",
    "x = ['a']\nfrom a import add\nadd(x)",
    "x = ['a']\ntry:\n    pass\nexcept OSError as x:\n    pass",
    "x = ['a']\ndef x():\n    pass",
    "x = ['a']\n" + "x += x\n" * 60,
    "x = {'p': ['a']}\n" + "x['p'] = x['p'] + x['p']\n" * 60,
]


def value(statements: str) -> Any:
    found = setup_py.read(f"{statements}\nsetup(package_data=x)")
    assert found is not None
    return found.keywords.get("package_data")


@pytest.mark.parametrize("statements", KNOWN)
def test_what_python_says(statements: str) -> None:
    said: dict[str, Any] = {"f": str}
    exec(statements, said)  # of this file, and nobody else
    assert value(statements) == said["x"]


@pytest.mark.parametrize("statements", UNKNOWN)
def test_what_only_running_it_tells(statements: str) -> None:
    assert value(statements) is None


def test_what_happens_after_the_call_does_not_count() -> None:
    for after in ("y = 1", "x += ['b']", "def f():\n    x.append('b')"):
        found = setup_py.read(f"x = ['a']\nsetup(install_requires=x)\n{after}")
        assert found is not None and found.keywords["install_requires"] == ["a"]


NAMES, KEYS = st.sampled_from(["x", "y", "z"]), st.sampled_from("pqr")
TUPLES = st.sampled_from("tu")
LISTS = st.lists(st.sampled_from(["a", "b"]), max_size=2).map(repr)
STATEMENTS = st.one_of(
    st.builds("{} = {}".format, NAMES, LISTS),
    st.builds("{} = {}".format, NAMES, NAMES),
    st.builds("{} += {}".format, NAMES, st.one_of(LISTS, NAMES)),
    st.builds("t = ({!r},)\nu = t\nt += ('s',)\n{} = list({})".format, KEYS, NAMES, TUPLES),
    st.builds("{}.append({!r})".format, NAMES, st.sampled_from(["a", "c"])),
    st.builds("{}.extend({})".format, NAMES, st.one_of(LISTS, NAMES)),
    st.builds("{} = {} + {}".format, NAMES, NAMES, LISTS),
    st.builds("if y: {}.append('d')".format, NAMES),
    st.builds("for each in [{}]: each.append('e')".format, NAMES),
    st.builds("for each in {}: print(each)".format, NAMES),
    st.builds("{} = {} or {}".format, NAMES, NAMES, NAMES),
    st.builds("{}: list = {}".format, NAMES, st.one_of(LISTS, NAMES)),
    st.builds("w = {!r} or 'b'\n{} += [f'{{w}}-{{w:s}}', w and 'c']".format, KEYS, NAMES),
    st.builds("change({})".format, NAMES),
)


DICTS = st.one_of(
    st.builds("{{'p': {}, 'q': {}}}".format, NAMES, LISTS),
    st.builds("dict(p={}, r={})".format, LISTS, NAMES),
    st.builds("dict(d, q={})".format, LISTS),
    st.builds("{{**d, 'r': same({})}}".format, NAMES),
)
OF_DICTS = st.one_of(
    st.builds("d = {}".format, DICTS),
    st.builds("e = d".format),
    st.builds("d[{!r}] = {}".format, KEYS, st.one_of(NAMES, LISTS)),
    st.builds("d[{!r}] = same({})".format, KEYS, NAMES),
    st.builds("if y: d[{!r}] = {}".format, KEYS, NAMES),
    st.builds("try: e[{!r}] = {}\nexcept KeyError: pass".format, KEYS, NAMES),
    st.builds("if {!r} in d: {} = d[{!r}]".format, KEYS, NAMES, KEYS),
    st.builds("d.update({}={})".format, KEYS, NAMES),
    st.builds("d.setdefault({!r}, []).append('g')".format, KEYS),
    st.builds("d.setdefault({!r}, [])\nd[{!r}].append('h')".format, KEYS, KEYS),
    st.builds("e[{!r}].append('i')".format, KEYS),
    st.builds("{} = d[{!r}]".format, NAMES, KEYS),
    st.builds("{} = same({})".format, NAMES, NAMES),
    st.builds("{} = kept()".format, NAMES),
    st.builds("foreign({})".format, NAMES),
)
DEFINED = """
def change(it):
    it += ['f']
def print(it): pass
def same(it): return it
def kept(): return z
""".strip()
START = "x = []\ny = []\nz = []\nd = {'p': x, 'q': []}\ne = {'r': y}"


def python_says(text: str, called: dict[str, Any]) -> None:
    """Run drawn statements; ``called`` gets what they pass to setup()."""
    exec(
        text,
        {"__name__": "__main__", "foreign": lambda it: it.append("j"), "setup": called.update},
    )


@given(st.lists(st.one_of(STATEMENTS, OF_DICTS), max_size=8))
@settings(max_examples=300)
def test_the_law_of_python(statements: list[str]) -> None:
    """Whatever is known is what Python says."""
    call = "setup(install_requires=x, extras_require=d)"
    text = "\n".join([DEFINED, START, *statements, call])
    said: dict[str, Any] = {}
    try:
        python_says(text, said)
    except KeyError:
        return
    found = setup_py.read(text)
    assert found is not None
    for name, value in found.keywords.items():
        assert value == said[name]


WAYS = [
    # What stands around the statements and the call, or the call of a function that has it.
    "{body}\n{call}",
    "if True:\n{in_body}\n    {call}",
    "try:\n{in_body}\n    {call}\nfinally:\n    pass",
    "with manager():\n{in_body}\n    {call}",
    "def main():\n{in_body}\n    {call}\nmain()",
    "def main():\n{in_body}\n    {call}\nif __name__ == '__main__':\n    main()",
    "def main(x, y, *, z=[], d={{}}, **e):\n{in_body}\n    {call}\n"
    "main(['k'], y=y, d=d, p=x, q=z)",
    "def main(x, y=x, z=z, d=d, *e):\n    e = dict(p=[*e])\n{in_body}\n"
    "    {call}\nx.append('l')\nmain(y)",
    "def helper(**kw):\n    kw['name'] = 'n'\n    setup(**kw)\n{body}\n{helped}",
    "def helper(x, **kw):\n    kw['install_requires'] = x\n    setup(**kw)\n"
    "def main():\n    global x, y, z, d, e\n{in_body}\n    helper(y, extras_require=d)\nmain()",
    "{body}\nkw = dict(install_requires=x, extras_require=d, other=same(y))\n"
    "if y: kw['p'] = 1\nsetup(**kw)",
    "{body}\nkw = dict(install_requires=x)\nkw['extras_require'] = d\nx += ['m']\n"
    "for each in y: kw['p'] = each\nsetup(name='n', **kw)",
    "def main():\n    for i in (1, 2):\n        if i == 2:\n            {call}\n{body}\nmain()",
]


@given(st.sampled_from(WAYS), st.lists(st.one_of(STATEMENTS, OF_DICTS), max_size=6))
@settings(max_examples=400)
def test_the_law_of_python_in_functions(way: str, statements: list[str]) -> None:
    """So it is in whatever leads to the call, also where names are local ones."""
    call = "setup(install_requires=x, extras_require=d)"
    body = "\n".join(["pass", *statements])
    local = f"{START}\n{body}" if "def main()" in way and "global" not in way else body
    parts = {
        "body": body,
        "in_body": "\n".join(f"    {line}" for line in local.splitlines()),
        "call": call,
        "helped": call.replace("setup", "helper"),
    }
    defined = f"from contextlib import nullcontext as manager\n{DEFINED}\n{START}"
    text = f"{defined}\n{way.format(**parts)}"
    said: dict[str, Any] = {}
    try:
        python_says(text, said)
    except (KeyError, UnboundLocalError):
        return
    found = setup_py.read(text)
    assert found is not None
    for name, value in found.keywords.items():
        assert value == said[name]
