"""Each method against torch, optax and Keras, fed the same random gradient streams in float64.

Tolerances: torch and optax 1e-12 of the largest iterate (they order the same operations otherwise); Keras 1e-6, because
it passes its constants through float32.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import misstep as ms
from helpers import Array
from misstep.scalars import NumberKind

STEPS, LANES = 200, 6
Feed = Callable[[Array], Array]


def stream(seed: int) -> Array:
    """Gradients of several sizes, some lanes nearly constant, some tiny."""
    rng = np.random.default_rng(seed)
    scales = np.array([1, 1, 10, 1e-3, 1, 100])
    shifts = np.array([0, 1, 0, 0, -3, 0.5])
    gradients: Array = (rng.normal(size=(STEPS, LANES)) + shifts) * scales
    return gradients


def ours(method: ms.Optimizer[Any], gradients: Array, x0: float = 0.0) -> Array:
    method = method.cast(NumberKind.FLOAT64)
    x: Any = np.full(gradients.shape[1], x0)
    state = method.init(x)
    path = [x]
    for g in gradients:
        x, state = method.update(g, state, x)
        path.append(x)
    return np.array(path)


def assert_same(found: Array, expected: Array, tolerance: float) -> None:
    """Within `tolerance` of the largest iterate of each lane, at every step."""
    sizes = np.max(np.abs(expected), axis=0)
    assert np.all(sizes > 0)
    assert float(np.max(np.abs(found - expected) / sizes)) <= tolerance


# --- torch ----------------------------------------------------------------------------------------------------------


def torch_path(name: str, gradients: Array, x0: float, **options: Any) -> Array:
    torch = pytest.importorskip("torch", reason="the independent implementation is torch's")
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)  # NAdam's product of momenta is a scalar of the default dtype
    try:
        x = torch.nn.Parameter(torch.full((gradients.shape[1],), x0))
        optimizer = getattr(torch.optim, name)([x], **options)
        path = [x.detach().numpy().copy()]
        for g in gradients:
            x.grad = torch.tensor(g)
            optimizer.step()
            path.append(x.detach().numpy().copy())
    finally:
        torch.set_default_dtype(before)
    return np.array(path)


TORCH: dict[str, tuple[ms.Optimizer[Any], str, dict[str, Any]]] = {
    "Adam": (ms.adam_dialect("torch", learning_rate="0.1"), "Adam", {"lr": 0.1}),
    "Adam, other betas": (
        ms.Adam(learning_rate="0.1", beta1="0.5", beta2="0.8", eps="1e-3"),
        "Adam",
        {"lr": 0.1, "betas": (0.5, 0.8), "eps": 1e-3},
    ),
    "Adam, coupled decay": (
        ms.Adam(learning_rate="0.1", weight_decay="0.3", decoupled=False),
        "Adam",
        {"lr": 0.1, "weight_decay": 0.3},
    ),
    "AdamW": (ms.Adam(learning_rate="0.1", weight_decay="0.3"), "AdamW", {"lr": 0.1, "weight_decay": 0.3}),
    "AMSGrad": (ms.Adam(learning_rate="0.1", amsgrad="raw"), "Adam", {"lr": 0.1, "amsgrad": True}),
    "AMSGrad, quick to forget": (
        ms.Adam(learning_rate="0.1", beta2="0.5", amsgrad="raw"),
        "Adam",
        {"lr": 0.1, "betas": (0.9, 0.5), "amsgrad": True},
    ),
    "RMSprop": (ms.RMSprop(learning_rate="0.01"), "RMSprop", {"lr": 0.01}),
    "RMSprop, centered": (
        ms.RMSprop(learning_rate="0.01", centered=True, beta2="0.9"),
        "RMSprop",
        {"lr": 0.01, "centered": True, "alpha": 0.9},
    ),
    "RMSprop, momentum": (
        ms.RMSprop(learning_rate="0.01", momentum="0.9", eps="1e-4"),
        "RMSprop",
        {"lr": 0.01, "momentum": 0.9, "eps": 1e-4},
    ),
    "RMSprop, centered, momentum": (
        ms.RMSprop(learning_rate="0.01", momentum="0.5", centered=True, beta2="0.9", eps="1e-4"),
        "RMSprop",
        {"lr": 0.01, "momentum": 0.5, "centered": True, "alpha": 0.9, "eps": 1e-4},
    ),
    "AdaGrad": (ms.AdaGrad(learning_rate="0.1"), "Adagrad", {"lr": 0.1}),
    "AdaGrad, accumulator": (
        ms.AdaGrad(learning_rate="0.1", initial_accumulator="0.1"),
        "Adagrad",
        {"lr": 0.1, "initial_accumulator_value": 0.1},
    ),
    "Adamax": (ms.Adamax(learning_rate="0.1"), "Adamax", {"lr": 0.1}),
    "NAdam": (ms.NAdam(learning_rate="0.1"), "NAdam", {"lr": 0.1}),
    "NAdam, other decay": (
        ms.NAdam(learning_rate="0.1", momentum_decay="0.1"),
        "NAdam",
        {"lr": 0.1, "momentum_decay": 0.1},
    ),
    "RAdam": (ms.RAdam(learning_rate="0.1"), "RAdam", {"lr": 0.1}),
    "RAdam, rectified soon": (
        ms.RAdam(learning_rate="0.1", beta2="0.9", eps="1e-4"),
        "RAdam",
        {"lr": 0.1, "betas": (0.9, 0.9), "eps": 1e-4},
    ),
    "SGD": (ms.GradientDescent(learning_rate="0.1"), "SGD", {"lr": 0.1}),
    "SGD, momentum": (ms.HeavyBall(learning_rate="0.1", momentum="0.9"), "SGD", {"lr": 0.1, "momentum": 0.9}),
    "SGD, Nesterov": (
        ms.Nesterov(learning_rate="0.1", momentum="0.9"),
        "SGD",
        {"lr": 0.1, "momentum": 0.9, "nesterov": True},
    ),
}


@pytest.mark.parametrize(("method", "name", "options"), TORCH.values(), ids=TORCH)
@pytest.mark.parametrize("seed", range(3))
def test_torch_takes_the_same_steps(method: ms.Optimizer[Any], name: str, options: dict[str, Any], seed: int) -> None:
    gradients = stream(seed)
    tolerance = 1e-9 if "centered" in options else 1e-12  # v − a² cancels where a lane's gradient is nearly constant
    assert_same(ours(method, gradients, 0.5), torch_path(name, gradients, 0.5, **options), tolerance)


# --- optax ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def jax_float64() -> Iterator[None]:
    """JAX in float64 for this module, as it was after it."""
    jax = pytest.importorskip("jax", reason="optax and Keras run on jax")
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    yield
    jax.config.update("jax_enable_x64", before)


def optax_path(name: str, gradients: Array, x0: float, **options: Any) -> Array:
    optax = pytest.importorskip("optax", reason="the independent implementation is optax's")
    import jax

    optimizer = getattr(optax, name)(**options)
    x = jax.numpy.full(gradients.shape[1], x0)
    assert x.dtype == "float64"

    def step(x: Any, state: Any, g: Any) -> tuple[Any, Any]:
        updates, state = optimizer.update(g, state, x)
        return optax.apply_updates(x, updates), state

    compiled = jax.jit(step)
    state = optimizer.init(x)
    path = [np.asarray(x)]
    for g in gradients:
        x, state = compiled(x, state, g)
        path.append(np.asarray(x))
    return np.array(path)


OPTAX: dict[str, tuple[ms.Optimizer[Any], str, dict[str, Any]]] = {
    "adam": (ms.adam_dialect("optax", learning_rate="0.1"), "adam", {"learning_rate": 0.1}),
    "adam, eps_root": (
        ms.Adam(learning_rate="0.1", eps_root="1e-4"),
        "adam",
        {"learning_rate": 0.1, "eps_root": 1e-4},
    ),
    "adamw": (
        ms.Adam(learning_rate="0.1", weight_decay="0.3"),
        "adamw",
        {"learning_rate": 0.1, "weight_decay": 0.3},
    ),
    "amsgrad": (ms.Adam(learning_rate="0.1", amsgrad="corrected"), "amsgrad", {"learning_rate": 0.1}),
    "adabelief": (
        ms.AdaBelief(learning_rate="0.1", eps="1e-8", eps_sum="1e-10"),
        "adabelief",
        {"learning_rate": 0.1, "eps": 1e-8, "eps_root": 1e-10},
    ),
    "lion": (ms.Lion(learning_rate="0.1"), "lion", {"learning_rate": 0.1, "weight_decay": 0.0}),
    "lion, decay": (
        ms.Lion(learning_rate="0.1", weight_decay="0.3"),
        "lion",
        {"learning_rate": 0.1, "weight_decay": 0.3},
    ),
    "nadam": (ms.NAdam(learning_rate="0.1", momentum_decay=None), "nadam", {"learning_rate": 0.1}),
    "rmsprop": (
        ms.RMSprop(learning_rate="0.01", beta2="0.9", eps=0, eps_root="1e-8"),
        "rmsprop",
        {"learning_rate": 0.01},
    ),
    "rmsprop, eps outside": (
        ms.RMSprop(learning_rate="0.01", beta2="0.9", eps="1e-4"),
        "rmsprop",
        {"learning_rate": 0.01, "eps": 1e-4, "eps_in_sqrt": False},
    ),
    "adagrad": (
        ms.AdaGrad(learning_rate="0.1", eps=0, eps_root="1e-7", initial_accumulator="0.1"),
        "adagrad",
        {"learning_rate": 0.1},
    ),
    "adamax": (ms.Adamax(learning_rate="0.1"), "adamax", {"learning_rate": 0.1}),
    "sgd, momentum": (
        ms.HeavyBall(learning_rate="0.1", momentum="0.9"),
        "sgd",
        {"learning_rate": 0.1, "momentum": 0.9},
    ),
    "sgd, nesterov": (
        ms.Nesterov(learning_rate="0.1", momentum="0.9"),
        "sgd",
        {"learning_rate": 0.1, "momentum": 0.9, "nesterov": True},
    ),
    "sign_sgd": (ms.SignDescent(learning_rate="0.1"), "sign_sgd", {"learning_rate": 0.1}),
}


@pytest.mark.usefixtures("jax_float64")
@pytest.mark.parametrize(("method", "name", "options"), OPTAX.values(), ids=OPTAX)
@pytest.mark.parametrize("seed", range(3))
def test_optax_takes_the_same_steps(method: ms.Optimizer[Any], name: str, options: dict[str, Any], seed: int) -> None:
    gradients = stream(seed)
    assert_same(ours(method, gradients, 0.5), optax_path(name, gradients, 0.5, **options), 1e-12)


# --- Keras ----------------------------------------------------------------------------------------------------------


def keras_path(name: str, gradients: Array, x0: float, **options: Any) -> Array:
    keras = pytest.importorskip("keras", reason="the independent implementation is Keras's")
    optimizer = getattr(keras.optimizers, name)(**options)
    x = keras.Variable(np.full(gradients.shape[1], x0), dtype="float64")
    path = [np.asarray(x.value)]
    for g in gradients:
        optimizer.apply([keras.ops.convert_to_tensor(g, dtype="float64")], [x])
        path.append(np.asarray(x.value))
    return np.array(path)


KERAS: dict[str, tuple[ms.Optimizer[Any], str, dict[str, Any]]] = {
    "Adam": (ms.adam_dialect("keras", learning_rate="0.1"), "Adam", {"learning_rate": 0.1}),
    "Adam, large epsilon": (
        ms.adam_dialect("keras", learning_rate="0.1", eps_hat="1e-2"),
        "Adam",
        {"learning_rate": 0.1, "epsilon": 1e-2},
    ),
    "AMSGrad": (
        ms.adam_dialect("keras", learning_rate="0.1", amsgrad="raw"),
        "Adam",
        {"learning_rate": 0.1, "amsgrad": True},
    ),
    "RMSprop": (
        ms.RMSprop(learning_rate="0.01", beta2="0.9", eps=0, eps_root="1e-7"),
        "RMSprop",
        {"learning_rate": 0.01},
    ),
}


@pytest.mark.usefixtures("jax_float64")
@pytest.mark.parametrize(("method", "name", "options"), KERAS.values(), ids=KERAS)
def test_keras_takes_the_same_steps(method: ms.Optimizer[Any], name: str, options: dict[str, Any]) -> None:
    gradients = stream(0)
    assert_same(ours(method, gradients, 0.5), keras_path(name, gradients, 0.5, **options), 1e-6)


# --- dialects: same name, other numbers -----------------------------------------------------------------------------

SPIKE: Array = np.array([[3.0], [-1.0], [-1.0]])
THREES: Array = np.tile(SPIKE, (100, 1))
WHISPER: Array = np.full((50, 1), 1e-7)


def test_amsgrad_has_two_dialects_with_the_numbers_of_theory() -> None:
    raw = ours(ms.Adam(learning_rate="0.1", amsgrad="raw"), THREES)[-1, 0]
    corrected = ours(ms.Adam(learning_rate="0.1", amsgrad="corrected"), THREES)[-1, 0]
    plain = ours(ms.Adam(learning_rate="0.1"), THREES)[-1, 0]
    assert raw == pytest.approx(-5.36875, abs=5e-6)
    assert corrected == pytest.approx(-3.49423, abs=5e-6)
    assert plain == raw


def test_torchs_amsgrad_gives_theorys_number() -> None:
    assert torch_path("Adam", THREES, 0.0, lr=0.1, amsgrad=True)[-1, 0] == pytest.approx(-5.36875, abs=5e-6)


@pytest.mark.usefixtures("jax_float64")
def test_optaxs_and_keras_amsgrad_give_theorys_numbers() -> None:
    assert optax_path("amsgrad", THREES, 0.0, learning_rate=0.1)[-1, 0] == pytest.approx(-3.49423, abs=5e-6)
    assert keras_path("Adam", THREES, 0.0, learning_rate=0.1, amsgrad=True)[-1, 0] == pytest.approx(-5.36875, abs=1e-5)


def test_epsilon_outside_and_epsilon_hat_give_theorys_numbers() -> None:
    outside = ours(ms.adam_dialect("torch", learning_rate="0.1"), WHISPER)[-1, 0]
    hat = ours(ms.adam_dialect("keras", learning_rate="0.1"), WHISPER)[-1, 0]
    assert outside == pytest.approx(-4.54545, abs=5e-6)
    assert hat == pytest.approx(-0.64380, abs=5e-6)
    assert torch_path("Adam", WHISPER, 0.0, lr=0.1)[-1, 0] == pytest.approx(-4.54545, abs=5e-6)


@pytest.mark.usefixtures("jax_float64")
def test_optaxs_and_keras_epsilons_give_theorys_numbers() -> None:
    assert optax_path("adam", WHISPER, 0.0, learning_rate=0.1)[-1, 0] == pytest.approx(-4.54545, abs=5e-6)
    assert keras_path("Adam", WHISPER, 0.0, learning_rate=0.1)[-1, 0] == pytest.approx(-0.64380, abs=5e-6)
