"""The repository of a project, and its documentation, by its description, which is its README
almost always."""

from __future__ import annotations

import re

from packaging.utils import canonicalize_name

#: How much of a description is searched, characters: badges stand at its top.
LONGEST = 1 << 16
#: Repositories on servers where an address has an owner and a name, with what comes after it.
_LINK = re.compile(
    r"(?P<start>git@|(?:git clone\s{1,9}|git\+)(?:https://)?|https://)"
    r"(?P<host>github\.com|gitlab\.com|codeberg\.org|bitbucket\.org)[/:]"
    r"(?P<owner>[\w.-]{1,100})/(?P<name>[\w-]+(?:\.(?!git\b)[\w-]+){0,9})"
    r"(?P<rest>[\w./-]{0,300})",
    re.I | re.A,
)
#: What only the README of the project itself links to: its builds, issues, releases, licence.
_OWN = re.compile(
    r"(?:/-)?/(?:actions|workflows|issues|pulls|releases|pipelines|compare)\b(?!/\d)"
    r"|(?:/-)?/(?:blob|raw)/[\w.-]+/(?:LICEN[CS]E|COPYING|CONTRIBUTING|README)",
    re.I | re.A,
)
#: What a list of changes links to.
_CHANGE = re.compile(r"(?:/-)?/(?:commit|issues|merge_requests|pull)/\w", re.A)
#: A heading, in Markdown or reStructuredText.
_HEADING = re.compile(
    r"^(?:#{1,6}[ \t]+([^\n]{1,80})|([^\s#][^\n]{0,80})\n[-=~^]{3,80}[ \t]*$)", re.M
)
_ADDRESS = re.compile(r"https?://[\w.-]{1,100}(?:/[\w./-]{0,200})?", re.A)


def own_repository(description: str, project: str, *, is_changes: bool = False) -> str:
    """The address of the one repository of the project's name to which its description links as
    only that of the project itself would: to be cloned, or to its builds, issues, releases,
    licence or modules; ``""`` if there is none. A link to the page of a repository is not enough:
    bindings link to what they bind, which often has the same name. A list of changes
    (``is_changes``) also links to the changes themselves."""
    name = canonicalize_name(project)
    inside = rf"(?:/blob/[\w.-]+)?/(?:src/)?{name.replace('-', '[_-]')}/"
    module = re.compile(inside, re.I)  # a few leave out blob/main
    found: dict[str, bool] = {}
    addresses: dict[str, str] = {}
    for link in _LINK.finditer(description[:LONGEST]):
        if canonicalize_name(link["name"]) != name:
            continue
        address = f"https://{link['host'].lower()}/{link['owner']}/{link['name']}"
        rest = link["rest"]
        is_own = link["start"].lower().startswith("git") or _OWN.match(rest) or module.match(rest)
        is_own = is_own or (is_changes and _CHANGE.match(rest))
        key = address.lower()
        addresses.setdefault(key, address)
        found[key] = found.get(key, False) or bool(is_own)
    # Another of that name makes it doubtful which one is meant.
    return next((addresses[key] for key, own in found.items() if own and len(found) == 1), "")


def own_documentation(description: str) -> str:
    """The address of the documentation: the only one of the section that is called so, or the one
    below which all others there are; ``""`` if there is none."""
    headings = [*_HEADING.finditer(description[:LONGEST])]
    ends = [heading.start() for heading in headings[1:]] + [LONGEST]
    for heading, end in zip(headings, ends):
        title = (heading[1] or heading[2]).strip(" #:").lower()
        if title in ("documentation", "docs"):
            addresses = {
                each.rstrip("./") for each in _ADDRESS.findall(description[heading.end() : end])
            }
            top = min(addresses, key=len, default="")
            is_above = all(each == top or each.startswith(f"{top}/") for each in addresses)
            return top if is_above else ""
    return ""
