"""Kernels do what the reference recurrences do, to the last bit."""

from __future__ import annotations

import dataclasses
import warnings
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import misstep as ms
from kernels import FUNCTIONS, METHODS, STARTS, N, lanes
from misstep import trajectory
from misstep.functions import zhang
from misstep.scalars import NumberKind
from misstep.sweeps.kernels import run
from misstep.sweeps.kernels.advance import Kernel, KernelName
from misstep.sweeps.kernels.random import normals, picks, threefry
from misstep.sweeps.kernels.run import run_lanes
from misstep.sweeps.kernels.trace import traced_steps
from misstep.traced import Graph

FLOATS = ("float64", "float32")
STEPS = 200


def reference(method: Any, function: Any, dtype: str, n_steps: int = STEPS) -> ms.Trajectory:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # some lanes overflow
        return ms.run(function, method, STARTS.astype(dtype), n_steps, kind=NumberKind(dtype))


def differing(found: Mapping[str, Any], expected: Mapping[str, Any]) -> list[str]:
    return [name for name in expected if not np.array_equal(found[name], expected[name], equal_nan=True)]


def expected(method: Any, function: Any, dtype: str, n_steps: int = STEPS) -> dict[str, Any]:
    """What the reference run gives for each lane, `diagnose` for its outcome."""
    run_of = reference(method, function, dtype, n_steps)
    finite = np.isfinite(run_of.x).all(axis=0)
    x, g = run_of.x.astype(float), run_of.g.astype(float)
    half = n_steps // 2
    found: dict[str, Any] = {
        "speed": np.where(finite, (x[-1] - x[n_steps - half]) / half, np.nan),
        "gradient": np.where(finite, np.abs(g[-1]), np.nan),
    }
    leaves = ~(np.abs(run_of.g + np.ones(1, dtype)) <= 0.5)
    found["departure"] = np.where(leaves.any(axis=0), leaves.argmax(axis=0), -1)
    diagnoses = [
        ms.diagnose(dataclasses.replace(run_of, x=run_of.x[:, i], f=run_of.f[:, i], g=run_of.g[:, i])) for i in range(N)
    ]
    found["outcome"] = np.array([trajectory.CODES.index(d.outcome) for d in diagnoses])
    found["period"] = np.array([d.period or 0 for d in diagnoses])
    for name, extreme in (("f_min", np.fmin), ("f_max", np.fmax)):
        found[name] = extreme.reduce(run_of.f.astype(float))
    return found


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("method", METHODS)
def test_the_numpy_kernel_repeats_the_recurrence_bit_for_bit(method: str, function: str, dtype: str) -> None:
    wanted = expected(METHODS[method], FUNCTIONS[function], dtype)
    found = run_lanes(lanes(METHODS[method], FUNCTIONS[function], STEPS, dtype=dtype), "numpy")
    finite = np.isfinite(wanted["speed"])
    # Beyond the first number that is not finite the two may differ in which of inf and nan it is.
    found, wanted = ({name: values[finite] for name, values in part.items()} for part in (found, wanted))
    assert differing(found, wanted) == []


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize(
    ("method", "function"),
    [(method, "cubic") for method in METHODS] + [("adam as in the paper", f) for f in FUNCTIONS if f != "cubic"],
)
def test_numba_and_numpy_agree_to_the_last_bit(method: str, function: str, dtype: str) -> None:
    chosen = lanes(METHODS[method], FUNCTIONS[function], STEPS, dtype=dtype)
    assert differing(run_lanes(chosen, "numba"), run_lanes(chosen, "numpy")) == []


@pytest.mark.parametrize("kernel", ["numpy", "numba"])
@pytest.mark.parametrize("method", ["adam as in the paper", "sign descent", "gradient descent", "heavy ball"])
def test_finishing_exact_periods_early_changes_nothing(
    method: str, kernel: KernelName, monkeypatch: pytest.MonkeyPatch
) -> None:
    function = ms.cubic("1/10", left="periodic")
    for n_steps in (1500, 3000, 5001):
        chosen = lanes(METHODS[method], function, n_steps)
        monkeypatch.setattr(run, "FIRST_WATCH", 1024)
        early = run_lanes(chosen, kernel)
        monkeypatch.setattr(run, "FIRST_WATCH", 10**9)
        assert differing(early, run_lanes(chosen, kernel)) == []


def test_most_lanes_that_cycle_are_finished_early(monkeypatch: pytest.MonkeyPatch) -> None:
    stepped = []
    advance = Kernel.advance

    def counting(self: Kernel, lot: Any, k: int, n_steps: int, history: Any = None) -> None:
        stepped.append(n_steps)
        advance(self, lot, k, n_steps, history)

    monkeypatch.setattr(Kernel, "advance", counting)
    run_lanes(lanes(METHODS["sign descent"], ms.sine("1/10"), 100_000), "numpy")
    assert sum(stepped) < 2000


def test_a_lane_does_not_depend_on_its_neighbours() -> None:
    method, sigma = METHODS["adam as in the paper"], np.full(N, 0.3)
    together = run_lanes(lanes(method, FUNCTIONS["plateau"], STEPS, noise=sigma), "numba")
    for i in range(0, N, 5):
        keep = slice(i, i + 1)
        alone = dataclasses.replace(
            lanes(
                dataclasses.replace(method, beta1=method.beta1[keep], beta2=method.beta2[keep]),  # type: ignore[attr-defined, type-var]
                FUNCTIONS["plateau"],
                STEPS,
                noise=sigma[keep],
            ),
            x0=STARTS[keep],
            function_index=np.zeros(1, np.intp),
            slope=np.ones(1),
            cell=np.array([i], np.uint64),
            replicate=np.zeros(1, np.uint64),
        )
        found = run_lanes(alone, "numba")
        assert differing(found, {name: values[keep] for name, values in together.items()}) == []


@pytest.mark.parametrize("dtype", FLOATS)
def test_noise_has_the_same_bits_in_both_kernels_and_the_reference(dtype: str) -> None:
    method, f = METHODS["adam as in the paper"], FUNCTIONS["plateau"]
    chosen = lanes(method, f, STEPS, dtype=dtype, noise=np.full(N, 0.2), seed=7)
    found = run_lanes(chosen, "numba")
    assert differing(found, run_lanes(chosen, "numpy")) == []
    cast = method.cast(NumberKind(dtype))
    x = STARTS.astype(dtype)
    state, half = cast.init(x), None
    for k in range(STEPS):
        if k == STEPS - STEPS // 2:
            half = x
        seen = f.gradient(x) + np.asarray(0.2, dtype) * normals(7, chosen.cell, chosen.replicate, k).astype(dtype)
        x, state = cast.update(seen, state, x)
    assert half is not None
    assert np.array_equal(found["speed"], (x.astype(float) - half.astype(float)) / (STEPS // 2))


def exact_threefry(key: tuple[int, int], counter: tuple[int, int]) -> tuple[int, int]:
    """Threefry-2x64-20 in whole numbers, from the paper's text."""
    mask = 2**64 - 1
    keys = [*key, key[0] ^ key[1] ^ 0x1BD11BDAA9FC1A22]
    a, b = (counter[0] + key[0]) & mask, (counter[1] + key[1]) & mask
    for round_ in range(20):
        a = (a + b) & mask
        r = [16, 42, 12, 31, 16, 32, 24, 21][round_ % 8]
        b = ((b << r) | (b >> (64 - r))) & mask
        b ^= a
        if round_ % 4 == 3:
            i = round_ // 4 + 1
            a, b = (a + keys[i % 3]) & mask, (b + keys[(i + 1) % 3] + i) & mask
    return a, b


@pytest.mark.parametrize(
    ("key", "counter", "words"),
    [
        ((0, 0), (0, 0), (0xC2B6E3A8C2C69865, 0x6F81ED42F350084D)),
        ((2**64 - 1,) * 2, (2**64 - 1,) * 2, (0xE02CB7C4D95D277A, 0xD06633D0893B8B68)),
        (
            (0xA4093822299F31D0, 0x082EFA98EC4E6C89),
            (0x243F6A8885A308D3, 0x13198A2E03707344),
            (0x263C7D30BB0F0AF1, 0x56BE8361D3311526),
        ),
    ],
)
def test_threefry_gives_the_known_answers_of_its_authors(key: Any, counter: Any, words: Any) -> None:
    given_words = (np.array([word], np.uint64) for word in (*key, *counter))
    assert tuple(int(word[0]) for word in threefry(*given_words)) == words
    assert exact_threefry(key, counter) == words


@given(st.lists(st.integers(0, 2**64 - 1), min_size=4, max_size=4))
def test_threefry_is_that_of_whole_numbers(words: list[int]) -> None:
    found = threefry(*(np.array([word], np.uint64) for word in words))
    assert tuple(int(word[0]) for word in found) == exact_threefry((words[0], words[1]), (words[2], words[3]))


def test_noise_is_standard_normal() -> None:
    from scipy.stats import kstest

    cells = np.arange(20_000, dtype=np.uint64)
    drawn = np.concatenate([normals(1, cells, cells * np.uint64(0), k) for k in range(10)])
    assert kstest(drawn, "norm").pvalue > 1e-3
    assert abs(np.corrcoef(drawn[:-20_000], drawn[20_000:])[0, 1]) < 0.01


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("order", ["reshuffled", "cyclic", "independent"])
def test_components_of_a_sum_are_drawn_alike_in_both_kernels_and_the_reference(order: Any, dtype: str) -> None:
    method, f = METHODS["adam of torch"], zhang(10, order=order)
    chosen = lanes(method, f, STEPS, dtype=dtype, seed=5)
    found = run_lanes(chosen, "numba")
    assert differing(found, run_lanes(chosen, "numpy")) == []
    cast = method.cast(NumberKind(dtype))
    x = STARTS.astype(dtype)
    state, half = cast.init(x), x
    for k in range(STEPS):
        half = x if k == STEPS - STEPS // 2 else half
        first = picks(5, chosen.cell, chosen.replicate, k, 10, order) == 1
        seen = np.where(first, f.component(0).gradient(x), f.component(1).gradient(x))
        x, state = cast.update(seen, state, x)
    assert np.array_equal(found["speed"], (x.astype(float) - half.astype(float)) / (STEPS // 2))


def test_a_reshuffled_component_is_seen_once_in_every_epoch() -> None:
    cells = np.arange(50, dtype=np.uint64)
    seen = np.stack([picks(3, cells, cells * np.uint64(0), k, 10, "reshuffled") for k in range(200)])
    assert (seen.reshape(20, 10, 50).sum(axis=1) == 1).all()
    assert 0.05 < seen.reshape(20, 10, 50).mean(axis=(0, 2)).min()


@settings(max_examples=200)
@given(st.data())
def test_the_floor_of_a_quotient_needs_no_division(data: st.DataObject) -> None:
    """With x/p rounded first: ⌊x/p⌋ by products and their rounded remainders is that of a division."""
    period = data.draw(st.floats(1e-6, 1e6))
    whole = data.draw(st.integers(-(2**40), 2**40))
    steps = data.draw(st.integers(-3, 3))
    x = period * whole
    for _ in range(abs(steps)):
        x = float(np.nextafter(x, np.inf if steps > 0 else -np.inf))
    assert _markstein(x, period) == x / period


def _markstein(x: float, p: float) -> float:
    """What the numba kernel writes for x/p, with a fused multiply-add of exact rationals."""

    def fma(a: float, b: float, c: float) -> float:
        exact = Fraction(a) * Fraction(b) + Fraction(c)
        return exact.numerator / exact.denominator

    inverse = 1 / p
    rest = -fma(inverse, p, -1.0) / p
    q = fma(x, inverse, x * rest)
    return fma(fma(-q, p, x), inverse, q)


@pytest.mark.parametrize(("beta1", "beta2"), [(0.0, 0.0), (0.5, 0.9), (0.9, 0.999)])
def test_the_exponent_of_the_papers_orbit_is_that_of_its_linearisation(beta1: float, beta2: float) -> None:
    """At x_k = k, f'' = 6 from the right: δg = 6δx moves (δx, δm, δv/2) by a fixed matrix."""
    curvature = 6.0
    rows = np.array([[(1 - beta1) * curvature, beta1, 0.0], [-(1 - beta2) * curvature, 0.0, beta2]])
    matrix = np.vstack([np.array([1.0, 0.0, 0.0]) - rows.sum(axis=0), rows])
    method = ms.adam_dialect("toint", learning_rate=1, beta1=np.full(N, beta1), beta2=np.full(N, beta2))
    chosen = lanes(method, ms.cubic(1), 4000, x0=np.zeros(N), quantities=frozenset({"lyapunov"}))
    found = run_lanes(chosen, "numba")["lyapunov"]
    assert found == pytest.approx(np.log(np.abs(np.linalg.eigvals(matrix)).max()), abs=5e-3)


def test_the_exponent_of_gradient_descent_in_a_parabola_is_known() -> None:
    """x ← (1 − α·L)·x: the exponent is ln|1 − α·L|, L = 40 on this spline's rising half."""
    f = ms.spline("1/10", left="periodic")
    rates = np.linspace(0.002, 0.02, N)
    method = ms.GradientDescent(learning_rate=rates)
    chosen = lanes(method, f, 500, x0=np.full(N, 0.03), quantities=frozenset({"lyapunov", "outcome"}))
    found = run_lanes(chosen, "numpy")
    assert (found["outcome"] == trajectory.CODES.index(ms.Outcome.CONVERGES)).all()
    assert found["lyapunov"] == pytest.approx(np.log(np.abs(1 - 40 * rates)), abs=1e-9)


def test_hyper_parameters_that_do_not_matter_make_no_row() -> None:
    plain = traced_steps(lanes(METHODS["adam as in the paper"], FUNCTIONS["cubic"], STEPS))
    assert plain.later.rows[: plain.method_rows] == ("x", "m", "v")
    corrected = traced_steps(lanes(METHODS["adam of torch"], FUNCTIONS["cubic"], STEPS))
    assert set(corrected.later.rows) >= {"beta1_power", "beta2_power"}


def test_tracing_leaves_out_what_changes_nothing() -> None:
    graph = Graph()
    x = graph.input("x")
    assert [(x + 0).index, (0 + x).index, (x - 0).index, (x * 1).index, (x / 1).index] == [x.index] * 5
    assert (x * 0).is_constant(0)
    assert (x + x).index == (x + x).index != (x - x).index


def test_a_traced_number_refuses_to_decide_a_branch() -> None:
    with pytest.raises(TypeError, match="use `where`"):
        bool(Graph().input("x") > 0)


def test_under_eight_steps_are_refused() -> None:
    with pytest.raises(ms.InvalidInput, match="n_steps = 7 must be at least 8"):
        run_lanes(lanes(METHODS["lion"], FUNCTIONS["cubic"], 7), "numpy")


def test_a_schedule_that_is_any_function_cannot_be_compiled() -> None:
    method = ms.GradientDescent(learning_rate=ms.FromFunction(lambda _: "1/10"))
    with pytest.raises(ms.InvalidInput, match=r"cannot be compiled: α/\(k \+ offset\)\^power can"):
        run_lanes(lanes(method, FUNCTIONS["cubic"], STEPS), "numpy")
