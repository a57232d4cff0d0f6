"""Files for numpy, torch and JAX: what misstep computes, in the dtype of what is given, and differentiable."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings

import misstep as ms
from exported import ALL, INTERPOLANTS, LINE, TITLE, load, many_pieces, points, steepness
from misstep.adapters.jax_precision import precision
from misstep.exports import to_numpy
from strategies import piecewise_polynomials

Array = npt.NDArray[Any]

SEVERAL = ["cubic", "plateau periodic", "transient, quintic", "periods of parts", "sine, turned", "smooth plateau"]
MANY_VARIABLES = ["coupled", "mixed", "nonconvex"]
DTYPES = ["float64", "float32"]


def tolerance(f: ms.Function, x: Array) -> Array:
    """What rounding the argument and the terms by 16 units in the last place may change, for each point."""
    size = np.abs(x) if isinstance(f, ms.LineFunction) else np.sum(x * x, axis=-1)
    found: Array = 16 * np.finfo(x.dtype).eps * steepness(f) * np.maximum(1, size)
    return found


def agrees(f: ms.Function, x: Array, value: Any, gradient: Any) -> None:
    """Values and gradients have the dtype and shape of x and are misstep's in float64, up to `tolerance`."""
    value, gradient = np.asarray(value), np.asarray(gradient)
    assert value.dtype == gradient.dtype == x.dtype
    expected_value, expected_gradient = f.value_and_gradient(x.astype(np.float64))
    assert value.shape == np.shape(expected_value)
    assert gradient.shape == x.shape
    room = tolerance(f, x)
    assert (np.abs(value - expected_value) <= np.maximum(room, 1e-6 * np.abs(expected_value))).all()
    off = np.abs(gradient - expected_gradient)
    assert ((off if off.ndim == room.ndim else off.max(axis=-1)) <= room).all()


def sample(f: ms.Function, dtype: str) -> Array:
    """Points of the dtype; of float32 those only where its own rounding leaves something to compare."""
    x = points(f).astype(dtype)
    if dtype == "float64":
        return x
    return x[:40] if isinstance(f, ms.LineFunction) else x[:12]


@pytest.fixture
def torch() -> Any:
    return pytest.importorskip("torch", reason="torch is not installed: misstep[torch]")


@pytest.fixture
def jax() -> Any:
    return pytest.importorskip("jax", reason="jax is not installed: misstep[jax]")


# --- numpy ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", ALL)
def test_numpy_gives_what_misstep_gives(name: str, dtype: str) -> None:
    f, module = ALL[name], load("numpy", ALL[name])
    x = sample(f, dtype)
    agrees(f, x, module.value(x), module.gradient(x))


@given(f=piecewise_polynomials())
@settings(max_examples=40)
def test_numpy_is_misstep_bit_for_bit_within_the_knots_and_a_period_beyond(f: ms.PiecewisePolynomial) -> None:
    made: dict[str, Any] = {}
    exec(to_numpy(f, title=TITLE), made)  # noqa: S102 - what is tested
    low, high = float(f.knots[0]), float(f.knots[-1])
    for dtype in DTYPES:
        x = np.concatenate([np.linspace(low, high, 40)[1:-1], [low - 1e-3, high + 1e-3]]).astype(dtype)
        np.testing.assert_array_equal(made["value"](x), f.value(x))
        np.testing.assert_array_equal(made["gradient"](x), f.gradient(x))


@pytest.mark.parametrize("name", ["plateau", "sine", "smooth plateau", "mixed", "nonconvex"])
def test_numpy_takes_arrays_of_any_shape_and_numbers(name: str) -> None:
    f, module = ALL[name], load("numpy", ALL[name])
    x = points(f)[:12]
    n = x.shape[1:]
    grid = x.reshape(3, 4, *n)
    np.testing.assert_array_equal(module.gradient(grid), module.gradient(x).reshape(grid.shape))
    np.testing.assert_array_equal(module.value(grid), module.value(x).reshape(3, 4))
    assert module.value(x[0]) == pytest.approx(module.value(x)[0], rel=1e-12)
    assert module.value(x[:0]).shape == (0,)
    whole = np.ones(n, dtype=int)
    assert module.value(whole) == module.value(whole.astype(float))
    assert module.value(whole.tolist()).dtype == np.float64


@pytest.mark.parametrize("dtype", DTYPES)
def test_on_a_plateau_numpy_gives_the_slope_rounded_to_the_dtype(dtype: str) -> None:
    x = (0.1 * np.arange(-300, 300) + 0.01).astype(dtype)
    for f in (ms.plateau("1/10", "1/3", left="periodic"), ms.smooth_plateau("1/10", "1/3")):
        assert set(load("numpy", f).gradient(x)) == {-np.dtype(dtype).type(1 / 3)}


@pytest.mark.parametrize("name", ["cubic", "fall", "smooth plateau", "coupled", "nonconvex"])
def test_where_a_run_has_blown_up_numpy_goes_on_as_nan(name: str) -> None:
    f, module = ALL[name], load("numpy", ALL[name])
    x = np.full(2 if isinstance(f, ms.LineFunction) else (2, f.dimension), np.nan)
    assert np.isnan(module.value(x)).all()
    assert np.isnan(module.gradient(x)).all()


def test_numpy_evaluates_thousands_of_pieces() -> None:
    f = many_pieces(2500)
    module = load("numpy", f)
    x = np.linspace(float(f.knots[0]), float(f.knots[-1]), 20_001)[:-1]
    np.testing.assert_array_equal(module.gradient(x), f.gradient(x))


# --- torch ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", ALL)
def test_torch_gives_what_misstep_gives_and_differentiates_it(name: str, dtype: str, torch: Any) -> None:
    f, module = ALL[name], load("torch", ALL[name])
    points_ = sample(f, dtype)
    x = torch.tensor(points_, requires_grad=True)
    value, gradient = module.value(x), module.gradient(x)
    loss = module.Function()(x)
    assert loss.shape == ()
    loss.backward()
    for found in (gradient, x.grad):
        agrees(f, points_, value.detach().numpy(), found.detach().numpy())


@pytest.mark.parametrize("dtype", DTYPES)
def test_on_a_plateau_torchs_derivative_is_the_slope_rounded_to_the_dtype(dtype: str, torch: Any) -> None:
    places = (0.1 * np.arange(-300, 300) + 0.01).astype(dtype)
    for f in (ms.plateau("1/10", "1/3", left="periodic"), ms.smooth_plateau("1/10", "1/3")):
        module = load("torch", f)
        x = torch.tensor(places, requires_grad=True)
        module.value(x).sum().backward()
        assert set(x.grad.numpy()) == {-np.dtype(dtype).type(1 / 3)}
        assert set(module.gradient(x).detach().numpy()) == {-np.dtype(dtype).type(1 / 3)}


@pytest.mark.parametrize("name", [*SEVERAL, "rotated"])
def test_torch_differentiates_twice(name: str, torch: Any) -> None:
    f, module = ALL[name], load("torch", ALL[name])
    points_ = points(f)[:12]
    x = torch.tensor(points_, requires_grad=True)
    (first,) = torch.autograd.grad(module.value(x).sum(), x, create_graph=True)
    (second,) = torch.autograd.grad(first.sum(), x)
    if isinstance(f, ms.LineFunction):
        expected = f.curvature(points_)
        np.testing.assert_allclose(second.numpy(), expected, rtol=1e-9, atol=1e-9 * np.abs(expected).max())
        (other,) = torch.autograd.grad(module.gradient(x).sum(), x)
        np.testing.assert_allclose(other.numpy(), expected, rtol=1e-9, atol=1e-9 * np.abs(expected).max())
    else:
        assert float(second.abs().max()) > 0


def test_an_interpolant_is_differentiated_once_and_twice_is_refused(torch: Any) -> None:
    module = load("torch", INTERPOLANTS["nonconvex"])
    x = torch.zeros(2, 3, dtype=torch.float64, requires_grad=True)
    (first,) = torch.autograd.grad(module.value(x).sum(), x, create_graph=True)
    gradient = module.gradient(x)
    np.testing.assert_array_equal(first.detach().numpy(), gradient.detach().numpy())
    for penalty in ((first**2).sum(), (gradient**2).sum()):
        with pytest.raises(RuntimeError, match="gradient of an interpolant cannot be differentiated"):
            (module.value(x).sum() + penalty).backward()


def test_a_torch_optimizer_drifts_as_it_does_in_misstep(torch: Any) -> None:
    module = load("torch", ms.plateau("1/10"))
    x = torch.nn.Parameter(torch.tensor(module.X0, dtype=torch.float64))
    optimizer = torch.optim.Adam([x], lr=0.1, eps=0)
    loss = module.Function()
    for _ in range(500):
        optimizer.zero_grad()
        loss(x).backward()
        assert x.grad == -1
        optimizer.step()
    assert x.item() == pytest.approx(50, rel=1e-12)


def test_a_torch_module_has_no_parameters_and_takes_whole_numbers(torch: Any) -> None:
    module = load("torch", ms.cubic(1))
    assert list(module.Function().parameters()) == []
    assert module.value(torch.tensor([1, 2])).dtype == torch.get_default_dtype()


# --- JAX --------------------------------------------------------------------------------------------------------------


@pytest.fixture(params=DTYPES)
def dtype(request: pytest.FixtureRequest, jax: Any) -> Iterator[str]:
    """A dtype, with JAX computing in it."""
    with precision(jax, request.param):
        yield request.param


@pytest.mark.parametrize("name", [*SEVERAL, *MANY_VARIABLES])
def test_jax_gives_what_misstep_gives_and_differentiates_it(name: str, dtype: str, jax: Any) -> None:
    f, module = ALL[name], load("jax", ALL[name])
    x = sample(f, dtype)
    value, gradient = jax.jit(lambda x: (module.value(x), module.gradient(x)))(x)
    slope = jax.jit(jax.vmap(jax.grad(module.value)))(x)
    loose = 64 if name == "nonconvex" and dtype == "float32" else 1
    for found in (gradient, slope):
        if loose == 1:
            agrees(f, x, value, found)
        else:
            assert found.dtype == x.dtype
            expected = f.value_and_gradient(x.astype(np.float64))
            room = loose * tolerance(f, x)
            assert (np.abs(value - expected[0]) <= room).all()
            assert (np.abs(found - expected[1]).max(axis=-1) <= room).all()


def test_on_a_plateau_jaxs_derivative_is_the_slope_rounded_to_the_dtype(dtype: str, jax: Any) -> None:
    x = (0.1 * np.arange(-300, 300) + 0.01).astype(dtype)
    for f in (ms.plateau("1/10", "1/3", left="periodic"), ms.smooth_plateau("1/10", "1/3")):
        module = load("jax", f)
        for derivative in (jax.jit(jax.vmap(jax.grad(module.value))), module.gradient):
            assert set(np.asarray(derivative(x))) == {-np.dtype(dtype).type(1 / 3)}


def test_jax_solves_every_interpolant(jax: Any) -> None:
    with precision(jax, "float64"):
        for f in (INTERPOLANTS[name] for name in ("one jet", "many jets on a line", "strongly convex", "one plane")):
            x = points(f)
            module = load("jax", f)
            value, gradient = jax.jit(lambda x, module=module: (module.value(x), module.gradient(x)))(x)
            agrees(f, x, value, gradient)


def test_jax_differentiates_twice_forward_over_reverse(jax: Any) -> None:
    """Through an interpolant too; reverse over reverse, which its search does not allow, raises."""
    with precision(jax, "float64"):
        for name in ("transient, quintic", "smooth plateau", "mixed", "nonconvex"):
            f, module = ALL[name], load("jax", ALL[name])
            x = points(f)[3]
            second = jax.jit(jax.jacfwd(jax.grad(module.value)))(x)
            steps = 1e-6 * np.eye(f.dimension).reshape(-1, *np.shape(x))
            ahead, behind = f.gradient(x + steps), f.gradient(x - steps)
            quotient = ((ahead - behind) / 2e-6).reshape(second.shape)
            np.testing.assert_allclose(second, quotient, atol=1e-6 * steepness(f))
        with pytest.raises(ValueError, match="everse-mode"):
            jax.jacrev(jax.grad(module.value))(x)


def test_jax_takes_whole_numbers(jax: Any) -> None:
    module = load("jax", ms.cubic(1))
    assert module.value(jax.numpy.array([1, 2])).tolist() == [0, 0]


@pytest.mark.parametrize("name", ["plateau", "mixed", "nonconvex"])
@pytest.mark.parametrize("target", ["numpy", "torch", "jax"])
def test_every_file_has_the_constants_and_its_start(target: str, name: str) -> None:
    pytest.importorskip(target)
    f = ALL[name]
    module = load(target, f, start="1/4")
    assert module.X0 == (0.25 if name in LINE else [0.25] * f.dimension)
    exact = load("python", f, start="1/4")
    assert (module.L, module.INFIMUM) == (float(exact.L), float(exact.INFIMUM))
