"""Figures of sweeps: every cell at its coordinate, told apart by every eye, and refused in a sentence."""

from __future__ import annotations

import base64
import io
import itertools
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from misstep.errors import InvalidInput, MissingDependency
from misstep.report.figures.phase import draw_phase, phase_bytes
from misstep.report.figures.phase_cells import rectangles
from misstep.report.figures.phase_colors import LOOKS, colors_of
from misstep.report.figures.phase_contours import levels
from misstep.report.phase.axis import PhaseAxis
from misstep.report.phase.build import phase
from misstep.report.phase_files import SUFFIXES, plot
from sweep_datasets import CONVERGES, CYCLES, DRIFTS, betas, grid, logit, points, spec, starts

FUNCTIONS = ("cubic", "spline", "sine", "plateau(rho=1/4)", "quadratic(curvature=1)", "zhang(n=10)")
BETAS: dict[str, Any] = {"x": "beta1", "y": "beta2"}

Pixels = npt.NDArray[np.uint8]


def rgb(color: str) -> tuple[int, ...]:
    return tuple(int(color[i : i + 2], 16) for i in (1, 3, 5))


def decoded(content: bytes) -> Pixels:
    image = pytest.importorskip("PIL.Image")
    return np.asarray(image.open(io.BytesIO(content)).convert("RGBA").convert("RGB"))


def images(svg: str) -> list[Pixels]:
    """The images in a drawing."""
    return [decoded(base64.b64decode(found)) for found in re.findall(r"data:image/png;base64,([^\"]+)", svg)]


def like(pixels: Pixels, color: str) -> npt.NDArray[np.bool_]:
    return np.asarray(np.abs(pixels.astype(int) - rgb(color)).max(axis=-1) <= 3)


def one_cell(x: Any, y: Any, row: int, column: int, scale: str = "linear", **attributes: Any) -> Any:
    """A dataset that drifts everywhere, but in one cell, which converges."""
    outcome = np.full((len(x), len(y)), DRIFTS, dtype=np.int8)
    outcome[column, row] = CONVERGES
    return grid({"a": (x, scale), "b": (y, "linear")}, {"outcome": outcome}, **attributes)


def box(png: Pixels) -> tuple[slice, slice]:
    """Rows and columns of a picture that the panel fills: more than a legend would."""
    filled = like(png, LOOKS["drifts"].color) | like(png, LOOKS["converges"].color)
    rows, columns = (np.flatnonzero(filled.sum(axis=axis) > filled.shape[axis] / 3) for axis in (1, 0))
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)


@pytest.mark.parametrize(("row", "column"), [(0, 0), (7, 3), (2, 9), (9, 9)])
def test_a_cell_is_at_its_coordinate(tmp_path: Path, row: int, column: int) -> None:
    plot(one_cell(np.arange(10.0), np.arange(10.0), row, column), tmp_path / "out.png", x="a", y="b")
    png = decoded((tmp_path / "out.png").read_bytes())
    panel = png[box(png)]
    down, across = np.nonzero(like(panel, LOOKS["converges"].color))
    height, width = panel.shape[:2]
    assert abs(across.mean() / width - (column + 0.5) / 10) < 0.01
    assert abs(down.mean() / height - (9.5 - row) / 10) < 0.01
    assert abs(len(down) / (height * width) - 0.01) < 0.0015


def test_a_cell_ends_half_way_to_its_neighbours_on_paper(tmp_path: Path) -> None:
    # 1, 10, 10^2 and 10^4: the cell of 10^2 reaches from 10^1.5 to 10^3 of an axis from 10^-0.5 to 10^5.
    plot(one_cell([1, 10, 100, 1e4], np.arange(4.0), 1, 2, "log"), tmp_path / "out.png", x="a", y="b")
    png = decoded((tmp_path / "out.png").read_bytes())
    panel = png[box(png)]
    across = np.flatnonzero(like(panel, LOOKS["converges"].color).any(axis=0)) / panel.shape[1]
    assert abs(across[0] - 2.0 / 5.5) < 0.01
    assert abs(across[-1] - 3.5 / 5.5) < 0.01


def test_swapped_axes_show_the_same_cells_mirrored() -> None:
    dataset = betas(20)
    one, other = (
        images(phase_bytes(phase(dataset, x=x, y=y), "svg").decode())[0]
        for x, y in (("beta1", "beta2"), ("beta2", "beta1"))
    )
    # Their first row is the lowest: the drawing turns them over.
    assert np.array_equal(one, other.transpose(1, 0, 2))


def test_zero_on_a_log_axis_is_a_band_of_its_own() -> None:
    x = [0, 1e-8, 1e-6, 1e-4]
    outcome = np.array([[CYCLES] * 3, [DRIFTS] * 3, [DRIFTS] * 3, [DRIFTS] * 3], dtype=np.int8)
    dataset = grid({"x0": (x, "list"), "b": (np.arange(3.0), "linear")}, {"outcome": outcome})
    zero, rest = images(phase_bytes(phase(dataset, x="x0", y="b"), "svg").decode())
    assert like(zero, LOOKS["cycles"].color).all()
    assert like(rest, LOOKS["drifts"].color).all()


def test_the_band_of_zero_is_labeled() -> None:
    axis = PhaseAxis("x0", "", np.array([0.0, 1e-8, 1e-6]), "log")
    for ticks in axis.ticks(*axis.ends):
        assert ticks[0] == (axis.at[0], "0")
    assert axis.blocks[0].edges[-1] < axis.blocks[1].edges[0]


def test_betas_are_on_a_scale_of_nines() -> None:
    axis = PhaseAxis("beta2", "", logit(0.9999, 41), "logit")
    ticks = axis.ticks(*axis.ends)[0]
    assert [text for _, text in ticks] == ["0", "0.9", "0.99", "0.999", "0.9999"]
    assert np.allclose([place for place, _ in ticks], range(5))
    assert np.allclose(np.diff(axis.blocks[0].edges), 0.1)


@pytest.mark.parametrize("scale", ["linear", "log", "logit"])
def test_every_cell_contains_its_value(scale: Any) -> None:
    random = np.random.default_rng(3)
    for n in (1, 2, 7, 40):
        axis = PhaseAxis("a", "", np.sort(random.uniform(0.01, 0.99, n)), scale)
        edges = axis.blocks[0].edges
        assert (np.diff(edges) > 0).all()
        assert (edges[:-1] < axis.at).all()
        assert (axis.at < edges[1:]).all()


def test_a_large_diagram_is_one_sharp_image_in_a_small_drawing() -> None:
    dataset = betas(400)
    svg = phase_bytes(phase(dataset, **BETAS), "svg").decode()
    (image,) = images(svg)
    assert image.shape[:2] == (400, 400)
    assert "image-rendering:pixelated" in svg
    assert len(svg) < 300_000


def test_noise_in_a_large_diagram_does_not_make_it_large() -> None:
    dataset = betas(400)
    random = np.random.default_rng(5)
    dataset["outcome"].values[:] = random.integers(0, 6, (400, 400))
    dataset["lyapunov"].values[:] = random.normal(size=(400, 400))
    assert len(phase_bytes(phase(dataset, **BETAS), "svg")) < 300_000
    assert len(phase_bytes(phase(dataset, **BETAS, quantity="lyapunov"), "svg")) < 300_000


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_same_data_gives_the_same_bytes(tmp_path: Path, suffix: str) -> None:
    for name in ("one", "two"):
        plot(betas(12, FUNCTIONS[:2], proved=True), tmp_path / f"{name}{suffix}", **BETAS, facet="function")
    assert (tmp_path / f"one{suffix}").read_bytes() == (tmp_path / f"two{suffix}").read_bytes()


@pytest.mark.parametrize(
    ("suffix", "begins"), [(".svg", b"<?xml"), (".png", b"\x89PNG"), (".pdf", b"%PDF-"), (".html", b"<!DOCTYPE html>")]
)
def test_the_suffix_says_what_the_file_is(tmp_path: Path, suffix: str, begins: bytes) -> None:
    out = tmp_path / f"out{suffix}"
    caption = plot(betas(12), out, **BETAS)
    assert out.read_bytes().startswith(begins)
    assert caption.startswith("For which (β₁, β₂) does Adam run away? Outcome over β₁ and β₂: adam(learning_rate=0.1)")


def test_no_drawing_loads_anything(tmp_path: Path) -> None:
    for suffix in (".svg", ".html"):
        out = tmp_path / f"out{suffix}"
        plot(betas(12, proved=True), out, **BETAS)
        names = {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
        assert set(re.findall(r"https?://[^\s\"'<)]+", out.read_text())) <= names


def test_a_picture_is_black_on_white() -> None:
    png = decoded(phase_bytes(phase(betas(12), **BETAS), "png"))
    assert (png[0, 0] == 255).all()
    assert png.reshape(-1, 3).sum(axis=1).min() < 20


def test_ink_of_a_drawing_is_the_color_of_the_text_around_it() -> None:
    svg = phase_bytes(phase(betas(12, proved=True), **BETAS), "svg").decode()
    assert "currentColor" in svg
    assert "#010203" not in svg


# Machado, Oliveira and Fernandes (2009), severity 1, on linear RGB.
EYES: Mapping[str, Any] = {
    "usual": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
}


def lab(color: str, seen: Any) -> npt.NDArray[np.float64]:
    """CIE L*a*b* of a color (D65), as an eye sees it."""
    value = np.array(rgb(color)) / 255
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    linear = np.clip(np.asarray(seen) @ linear, 0, 1)
    to_xyz = np.array(
        [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
    )
    t = to_xyz @ linear / np.array([0.95047, 1.0, 1.08883])
    f = np.where(t > (6 / 29) ** 3, np.cbrt(t), t / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("eye", EYES)
def test_every_eye_tells_the_outcomes_apart(eye: str) -> None:
    seen = {name: lab(look.color, EYES[eye]) for name, look in LOOKS.items()}
    for one, other in itertools.combinations(seen, 2):
        textured = LOOKS[one].hatch != LOOKS[other].hatch
        assert np.linalg.norm(seen[one] - seen[other]) > (15 if textured else 25), (one, other)


def test_without_color_outcomes_differ_in_lightness_or_in_texture() -> None:
    for (_, one), (_, other) in itertools.combinations(LOOKS.items(), 2):
        apart = abs(lab(one.color, np.eye(3))[0] - lab(other.color, np.eye(3))[0])
        assert apart > 15 or one.hatch != other.hatch
        assert one.marker != other.marker


def test_the_legend_has_the_share_of_each_outcome_that_occurs() -> None:
    outcome = np.array([[DRIFTS, DRIFTS], [DRIFTS, CYCLES]], dtype=np.int8)
    diagram = phase(grid({"a": ([1, 2], "linear"), "b": ([1, 2], "linear")}, {"outcome": outcome}), x="a", y="b")
    assert [share.text.replace("\u00a0", " ") for share in diagram.shares()] == ["drifts 75 %", "cycles 25 %"]


def test_contours_are_where_cells_drift_and_speed_varies() -> None:
    diagram = phase(betas(40), **BETAS)
    assert diagram.contours is not None
    assert np.array_equal(np.isfinite(diagram.contours), diagram.variables["outcome"].values == DRIFTS)
    assert 2 <= len(levels(diagram.contours)) <= 8
    steady = betas(40)
    steady["speed"].values[:] = 0.1
    assert phase(steady, **BETAS).contours is None


def test_contours_are_in_units_of_the_spacing_where_it_is_swept() -> None:
    spacing = np.array([1.0, 2.0, 4.0])
    speed = np.multiply.outer(spacing, [0.5, 1.0, 1.5])
    variables = {"outcome": np.full((3, 3), DRIFTS, dtype=np.int8), "speed": speed}
    diagram = phase(grid({"spacing": (spacing, "log"), "b": ([0, 1, 2], "linear")}, variables), x="b", y="spacing")
    assert diagram.contour_label == "drift speed / spacing"
    assert diagram.contours is not None
    assert np.allclose(diagram.contours[0], [0.5, 1.0, 1.5])


def test_what_is_proved_is_dotted_and_said() -> None:
    plain, dotted = (draw_phase(phase(betas(20, proved=proved), **BETAS))[0] for proved in (False, True))
    assert dotted.svg.count("<use") > plain.svg.count("<use") + 100
    assert "of the cells are proved (dotted); the others are observed with the numba kernel" in dotted.caption
    assert plain.caption.endswith("nothing here is proved.")


@pytest.mark.parametrize("quantity", ["gradient", "lyapunov", "departure", "f_max", "period", "speed"])
def test_any_number_can_be_drawn_as_colors(quantity: str) -> None:
    assert phase_bytes(phase(betas(12), **BETAS, quantity=quantity), "png").startswith(b"\x89PNG")


def test_scales_of_colors_fit_the_quantity() -> None:
    log, _, _ = colors_of("gradient", np.geomspace(1e-6, 1, 50))
    assert type(log).__name__ == "LogNorm"
    centered, name, _ = colors_of("lyapunov", np.linspace(-0.1, 0.4, 50))
    assert centered(0.0) == 0.5
    assert name == "PuOr_r"
    whole, _, _ = colors_of("survival", np.array([0.4, 0.6]))
    assert (whole.vmin, whole.vmax) == (0, 1)


@pytest.mark.parametrize("values", [[np.nan] * 4, [0.0] * 4, [2.0] * 4, [0.0, 1e-9, 1.0, np.inf], [-1.0, 1e300, 1, 2]])
def test_strange_numbers_are_drawn_too(values: list[float]) -> None:
    dataset = grid(
        {"a": ([1, 2], "linear"), "b": ([1, 2], "linear")},
        {"gradient": np.reshape(values, (2, 2)), "outcome": np.full((2, 2), CONVERGES, dtype=np.int8)},
    )
    assert phase_bytes(phase(dataset, x="a", y="b", quantity="gradient"), "svg")


def test_cells_without_a_value_are_transparent_over_a_texture() -> None:
    dataset = betas(12)
    dataset["gradient"].values[:6] = np.nan
    drawn, _ = draw_phase(phase(dataset, **BETAS, quantity="gradient"))
    image = pytest.importorskip("PIL.Image")
    for data in re.findall(r"data:image/png;base64,([^\"]+)", drawn.svg)[:1]:
        alpha = np.asarray(image.open(io.BytesIO(base64.b64decode(data))).convert("RGBA"))[..., 3]
        assert (alpha == 0).mean() >= 0.5
    assert "pattern" in drawn.svg


def test_why_there_is_no_departure_is_said() -> None:
    dataset = betas(8)
    assert phase(dataset, **BETAS, quantity="departure").quantity.why_absent == "never leaves"
    dataset["departure"].values[0] = -2
    assert phase(dataset, **BETAS, quantity="departure").quantity.why_absent == "never leaves or no predicted orbit"


def test_curves_have_a_row_each_and_survival_its_interval() -> None:
    diagram = phase(starts(), x="x0", quantity="survival")
    assert diagram.kind == "curves"
    assert diagram.y.texts == ("cubic", "spline", "sine", "plateau(rho=1/4)")
    banded = draw_phase(diagram)[0].svg
    bare = draw_phase(phase(starts().drop_vars(["survival_low", "survival_high"]), x="x0", quantity="survival"))[0].svg
    assert banded.count("FillBetween") > bare.count("FillBetween")


def test_outcomes_over_one_coordinate_are_rows() -> None:
    diagram = phase(starts(), x="x0", facet="function")
    assert (diagram.kind, diagram.y.scale, diagram.n_panels) == ("cells", "ordinal", 1)
    assert phase_bytes(diagram, "svg")


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 12])
def test_up_to_twelve_panels_are_drawn(n: int) -> None:
    names = [f"f{i}" for i in range(n)]
    _, frames = draw_phase(phase(betas(8, names), **BETAS, facet="function"))
    assert len(frames) == n
    for one, other in itertools.combinations(frames, 2):
        apart = abs(one.left - other.left) >= one.width or abs(one.top - other.top) >= one.height
        assert apart


def test_points_of_a_design_are_marks() -> None:
    diagram = phase(points(300), **BETAS)
    assert diagram.kind == "points"
    assert phase_bytes(diagram, "svg")
    assert phase_bytes(phase(points(300), x="eps", y="beta2", quantity="gradient"), "svg")


def test_many_points_are_an_image() -> None:
    assert len(phase_bytes(phase(points(20_000), **BETAS), "svg")) < 800_000


def test_the_nearest_value_is_selected_and_said() -> None:
    dataset = betas(8, FUNCTIONS)
    diagram = phase(dataset, x="beta1", y="function", select={"beta2": 0.98})
    nearest = float(dataset["beta2"][np.argmin(np.abs(np.log10(1 - dataset["beta2"].values) - np.log10(0.02)))])
    assert np.array_equal(
        diagram.variables["outcome"].values[0], dataset["outcome"].sel(beta2=nearest).transpose("function", "beta1")
    )
    assert f"β₂ = {nearest:.6g}" in diagram.caption


def test_the_caption_says_how_it_was_found() -> None:
    text = phase(betas(8, FUNCTIONS[:2]), **BETAS, facet="function", title="Why?").caption
    assert text == (
        "Why? Outcome over β₁ and β₂: adam(learning_rate=0.1) on cubic, spline at x₀ = 1e-6 for 100000 steps in "
        "float64, 8 × 8 cells in each of 2 panels. Observed with the numba kernel, misstep 0.4.0, numba 0.68.1, "
        "numpy 2.4.6, python 3.12.3; nothing here is proved."
    )


def test_a_dataset_that_says_nothing_of_itself_is_drawn_too() -> None:
    dataset = betas(8)
    dataset.attrs.clear()
    diagram = phase(dataset, **BETAS)
    assert diagram.title == "Outcome over β₁ and β₂"
    assert diagram.caption == "Outcome over β₁ and β₂: 8 × 8 cells. Observed; nothing here is proved."


def test_a_title_is_text_whatever_is_in_it(tmp_path: Path) -> None:
    title = 'a "b" <c> & $d'
    for suffix in SUFFIXES:
        plot(betas(8), tmp_path / f"out{suffix}", **BETAS, title=title)
    for suffix in (".svg", ".html"):
        text = (tmp_path / f"out{suffix}").read_text()
        assert "<c>" not in text
        assert "&lt;c&gt; &amp; $d" in text


def test_a_function_of_the_spec_has_its_arguments_in_the_caption() -> None:
    pieces = [{"name": "plateau", "arguments": {"rho": "1/4"}}]
    dataset = betas(8).assign_attrs(spec=spec(functions=pieces))
    assert "adam(learning_rate=0.1) on plateau(rho=1/4) at" in phase(dataset, **BETAS).caption


def test_rectangles_cover_a_mask_once() -> None:
    mask = np.random.default_rng(7).random((30, 20)) < 0.6
    count = np.zeros(mask.shape, dtype=int)
    for a, b, c, d in rectangles(mask):
        count[c:d, a:b] += 1
    assert np.array_equal(count, mask.astype(int))


REFUSED: tuple[tuple[dict[str, Any], str], ...] = (
    ({"x": "beta3", "y": "beta2"}, r"'beta3' is not a dimension of this sweep, for x \(did you mean 'beta\d'\?\)"),
    ({"x": "beta1", "y": "bta2"}, r"'bta2' is not a dimension of this sweep, for y \(did you mean 'beta2'\?\)"),
    ({**BETAS, "facet": "functions"}, r"'functions' is not .* for facet \(did you mean 'function'\?\)"),
    ({"x": "beta1", "y": "beta1"}, "x = 'beta1' and y = 'beta1' must differ"),
    ({**BETAS, "facet": "beta2"}, "y = 'beta2' and facet = 'beta2' must differ"),
    (BETAS, r"the dimension 'function' has 6 values, of which one must be selected, .*: cubic, spline, sine, plateau"),
    (
        {"x": "function", "y": "beta1", "facet": "beta2"},
        r"facet = 'beta2' has 16 values, and at most 12 panels fit: 0, ",
    ),
    ({"x": "beta1", "facet": "beta2", "quantity": "f_max", "select": {"function": "cubic"}}, "at most 6 curves"),
    ({"x": "beta1", "quantity": "f_max"}, "the dimension 'function' has 6 values, of which one"),
    (
        {**BETAS, "facet": "function", "quantity": "survival"},
        "this sweep has no survival: 'survival' is not a variable",
    ),
    ({**BETAS, "facet": "function", "quantity": "note"}, "quantity = 'note' must be a number, as are outcome, "),
    ({**BETAS, "select": {"functon": "cubic"}}, r"'functon' is not a dimension .* \(did you mean 'function'\?\)"),
    ({**BETAS, "select": {"function": "cubik"}}, r"'cubik' is not a value of 'function' \(did you mean 'cubic'\?\)"),
    ({**BETAS, "select": {"function": "cubic", "beta1": 0.5}}, "must be of a dimension that is not drawn"),
    ({"x": "function", "y": "beta1", "select": {"beta2": "high"}}, "{'beta2': 'high'} must be a number: 0, "),
    ({"x": "function", "y": "beta1", "select": {"beta2": float("nan")}}, "{'beta2': nan} must be finite"),
)


@pytest.mark.parametrize(("arguments", "message"), REFUSED)
def test_what_cannot_be_drawn_is_refused_and_nothing_is_written(
    tmp_path: Path, arguments: dict[str, Any], message: str
) -> None:
    dataset = betas(16, FUNCTIONS)
    dataset["note"] = dataset["outcome"].astype(str)
    with pytest.raises(InvalidInput, match=message):
        plot(dataset, tmp_path / "out.svg", **arguments)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["out.jpg", "out", "out.svgz"])
def test_a_file_of_no_known_kind_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidInput, match=r"is not the suffix of a figure, .*: \.svg, \.png, \.pdf, \.html"):
        plot(betas(8), tmp_path / name, **BETAS)
    assert list(tmp_path.iterdir()) == []


def test_points_need_both_coordinates(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="y = None must be a coordinate of the points"):
        plot(points(), tmp_path / "out.svg", x="beta1")
    with pytest.raises(InvalidInput, match="'beta3' is not a dimension of this sweep, for y"):
        plot(points(), tmp_path / "out.svg", x="beta1", y="beta3")


def test_a_file_that_was_there_stays_when_drawing_fails(tmp_path: Path) -> None:
    out = tmp_path / "out.png"
    out.write_bytes(b"before")
    with pytest.raises(InvalidInput):
        plot(betas(8), out, x="beta1", y="beta7")
    assert out.read_bytes() == b"before"


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="cannot be written: No such file or directory"):
        plot(betas(8), tmp_path / "none" / "out.svg", **BETAS)


def test_without_matplotlib_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(MissingDependency, match=r"install misstep\[plot\]"):
        plot(betas(8), tmp_path / "out.svg", **BETAS)
    assert list(tmp_path.iterdir()) == []


def test_values_of_both_signs_over_decades_lie_on_a_log_axis_to_both_sides_of_zero() -> None:
    size = np.array([1e-16, 1e-12, 1e-8, 1e-4, 0.4])
    with_zero = np.concatenate([-size[::-1], [0.0], size])
    for values in (with_zero, with_zero[with_zero != 0]):
        axis = PhaseAxis("x0", "", values, "signed")
        assert np.allclose(axis.at, -axis.at[::-1])
        assert (np.diff(axis.at) > 0).all()
        assert np.allclose(np.diff(axis.at[-5:]), np.diff(np.log10(size)))
        covered = np.concatenate([np.arange(len(values))[block.cells] for block in axis.blocks])
        assert covered.tolist() == list(range(len(values)))
        for block in axis.blocks:
            assert (block.edges[:-1] < axis.at[block.cells]).all()
            assert (axis.at[block.cells] < block.edges[1:]).all()
        assert all(before.edges[-1] < after.edges[0] for before, after in itertools.pairwise(axis.blocks))
        for choice in axis.ticks(*axis.ends):
            places = [place for place, _ in choice]
            assert places == sorted(places)
            assert (0.0 in places) == (0 in values)


def test_long_names_of_curves_are_shown_without_what_they_share() -> None:
    names = [f"adam(learning_rate=0.1, eps=0, beta1=0.9, beta2={beta2})" for beta2 in (0.9, 0.999)]
    axis = PhaseAxis("optimizer", "", np.arange(2.0), "ordinal", tuple(names))
    assert [axis.short(i) for i in range(2)] == ["β₂=0.9", "β₂=0.999"]
    assert [axis.text(i) for i in range(2)] == names


def test_a_few_speeds_beside_many_equal_ones_have_no_contour_lines() -> None:
    speed = np.full((20, 20), 0.1)
    speed[3, 4] = speed[11, 7] = 0.4
    data = grid(
        {"beta1": (np.linspace(0, 0.9, 20), "linear"), "beta2": (np.linspace(0, 0.9, 20), "linear")},
        {"outcome": np.full((20, 20), DRIFTS, dtype=np.int8), "speed": speed},
    )
    assert phase(data, **BETAS).contours is None
