"""The page of a phase diagram in a browser: what it says of a cell, by pointer, touch and key, on any screen."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from misstep.report.figures.phase import Frame, draw_phase
from misstep.report.phase.build import phase
from misstep.report.phase.outcomes import NAMES
from misstep.report.phase_files import plot
from sweep_datasets import CONVERGES, DRIFTS, betas, grid, points, starts

N = 24
FUNCTIONS = ("cubic", "sine", "zhang(n=10)")
ARGUMENTS: dict[str, Any] = {"x": "beta1", "y": "beta2", "facet": "function"}

Opened = Callable[..., Any]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pages of all kinds."""
    made = tmp_path_factory.mktemp("pages")
    plot(betas(N, FUNCTIONS, proved=True), made / "grid.html", **ARGUMENTS)
    plot(starts(), made / "curves.html", x="x0", quantity="survival")
    plot(points(), made / "points.html", x="beta1", y="beta2")
    plot(betas(N), made / "colors.html", x="beta1", y="beta2", quantity="gradient")
    return made


@pytest.fixture
def opened(browser: Any, folder: Path) -> Iterator[Opened]:
    """Opens a page; closes it again."""
    pages = []

    def open_page(name: str = "grid", width: int = 1280, **options: Any) -> Any:
        page = browser.new_page(viewport={"width": width, "height": 800}, **options)
        pages.append(page)
        page.goto((folder / f"{name}.html").as_uri())
        page.wait_for_selector(".stage[data-ready]")
        return page

    yield open_page
    for page in pages:
        page.close()


def shown(page: Any) -> dict[str, str]:
    """What is said of the cell, by name."""
    lines = page.locator(".readout dl div").all()
    return {line.locator("dt").inner_text(): line.locator("dd").inner_text() for line in lines}


def place(page: Any, frame: Frame, across: float, up: float) -> tuple[float, float]:
    """Where on the screen a share of a panel is."""
    box = page.locator(".stage").bounding_box()
    x = box["x"] + box["width"] * (frame.left + across * frame.width)
    y = box["y"] + box["height"] * (frame.top + (1 - up) * frame.height)
    return x, y


@pytest.mark.parametrize("width", [375, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["grid", "curves", "points", "colors"])
def test_nothing_is_requested_and_nothing_complains(
    browser: Any, folder: Path, name: str, width: int, scheme: str
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    requests: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto((folder / f"{name}.html").as_uri())
    page.wait_for_selector(".stage[data-ready]")
    page.locator(".stage").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert shown(page)
    overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    brightness = page.evaluate("""
        [getComputedStyle(document.body).backgroundColor, getComputedStyle(document.querySelector(".stage svg")).color]
            .map(color => color.match(/[0-9]+/g).slice(0, 3).reduce((a, b) => a + +b, 0) / 3)
    """)
    page.close()
    assert [url for url in requests if not url.startswith("data:")] == [(folder / f"{name}.html").as_uri()]
    assert complaints == []
    assert overflow <= 0
    paper, ink = brightness
    assert (paper - ink > 150) if scheme == "light" else (ink - paper > 150)


@pytest.mark.parametrize("width", [375, 1280])
@pytest.mark.parametrize(("panel", "row", "column"), [(0, 0, 0), (0, 3, 17), (1, 23, 5), (2, 11, 23)])
def test_pointing_at_a_cell_shows_that_cell(opened: Opened, width: int, panel: int, row: int, column: int) -> None:
    dataset = betas(N, FUNCTIONS, proved=True)
    _, frames = draw_phase(phase(dataset, **ARGUMENTS))
    page = opened(width=width)
    page.mouse.move(*place(page, frames[panel], (column + 0.5) / N, (row + 0.5) / N))
    where = page.locator(".where").inner_text()
    cell = dataset.isel(function=panel, beta1=column, beta2=row)
    said = dict(part.split(" = ") for part in where.removeprefix(f"{FUNCTIONS[panel]}, ").split(", "))
    assert where.startswith(FUNCTIONS[panel])
    assert np.isclose(float(said["β₁"]), float(cell["beta1"]), rtol=1e-5)
    assert np.isclose(float(said["β₂"]), float(cell["beta2"]), rtol=1e-5)
    values = shown(page)
    assert values["outcome"] == NAMES[int(cell["outcome"])]
    assert values["proved"] == ("yes" if cell["proved"] == 1 else "no")
    if np.isfinite(cell["gradient"]):
        gradient = values["final |g|"].removesuffix(" f/x")
        assert np.isclose(float(gradient.replace("−", "-")), float(cell["gradient"]), rtol=1e-5)


def test_the_marker_lies_on_the_cell(opened: Opened) -> None:
    _, frames = draw_phase(phase(betas(N, FUNCTIONS, proved=True), **ARGUMENTS))
    page = opened()
    x, y = place(page, frames[1], 10.5 / N, 4.5 / N)
    page.mouse.move(x, y)
    box = page.locator(".marker").bounding_box()
    assert abs(box["x"] + box["width"] / 2 - x) < 1
    assert abs(box["y"] + box["height"] / 2 - y) < 1


def test_the_color_under_the_pointer_is_that_of_the_outcome(opened: Opened) -> None:
    image = pytest.importorskip("PIL.Image")
    _, frames = draw_phase(phase(betas(N, FUNCTIONS, proved=True), **ARGUMENTS))
    page = opened()
    colors = {"drifts": (230, 159, 0), "converges": (0, 114, 178)}
    for across, up in ((0.05, 0.95), (0.6, 0.9), (0.55, 0.2)):
        x, y = place(page, frames[1], across, up)
        page.mouse.move(x, y)
        outcome = shown(page)["outcome"]
        page.evaluate("document.querySelector('.marker').style.visibility = 'hidden'")
        shot = page.screenshot(clip={"x": round(x) - 1, "y": round(y) - 1, "width": 3, "height": 3})
        if outcome in colors:
            seen = np.asarray(image.open(io.BytesIO(shot)).convert("RGB"), dtype=int).reshape(-1, 3)
            assert np.abs(seen - colors[outcome]).max(axis=1).min() < 12


def test_keys_walk_over_cells_and_panels(opened: Opened) -> None:
    page = opened()
    page.locator(".stage").focus()
    for key, where in (
        ("ArrowUp", "cubic, β₁ = 0, β₂ = 0"),
        ("ArrowLeft", "cubic, β₁ = 0, β₂ = 0"),
        ("End", "cubic, β₁ = 0.999, β₂ = 0"),
        ("PageDown", "sine, β₁ = 0.999, β₂ = 0"),
        ("PageDown", "zhang(n=10), β₁ = 0.999, β₂ = 0"),
        ("PageDown", "zhang(n=10), β₁ = 0.999, β₂ = 0"),
        ("Shift+ArrowUp", "zhang(n=10), β₁ = 0.999, β₂ = 0.981767"),
        ("Shift+ArrowUp", None),
        ("Shift+ArrowUp", "zhang(n=10), β₁ = 0.999, β₂ = 0.9999"),
        ("Home", "zhang(n=10), β₁ = 0, β₂ = 0.9999"),
        ("PageUp", "sine, β₁ = 0, β₂ = 0.9999"),
    ):
        page.keyboard.press(key)
        assert where in (None, page.locator(".where").inner_text()), key


def test_a_tap_shows_a_cell(browser: Any, folder: Path) -> None:
    context = browser.new_context(viewport={"width": 375, "height": 800}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto((folder / "grid.html").as_uri())
    page.wait_for_selector(".stage[data-ready]")
    _, frames = draw_phase(phase(betas(N, FUNCTIONS, proved=True), **ARGUMENTS))
    page.touchscreen.tap(*place(page, frames[2], 0.01, 0.01))
    assert page.locator(".where").inner_text() == "zhang(n=10), β₁ = 0, β₂ = 0"
    assert page.locator(".readout").is_visible()
    context.close()


def test_what_is_shown_is_read_aloud_once_it_rests(opened: Opened) -> None:
    page = opened()
    spoken = page.locator("[aria-live=polite]")
    page.locator(".stage").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.querySelector('[aria-live=polite]').textContent !== ''")
    assert spoken.inner_text().startswith("cubic, β₁ = 0, β₂ = 0; outcome: drifts; ")


def test_zero_has_its_own_cell(browser: Any, tmp_path: Path) -> None:
    outcome = np.array([[CONVERGES] * 3, [DRIFTS] * 3, [DRIFTS] * 3], dtype=np.int8)
    dataset = grid({"x0": ([0, 1e-8, 1e-4], "list"), "power": ([0, 0.5, 1], "list")}, {"outcome": outcome})
    plot(dataset, tmp_path / "zero.html", x="x0", y="power")
    _, (frame,) = draw_phase(phase(dataset, x="x0", y="power"))
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto((tmp_path / "zero.html").as_uri())
    page.wait_for_selector(".stage[data-ready]")
    page.mouse.move(*place(page, frame, 0.02, 0.5))
    assert page.locator(".where").inner_text() == "x₀ = 0, p = 0.5"
    assert shown(page)["outcome"] == "converges"
    page.mouse.move(*place(page, frame, 0.4, 0.5))
    assert page.locator(".where").inner_text() == "x₀ = 1e-8, p = 0.5"
    page.close()


def test_a_curve_shows_the_place_next_to_the_pointer(opened: Opened) -> None:
    dataset = starts()
    diagram = phase(dataset, x="x0", quantity="survival")
    _, (frame,) = draw_phase(diagram)
    page = opened("curves")
    at, value = diagram.x.at[20], float(dataset["survival"][2, 20])
    across = (at - frame.x[0]) / (frame.x[1] - frame.x[0])
    page.mouse.move(*place(page, frame, across, (value - frame.y[0]) / (frame.y[1] - frame.y[0])))
    assert page.locator(".where").inner_text().endswith("function = sine")
    assert np.isclose(float(shown(page)["survival"]), value, rtol=1e-5)


def test_a_point_shows_its_coordinates(opened: Opened) -> None:
    dataset = points()
    diagram = phase(dataset, x="beta1", y="beta2")
    _, (frame,) = draw_phase(diagram)
    page = opened("points")
    i = 5
    page.mouse.move(
        *place(
            page,
            frame,
            (diagram.x.at[i] - frame.x[0]) / (frame.x[1] - frame.x[0]),
            (diagram.y.at[i] - frame.y[0]) / (frame.y[1] - frame.y[0]),
        )
    )
    values = shown(page)
    assert np.isclose(float(values["β₁"]), float(dataset["beta1"][i]), rtol=1e-5)
    assert np.isclose(float(values["ε"]), float(dataset["eps"][i]), rtol=1e-5)


def test_the_table_has_the_share_of_each_outcome_a_panel(opened: Opened) -> None:
    page = opened()
    table = page.get_by_role("table")
    assert table.locator("tbody th").all_inner_texts() == list(FUNCTIONS)
    outcome = betas(N, FUNCTIONS)["outcome"]
    drifts = table.locator("tbody tr").nth(1).locator("td[data-label=drifts]")
    count = int((outcome[1] == DRIFTS).sum())
    assert drifts.get_attribute("title") == f"{count} of {N * N}"
    assert drifts.inner_text().replace("\u00a0", " ") == f"{100 * count / N**2:.0f} %"


def test_spec_and_command_are_there(opened: Opened) -> None:
    page = opened()
    assert page.locator(".command code").inner_text().startswith("misstep sweep ")
    assert not page.locator("details pre").is_visible()
    page.locator("summary").click()
    assert '"n_steps": 100000' in page.locator("details pre").inner_text()


def test_without_a_script_figure_caption_and_table_are_read(browser: Any, folder: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((folder / "grid.html").as_uri())
    assert page.locator(".stage svg").is_visible()
    assert page.locator("figcaption").is_visible()
    assert page.get_by_role("table").is_visible()
    assert not page.locator(".readout").is_visible()
    context.close()


def test_the_page_prints_black_on_white(opened: Opened) -> None:
    page = opened(color_scheme="dark")
    assert page.pdf(format="A4").startswith(b"%PDF-")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert not page.locator(".readout").is_visible()


def test_a_large_page_is_compact(tmp_path: Path) -> None:
    plot(betas(400), tmp_path / "large.html", x="beta1", y="beta2")
    # Seven variables of 160 000 cells.
    assert (tmp_path / "large.html").stat().st_size < 3_000_000
