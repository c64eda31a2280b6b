"""Settings of the documentation's site; `nox -s site` builds it, and it fetches nothing."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from energyretail import __version__

__all__: list[str] = []

_PROJECT = tomllib.loads(
    (Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8")
)["project"]

project = _PROJECT["name"]
author = copyright = "the authors of energyretail"  # noqa: A001 - the name is Sphinx's
release = version = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc"]
source_suffix = {".md": "markdown", ".rst": "restructuredtext"}
root_doc = "index"
exclude_patterns = ["changes/+*"]

myst_heading_anchors = 3
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
autodoc_default_options = {"members": True, "undoc-members": False}
python_use_unqualified_type_names = True
default_role = "code"
# Two subdomains may have a name each of their own.
suppress_warnings = ["ref.python"]

html_theme = "furo"
html_title = f"{project} {version}"
html_copy_source = False
html_show_sphinx = False


def setup(app: Any) -> None:
    """Show what no highlighter knows as plain text."""
    from pygments.lexers.special import TextLexer

    for name in ("mermaid", "csv", "dotenv"):
        app.add_lexer(name, TextLexer)
