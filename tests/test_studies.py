"""The studies: each has an answer, its pages are of what is in studies/, and nothing there is left over."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools import make_studies  # noqa: E402
from tools.studies import STUDIES, epsilon, orbit  # noqa: E402
from tools.studies.noise import slowing  # noqa: E402
from tools.studies.study import Study  # noqa: E402

pytest.importorskip("xarray")

PAGES = ROOT / "docs" / "studies"
BY_NAME = {study.name: study for study in STUDIES}


@pytest.mark.parametrize("name", BY_NAME)
def test_a_study_with_few_cells_and_steps_gives_a_finding_a_page_and_its_figures(name: str, tmp_path: Path) -> None:
    study = BY_NAME[name]
    make_studies.make(study, tmp_path, tmp_path, quick=True)
    text = (tmp_path / f"{name}.md").read_text(encoding="utf-8")
    finding = text.split("\n\n")[1]
    assert finding.startswith("**")
    assert finding.endswith("**")
    assert len(finding) > 40
    for figure in study.figures:
        assert (tmp_path / "figures" / f"{figure.name}.svg").stat().st_size > 1000


def test_every_file_in_studies_belongs_to_one_study() -> None:
    there = sorted(file.stem for file in (ROOT / "studies").glob("*.toml"))
    assert there == sorted(name for study in STUDIES for name in study.sweeps)


@pytest.mark.parametrize("name", BY_NAME)
def test_a_page_was_made_from_the_files_that_are_in_studies(name: str) -> None:
    text = (PAGES / f"{name}.md").read_text(encoding="utf-8")
    assert f"% made from {make_studies.digest(BY_NAME[name])}" in text
    for figure in BY_NAME[name].figures:
        assert (PAGES / "figures" / f"{figure.name}.svg").exists()


def test_the_index_has_every_study_with_its_finding(tmp_path: Path) -> None:
    for name in BY_NAME:
        (tmp_path / f"{name}.md").write_text((PAGES / f"{name}.md").read_text(encoding="utf-8"), encoding="utf-8")
    make_studies.write_index(tmp_path)
    assert (tmp_path / "index.md").read_text(encoding="utf-8") == (PAGES / "index.md").read_text(encoding="utf-8")


def test_no_page_is_of_a_study_that_is_gone() -> None:
    assert {file.stem for file in PAGES.glob("*.md")} == {"index", *BY_NAME}
    figures = {f"{figure.name}.svg" for study in STUDIES for figure in study.figures}
    assert {file.name for file in (PAGES / "figures").iterdir()} == figures


# --- the theory that pages compare with -------------------------------------------------------------------------------


def linearized(beta1: float, beta2: float, kappa: float, q: float = 1.0, h: float = 1e-5) -> Any:
    """The Jacobian of a step of Adam by differences, at the orbit of a function with curvature κ at the iterate."""

    def step(state: Any) -> Any:
        y, m, v = state
        g = -1 + kappa * y
        m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g * g
        eps = 1 / q - 1
        # The orbit moves by one spacing, which is the step on the gradient −1.
        return np.array([y - (1 + eps) * m / (np.sqrt(v) + eps) - 1, m, v])

    at = np.array([0.0, -1.0, 1.0])
    return np.stack([(step(at + h * e) - step(at - h * e)) / (2 * h) for e in np.eye(3)], axis=1)


PLACES = [(b1, b2, k) for b1, b2 in ((0.5, 0.9), (0.9, 0.5), (0.9, 0.999), (0.3, 0.31)) for k in (6.0, -6.0, 4.0)]


@pytest.mark.parametrize(("beta1", "beta2", "kappa"), PLACES)
def test_multipliers_are_the_eigenvalues_of_a_step_of_adam(beta1: float, beta2: float, kappa: float) -> None:
    values = np.linalg.eigvals(linearized(beta1, beta2, kappa))
    neutral = np.argmin(abs(values - 1))
    assert abs(values[neutral] - 1) < 1e-6
    rest = np.abs(np.delete(values, neutral)).max()
    assert rest == pytest.approx(float(orbit.multiplier(beta1, beta2, kappa)), rel=1e-6)
    assert bool(orbit.holds(beta1, beta2, kappa)) == bool(rest < 1)


@pytest.mark.parametrize(("beta1", "beta2", "kappa"), PLACES)
def test_the_slow_rate_is_the_derivative_of_the_multiplier_near_one(beta1: float, beta2: float, kappa: float) -> None:
    q = 1 - 1e-4
    values = np.linalg.eigvals(linearized(beta1, beta2, kappa, q))
    slow = values[np.argmin(abs(values - 1))].real
    assert (slow - 1) / (1 - q) == pytest.approx(epsilon.slow_rate(beta1, beta2, kappa), rel=1e-2)


@pytest.mark.parametrize("kappa", [4.0, 6.0])
def test_borders_that_are_drawn_are_those_of_the_regions(kappa: float) -> None:
    for lines, inside in (
        (orbit.band(kappa, ""), orbit.holds_on_both_sides),
        (orbit.one_side(kappa, ""), orbit.holds),
        (orbit.one_side(-kappa, ""), lambda b1, b2, k: orbit.holds(b1, b2, -k)),
    ):
        for line in lines:
            seen = np.isfinite(line.x) & (line.x > 0.01) & (line.x < 0.95) & (line.y > 0.01) & (line.y < 0.95)
            x, y = line.x[seen], line.y[seen]
            assert (inside(x, y + 1e-6, kappa) != inside(x, y - 1e-6, kappa)).all()


@pytest.mark.parametrize(("beta1", "beta2"), [(0.0, 0.0), (0.5, 0.9), (0.9, 0.99)])
def test_noise_slows_by_the_coefficient_of_second_order(beta1: float, beta2: float) -> None:
    rng = np.random.default_rng(5)
    sigma, runs, steps = 0.1, 4000, 600
    # A noise and its mirror image together have no part of first order.
    noise = rng.standard_normal((steps, runs))
    noise = np.concatenate([noise, -noise], axis=1) * sigma
    m, v, total = -np.ones(2 * runs), np.ones(2 * runs), np.zeros(2 * runs)
    for k in range(steps):
        g = -1 + noise[k]
        m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g * g
        if k >= steps // 2:
            total -= m / np.sqrt(v)
    assert total.mean() / (steps // 2) == pytest.approx(1 - slowing(beta1, beta2) * sigma**2, abs=3e-4)


def test_names_of_studies_are_those_of_their_pages() -> None:
    assert len(BY_NAME) == len(STUDIES)
    assert all(isinstance(study, Study) and study.question.endswith("?") for study in STUDIES)
