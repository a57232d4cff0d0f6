"""Adapters of torch, optax and Keras against our own recurrences."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import misstep
from misstep.adapters import (
    Adapter,
    Dtype,
    deviation,
    keras_adam,
    keras_optimizer,
    optax_adam,
    optax_optimizer,
    torch_adam,
    torch_optimizer,
)
from misstep.adapters.keras import import_keras
from misstep.errors import InvalidInput, MissingDependency
from misstep.scalars import FloatArray, NumberKind

ADAMS: dict[str, Callable[..., Adapter]] = {"torch": torch_adam, "optax": optax_adam, "keras": keras_adam}
EXTRAS = {"torch": "torch", "optax": "jax", "keras": "keras"}
DTYPES: tuple[Dtype, ...] = ("float64", "float32")

frameworks = pytest.mark.parametrize("framework", ADAMS)
dtypes = pytest.mark.parametrize("dtype", DTYPES)


def need(framework: str) -> None:
    """Skip the test where the framework is absent. Keras is imported through its adapter, which guards the home."""
    if framework != "keras":
        pytest.importorskip(framework, reason=f"{framework} is not installed: misstep[{EXTRAS[framework]}]")
        return
    try:
        import_keras()
    except MissingDependency as error:
        pytest.skip(str(error))


def reference(optimizer: misstep.Optimizer[Any], gradients: FloatArray) -> FloatArray:
    """Our recurrence in float64 on the given gradients, from 0."""
    method = optimizer.cast(NumberKind.FLOAT64)
    x = np.zeros(gradients.shape[1:])
    state, points = method.init(x), [x]
    for g in gradients.astype(np.float64):
        x, state = method.update(g, state, x)
        points.append(x)
    return np.array(points)


@frameworks
@dtypes
@pytest.mark.parametrize("betas", [("0.9", "0.999"), ("0.5", "0.9"), ("0.99", "0.5")])
def test_adam_is_its_dialect_within_the_stated_tolerance(framework: str, dtype: Dtype, betas: tuple[str, str]) -> None:
    need(framework)
    gradients = np.random.default_rng(7).standard_normal((1000, 6)) * [1e-8, 1e-4, 1, 1, 10, 1e4]
    options = {"learning_rate": "0.1", "beta1": betas[0], "beta2": betas[1]}
    observation = ADAMS[framework](**options, dtype=dtype).stream(gradients)
    expected = reference(misstep.adam_dialect(framework, **options), observation.g)
    assert observation.x.dtype == observation.g.dtype == np.dtype(dtype)
    assert (observation.x.shape, observation.g.shape) == ((1001, 6), (1000, 6))
    assert deviation(observation.x, expected) <= observation.tolerance


@frameworks
def test_tolerance_tells_dialects_apart(framework: str) -> None:
    need(framework)
    gradients = np.full((50, 1), 1e-7)
    observation = ADAMS[framework](learning_rate="0.1").stream(gradients)
    agreeing = {
        name
        for name in ("torch", "keras", "kingma-ba")
        if deviation(observation.x, reference(misstep.adam_dialect(name, learning_rate="0.1"), gradients))
        <= observation.tolerance
    }
    assert agreeing == {"keras" if framework == "keras" else "torch"}


@frameworks
def test_defaults_are_those_of_the_dialects(framework: str) -> None:
    need(framework)
    told = ADAMS[framework](learning_rate="0.1").stream(np.ones((1, 1))).hyper_parameters
    eps = told["epsilon" if framework == "keras" else "eps"]
    dialect = misstep.adam_dialect(framework, learning_rate="0.1")
    assert misstep.exact(eps) == misstep.exact(dialect.eps_hat or dialect.eps)
    eps_name = "eps_hat" if framework == "keras" else "eps"
    assert float(ADAMS[framework](learning_rate="0.1", **{eps_name: "1/2"}).stream([[1.0]]).x[1, 0]) > -0.07


@frameworks
@dtypes
def test_observation_says_what_ran(framework: str, dtype: Dtype) -> None:
    need(framework)
    adapter = ADAMS[framework](learning_rate="0.1", dtype=dtype)
    observation = adapter.observe(misstep.plateau("1/10"), 0, 20)
    names = {"torch": "torch.optim.Adam", "optax": "optax.adam", "keras": "keras.optimizers.Adam"}
    assert observation.name == names[framework]
    assert observation.version.startswith(str(sys.modules[framework].__version__))
    assert observation.dtype == dtype
    assert observation.n_steps == 20
    assert observation.x.shape == (21,)
    assert np.all(observation.g == -1)


@frameworks
def test_observe_follows_our_own_run(framework: str) -> None:
    need(framework)
    f = misstep.sine("1/3")
    starts = np.array([[0.01, 0.02, 0.03], [0.04, 0.05, 0.06]])
    observation = ADAMS[framework](learning_rate="0.01").observe(f, starts, 30)
    trajectory = misstep.run(f, misstep.adam_dialect(framework, learning_rate="0.01"), starts, 30)
    np.testing.assert_allclose(observation.x, trajectory.x, atol=1e-12)
    np.testing.assert_allclose(observation.g, trajectory.g[:-1], atol=1e-10)


@frameworks
def test_functions_of_many_variables_drift_too(framework: str) -> None:
    need(framework)
    adam = misstep.adam_dialect(framework, learning_rate="0.1")
    f = misstep.rotated("1/10", 3, family=misstep.plateau)
    observation = ADAMS[framework](learning_rate="0.1").observe(f, np.zeros(3), 40)
    np.testing.assert_allclose(observation.x, misstep.run(f, adam, np.zeros(3), 40).x, atol=1e-12)
    with pytest.raises(InvalidInput, match="last axis must have length 3"):
        ADAMS[framework](learning_rate="0.1").observe(f, np.zeros(2), 1)


@frameworks
def test_each_observation_starts_afresh(framework: str) -> None:
    need(framework)
    adapter = ADAMS[framework](learning_rate="0.1")
    gradients = np.array([[1.0], [-2.0], [0.5]])
    np.testing.assert_array_equal(adapter.stream(gradients).x, adapter.stream(gradients).x)
    np.testing.assert_allclose(adapter.stream(gradients, 5).x, adapter.stream(gradients).x + 5, rtol=1e-15)


@frameworks
def test_bad_arguments_are_refused(framework: str) -> None:
    need(framework)
    adapter = ADAMS[framework](learning_rate="0.1")
    f = misstep.cubic(1)
    with pytest.raises(InvalidInput, match="n_steps = -1"):
        adapter.observe(f, 0.0, -1)
    with pytest.raises(InvalidInput, match="must be finite"):
        adapter.observe(f, np.inf, 1)
    with pytest.raises(InvalidInput, match="one row a step"):
        adapter.stream(1.0)
    with pytest.raises(InvalidInput, match="x0 has shape"):
        adapter.stream(np.ones((2, 3)), np.ones(2))
    with pytest.raises(InvalidInput, match="dtype = 'float16'"):
        ADAMS[framework](learning_rate="0.1", dtype="float16")
    assert adapter.observe(f, 0.0, 0).x.tolist() == [0]


@frameworks
def test_missing_framework_names_the_extra(framework: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, framework, None)
    with pytest.raises(MissingDependency, match=rf"{framework} .*install misstep\[{EXTRAS[framework]}\]"):
        ADAMS[framework](learning_rate="0.1")


def test_any_torch_optimizer_runs() -> None:
    torch = pytest.importorskip("torch", reason="torch is not installed: misstep[torch]")
    gradients = np.random.default_rng(1).standard_normal((50, 2))
    observation = torch_optimizer(lambda parameters: torch.optim.SGD(parameters, lr=0.1)).stream(gradients)
    expected = reference(misstep.GradientDescent(learning_rate="0.1"), gradients)
    assert observation.name == "torch.optim.SGD"
    assert observation.hyper_parameters["lr"] == "0.1"
    assert deviation(observation.x, expected) <= observation.tolerance


def test_any_optax_transformation_runs() -> None:
    optax = pytest.importorskip("optax", reason="optax is not installed: misstep[jax]")
    gradients = np.random.default_rng(2).standard_normal((50, 2))
    chain = optax.chain(optax.scale(2.0), optax.sgd(optax.constant_schedule(0.05)))
    observation = optax_optimizer(chain, name="2·sgd", hyper_parameters={"learning_rate": "0.05"}).stream(gradients)
    expected = reference(misstep.GradientDescent(learning_rate="0.1"), gradients)
    assert (observation.name, dict(observation.hyper_parameters)) == ("2·sgd", {"learning_rate": "0.05"})
    assert deviation(observation.x, expected) <= observation.tolerance


def test_any_keras_optimizer_runs() -> None:
    need("keras")
    keras = import_keras()
    gradients = np.random.default_rng(3).standard_normal((50, 2))
    observation = keras_optimizer(lambda: keras.optimizers.SGD(0.1)).stream(gradients)
    expected = reference(misstep.GradientDescent(learning_rate="0.1"), gradients)
    assert observation.name == "keras.optimizers.SGD"
    assert observation.hyper_parameters["learning_rate"] == "0.1"
    assert deviation(observation.x, expected) <= observation.tolerance


def test_global_state_of_jax_and_keras_is_left_alone() -> None:
    need("optax")
    need("keras")
    import jax

    before = jax.config.jax_enable_x64, import_keras().config.floatx()
    optax_adam(learning_rate="0.1").stream(np.ones((2, 1)))
    keras_adam(learning_rate="0.1").stream(np.ones((2, 1)))
    assert (jax.config.jax_enable_x64, import_keras().config.floatx()) == before == (False, "float32")
    assert jax.numpy.ones(1).dtype == np.float32


KERAS_ALONE = """
import os, sys
before = dict(os.environ)
import numpy as np
from misstep.adapters import keras_adam
observation = keras_adam(learning_rate="0.1").stream(np.ones((3, 2)))
assert abs(observation.x[-1] + 0.3).max() < 1e-6, observation.x
changed = {name for name in os.environ if os.environ[name] != before.get(name)}
print(observation.version, sorted(changed - {"TF_FORCE_GPU_ALLOW_GROWTH"}))  # which Keras itself sets for good
assert "matplotlib" not in sys.modules
"""


@pytest.mark.parametrize("backend", ["", "jax", "torch"])
def test_keras_alone_writes_nothing_into_the_home(backend: str, tmp_path: Any) -> None:
    need("keras")
    if backend:
        pytest.importorskip(backend, reason=f"{backend} is not installed")
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("KERAS", "XDG", "MPL"))}
    environment |= {"HOME": str(tmp_path)} | ({"KERAS_BACKEND": backend} if backend else {})
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", KERAS_ALONE], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert f"({backend}" in done.stdout
    assert done.stdout.endswith(" []\n")
    assert list(tmp_path.iterdir()) == []


def test_deviation_is_relative_to_the_path() -> None:
    path = np.array([[0.0], [1.0], [0.0], [1.0]])
    assert deviation(path + 0.3 * (path > 0), path) == pytest.approx(0.3)
    assert deviation(1e-9 * path, 1e-9 * path) == 0
    assert deviation(np.zeros((3, 1)), np.zeros((3, 1))) == 0
    assert deviation(np.array([0.0, 1.0]), np.zeros(2)) == np.inf
    assert deviation(np.array([0.0, np.nan]), np.array([0.0, 1.0])) == np.inf
    with pytest.raises(InvalidInput, match="shape"):
        deviation(np.zeros(2), np.zeros(3))
