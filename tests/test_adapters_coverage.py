"""Every optimizer that the libraries list runs, or is on a list here with the reason why it does not."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import misstep
from misstep.adapters import Behavior, Observation, list_optimizers, resolve
from misstep.adapters.listing import KERAS_WRAPPERS, OPTAX_WRAPPERS
from misstep.adapters.lookup import find
from misstep.adapters.naming import parse
from misstep.errors import InvalidInput, MissingDependency

N_STEPS = 20

GIVEN: dict[str, str] = {
    "optax:contrib.dpsgd": "l2_norm_clip=1.0, noise_multiplier=0.1",
    "pytorch_optimizer:bsam": "num_data=1",
    "pytorch_optimizer:ranger21": "num_iterations=100",
}
"""Arguments without defaults, beside the learning rate."""

REFUSED: dict[str, str] = {
    "pytorch_optimizer:demo": "needs the package einops",
    "pytorch_optimizer:distributedmuon": "needs a process group of torch.distributed, which is global state",
    "pytorch_optimizer:lorarite": "moves pairs of low-rank factors only, and one parameter is no pair",
}
"""What does not run, and why."""

NEEDS_FUNCTION = {
    "optax:contrib.momo",
    "optax:contrib.momo_adam",
    "optax:contrib.sophia",
    "optax:lbfgs",
    "optax:polyak_sgd",
    "pytorch_optimizer:alig",
    "pytorch_optimizer:bsam",
    "pytorch_optimizer:lbfgs",
    "torch:LBFGS",
}
"""What evaluates the function in its step, and so runs on a function but not on a stream of gradients."""


def listed() -> Iterator[Any]:
    """Every optimizer's name, or one skipped parameter for an absent library."""
    for library in ("misstep", "torch", "optax", "keras", "pytorch_optimizer"):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                names = list_optimizers(library)
        except MissingDependency as error:
            yield pytest.param(f"{library}:absent", marks=pytest.mark.skip(reason=str(error)))
            continue
        yield from (f"{library}:{name}" for name in names)


ALL = list(listed())


def spelled(name: str) -> str:
    """The name with what its constructor requires."""
    parameters = inspect.signature(find(parse(name))[0]).parameters
    rate = parameters.get("learning_rate")
    needs_rate = rate is not None and (rate.default is rate.empty or name.startswith("misstep:"))
    arguments = filter(None, ["learning_rate=0.01" if needs_rate else "", GIVEN.get(name, "")])
    return f"{name}({', '.join(arguments)})"


def run(name: str) -> Observation:
    """Twenty steps on the gradients −1, by a stream if that is enough, else on f(x) = 50 − x."""
    adapter = resolve(spelled(name))
    if name not in NEEDS_FUNCTION:
        return adapter.stream(np.full(N_STEPS, -1.0))
    with pytest.raises(InvalidInput, match="a stream has only gradients"):
        adapter.stream(np.full(N_STEPS, -1.0))
    return adapter.follow(lambda x: -np.ones_like(x), 0.0, N_STEPS, value=lambda x: 50 - x)


@pytest.mark.filterwarnings("ignore")  # of the libraries, about themselves
@pytest.mark.parametrize("name", ALL)
def test_every_listed_optimizer_runs_or_says_why_not(name: str) -> None:
    try:
        observation = run(name)
    except InvalidInput:
        assert name in REFUSED
        return
    if name in REFUSED:
        assert observation.behavior is Behavior.STILL
        return
    assert observation.behavior is Behavior.MOVED
    assert observation.x.shape == (N_STEPS + 1,)
    assert observation.name
    assert observation.version


def test_the_share_that_runs_is_what_the_documentation_says() -> None:
    names = [name for name in ALL if isinstance(name, str)]
    for library, least in (
        ("misstep", 1.0),
        ("torch", 0.95),
        ("optax", 0.95),
        ("keras", 0.95),
        ("pytorch_optimizer", 120 / 128),
    ):
        mine = [name for name in names if name.startswith(f"{library}:")]
        assert sum(name not in REFUSED for name in mine) >= least * len(mine)


def test_no_list_names_what_is_not_there() -> None:
    libraries = {name.partition(":")[0] for name in ALL if isinstance(name, str)}
    known = {name for name in ALL if isinstance(name, str)}
    for name in {*REFUSED, *GIVEN, *NEEDS_FUNCTION}:
        assert name in known or name.partition(":")[0] not in libraries


def test_every_reference_method_has_a_name() -> None:
    methods = {
        getattr(misstep.optimizers, name)
        for name in misstep.optimizers.__all__
        if inspect.isclass(getattr(misstep.optimizers, name))
        and issubclass(getattr(misstep.optimizers, name), misstep.Optimizer)
        # One is abstract, and one wraps another.
        and getattr(misstep.optimizers, name) not in (misstep.Optimizer, misstep.RoundedMoments)
    }
    assert {find(parse(name))[0] for name in list_optimizers("misstep")} == methods


def test_what_is_left_out_of_the_lists_exists() -> None:
    optax = pytest.importorskip("optax", reason="optax is not installed: misstep[jax]")
    assert all(hasattr(optax.contrib, name.removeprefix("contrib.")) for name in OPTAX_WRAPPERS)
    assert "Optimizer" in KERAS_WRAPPERS
