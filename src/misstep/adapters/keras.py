"""Optimizers of Keras 3, on whichever backend Keras runs."""

from __future__ import annotations

import os
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar

import numpy as np

from misstep.adapters.base import Adapter, Started, as_float, missing, public_name
from misstep.adapters.jax_precision import precision
from misstep.adapters.observation import Dtype
from misstep.adapters.oracle import Oracle
from misstep.errors import MissingDependency
from misstep.scalars import FloatArray, Scalar

KERAS_TOLERANCE: Mapping[Dtype, float] = MappingProxyType({"float64": 1e-14, "float32": 5e-5})
"""Bound for the `deviation` of Keras's Adam from the reference: Keras 3.15 (jax 0.10, torch 2.13) reached 2.0e-15 and
8.4e-6.

In float64 this holds because Keras's `floatx` is float64 while the optimizer is built and stepped. With float64
variables alone the learning rate still passes through float32, and Keras is 1.5e-8 off its own formula.
"""


@dataclass(frozen=True)
class KerasOptimizer(Adapter):
    """A `keras.optimizers.Optimizer` on one CPU variable.

    On the JAX backend the step is `stateless_apply`, compiled once a run, as Keras's own trainer does; on other
    backends it is `apply`. Keras's `floatx` is set to the run's dtype while the optimizer is built and stepped, and
    put back each time.

    Args:
        factory: Makes the optimizer. It is called with `floatx` set, so that the learning rate is of the run's dtype.
        dtype: `"float64"` or `"float32"`.
    """

    tolerances: ClassVar[Mapping[Dtype, float]] = KERAS_TOLERANCE

    factory: Callable[[], Any]

    def start(self, x0: FloatArray, oracle: Oracle | None = None) -> Started:  # noqa: ARG002
        """A fresh optimizer on a variable of value x0.

        Raises:
            MissingDependency: Keras or its backend is not installed.
        """
        keras = import_keras()
        backend = keras.config.backend()
        with _floats(keras, self.dtype):
            variable = keras.Variable(np.array(x0), dtype=self.dtype)
            optimizer = self.factory()
            optimizer.build([variable])
            begin = _compiled if backend == "jax" else _eager
            raw_step = begin(keras, optimizer, variable)

        def step(g: FloatArray) -> FloatArray:
            with _floats(keras, self.dtype):
                return raw_step(g)

        engine = sys.modules.get(backend)
        version = f"{keras.__version__} ({backend} {getattr(engine, '__version__', 'unknown')})"
        name = public_name(type(optimizer), keras.optimizers, "keras.optimizers")
        return Started(step, name, version, MappingProxyType(_config(optimizer)))


def _compiled(keras: Any, optimizer: Any, variable: Any) -> Callable[[FloatArray], FloatArray]:  # noqa: ARG001
    """Steps through `stateless_apply` under `jax.jit`."""
    import jax

    @jax.jit  # type: ignore[untyped-decorator]
    def update(g: Any, state: Any, x: Any) -> Any:
        (x,), state = optimizer.stateless_apply(state, [g], [x])
        return x, state

    x, state = jax.device_put((variable.value, [entry.value for entry in optimizer.variables]), jax.devices("cpu")[0])

    def step(g: FloatArray) -> FloatArray:
        nonlocal x, state
        x, state = update(np.array(g), state, x)
        moved: FloatArray = np.asarray(x)
        return moved

    return step


def _eager(keras: Any, optimizer: Any, variable: Any) -> Callable[[FloatArray], FloatArray]:
    """Steps through `apply`."""

    def step(g: FloatArray) -> FloatArray:
        optimizer.apply([keras.ops.convert_to_tensor(np.array(g))], [variable])
        with _arrays_of_numpy_1():
            moved: FloatArray = np.array(keras.ops.convert_to_numpy(variable.value))
        return moved

    return step


def _config(optimizer: Any) -> dict[str, str]:
    """The optimizer's arguments as text; its automatic name is not one."""
    with _arrays_of_numpy_1():
        return {key: repr(value) for key, value in optimizer.get_config().items() if key != "name"}


def same_again(optimizer: Any) -> Callable[[], Any]:
    """A factory of optimizers with the arguments of this one; numbers that it holds in float32 stay so rounded."""
    with _arrays_of_numpy_1():
        config = optimizer.get_config()
    return lambda: type(optimizer).from_config(dict(config))


@contextmanager
def _arrays_of_numpy_1() -> Iterator[None]:
    """Silence numpy 2 on the `__array__` of Keras's variables, which has the signature of numpy 1."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "__array__ implementation doesn't accept a copy", DeprecationWarning)
        yield


def keras_optimizer(factory: Callable[[], Any], *, dtype: Dtype = "float64") -> KerasOptimizer:
    """An adapter for any Keras optimizer.

    Keras chooses its backend when it is first imported. Where that has not happened and `KERAS_BACKEND` is not set,
    JAX is taken if it is installed, else torch.

    Args:
        factory: Makes the optimizer: `lambda: keras.optimizers.Adam(0.1)`.
        dtype: `"float64"` or `"float32"`.

    Raises:
        InvalidInput: dtype is neither.
        MissingDependency: Keras or its backend is not installed.
    """
    import_keras()
    return KerasOptimizer(factory, dtype=dtype)


def keras_adam(
    *,
    learning_rate: Scalar,
    beta1: Scalar = "0.9",
    beta2: Scalar = "0.999",
    eps_hat: Scalar | None = None,
    dtype: Dtype = "float64",
) -> KerasOptimizer:
    """An adapter for `keras.optimizers.Adam`; ours is `adam_dialect("keras")`.

    Args:
        learning_rate: α > 0.
        beta1: β1 in [0, 1).
        beta2: β2 in [0, 1).
        eps_hat: ε̂ ≥ 0 beside the uncorrected root; `None` for Keras's own default (1e-7).
        dtype: `"float64"` or `"float32"`.

    Raises:
        InvalidInput: dtype is neither.
        MissingDependency: Keras or its backend is not installed.
    """
    options = {} if eps_hat is None else {"epsilon": as_float(eps_hat)}
    options |= {"learning_rate": as_float(learning_rate), "beta_1": as_float(beta1), "beta_2": as_float(beta2)}
    return keras_optimizer(lambda: import_keras().optimizers.Adam(**options), dtype=dtype)


@contextmanager
def _floats(keras: Any, dtype: Dtype) -> Iterator[None]:
    """Keras on the CPU, with `floatx` (and JAX's 64-bit mode) as `dtype` needs them; all put back afterwards."""
    before = keras.config.floatx()
    with ExitStack() as stack:
        if keras.config.backend() == "jax":
            import jax

            stack.enter_context(precision(jax, dtype))
        else:
            stack.enter_context(keras.device("cpu:0"))
        keras.config.set_floatx(dtype)
        stack.callback(keras.config.set_floatx, before)
        yield


def import_keras() -> Any:
    """The module `keras`.

    Raises:
        MissingDependency: it or a backend is not installed.
    """
    with _import_environment():
        try:
            import keras
        except ImportError as error:
            raise missing("keras", "keras", error) from error
    return keras


@contextmanager
def _import_environment() -> Iterator[None]:
    """What Keras finds when it is imported: a backend that is installed, and no way to the user's home.

    * Without `KERAS_BACKEND` it would take TensorFlow, or what `~/.keras/keras.json` says.
    * Without `KERAS_HOME` it would write `~/.keras/keras.json`. Where there is no such file it gets a temporary folder.
    * It would import matplotlib for its image galleries, which takes a second and writes into `~/.config` and
      `~/.cache`. Where matplotlib is not imported yet it is hidden; Keras then says that its galleries need it.

    All is put back afterwards. If Keras is imported already there is nothing to do.
    """
    if "keras" in sys.modules:
        yield
        return
    with ExitStack() as stack:
        if not os.environ.get("KERAS_BACKEND"):
            backend = next((name for name in ("jax", "torch") if find_spec(name) is not None), None)
            if backend is None:
                raise MissingDependency("keras needs jax or torch to compute with: install misstep[keras]")
            stack.enter_context(_entry(os.environ, "KERAS_BACKEND", backend))
        if "KERAS_HOME" not in os.environ and not Path("~/.keras/keras.json").expanduser().exists():
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="misstep-keras-"))
            stack.enter_context(_entry(os.environ, "KERAS_HOME", folder))
        if "matplotlib" not in sys.modules:
            stack.enter_context(_entry(sys.modules, "matplotlib", None))
        yield


@contextmanager
def _entry(mapping: MutableMapping[str, Any], key: str, value: Any) -> Iterator[None]:
    """`mapping[key]` set to `value` for the block, and put back after it."""
    absent = object()
    before = mapping.get(key, absent)
    mapping[key] = value
    try:
        yield
    finally:
        if before is absent:
            del mapping[key]
        else:
            mapping[key] = before
