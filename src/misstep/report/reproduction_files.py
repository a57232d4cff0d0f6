"""The files of a reproduction: a page, its figures, and the same as JSON."""

from __future__ import annotations

import json

from misstep.report.figures import draw_figures
from misstep.report.page import render_page
from misstep.reproduce import Reproduction

NAMES = ("certificates/", "figures/", "report.html", "report.json")
"""What a reproduction has in its folder."""


def reproduction_files(reproduction: Reproduction) -> dict[str, str]:
    """Every file of the report, by its name in the folder.

    Raises:
        MissingDependency: matplotlib is not installed.
    """
    figures = draw_figures(reproduction)
    certificates = {name: certificate for row in reproduction.rows for name, certificate in row.certificates.items()}
    return {
        **{f"certificates/{name}": certificate.to_json() for name, certificate in certificates.items()},
        **{f"figures/{figure.name}.svg": figure.file for figure in figures.values()},
        "report.json": json.dumps(reproduction.to_dict(), indent=2, ensure_ascii=False) + "\n",
        "report.html": render_page(reproduction, figures),
    }
