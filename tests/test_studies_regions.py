"""What studies compare their sweeps with, against computations that share no code with it."""

from __future__ import annotations

import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import misstep as ms

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tools.studies import arithmetic, decreasing, heavy_ball, zhang  # noqa: E402


@pytest.mark.parametrize(("alpha", "steps"), [("0.1", 8000), ("0.3", 8000)])
def test_where_rounding_leaves_a_plateau_is_where_a_loop_of_float32_does(alpha: str, steps: int) -> None:
    step, x = np.float32(alpha), np.float32(0)
    exact, left = Fraction(float(step)), -1
    for k in range(1, steps):
        x = x + step
        if abs(Fraction(float(x)) - k * exact) > exact / 4:
            left = k
            break
    assert arithmetic.leaves_plateau(Fraction(alpha), 24) == (left, "leaves")


def test_float32_stops_where_half_a_unit_is_the_step() -> None:
    assert arithmetic.leaves_plateau(Fraction(1, 8), 24) == (2**24, "stops")


@pytest.mark.parametrize("beta2", [0.9, 0.99, 0.999])
def test_where_v_rests_is_what_torch_comes_to_in_bfloat16(beta2: float) -> None:
    torch = pytest.importorskip("torch")
    v, g = torch.zeros(1, dtype=torch.bfloat16), torch.ones(1, dtype=torch.bfloat16)
    for _ in range(3000):
        v.mul_(beta2).addcmul_(g, g, value=1 - beta2)
    assert arithmetic.resting_v(beta2, twice=True) == v.item()


def test_sign_descent_leaves_where_its_lag_is_the_offset() -> None:
    method = ms.adam_dialect("toint", learning_rate=ms.InversePower("1/10", "0.01"), beta1=0, beta2=0)
    g = ms.run(ms.cubic("1/10"), method, 0.0, 50).g
    left = int(np.argmax(np.abs(g + 1) > 0.5))
    assert decreasing.predicted_departure(0.01, decreasing.FAMILIES["cubic"][1]) == left


def test_the_region_of_cycles_is_where_the_roots_of_unity_are_interpolated() -> None:
    # --- what the answers rest on ---
    random = np.random.default_rng(5)
    for _ in range(300):
        gamma, beta, k = random.uniform(0.01, 0.16), random.uniform(0, 1), int(random.integers(3, 9))
        x = np.exp(2j * np.pi * np.arange(k) / k)
        g = ((1 + beta) * x - np.roll(x, -1) - beta * np.roll(x, 1)) / gamma
        # Values are equal by symmetry, so the condition from j to i is on inner products alone.
        margins = []
        for j in range(1, k):
            d, h = x[0] - x[j], g[0] - g[j]
            inner = abs(h) ** 2 / 25 + abs(d) ** 2 - 2 / 25 * (h * d.conjugate()).real
            margins.append(-(g[j] * d.conjugate()).real - inner / (2 * (1 - 1 / 25)))
        if abs(min(margins)) > 1e-6:
            assert bool(heavy_ball.of_length(gamma, beta, k)) == (min(margins) > 0)


def test_the_cycle_of_lessard_recht_and_packard_is_one() -> None:
    assert heavy_ball.exact_cycle()
    assert heavy_ball.itinerary_cycle(1 / 9, 4 / 9, 3.3, 3)
    assert not heavy_ball.itinerary_cycle(1 / 9, 4 / 9, 3.3, 6)


@pytest.mark.parametrize("n", [5, 20])
def test_the_mean_speed_vanishes_at_the_threshold_of_rmsprop(n: int) -> None:
    threshold = zhang.rms_threshold(n)
    below, above = (
        float(zhang.speed(0.0, beta2, n, "cyclic", 20_000)) for beta2 in (threshold - 0.01, threshold + 0.005)
    )
    assert below > 0 > above
    assert abs(1 - threshold - 4 / n**2) < 10 / n**3


def overlay(**changes: Any) -> Any:
    from misstep.report.phase.overlay import Overlay

    return Overlay(**{"label": "theory", "x": np.array([0.0, 1.0]), "y": np.array([0.0, 1.0]), **changes})


def test_a_line_of_unequal_lengths_is_refused() -> None:
    with pytest.raises(ms.errors.InvalidInput, match="of one length"):
        overlay(y=np.zeros(3))


def test_a_line_of_a_theory_is_drawn_and_named_in_its_panel_alone(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    from misstep.report.phase_files import plot
    from sweep_datasets import betas

    dataset = betas()
    plain, lined = tmp_path / "plain.svg", tmp_path / "lined.svg"
    plot(dataset, plain, x="beta1", y="beta2")
    plot(dataset, lined, x="beta1", y="beta2", overlays=[overlay(x=np.array([0.0, 0.9]), y=np.array([0.0, 0.81]))])
    assert lined.read_bytes() != plain.read_bytes()
    plot(dataset, plain, x="beta1", y="beta2", overlays=[overlay(panel=7)])
    assert plain.read_text(encoding="utf-8").count("<path") < lined.read_text(encoding="utf-8").count("<path")
