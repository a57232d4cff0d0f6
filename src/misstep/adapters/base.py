"""What an adapter is: an optimizer that misstep did not write, fed gradients and watched."""

from __future__ import annotations

import abc
import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, get_args

import numpy as np

from misstep.adapters.observation import Dtype, Observation
from misstep.adapters.oracle import Oracle
from misstep.adapters.seeding import seeded
from misstep.errors import InvalidInput, MissingDependency, MisstepError
from misstep.functions import Function
from misstep.scalars import FloatArray, NumberKind, Scalar, convert
from misstep.trajectory import check_n_steps


@dataclass(frozen=True)
class Started:
    """A foreign optimizer at x_0, ready to step.

    Attributes:
        step: Maps the gradient g_k at x_k to x_{k+1}; each call advances the optimizer by one step.
        name: Public name of the optimizer.
        version: Version of its library.
        hyper_parameters: As the library itself reports them, as text.
    """

    step: Callable[[FloatArray], FloatArray]
    name: str
    version: str
    hyper_parameters: Mapping[str, str]


@dataclass(frozen=True)
class Adapter(abc.ABC):
    """An optimizer of another library, as something that maps gradients to iterates.

    Only `start` differs from library to library. The function is always evaluated by misstep, in the run's dtype.

    Args:
        dtype: `"float64"` or `"float32"`.
        parameter_shape: Shape of the one parameter that the optimizer sees, with as many elements as x0: `(1, 1)` or
            `(n, m)` for methods of matrices. `None` is x0's own shape, with axes of length 1 after it up to
            `least_ndim`.
        least_ndim: Least number of axes of the parameter where `parameter_shape` is `None`.
        seed: Of the global random numbers of Python, numpy and torch during a run; all are put back after it.

    Raises:
        InvalidInput: dtype is neither.
    """

    tolerances: ClassVar[Mapping[Dtype, float]]
    """Stated tolerance by dtype: a bound for the `deviation` of up to 2000 steps of Adam with β1 ≤ 0.99 and β2 ≤ 0.999
    from the reference recurrence in float64."""

    dtype: Dtype = field(default="float64", kw_only=True)
    parameter_shape: tuple[int, ...] | None = field(default=None, kw_only=True)
    least_ndim: int = field(default=0, kw_only=True)
    seed: int = field(default=0, kw_only=True)

    def __post_init__(self) -> None:
        if self.dtype not in get_args(Dtype):
            raise InvalidInput(f"dtype = {self.dtype!r} must be one of {', '.join(map(repr, get_args(Dtype)))}")
        if isinstance(self.seed, bool) or not isinstance(self.seed, int) or not 0 <= self.seed < 2**63:
            raise InvalidInput(f"seed = {self.seed!r} must be a whole number in [0, 2^63)")
        shape: Any = self.parameter_shape
        if shape is not None and not (
            isinstance(shape, tuple) and all(isinstance(n, int) and not isinstance(n, bool) and n > 0 for n in shape)
        ):
            raise InvalidInput(f"parameter_shape = {shape!r} must be a tuple of positive whole numbers")

    @property
    def tolerance(self) -> float:
        """The stated tolerance in this adapter's dtype."""
        return self.tolerances[self.dtype]

    @abc.abstractmethod
    def start(self, x0: FloatArray, oracle: Oracle | None = None) -> Started:
        """A fresh optimizer at x0, an array of this adapter's dtype and of the parameter's shape.

        Args:
            x0: Value of the parameter.
            oracle: The function, for optimizers whose step evaluates it; `None` where there are only gradients.

        Raises:
            MissingDependency: the library is not installed.
        """

    def observe(self, function: Function, x0: Scalar, n_steps: int, *, twice: bool = False) -> Observation:
        """`n_steps` steps on `function` from `x0`.

        Args:
            function: What is minimized; evaluated by misstep in this adapter's dtype.
            x0: Start: a number or an array of starts (on the line), or a vector or an array of them (on R^n). All
                elements belong to one parameter of the optimizer.
            n_steps: K ≥ 0.
            twice: Whether to run again with another seed, to find out whether the optimizer is `stochastic`.

        Raises:
            InvalidInput: n_steps < 0, x0 is not finite or does not fit the function, or the optimizer raises in its
                constructor or step; the message carries its own.
            MissingDependency: the library is not installed.
        """
        if function.dimension > 1 and np.shape(x0)[-1:] != (function.dimension,):
            raise InvalidInput(f"x0 has shape {np.shape(x0)}: its last axis must have length {function.dimension}")
        return self.follow(function.gradient, x0, n_steps, value=function.value, twice=twice)

    def stream(self, gradients: Scalar, x0: Scalar = 0, *, twice: bool = False) -> Observation:
        """One step for each of the given gradients, whatever the iterates are.

        Args:
            gradients: g_0 … g_{K−1}, shape (K, *shape).
            x0: Start of that shape, or a number for all its elements.
            twice: Whether to run again with another seed, to find out whether the optimizer is `stochastic`.

        Raises:
            InvalidInput: gradients is a single number, x0 is not finite or of another shape, the optimizer raises, or
                it needs the function's value: `observe` has it, a stream of gradients does not.
            MissingDependency: the library is not installed.
        """
        rows = np.asarray(convert(gradients, self._kind))
        if rows.ndim == 0:
            raise InvalidInput(f"gradients = {rows} must be an array with one row a step")
        if np.shape(x0) not in ((), rows.shape[1:]):
            raise InvalidInput(f"x0 has shape {np.shape(x0)}: the gradients' rows have shape {rows.shape[1:]}")
        start = np.broadcast_to(convert(x0, self._kind), rows.shape[1:])

        def run(adapter: Adapter) -> Observation:
            remaining = iter(rows)
            return adapter.follow(lambda _: next(remaining), start, len(rows))

        return _twice(self, run) if twice else run(self)

    def follow(
        self,
        gradient: Callable[[FloatArray], Scalar],
        x0: Scalar,
        n_steps: int,
        *,
        value: Callable[[FloatArray], Scalar] | None = None,
        twice: bool = False,
    ) -> Observation:
        """`n_steps` steps from `x0` with g_k = gradient(x_k).

        Args:
            gradient: Maps an array like x0 to one of the same shape. Called once a step and in order, unless `value` is
                given and the optimizer asks for it at other points.
            x0: Start, a number or an array.
            n_steps: K ≥ 0.
            value: Maps an array like x0 to the function's value there, or to the values of the elements.
            twice: Whether to run again with another seed, to find out whether the optimizer is `stochastic`.

        Raises:
            InvalidInput: n_steps < 0, x0 is not finite or does not fit `parameter_shape`, or the optimizer raises.
            MissingDependency: the library is not installed.
        """
        if twice:
            return _twice(self, lambda adapter: adapter.follow(gradient, x0, n_steps, value=value))
        check_n_steps(n_steps)
        start = np.array(convert(x0, self._kind))
        if not np.all(np.isfinite(start)):
            raise InvalidInput(f"x0 = {x0} must be finite")
        shape = self._parameter_shape(start.shape)
        oracle = None
        if value is not None:
            measure = value
            oracle = Oracle(
                lambda p: float(np.sum(measure(p.reshape(start.shape)))),
                lambda p: np.asarray(gradient(p.reshape(start.shape)), start.dtype).reshape(p.shape),
            )
        x = np.full((n_steps + 1, *start.shape), np.nan, start.dtype)
        g = np.full((n_steps, *start.shape), np.nan, start.dtype)
        x[0] = start
        with seeded(self.seed):
            with _one_line(f"{getattr(self, 'name', type(self).__name__)} could not start"):
                started = self.start(start.reshape(shape), oracle)
            # An Ellipsis keeps points of shape () arrays, where a plain index would make them numbers.
            for k in range(n_steps):
                g[k] = gradient(x[k, ...])
                with _one_line(f"{started.name} raised in step {k}"):
                    x[k + 1] = started.step(g[k, ...].reshape(shape)).reshape(start.shape)
                if not np.all(np.isfinite(x[k + 1])):
                    break
        return Observation(
            x, g, started.name, started.version, self.dtype, started.hyper_parameters, self.tolerance, self.seed
        )

    def _parameter_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        if self.parameter_shape is None:
            return shape + (1,) * (self.least_ndim - len(shape))
        if math.prod(self.parameter_shape) != math.prod(shape):
            raise InvalidInput(
                f"x0 has {math.prod(shape)} elements: parameter_shape = {self.parameter_shape} must have as many"
            )
        return self.parameter_shape

    @property
    def _kind(self) -> NumberKind:
        return NumberKind(self.dtype)


def _twice(adapter: Adapter, run: Callable[[Adapter], Observation]) -> Observation:
    """The run with the adapter's seed, and whether it differs from the one with the seed above."""
    first, second = run(adapter), run(replace(adapter, seed=(adapter.seed + 1) % 2**63))
    return replace(first, stochastic=not np.array_equal(first.x, second.x, equal_nan=True))


@contextmanager
def _one_line(what: str) -> Iterator[None]:
    """Turn what a library raises into one line that carries its message; misstep's own errors pass."""
    try:
        yield
    except MisstepError:
        raise
    except Exception as error:
        raise InvalidInput(f"{what}: {condensed(error)}") from error


def condensed(error: BaseException) -> str:
    """A library's error as one line: its class and the beginning of its message.

    >>> condensed(ValueError("Invalid   learning rate: -1"))
    'ValueError: Invalid learning rate: -1'
    """
    words = " ".join(str(error).split())
    short = words if len(words) <= 300 else f"{words[:299]}…"
    return f"{type(error).__name__}: {short}" if short else type(error).__name__


class NeedsTheFunction(InvalidInput):
    """An optimizer asks for the function where only gradients are known."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} evaluates the function in its step: observe it on a function; a stream has only gradients"
        )


def public_name(cls: type, namespace: Any, prefix: str) -> str:
    """The name under which users know `cls`: in `namespace`, called `prefix`, or else its full name.

    A library may make a class of its own that inherits from the public one of the same name: that is the public one.
    """
    library = prefix.partition(".")[0]
    for base in cls.__mro__:
        known = getattr(namespace, base.__name__, None) is base and base.__name__ == cls.__name__
        if known and cls.__module__.partition(".")[0] == library:
            return f"{prefix}.{base.__name__}"
    return f"{cls.__module__}.{cls.__qualname__}"


def as_float(value: Scalar) -> float:
    """A hyper-parameter, given as an exact number, decimal string or float, as the float that libraries take.

    >>> as_float("1/10")
    0.1
    """
    return float(convert(value, NumberKind.FLOAT64))


def missing(library: str, extra: str, error: ImportError) -> MissingDependency:
    """The error to raise when `library` does not import."""
    return MissingDependency(f"{library} does not import ({error}): install misstep[{extra}]")
