"""The JAX kernel does what the others do, to the units in the last place that it states."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import misstep as ms
from kernels import FUNCTIONS, METHODS, N, lanes
from misstep.functions import zhang
from misstep.sweeps.kernels import jax_source
from misstep.sweeps.kernels.advance import Kernel, Lot
from misstep.sweeps.kernels.measures import LATE
from misstep.sweeps.kernels.run import run_lanes
from misstep.sweeps.kernels.trace import traced_steps
from misstep.sweeps.sweep import sweep

BEFORE = 7
"""Steps by numpy that lead to the state from which both kernels take one."""

UNBOUNDED = {"rmsprop, centered"}
"""Methods that divide by the root of a difference, which may be far less than what it is a difference of."""

PAIRS = [(method, "cubic") for method in METHODS if method not in UNBOUNDED] + [
    ("adam of torch", f) for f in FUNCTIONS if f != "cubic"
]


def after_one_step(kind: Any, chosen: Any) -> tuple[Any, Any, Any]:
    """Rows before and after a step of the kernel, by the names of the rows."""
    steps = traced_steps(chosen)
    n_rows, constants = len(steps.later.rows), list(steps.inputs.lane.values())
    rows = np.zeros((n_rows, N), steps.inputs.dtype)
    rows[0] = chosen.x0
    keys = np.stack([chosen.cell, chosen.replicate, np.full(N, chosen.seed, np.uint64)])
    lot = Lot(rows, np.array(constants, steps.inputs.dtype).reshape(-1, N), keys)
    started = Kernel(steps, "numpy", "").evaluate(steps.start, lot)
    for name, values in zip(steps.start.rows, started, strict=True):
        rows[steps.later.rows.index(name)] = values
    Kernel(steps, "numpy", "").advance(lot, 0, BEFORE)
    before = rows.copy()
    Kernel(steps, kind, "").advance(lot, BEFORE, 1)
    return before, rows, steps.later.rows


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(("method", "function"), PAIRS)
def test_a_step_by_jax_is_within_the_stated_units_in_the_last_place(method: str, function: str, dtype: str) -> None:
    chosen = lanes(METHODS[method], FUNCTIONS[function], 200, dtype=dtype)
    before, wanted, names = after_one_step("numpy", chosen)
    _, found, _ = after_one_step("jax", chosen)
    largest = np.fmax(1, np.fmax(np.abs(before), np.abs(wanted)).max(axis=0))
    finite = np.isfinite(wanted).all(axis=0)
    ulps = (np.abs(found - wanted) / np.spacing(largest.astype(dtype)))[:, finite]
    assert finite.sum() > N // 2
    assert set(LATE) < set(names)
    assert ulps.max(initial=0) <= jax_source.ULPS


def test_noise_and_picks_are_those_of_the_other_kernels() -> None:
    method = METHODS["gradient descent"]
    noisy = lanes(method, FUNCTIONS["quadratic"], 200, noise=np.full(N, 0.1), seed=7)
    sampled = [lanes(method, zhang(10, order=order), 200, seed=7) for order in ("reshuffled", "cyclic", "independent")]
    for chosen in (noisy, *sampled):
        _, wanted, _ = after_one_step("numpy", chosen)
        _, found, _ = after_one_step("jax", chosen)
        assert np.abs(found - wanted).max() < 1e-12


def test_drifting_converging_and_cycling_lanes_come_to_the_same_outcomes() -> None:
    for name in ("adam as in the paper", "sign descent", "gradient descent"):
        chosen = lanes(METHODS[name], FUNCTIONS["quadratic" if name == "gradient descent" else "plateau"], 3000)
        wanted, found = run_lanes(chosen, "numba"), run_lanes(chosen, "jax")
        assert found["outcome"].tolist() == wanted["outcome"].tolist()
        assert found["period"].tolist() == wanted["period"].tolist()


def test_a_sweep_by_jax_says_so_and_leaves_jax_at_32_bits() -> None:
    import jax.numpy as jnp

    text = 'adam(learning_rate=1, beta1=0..0.9:3, beta2=[0, 0.5], eps=0, dialect="toint")'
    wanted = sweep(text, function="cubic(spacing=1)", steps=400)
    found = sweep(text, function="cubic(spacing=1)", steps=400, kernel="jax")
    assert found.attrs["kernel"] == "jax"
    assert found.outcome.values.tolist() == wanted.outcome.values.tolist()
    assert found.speed.values == pytest.approx(wanted.speed.values)
    assert jnp.ones(1).dtype == np.float32


def test_without_jax_its_kernel_is_refused_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jax_source, "has_jax", lambda: False)
    with pytest.raises(ms.MissingDependency, match=r"install misstep\[jax\]"):
        sweep("lion(learning_rate=[1, 2])", steps=8, kernel="jax")
    with pytest.raises(ms.MissingDependency, match=r"install misstep\[jax\]"):
        run_lanes(lanes(METHODS["lion"], FUNCTIONS["cubic"], 8), "jax")
