"""The page of an audit in a browser: sorted by click and by key, filtered, on a phone, offline, without a script."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from audits import HOSTILE, SPECS, small_audit
from misstep.report.audit_files import audit_files, audit_names
from misstep.report.folder import output_folder

SIGN, DESCENT, LION, ADAGRAD, ADAM = SPECS
MUON, LBFGS = "torch:Muon", "torch:LBFGS"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("audit") / "out"
    with output_folder(path, audit_names(path), drawn=False) as reserved:
        reserved.write(audit_files(small_audit()))
    return path


@pytest.fixture
def page(browser: Any, folder: Path) -> Iterator[Any]:
    opened = browser.new_page(viewport={"width": 1280, "height": 800})
    opened.goto((folder / "audit.html").as_uri())
    yield opened
    opened.close()


def names(page: Any) -> list[str]:
    """The optimizers in the order of the rows that are seen."""
    return list(page.locator("tbody th code:visible").all_inner_texts())


def head(page: Any, name: str) -> Any:
    return page.get_by_role("columnheader", name=name, exact=True)


@pytest.mark.parametrize("width", [375, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_requested_and_nothing_complains(browser: Any, folder: Path, width: int, scheme: str) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    requests: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: complaints.append(dialog.message))
    page.goto((folder / "audit.html").as_uri())
    page.wait_for_load_state("networkidle")
    brightness = page.evaluate("""
        [getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]
            .map(color => color.match(/[0-9]+/g).slice(0, 3).reduce((a, b) => a + +b, 0) / 3)
    """)
    page.close()
    assert requests == [(folder / "audit.html").as_uri()]
    assert complaints == []
    assert (brightness[0] - brightness[1]) * (1 if scheme == "light" else -1) > 150


@pytest.mark.parametrize("width", [320, 375, 768, 800, 1280])
def test_the_page_never_scrolls_sideways(browser: Any, folder: Path, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.goto((folder / "audit.html").as_uri())
    overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    cut = page.evaluate("""
        [...document.querySelectorAll("main *:not(.scroll *)")]
            .filter(e => e.getBoundingClientRect().right > innerWidth + 0.5).map(e => e.outerHTML.slice(0, 80))
    """)
    page.close()
    assert overflow <= 0
    assert cut == []


def test_on_a_phone_every_value_has_its_name_and_columns_still_sort(browser: Any, folder: Path) -> None:
    page = browser.new_page(viewport={"width": 375, "height": 800})
    page.goto((folder / "audit.html").as_uri())
    labels = (
        page.locator("tbody tr")
        .first.locator("td")
        .evaluate_all("cells => cells.map(cell => getComputedStyle(cell, '::before').content)")
    )
    assert [label.strip('"') for label in labels][:2] == ["Steps: ", "Nonconvex: "]
    page.locator("thead button", has_text="Seconds").click()
    assert names(page)[0] == SIGN
    assert page.locator("tr", has_text=ADAGRAD).locator("td", has_text="none found").first.is_visible()
    page.close()


def test_a_click_sorts_by_number_and_what_is_not_there_comes_last(page: Any) -> None:
    assert names(page) == [*SPECS, MUON, LBFGS]
    column = head(page, "Nonconvex")
    assert column.get_attribute("aria-sort") is None
    column.locator("button").click()
    # 0, for every L will do; 2e-11, which falls with the slope; 4e-7; 4.
    assert names(page) == [LION, SIGN, ADAM, DESCENT, ADAGRAD, MUON, LBFGS]
    assert column.get_attribute("aria-sort") == "ascending"
    column.locator("button").click()
    assert names(page) == [DESCENT, ADAM, SIGN, LION, ADAGRAD, MUON, LBFGS]
    assert column.get_attribute("aria-sort") == "descending"
    seconds = head(page, "Seconds")
    seconds.locator("button").click()
    assert names(page) == [SIGN, DESCENT, LION, LBFGS, ADAGRAD, ADAM, MUON]
    assert column.get_attribute("aria-sort") is None
    assert page.locator("[aria-sort]").count() == 1


def test_a_key_sorts_too(page: Any) -> None:
    head(page, "Optimizer").locator("button").focus()
    page.keyboard.press("Enter")
    assert names(page) == sorted([*SPECS, MUON, LBFGS], key=str.lower)
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert head(page, "Steps").get_attribute("aria-sort") == "ascending"
    assert page.locator("tbody tr").last.get_attribute("data-failures") == "not-run"


def test_rows_are_filtered_by_name_and_by_failure(page: Any) -> None:
    text, failure = page.get_by_label("Name or words"), page.get_by_label("Failure")
    text.fill("ADA 0.1")
    assert names(page) == [ADAM]
    assert page.get_by_role("status").inner_text() == "1 of 7 shown"
    text.fill("torch: ended")
    assert names(page) == [LBFGS]
    page.get_by_role("button", name="Clear").click()
    assert len(names(page)) == 7
    failure.select_option("wrong-limit")
    assert names(page) == [LION]
    failure.select_option("none")
    assert names(page) == [ADAGRAD, ADAM]
    failure.select_option("not-run")
    assert names(page) == [MUON, LBFGS]
    text.fill("muon")
    head(page, "Seconds").locator("button").click()
    assert names(page) == [MUON]


def test_text_of_a_library_is_shown_and_is_no_markup(page: Any) -> None:
    row = page.locator("tbody tr", has_text=MUON)
    assert row.locator(".reason").inner_text() == f"not run: {HOSTILE}"
    assert row.locator("b, a, script").count() == 0


def test_every_row_links_to_its_constructions_and_they_are_there(page: Any, folder: Path) -> None:
    links = page.locator("tbody a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    written = {str(path.relative_to(folder)) for path in (folder / "constructions").rglob("*") if path.is_file()}
    assert set(links) == written
    assert len(links) == len(written) == 2 * (3 * 3 + 2)
    row = page.locator("tbody tr", has_text=ADAM)
    assert row.get_by_role("link", name=f"{ADAM}, Convex, as py").get_attribute("href") in written


def test_every_column_is_explained(page: Any) -> None:
    explained = set(page.locator("dl.words dt").all_inner_texts())
    columns = set(page.locator("thead th").all_inner_texts()) - {"Optimizer"}
    assert columns <= explained
    assert "proved" not in page.locator("main").inner_text().lower()


def test_without_a_script_the_table_reads_and_offers_nothing_that_does_not_work(browser: Any, folder: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((folder / "audit.html").as_uri())
    assert names(page) == [*SPECS, MUON, LBFGS]
    assert page.locator("form, thead button").locator("visible=true").count() == 0
    context.close()


def test_the_page_prints(page: Any) -> None:
    assert page.pdf(format="A4").startswith(b"%PDF-")
    page.emulate_media(media="print")
    assert page.locator("form.filter").is_hidden()
