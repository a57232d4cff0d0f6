"""What an objective function is to the rest of misstep: values, gradients and exact constants."""

from __future__ import annotations

import abc
from typing import Literal, TypeAlias

import numpy as np
from flint import arb, fmpq

from misstep.errors import InvalidInput
from misstep.functions.constants import Constant
from misstep.scalars import Scalar, convert, kind_of
from misstep.traced import Traced

Side: TypeAlias = Literal["left", "right"]


class Function(abc.ABC):
    """A differentiable function with Lipschitz continuous gradient, on the line or on R^n.

    Every method takes any number kind and answers in it. Functions on the line work elementwise on arrays of any
    shape; functions on R^n take arrays whose last axis has length `dimension`.
    """

    @property
    @abc.abstractmethod
    def dimension(self) -> int:
        """The number of variables."""

    @abc.abstractmethod
    def value_and_gradient(self, x: Scalar) -> tuple[Scalar, Scalar]:
        """f(x) and f'(x) (∇f(x) on R^n), sharing the work."""

    def value(self, x: Scalar) -> Scalar:
        """f(x)."""
        return self.value_and_gradient(x)[0]

    def gradient(self, x: Scalar) -> Scalar:
        """f'(x), or ∇f(x) on R^n."""
        return self.value_and_gradient(x)[1]

    @abc.abstractmethod
    def lipschitz_constant(self) -> Constant:
        """The smallest L with |f'(x) − f'(y)| ≤ L|x − y| for all x, y."""

    @abc.abstractmethod
    def infimum(self) -> Constant | float:
        """inf f over the whole space; `-math.inf` where f is unbounded below."""


class LineFunction(Function):
    """A function of one real variable."""

    @property
    def dimension(self) -> int:
        """1: arrays are batches of points."""
        return 1

    @abc.abstractmethod
    def curvature(self, x: Scalar, *, side: Side = "right") -> Scalar:
        """f''(x), at a joint the limit from `side`."""

    @abc.abstractmethod
    def node(self, k: int) -> fmpq:
        """The k-th point (k ≥ 0) at which the value and the gradient of f were prescribed."""

    @abc.abstractmethod
    def scaled(self, factor: Scalar) -> LineFunction:
        """The function factor·f: the same iterates for a method that ignores the scale of gradients."""

    def nodes(self, n: int) -> tuple[fmpq, ...]:
        """The first n nodes."""
        return tuple(self.node(k) for k in range(n))


def node_index(k: int) -> int:
    """`k` as the number of a node, or an error."""
    if k < 0:
        raise InvalidInput(f"node {k} does not exist: nodes are counted from 0")
    return k


def number(x: Scalar) -> Scalar:
    """A caller's `x` as a number of its own kind: `"1/3"` becomes exact, a Python float becomes float64."""
    if isinstance(x, (np.float64, np.float32, fmpq, arb, Traced)):
        return x
    return convert(x, kind_of(x))
