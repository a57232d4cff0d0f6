"""What an adapter is: an optimizer that misstep did not write, fed gradients and watched."""

from __future__ import annotations

import abc
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, TypeAlias, get_args

import numpy as np

from misstep.errors import InvalidInput, MissingDependency
from misstep.functions import Function
from misstep.scalars import FloatArray, NumberKind, Scalar, convert

Dtype: TypeAlias = Literal["float64", "float32"]
"""The floats that a run is made of: parameters, gradients and optimizer state."""


@dataclass(frozen=True)
class Observation:
    """What was seen of a foreign optimizer: never more than an observation, and never proved.

    Attributes:
        x: Iterates x_0 … x_K, shape (K + 1, *x0.shape).
        g: The gradients g_0 … g_{K−1} that the optimizer was given, shape (K, *x0.shape).
        name: Public name of the optimizer, such as `"torch.optim.Adam"`.
        version: Version of its library, with that of the library that computes where they differ.
        dtype: Of x, g and the optimizer's state.
        hyper_parameters: As the library itself reports them, by its own names, as text.
        tolerance: The largest `deviation` from the reference recurrence that is put down to rounding.
    """

    x: FloatArray
    g: FloatArray
    name: str
    version: str
    dtype: Dtype
    hyper_parameters: Mapping[str, str]
    tolerance: float

    @property
    def n_steps(self) -> int:
        """K, the number of steps taken."""
        return len(self.g)


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

    Raises:
        InvalidInput: dtype is neither.
    """

    tolerances: ClassVar[Mapping[Dtype, float]]
    """Stated tolerance by dtype: a bound for the `deviation` of up to 2000 steps of Adam with β1 ≤ 0.99 and β2 ≤ 0.999
    from the reference recurrence in float64."""

    dtype: Dtype = field(default="float64", kw_only=True)

    def __post_init__(self) -> None:
        if self.dtype not in get_args(Dtype):
            raise InvalidInput(f"dtype = {self.dtype!r} must be one of {', '.join(map(repr, get_args(Dtype)))}")

    @property
    def tolerance(self) -> float:
        """The stated tolerance in this adapter's dtype."""
        return self.tolerances[self.dtype]

    @abc.abstractmethod
    def start(self, x0: FloatArray) -> Started:
        """A fresh optimizer at x0, an array of this adapter's dtype.

        Raises:
            MissingDependency: the library is not installed.
        """

    def observe(self, function: Function, x0: Scalar, n_steps: int) -> Observation:
        """`n_steps` steps on `function` from `x0`.

        Args:
            function: What is minimized; evaluated by misstep in this adapter's dtype.
            x0: Start: a number or an array of starts (on the line), or a vector or an array of them (on R^n). All
                elements belong to one parameter of the optimizer.
            n_steps: K ≥ 0.

        Raises:
            InvalidInput: n_steps < 0, or x0 is not finite or does not fit the function.
            MissingDependency: the library is not installed.
        """
        if function.dimension > 1 and np.shape(x0)[-1:] != (function.dimension,):
            raise InvalidInput(f"x0 has shape {np.shape(x0)}: its last axis must have length {function.dimension}")
        return self.follow(function.gradient, x0, n_steps)

    def stream(self, gradients: Scalar, x0: Scalar = 0) -> Observation:
        """One step for each of the given gradients, whatever the iterates are.

        Args:
            gradients: g_0 … g_{K−1}, shape (K, *shape).
            x0: Start of that shape, or a number for all its elements.

        Raises:
            InvalidInput: gradients is a single number, or x0 is not finite or of another shape.
            MissingDependency: the library is not installed.
        """
        rows = np.asarray(convert(gradients, self._kind))
        if rows.ndim == 0:
            raise InvalidInput(f"gradients = {rows} must be an array with one row a step")
        if np.shape(x0) not in ((), rows.shape[1:]):
            raise InvalidInput(f"x0 has shape {np.shape(x0)}: the gradients' rows have shape {rows.shape[1:]}")
        remaining = iter(rows)
        start = np.broadcast_to(convert(x0, self._kind), rows.shape[1:])
        return self.follow(lambda _: next(remaining), start, len(rows))

    def follow(self, gradient: Callable[[FloatArray], Scalar], x0: Scalar, n_steps: int) -> Observation:
        """`n_steps` steps from `x0` with g_k = gradient(x_k), called once a step and in order.

        Args:
            gradient: Maps an array like x0 to one of the same shape.
            x0: Start, a number or an array.
            n_steps: K ≥ 0.

        Raises:
            InvalidInput: n_steps < 0, or x0 is not finite.
            MissingDependency: the library is not installed.
        """
        if isinstance(n_steps, bool) or not isinstance(n_steps, (int, np.integer)) or n_steps < 0:
            raise InvalidInput(f"n_steps = {n_steps!r} must be a whole number, at least 0")
        start = np.array(convert(x0, self._kind))
        if not np.all(np.isfinite(start)):
            raise InvalidInput(f"x0 = {x0} must be finite")
        started = self.start(start)
        x = np.empty((n_steps + 1, *start.shape), start.dtype)
        g = np.empty((n_steps, *start.shape), start.dtype)
        x[0] = start
        # An Ellipsis keeps points of shape () arrays, where a plain index would make them numbers.
        for k in range(n_steps):
            g[k] = gradient(x[k, ...])
            x[k + 1] = started.step(g[k, ...])
        return Observation(
            x, g, started.name, started.version, self.dtype, started.hyper_parameters, tolerance=self.tolerance
        )

    @property
    def _kind(self) -> NumberKind:
        return NumberKind(self.dtype)


def deviation(x: FloatArray, reference: FloatArray) -> float:
    """How far iterates are from reference iterates, relative to the path walked so far.

        max over k and elements of |x_k − r_k| / (|r_0| + Σ_{j<k} |r_{j+1} − r_j|)

    It does not depend on the scale of the steps. Infinite where x is not a number, or is off a reference that has not
    left 0.

    Args:
        x: Iterates, shape (K + 1, *shape).
        reference: Iterates of the same shape.

    Raises:
        InvalidInput: the shapes differ.

    >>> import numpy as np
    >>> deviation(np.array([0.0, 1.0, 2.5]), np.array([0.0, 1.0, 2.0]))
    0.25
    """
    if np.shape(x) != np.shape(reference):
        raise InvalidInput(f"x has shape {np.shape(x)}, the reference {np.shape(reference)}")
    wide = np.asarray(reference, np.float64)
    path = np.abs(np.diff(wide, axis=0, prepend=np.zeros_like(wide[:1]))).cumsum(axis=0)
    error = np.abs(np.asarray(x, np.float64) - wide)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(error == 0, 0.0, error / path)
    return float(np.where(np.isnan(ratio), np.inf, ratio).max(initial=0.0))


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
