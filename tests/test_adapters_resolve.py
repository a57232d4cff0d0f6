"""From names and objects to adapters, and what optimizers may ask for while they run."""

from __future__ import annotations

import functools
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import misstep
from misstep.adapters import Behavior, Oracle, PairOptimizer, list_optimizers, parse, resolve, torch_optimizer
from misstep.errors import InvalidInput, MissingDependency

ONES = np.ones(4)


def need(*modules: str) -> Any:
    """The last of the modules; the test is skipped where one is absent."""
    for module in modules:
        if module == "keras":
            try:
                list_optimizers("keras")
            except MissingDependency as error:
                pytest.skip(str(error))
        found = pytest.importorskip(module, reason=f"{module} is not installed")
    return found


def test_a_reference_method_runs_as_it_does_by_itself() -> None:
    f = misstep.sine("1/3")
    own = misstep.run(f, misstep.adam_dialect("torch", learning_rate="0.1"), 0.01, 30)
    for given in (
        "adam(learning_rate=0.1)",
        "adam(dialect='torch', learning_rate=1/10)",
        misstep.Adam(learning_rate="0.1"),
    ):
        np.testing.assert_array_equal(resolve(given).observe(f, 0.01, 30).x, own.x)


def test_a_reference_method_agrees_with_the_framework() -> None:
    need("torch")
    gradients = np.random.default_rng(0).standard_normal((50, 3))
    ours, theirs = resolve("adamax(learning_rate=0.1)"), resolve("torch:Adamax(lr=0.1, eps=0)")
    np.testing.assert_allclose(ours.stream(gradients).x, theirs.stream(gradients).x, atol=0.05)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("adma(learning_rate=1)", r"^misstep has no optimizer adma: did you mean adam"),
        ("adam(lr=1)", r"^adam: TypeError: .*'lr' \(it takes learning_rate, beta1"),
        ("adam(bta1=0.5, learning_rate=1)", r"'bta1': did you mean beta1"),
        ("adam(learning_rate=0)", r"^learning_rate = 0 must be positive"),
        ("adam(learning_rate='x')", r"^learning_rate must be a number: 'x'"),
        ("adam(dialect='x', learning_rate=1)", r"^'x' is not a dialect"),
        ("nosuchmodule:Adam", r"^nosuchmodule does not import as a module: ModuleNotFoundError"),
        ("tourch:Adam", r"did you mean torch\?$"),
        ("os:system(command='true')", r"^os is a module of Python's own"),
        ("misstep.optimizers:Admm", r"^misstep.optimizers has no optimizer Admm: did you mean Adam"),
        ("misstep.scalars:exact(value=1)", r"makes a fmpq, which is no optimizer"),
    ],
)
def test_bad_names_and_arguments_are_refused_on_one_line(text: str, message: str) -> None:
    with pytest.raises(InvalidInput, match=message) as caught:
        resolve(text)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("torch:adm", r"^torch has no optimizer adm: did you mean Adam"),
        ("torch:Adam(lr=0)", r"lr = 0 must be positive"),
        ("torch:Adam(lr=-1e-3)", r"lr = -0.001 must be positive"),
        ("torch:Adam(lr=1e400)", r"larger than any float"),
        ("torch:Adam(betaz=1)", r"'betaz': did you mean betas\?$"),
        ("torch:Adam(betas=(2, 2))", r"ValueError: Invalid beta parameter"),
        ("torch:Adam(lr='x')", r"^torch.optim.Adam: TypeError"),
        ("optax:adm", r"did you mean adam"),
        ("optax:adam", r"TypeError: adam\(\) missing 1 required positional argument: 'learning_rate'"),
        ("optax:adam(learning_rate='x')", r"^optax.adam: TypeError"),
        ("keras:adam", r"did you mean Adam"),
        (
            "keras:Adam(lr=0.1)",
            r"^keras.optimizers.Adam: .*lr must be positive|ValueError: Argument\(s\) not recognized",
        ),
        ("pytorch_optimizer:lionn", r"did you mean lion"),
    ],
)
def test_frameworks_say_what_they_refuse_on_one_line(text: str, message: str) -> None:
    need({"optax": "optax"}.get(text.partition(":")[0], text.partition(":")[0]))
    with pytest.raises(InvalidInput, match=message) as caught:
        resolve(text)
    assert "\n" not in str(caught.value)


def test_arguments_and_objects_do_not_mix() -> None:
    with pytest.raises(InvalidInput, match="is named with its arguments"):
        resolve("adam(learning_rate=1)", eps=0)
    with pytest.raises(InvalidInput, match="is made already: eps"):
        resolve(misstep.Adam(learning_rate=1), eps=0)
    with pytest.raises(InvalidInput, match="int is no optimizer"):
        resolve(3)
    with pytest.raises(InvalidInput, match="dtype = 'float16'"):
        resolve("adam(learning_rate=1)", dtype="float16")  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match="seed = -1"):
        resolve("adam(learning_rate=1)", seed=-1)
    with pytest.raises(InvalidInput, match="parameter_shape"):
        resolve("adam(learning_rate=1)", parameter_shape=(0,))


def test_everything_that_makes_a_torch_optimizer_resolves() -> None:
    torch = need("torch")
    ways = [
        resolve("torch:SGD(lr=0.5)"),
        resolve(parse("torch.optim:SGD(lr=0.5)")),
        resolve(torch.optim.SGD, lr=0.5),
        resolve(lambda params: torch.optim.SGD(params, lr=0.5)),
        resolve(functools.partial(torch.optim.SGD, lr=0.5)),
        resolve(torch_optimizer(lambda parameters: torch.optim.SGD(parameters, lr=0.5))),
    ]
    for adapter in ways:
        observation = adapter.stream(ONES)
        assert (observation.name, observation.x.tolist()) == ("torch.optim.SGD", [0, -0.5, -1, -1.5, -2])
    with pytest.raises(InvalidInput, match="holds its own parameters"):
        resolve(torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.5))


def test_everything_that_makes_an_optax_transformation_resolves() -> None:
    optax = need("jax", "optax")
    schedule = optax.piecewise_constant_schedule(0.5, {2: 0.5})
    for adapter in (
        resolve("optax:sgd(learning_rate=1/2)"),
        resolve(optax.sgd, learning_rate=0.5),
        resolve(optax.sgd(0.5)),
    ):
        assert adapter.stream(ONES).x.tolist() == [0, -0.5, -1, -1.5, -2]
    assert resolve(optax.sgd, learning_rate=0.5).stream(ONES).name == "optax.sgd"
    assert resolve(lambda: optax.sgd(schedule)).stream(ONES).x.tolist() == [0, -0.5, -1, -1.25, -1.5]


def test_everything_that_makes_a_keras_optimizer_resolves() -> None:
    keras = need("keras")
    ways = (
        resolve("keras:SGD(learning_rate=0.5)"),
        resolve(keras.optimizers.SGD, learning_rate=0.5),
        resolve(lambda: keras.optimizers.SGD(0.5)),
        resolve(keras.optimizers.SGD(0.5)),
    )
    for adapter in ways:
        observation = adapter.stream(ONES)
        assert (observation.name, observation.x.tolist()) == ("keras.optimizers.SGD", [0, -0.5, -1, -1.5, -2])


def test_a_users_module_is_imported_only_when_it_is_resolved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "my_rule_of_mine.py").write_text(
        "def Halving(rate):\n    return lambda x: rate, lambda g, state, x: (x - state * g, state / 2)\n"
        "class Plain:\n"
        "    def __init__(self, rate): self.rate = rate\n"
        "    def init(self, x): return None\n"
        "    def update(self, g, state, x): return x - self.rate * g, state\n"
    )
    monkeypatch.chdir(tmp_path)
    spec = parse("my_rule_of_mine:Halving(rate=1.0)")
    assert "my_rule_of_mine" not in sys.modules
    path = list(sys.path)
    assert resolve(spec).stream(ONES).x.tolist() == [0, -1, -1.5, -1.75, -1.875]
    observation = resolve("my_rule_of_mine:Plain(rate=1.0)").stream(ONES)
    assert (observation.name, observation.x[-1]) == ("my_rule_of_mine.Plain", -4)
    assert dict(observation.hyper_parameters) == {"rate": "1.0"}
    assert sys.path == path
    monkeypatch.delitem(sys.modules, "my_rule_of_mine")


def pair(update: Any) -> Any:
    """A stateless pair with this update."""
    return resolve((lambda _: None, lambda g, state, x: (update(g, x), state)))


def test_outcomes_are_values() -> None:
    assert pair(lambda g, x: x - g).stream(ONES).behavior is Behavior.MOVED
    still = pair(lambda _, x: x).stream(ONES)
    assert (still.behavior, still.n_finite) == (Behavior.STILL, 4)
    ended = pair(lambda g, x: x - g if x > -2 else np.nan * x).stream(ONES)
    assert (ended.behavior, ended.n_finite) == (Behavior.NOT_FINITE, 2)
    np.testing.assert_array_equal(ended.x, [0, -1, -2, np.nan, np.nan])


def test_what_an_optimizer_raises_becomes_one_line() -> None:
    def explode(g: Any, x: Any) -> Any:
        raise RuntimeError("line one\nline two") if x < -1 else ValueError(g)

    with pytest.raises(InvalidInput, match=r"^custom raised in step 0: ValueError: 1\.0$"):
        pair(explode).stream(ONES)
    with pytest.raises(InvalidInput, match=r"^custom raised in step 0: RuntimeError: line one line two$"):
        pair(explode).stream(ONES, -2)
    with pytest.raises(InvalidInput, match="must return"):
        PairOptimizer(lambda _: None, lambda _g, _s, x: x).stream(ONES)
    with pytest.raises(InvalidInput, match=r"returned shape \(2,\)"):
        pair(lambda _g, _x: np.zeros(2)).stream(ONES)


def test_an_optimizer_that_writes_into_its_gradient_does_no_harm() -> None:
    def greedy(g: Any, x: Any) -> Any:
        moved = x - g
        g *= 0
        x *= 0
        return moved

    observation = pair(greedy).stream(np.ones((3, 2)))
    assert (observation.g == 1).all()
    assert observation.x[-1].tolist() == [-3, -3]


def test_random_optimizers_are_seeded_and_told() -> None:
    noisy = (lambda _: None, lambda g, s, x: (x - g * np.random.rand() * random.random(), s))  # noqa: NPY002, S311
    before = np.random.get_state()[1].copy(), random.getstate()  # type: ignore[index]  # noqa: NPY002
    first, again, other = (resolve(noisy, seed=seed).stream(ONES, twice=True) for seed in (1, 1, 2))
    after = np.random.get_state()[1], random.getstate()  # type: ignore[index]  # noqa: NPY002
    np.testing.assert_array_equal(first.x, again.x)
    assert (first.x != other.x).any()
    assert (first.stochastic, first.seed) == (True, 1)
    assert (before[0] == after[0]).all()
    assert before[1] == after[1]
    plain = pair(lambda g, x: x - g)
    assert plain.stream(ONES, twice=True).stochastic is False
    assert plain.observe(misstep.sine(1), 0.1, 4, twice=True).stochastic is False
    assert plain.stream(ONES).stochastic is None


@pytest.mark.parametrize("text", ["optax:noisy_sgd(learning_rate=0.1)", "pytorch_optimizer:Kron"])
@pytest.mark.filterwarnings("ignore")
def test_random_optimizers_of_frameworks_are_told(text: str) -> None:
    need(text.partition(":")[0])
    assert resolve(text).stream(ONES, twice=True).stochastic


def quadratic(name: str, n_steps: int = 30) -> Any:
    """Iterates on x², from 1, by an optimizer that evaluates the function."""
    adapter = resolve(name)
    with pytest.raises(InvalidInput, match="a stream has only gradients"):
        adapter.stream(ONES)
    return adapter.follow(lambda x: 2 * x, 1.0, n_steps, value=np.square).x


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "name",
    [
        "torch:LBFGS(max_iter=4, line_search_fn='strong_wolfe')",
        "optax:lbfgs",
        "optax:polyak_sgd",
        "optax:contrib.momo(learning_rate=0.5, beta=0.0)",
        "pytorch_optimizer:AliG(max_lr=0.5)",
    ],
)
def test_optimizers_that_evaluate_the_function_minimize_it(name: str) -> None:
    need(name.partition(":")[0])
    assert abs(quadratic(name)[-1]) < 1e-3


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("name", "curvatures"),
    [
        ("pytorch_optimizer:AdaHessian(lr=0.1)", (2, 200)),
        ("optax:contrib.sophia(learning_rate=0.1, gamma=1.0, b2=0.0)", (0.5, 100)),
    ],
)
def test_methods_that_estimate_the_hessian_get_curvature(name: str, curvatures: tuple[float, float]) -> None:
    # The gradients are alike, so only the Hessian can make the last step so much shorter.
    need(name.partition(":")[0])
    steps = []
    for c in curvatures:
        observation = resolve(name).follow(lambda x, c=c: c * x + 1, 0.0, 2, value=lambda x, c=c: c * x * x / 2 + x)  # type: ignore[misc]
        steps.append(abs(observation.x[-1] - observation.x[-2]))
    assert steps[0] > 2 * steps[1] > 0


def test_matrix_methods_see_a_matrix() -> None:
    need("torch")
    gradients = np.random.default_rng(0).standard_normal((3, 6))
    flat = resolve("torch:Muon", parameter_shape=(2, 3)).stream(gradients)
    square = resolve("torch:Muon").stream(gradients.reshape(3, 2, 3))
    assert flat.x.shape == (4, 6)
    np.testing.assert_array_equal(flat.x, square.x.reshape(4, 6))
    assert resolve("torch:Muon").stream(ONES).behavior is Behavior.MOVED
    with pytest.raises(InvalidInput, match=r"x0 has 4 elements: parameter_shape = \(2, 3\)"):
        resolve("torch:Muon", parameter_shape=(2, 3)).stream(np.ones((2, 4)))


def test_the_oracle_differentiates_gradients() -> None:
    oracle = Oracle(lambda x: float((x**4).sum()), lambda x: 4 * x**3)
    x, z = np.array([1.0, -2.0]), np.array([1.0, 3.0])
    np.testing.assert_allclose(oracle.hessian_vector(x, z), 12 * x**2 * z, rtol=1e-8)
    assert oracle.hessian_vector(x, 0 * z).tolist() == [0, 0]


def test_single_precision_stays_single() -> None:
    need("torch")
    for text in ("torch:LBFGS", "torch:Adam", "adam(learning_rate=0.1)"):
        observation = resolve(text, dtype="float32").observe(misstep.sine("1/3"), 0.01, 5)
        assert observation.x.dtype == np.float32


def test_importing_the_adapters_loads_no_framework() -> None:
    heavy = {"torch", "jax", "optax", "keras", "pytorch_optimizer"}
    code = f"import sys, misstep.adapters; print({heavy} & set(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "set()\n"


def test_lists_are_of_known_libraries() -> None:
    with pytest.raises(InvalidInput, match="library = 'numpy' must be one of 'misstep', 'torch'"):
        list_optimizers("numpy")
    assert list_optimizers("misstep") == tuple(sorted(list_optimizers("misstep")))
