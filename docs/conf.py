"""How Sphinx builds these pages: ``python3 -m sphinx -W -b html docs docs/_build``."""

project = "spack-pypi"
copyright = "spack-pypi developers; licensed under Apache-2.0 or MIT"
extensions = ["myst_parser"]
exclude_patterns = ["_build"]
html_theme = "alabaster"
html_theme_options = {"fixed_sidebar": True, "page_width": "1080px"}
# Links to headings, as GitHub makes them.
myst_heading_anchors = 3
