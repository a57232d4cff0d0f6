"""How the documentation is built: nothing is fetched, neither by the build nor by the pages."""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from docutils.utils.math import MathError
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.application import Sphinx
from sphinx.util import logging

import misstep

logger = logging.getLogger(__name__)

project = "misstep"
author = "The misstep developers"
copyright = "The misstep developers"
release = version = misstep.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.viewcode"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = f"misstep {release}"
html_math_renderer = "mathml"
html_copy_source = False
# Dashes and ellipses, and not quotes: f'' has primes.
smartquotes_action = "De"

myst_enable_extensions = ["amsmath", "dollarmath", "colon_fence"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
python_use_unqualified_type_names = True
default_role = "literal"
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_rtype = False

# What lives in other libraries has no page here, and a page elsewhere would have to be fetched.
nitpick_ignore_regex = [
    (r"py:.*", r"(flint|numpy|np|npt|fractions|decimal|collections|typing|abc|enum|os|pathlib)\..*"),
    (r"py:.*", r"(fmpq|fmpz|arb|fmpq_mpoly)"),
    (r"py:.*", r"misstep\.optimizers\.base\.(StateT|SelfT)"),
    (r"py:exc", r"(ValueError|TypeError|ArithmeticError|ImportError|Exception|SystemExit)"),
]


def plain_docstrings(_app: Sphinx, what: str, _name: str, _obj: Any, _options: Any, lines: list[str]) -> None:
    """Show indented formulas as they stand; keep |x| and *shape from being read as markup, `A: b` as a typed field."""
    paragraphs = re.split(r"\n[ \t]*\n", "\n".join(lines).strip("\n"))
    for i, paragraph in enumerate(paragraphs):
        rows = paragraph.split("\n")
        if rows[0].lstrip().startswith(">>>"):
            continue
        if all(row.startswith("    ") for row in rows):
            paragraphs[i] = "::\n\n" + paragraph
        else:
            paragraphs[i] = re.sub(r"(`[^`]*`)|\||(?<=, )\*", lambda match: match[1] or "\\" + match[0], paragraph)
    # Napoleon takes the words before a colon in the first line of an attribute for its type: an empty comment is first.
    head = ["..", ""] if what in ("attribute", "data", "property") else []
    lines[:] = [*head, *"\n\n".join(paragraphs).split("\n"), ""]


def mathml(translator: Any, node: nodes.Element, text: str, *, as_block: bool) -> str:
    """TeX as MathML, which browsers draw without a script; what cannot be converted is a warning."""
    try:
        return str(tex2mathml(text, as_block=as_block))
    except MathError as error:
        logger.warning("%s: %s", error, text, location=node)
        return str(translator.encode(text))


def inline_math(translator: Any, node: nodes.math) -> None:
    """Draw a formula in running text."""
    translator.body.append(mathml(translator, node, node.astext(), as_block=False))
    raise nodes.SkipNode


def block_math(translator: Any, node: nodes.math_block) -> None:
    """Draw a formula on lines of its own."""
    formula = mathml(translator, node, node.astext(), as_block=True)
    translator.body.append(f'<div class="math-wrapper" style="overflow-y: hidden">{formula}</div>\n')
    raise nodes.SkipNode


def trim(_app: Sphinx, doctree: nodes.document) -> None:
    """Drop the empty line that ends an example, which doctest needs and a reader does not."""
    for block in doctree.findall(nodes.literal_block):
        block.rawsource = block.rawsource.rstrip()
        block[:] = [nodes.Text(block.astext().rstrip())]


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the above with Sphinx."""
    # Before napoleon, which runs at 500.
    app.connect("autodoc-process-docstring", plain_docstrings, priority=400)
    app.connect("doctree-read", trim)
    app.add_html_math_renderer("mathml", (inline_math, None), (block_math, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
