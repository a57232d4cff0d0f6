"""A certificate's file, checked and rendered in one of the three ways."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from misstep.certificates import read_checked
from misstep.errors import MissingDependency
from misstep.report.certificate.html import page
from misstep.report.certificate.latex import latex
from misstep.report.certificate.model import Document
from misstep.report.certificate.shown import has_figure, shown
from misstep.report.certificate.text import print_document, text

if TYPE_CHECKING:
    from rich.console import Console


@dataclass(frozen=True)
class Shown:
    """A certificate and the document that is made of it.

    Attributes:
        certificate: What the file holds.
        document: What is shown.
    """

    certificate: Mapping[str, Any]
    document: Document


def shown_certificate(path: str | os.PathLike[str]) -> Shown:
    """Read and check a certificate.

    Raises:
        InvalidInput: it is no certificate, or cannot be read.
    """
    certificate, checked = read_checked(path)
    return Shown(certificate, shown(certificate, str(checked.verdict), checked.reason))


def rendered(found: Shown, form: str) -> str:
    """The document as a file.

    Args:
        found: The certificate.
        form: `text`, `latex` or `html`.
    """
    match form:
        case "latex":
            return latex(found.document)
        case "html":
            return html_page(found.certificate, found.document)
        case _:
            return text(found.document)


def html_page(certificate: Mapping[str, Any], document: Document) -> str:
    """The page, with a figure where there is something to draw and matplotlib is installed."""
    if not has_figure(certificate):
        return page(document)
    from misstep.report.figures.certificate import draw_certificate

    try:
        return page(document, draw_certificate(certificate, document.title))
    except MissingDependency:
        return page(document, note="The figure is left out: it is drawn with matplotlib (install misstep[plot]).")


def print_shown(found: Shown, console: Console) -> None:
    """Print it to a terminal."""
    print_document(found.document, console)
