"""The page in a browser: what a reader sees, on a phone, in the dark, on paper and offline."""

from __future__ import annotations

from typing import Any

import pytest

from misstep.report.folder import output_folder
from misstep.report.reproduction_files import NAMES, reproduction_files
from misstep.reproduce import reproduce

ROWS = ("jets", "smooth", "initialisation", "linear-growth", "decreasing-steps", "perturbed-start", "many-dimensions")


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Address of a page with long texts and most kinds of figures."""
    path = tmp_path_factory.mktemp("page") / "report"
    with output_folder(path, NAMES) as folder:
        folder.write(reproduction_files(reproduce("1/3", quick=True, only=ROWS)))
    return (path / "report.html").as_uri()


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_requested_and_nothing_complains(browser: Any, report: str, width: int, scheme: str) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    requests: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(report)
    page.wait_for_load_state("networkidle")
    page.close()
    assert [url for url in requests if not url.startswith("data:")] == [report]
    assert complaints == []


@pytest.mark.parametrize("width", [320, 360, 768, 1024, 1280])
def test_the_page_never_scrolls_sideways(browser: Any, report: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.goto(report)
    wide = page.evaluate("""
        [...document.querySelectorAll("main *:not(svg *)")]
            .filter(e => e.getBoundingClientRect().right > innerWidth + 0.5)
            .map(e => e.outerHTML.slice(0, 80))
    """)
    overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    page.close()
    assert wide == []
    assert overflow <= 0


def test_dark_readers_get_light_text_on_a_dark_page(browser: Any, report: str) -> None:
    brightness = {}
    for scheme in ("light", "dark"):
        page = browser.new_page(color_scheme=scheme)
        page.goto(report)
        brightness[scheme] = page.evaluate("""
            [getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color,
             getComputedStyle(document.querySelector("figure svg")).color]
                .map(color => color.match(/[0-9]+/g).slice(0, 3).reduce((a, b) => a + +b, 0) / 3)
        """)
        page.close()
    paper, ink, lines = brightness["light"]
    assert paper - max(ink, lines) > 150
    paper, ink, lines = brightness["dark"]
    assert min(ink, lines) - paper > 150


def test_every_figure_is_seen_with_its_caption(browser: Any, report: str) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 800})
    page.goto(report)
    figures = page.locator("figure").all()
    assert len(figures) == 6
    for figure in figures:
        assert figure.is_visible()
        drawing = figure.locator("svg").bounding_box()
        assert drawing["width"] > 280
        assert drawing["height"] > 150
        assert figure.locator("svg").get_attribute("aria-label")
        assert figure.locator("figcaption").inner_text()
    page.close()


def test_a_link_of_the_table_leads_to_its_section(browser: Any, report: str) -> None:
    page = browser.new_page()
    page.goto(report)
    page.locator("table a", has_text="perturbed-start").click()
    assert page.locator("#row-perturbed-start").bounding_box()["y"] < 100
    page.close()


def test_the_page_prints(browser: Any, report: str) -> None:
    page = browser.new_page(color_scheme="dark")
    page.goto(report)
    assert page.pdf(format="A4").startswith(b"%PDF-")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    page.close()
