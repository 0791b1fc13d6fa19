"""Sphinx settings."""

from __future__ import annotations

from typing import Any, Final

import mediatypes
import mediatypes.typing

project = "mediatypes"
author = "The mediatypes authors"
version = release = mediatypes.__version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["changes/*", "_build"]
nitpicky = True

html_theme = "furo"
html_title = f"mediatypes {release}"

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

napoleon_google_docstring = False
napoleon_use_rtype = False
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_member_order = "groupwise"
autodoc_preserve_defaults = True
autodoc_type_aliases = {
    name: f"mediatypes.typing.{name}" for name in mediatypes.typing.__all__
}
maximum_signature_line_length = 72

# The build asks no other site for its index, so these have no page to point to.
nitpick_ignore_regex = [
    ("py:.*", r"(numpy|np|NDArray|PIL|matplotlib|pandas|msgspec|collections)\b.*"),
    ("py:.*", r"(os|pathlib|types|typing)\..*"),
    ("py:class", r"(PillowImage|Any|Self|Path|Mapping|Sequence|Iterator|Iterable)"),
    ("py:exc", r"(Type|Value)Error"),
]

_HOMES: Final = ("mediatypes", "mediatypes.errors", "mediatypes.schema")


def _at_the_front_door(app: Any, env: Any, node: Any, content: Any) -> Any:
    """Point ``mediatypes.media.image.Image`` to where users meet it."""
    target = node.get("reftarget", "")
    if node.get("refdomain") != "py" or not target.startswith("mediatypes."):
        return None
    name, page = target.rpartition(".")[2], node["refdoc"]
    for home in _HOMES:
        found = env.get_domain("py").resolve_xref(
            env, page, app.builder, "obj", f"{home}.{name}", node, content
        )
        if found is not None:
            return found
    return None


def setup(app: Any) -> None:
    """Register the resolver above."""
    app.connect("missing-reference", _at_the_front_door)
