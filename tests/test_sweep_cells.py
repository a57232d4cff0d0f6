"""From a spec to lanes: every cell once, the same however it is cut, with the parameters that its place says."""

from __future__ import annotations

import math
import pickle
from itertools import pairwise
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from flint import fmpq
from hypothesis import given, settings

import misstep as ms
from misstep.adapters.naming import parse
from misstep.errors import InvalidInput
from misstep.optimizers import InversePower, Optimizer
from misstep.scalars import NumberKind, convert, exact, exact_from_float
from misstep.sweeps.cells import lanes_of
from misstep.sweeps.chunks import MAX_LANES, MIN_LANES, Chunk, chunk_at, chunk_grid, chunk_shape, n_chunks
from misstep.sweeps.dataset import drawn_coordinates, layout_of
from misstep.sweeps.design import coordinate
from misstep.sweeps.kernels.lanes import Lanes
from misstep.sweeps.methods import make
from misstep.sweeps.reading import read_spec
from misstep.sweeps.settled import settled_step, settling_values
from misstep.sweeps.spec import SweepSpec


def spec(optimizer: Any = "adam(learning_rate=0.1, beta1=0..0.9:4)", **changes: Any) -> SweepSpec:
    return read_spec(optimizer, **{"steps": 100, **changes})


def whole(made: SweepSpec) -> Chunk:
    """All cells of a sweep without labels."""
    return Chunk((0,) * len(made.shape), made.shape)


# --- chunks ---------------------------------------------------------------------------------------------------------


@st.composite
def shapes(draw: st.DrawFn) -> SweepSpec:
    """Sweeps of one to three axes, long ones among them."""
    lengths = draw(st.lists(st.sampled_from([2, 3, 7, 100, 1025, 5000]), min_size=1, max_size=3))
    texts = [f"{name}=0..0.9:{n}" for name, n in zip(("beta1", "beta2", "eps"), lengths, strict=False)]
    functions = draw(st.sampled_from([["cubic"], ["cubic", "sine"]]))
    steps, replicates = draw(st.integers(8, 10**9)), draw(st.sampled_from([1, 3, 1000, MAX_LANES]))
    method = f"adam(learning_rate=0.1, {', '.join(texts)})"
    return read_spec(method, steps=steps, function=functions, replicates=replicates)


@given(shapes())
@settings(deadline=None)
def test_chunks_have_lanes_enough_and_not_too_many(made: SweepSpec) -> None:
    shape = chunk_shape(made)
    lanes = math.prod(shape) * made.replicates
    assert lanes <= MAX_LANES
    of_a_function = made.n_lanes // len(made.functions)
    assert lanes >= min(MIN_LANES // 2, of_a_function) or lanes * 2 > MAX_LANES // 2
    assert shape[: len(made.label_dims)] == (1,) * len(made.label_dims)


@given(shapes())
@settings(deadline=None)
def test_the_grid_of_chunks_covers_each_dimension_once(made: SweepSpec) -> None:
    for n, m, count in zip(made.shape, chunk_shape(made), chunk_grid(made).counts, strict=True):
        assert (count - 1) * m < n <= count * m


def test_chunks_cover_every_cell_once() -> None:
    made = spec("adam(learning_rate=0.1, beta1=0..0.9:41, beta2=0..0.9:53)", function=["cubic", "spline"], steps=10**6)
    seen = np.zeros(made.shape, int)
    for number in range(n_chunks(made)):
        seen[chunk_at(made, number).slices] += 1
    assert (seen == 1).all()
    assert n_chunks(made) > 2
    for number in (-1, n_chunks(made)):
        with pytest.raises(InvalidInput, match="must be one of 0"):
            chunk_at(made, number)


def test_a_chunk_of_few_steps_is_as_large_as_allowed_and_one_of_many_as_small() -> None:
    text = "adam(learning_rate=0.1, beta1=0..0.9:1000, beta2=0..0.9:1000)"
    assert math.prod(chunk_shape(spec(text, steps=10))) > MAX_LANES * 0.9
    assert MIN_LANES * 0.9 < math.prod(chunk_shape(spec(text, steps=10**9))) < 2 * MIN_LANES


# --- lanes ----------------------------------------------------------------------------------------------------------


def per_lane(lanes: Lanes, i: int) -> tuple[Any, ...]:
    """All that lane i is given."""

    def element(value: Any) -> Any:
        if isinstance(value, InversePower):
            return element(value.learning_rate), element(value.power)
        return value[i] if isinstance(value, np.ndarray) else value

    method = tuple(element(value) for value in vars(lanes.optimizer).values())
    function = lanes.functions[lanes.function_index[i]]
    noise = None if lanes.noise is None else lanes.noise[i]
    return method, function, lanes.x0[i], noise, lanes.cell[i], lanes.replicate[i], str(lanes.slope[i])


def by_key(lanes: list[Lanes]) -> dict[tuple[int, int], tuple[Any, ...]]:
    found = {}
    for part in lanes:
        for i in range(len(part.x0)):
            key = int(part.cell[i]), int(part.replicate[i])
            assert key not in found
            found[key] = per_lane(part, i)
    return found


CASES = [
    {"optimizer": "adam(learning_rate=0.1..1:3, beta1=0..0.9:4, eps=[0, 1e-8, 1])", "x0": "[0, 1e-6]", "replicates": 2},
    {"optimizer": "heavy_ball(learning_rate=[0.1, 0.2], momentum=0..0.9:5)", "function": "plateau(rho=0.1..0.4:3)"},
    {"optimizer": "adam(learning_rate=0.1, eps=0..1:6)", "power": "0..1:3", "noise": "1e-3..1:4:log"},
    {"optimizer": "adam(learning_rate=0.1..1:log, beta1=0..0.9)", "design": "random", "points": 60, "seed": 3},
    {"optimizer": "adam(learning_rate=0.1..1:log, beta1=0..0.99:logit)", "design": "sobol", "points": 60, "seed": 3},
    {"optimizer": "lion(learning_rate=[1, 2])", "function": "cubic(slope=[1, 3], spacing=$learning_rate)"},
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["optimizer"]))
@given(data=st.data())
@settings(max_examples=10, deadline=None)
def test_lanes_are_the_same_however_the_sweep_is_cut(case: dict[str, Any], data: st.DataObject) -> None:
    made = spec(**case)
    cuts = [sorted({0, n, *data.draw(st.lists(st.integers(1, n - 1), max_size=2))}) for n in made.shape]
    chunks = [Chunk((), ())]
    for points in cuts:
        chunks = [Chunk((*chunk.starts, a), (*chunk.stops, b)) for chunk in chunks for a, b in pairwise(points)]
    cut = by_key([lanes_of(made, chunk) for chunk in chunks])
    assert cut == by_key([lanes_of(made, whole(made))])
    assert sorted(cut) == [(cell, r) for cell in range(made.n_cells) for r in range(made.replicates)]


@pytest.mark.parametrize("case", CASES[:3], ids=lambda case: str(case["optimizer"]))
def test_a_lane_has_the_values_of_its_cells_place(case: dict[str, Any]) -> None:
    made = spec(**case)
    lanes = lanes_of(made, whole(made))
    for lane, cell in enumerate(lanes.cell):
        place = np.unravel_index(int(cell), made.shape)
        at = {axis.name: axis.values[i] for axis, i in zip(made.axes, place, strict=True)}
        rate = lanes.optimizer.learning_rate  # type: ignore[attr-defined]
        if "power" in at:
            assert rate.power[lane] == at["power"]
            assert rate.learning_rate == "0.1"
        if "x0" in at:
            assert lanes.x0[lane] == at["x0"]
        if "noise" in at:
            assert lanes.noise is not None
            assert lanes.noise[lane] == at["noise"]
        for name in ("beta1", "eps", "momentum"):
            if name in at:
                assert getattr(lanes.optimizer, name)[lane] == at[name]
        if "rho" in at:
            f = lanes.functions[lanes.function_index[lane]]
            assert f == ms.plateau(f.node(1), rho=exact_from_float(at["rho"]))


def test_labels_choose_the_method_the_function_and_the_arithmetic() -> None:
    methods = ["adam(learning_rate=1, beta1=0..0.9:4)", "lion(learning_rate=1)"]
    made = spec(methods, function=["cubic", "sine"], arithmetic=["float64", "float32", "bfloat16"])
    assert made.dims == ("optimizer", "function", "arithmetic", "beta1")
    found = lanes_of(made, Chunk((1, 1, 2, 0), (2, 2, 3, 4)))
    assert isinstance(found.optimizer, ms.Lion)
    assert found.functions == (ms.sine(1),)
    assert (found.dtype, found.moments) == ("float32", "bfloat16")
    assert found.cell.tolist() == [44, 45, 46, 47]
    with pytest.raises(InvalidInput, match="a chunk has one optimizer"):
        lanes_of(made, Chunk((0, 1, 2, 0), (2, 2, 3, 4)))


@pytest.mark.parametrize(
    "chunk", [Chunk((0,), (5,)), Chunk((-1,), (2,)), Chunk((2,), (2,)), Chunk((0, 0), (1, 1)), Chunk((0,), (1, 1))]
)
def test_a_chunk_outside_the_sweep_is_refused(chunk: Chunk) -> None:
    with pytest.raises(InvalidInput):
        lanes_of(spec(), chunk)


def test_a_chunk_with_too_many_lanes_is_refused() -> None:
    with pytest.raises(InvalidInput, match="a chunk has at most 65536 lanes"):
        lanes_of(spec(replicates=MAX_LANES), whole(spec()))


def test_what_is_fixed_is_a_scalar_and_nothing_is_nothing() -> None:
    lanes = lanes_of(spec(), whole(spec()))
    assert lanes.optimizer.learning_rate == "0.1"  # type: ignore[attr-defined]
    assert lanes.noise is None
    assert lanes.functions == (ms.cubic(exact("0.1") / (1 + exact("1e-8"))),)
    assert lanes.slope.tolist() == [1.0] * 4


def test_without_a_predicted_orbit_the_slope_is_nan() -> None:
    made = spec(function="lessard_recht_packard")
    assert np.isnan(lanes_of(made, whole(made)).slope).all()


def test_a_spec_and_its_lanes_can_be_sent_to_another_process() -> None:
    made = spec(function="zhang(n=3)")
    assert pickle.loads(pickle.dumps(made)) == made  # noqa: S301
    lanes = lanes_of(made, whole(made))
    assert len(lanes.x0) == 4
    assert lanes.functions == (ms.zhang(3),)


def test_the_spacing_of_a_decreasing_learning_rate_is_that_of_its_first_step() -> None:
    made = spec("gradient_descent(learning_rate=[1/4, 1/2])", power="1/2")
    lanes = lanes_of(made, whole(made))
    assert lanes.functions == (ms.cubic("1/4"), ms.cubic("1/2"))
    rate = lanes.optimizer.learning_rate  # type: ignore[attr-defined]
    assert isinstance(rate, InversePower)


@pytest.mark.parametrize(
    ("method", "says"),
    [
        ("adagrad(learning_rate=[1, 2])", "AdaGrad's steps do not settle on a constant gradient"),
        ("adam(learning_rate=1, weight_decay=[0, 0.1])", "Adam with weight_decay = 0.1 settles at a place"),
        ("adabelief(learning_rate=[1, 2], eps=0)", "AdaBelief's steps grow for ever"),
    ],
)
def test_where_steps_do_not_settle_the_spacing_is_asked_for(method: str, says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        spec(method)
    told = spec(method, function="cubic(spacing=1)")
    assert lanes_of(told, whole(told)).functions == (ms.cubic(1),)


SETTLING = [
    "gradient_descent(learning_rate=0.3)",
    "heavy_ball(learning_rate=0.3, momentum=0.7)",
    "nesterov(learning_rate=0.3, momentum=0.7)",
    "sign_descent(learning_rate=0.3)",
    "lion(learning_rate=0.3, beta1=0.5)",
    "adam(learning_rate=0.3, beta1=0.5, beta2=0.8, eps=0.1)",
    "adam(learning_rate=0.3, beta1=0.5, beta2=0.8, eps=0.1, eps_root=2)",
    'adam(dialect="keras", learning_rate=0.3, beta2=0.8, eps_hat=0.2)',
    'adam(dialect="toint", learning_rate=0.3, beta2=0.8)',
    'adam(dialect="uncorrected", learning_rate=0.3, beta2=0.8)',
    'adam(learning_rate=0.3, beta2=0.8, amsgrad="raw")',
    'adam(learning_rate=0.3, beta2=0.8, amsgrad="corrected")',
    "adamax(learning_rate=0.3, beta1=0.5, beta2=0.8, eps=0.1)",
    "nadam(learning_rate=0.3, beta1=0.5, beta2=0.8, eps=0.1, momentum_decay=None)",
    "nadam(learning_rate=0.3, beta1=0.5, beta2=0.8, eps=0.1, momentum_decay=0.5)",
    "radam(learning_rate=0.3, beta1=0.5, beta2=0.8, eps=0.1)",
    "radam(learning_rate=0.3, beta1=0.5, beta2=0.5, eps=0.1)",
    "rmsprop(learning_rate=0.3, beta2=0.8, eps=0.1, momentum=0.5)",
    "rmsprop(learning_rate=0.3, beta2=0.8, eps=0.1, eps_root=2)",
    "rmsprop(learning_rate=0.3, beta2=0.8, eps=0.1, centered=True)",
    "adabelief(learning_rate=0.3, beta1=0.5, beta2=0.8, eps=0.1)",
    "adabelief(learning_rate=0.3, beta1=0.5, beta2=0.8, eps=0.1, eps_sum=0.2, eps_root=0.3)",
]


@pytest.mark.parametrize("text", SETTLING)
@pytest.mark.parametrize("c", ["1", "3/7"])
def test_the_settled_step_is_the_one_that_the_method_comes_to(text: str, c: str) -> None:
    method: Optimizer[Any] = make(parse(text), {})
    numbers = {name: convert(value, NumberKind.EXACT) for name, value in settling_values(method).items()}
    expected = float(settled_step(method, numbers, exact(c)))
    run = method.cast(NumberKind.FLOAT64)
    x = np.float64(0)
    state, g = run.init(x), np.float64(-float(exact(c)))
    with np.errstate(invalid="ignore"):  # RAdam takes a root that it does not use
        for _ in range(2000):
            before = x
            x, state = run.update(g, state, x)
    # Centered, RMSprop subtracts squares that are nearly equal: roots of rounding errors remain.
    assert x - before == pytest.approx(expected, rel=2e-7)


# --- designs --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("design", ["random", "sobol"])
@given(data=st.data())
@settings(max_examples=20, deadline=None)
def test_any_part_of_a_design_is_found_without_the_others(design: str, data: st.DataObject) -> None:
    text = "adam(learning_rate=1e-4..1:log, beta1=0..0.9, beta2=0..0.9999:logit, eps=0..1)"
    made = spec(text, design=design, points=300, seed=data.draw(st.integers(0, 2**64 - 1)), x0="-1..1")
    start = data.draw(st.integers(0, 299))
    stop = data.draw(st.integers(start, 300))
    for i in range(len(made.axes)):
        assert np.array_equal(coordinate(made, i, start, stop), coordinate(made, i)[start:stop])


@pytest.mark.parametrize("design", ["random", "sobol"])
def test_a_design_fills_each_axis_evenly_in_its_scale(design: str) -> None:
    text = "adam(learning_rate=1e-4..1:log, beta1=0..0.9, beta2=0..0.9999:logit)"
    made = spec(text, design=design, points=4096, seed=5)
    rate, beta1, beta2 = (coordinate(made, i) for i in range(3))
    for even in (np.log10(rate) / 4 + 1, beta1 / 0.9, -np.log10(1 - beta2) / 4):
        assert 0 <= even.min() < 0.002
        assert 0.998 < even.max() <= 1
        counts = np.histogram(even, 16, (0, 1))[0]
        assert abs(counts - 256).max() < (80 if design == "random" else 3)
    assert abs(np.corrcoef(beta1, np.log(rate))[0, 1]) < 0.05


def test_designs_of_two_seeds_differ() -> None:
    text = "adam(learning_rate=1, beta1=0..0.9)"
    one, other = (spec(text, design="random", points=50, seed=seed) for seed in (1, 2))
    assert not (coordinate(one, 0) == coordinate(other, 0)).any()


# --- the dataset's layout -------------------------------------------------------------------------------------------


def test_the_layout_names_every_dimension_and_gives_units() -> None:
    functions = ["cubic", "sine"]
    made = spec("gradient_descent(learning_rate=[1, 2])", function=functions, x0="[0, 1]", noise=1, replicates=3)
    found = layout_of(made, {"title": "a"})
    assert tuple(found.sizes) == ("function", "learning_rate", "x0")
    assert [c.attrs["units"] for c in found.coordinates] == ["1", "x^2/f", "x"]
    assert found.coordinates[0].values == ("cubic", "sine")
    assert {variable.name for variable in found.variables} >= {"outcome", "survival", "departure"}
    assert all({"long_name", "units"} <= set(variable.attrs) for variable in found.variables)
    assert found.attrs["noise"] == "1"
    assert SweepSpec.from_dict(found.spec) == made


def test_in_a_design_of_points_axes_are_coordinates_of_one_dimension() -> None:
    made = spec("adam(learning_rate=0.1..1, beta1=0..0.9)", design="random", points=5)
    found = layout_of(made)
    assert tuple(found.sizes) == ("point",)
    drawn = {variable.name for variable in found.variables if variable.coordinate}
    assert drawn == {"learning_rate", "beta1"}
    values = drawn_coordinates(made, Chunk((2,), (4,)))
    assert set(values) == drawn
    assert np.array_equal(values["beta1"], coordinate(made, 1)[2:4])


# --- functions ------------------------------------------------------------------------------------------------------


@given(t=st.fractions(-5, 5, max_denominator=60))
def test_zhangs_components_add_up_to_its_function(t: Any) -> None:
    f = ms.zhang(5)
    x = fmpq(t.numerator, t.denominator)
    parts = [f.component(i).value_and_gradient(x) for i in range(f.n)]
    assert f.value_and_gradient(x) == (sum(p[0] for p in parts), sum(p[1] for p in parts))
    expected = x if x >= -1 else (x + 2) ** 2 / 2 - fmpq(3, 2)
    assert f.value(x) == expected


def test_heavy_ball_cycles_on_the_example_of_lessard_recht_and_packard() -> None:
    f = ms.lessard_recht_packard()
    cycle = [exact(t) for t in ("792/1225", "-2208/1225", "2592/1225")]
    for before, x, after in zip((cycle[-1], *cycle), cycle, (*cycle[1:], cycle[0]), strict=False):
        assert after == x - f.gradient(x) / 9 + exact("4/9") * (x - before)
