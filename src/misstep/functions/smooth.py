"""What the smooth families share: a formula for f, f' and f'' together, repeated with the spacing on the whole line."""

from __future__ import annotations

import abc
from typing import TypeAlias

import numpy as np
from flint import fmpq

from misstep.functions.base import LineFunction, Side, node_index, number
from misstep.scalars import Scalar, elementwise_parts

Derivatives: TypeAlias = tuple[Scalar, Scalar, Scalar]
"""f, f' and f'' at one point, or arrays of them."""


class SmoothFamily(LineFunction):
    """A periodic function with continuous second derivative, nodes k·spacing."""

    spacing: fmpq

    @abc.abstractmethod
    def _derivatives(self, x: Scalar) -> Derivatives:
        """f, f' and f'' at a rational, a ball, or floats of any shape."""

    def value_and_gradient(self, x: Scalar) -> tuple[Scalar, Scalar]:
        """f(x) and f'(x), elementwise.

        Raises:
            IrrationalResult: x is exact and f(x) is not rational.
        """
        return self._elementwise(x)[:2]

    def curvature(self, x: Scalar, *, side: Side = "right") -> Scalar:  # noqa: ARG002 - f'' is continuous
        """f''(x), elementwise; the same from both sides."""
        return self._elementwise(x)[2]

    def _elementwise(self, x: Scalar) -> Derivatives:
        x = number(x)
        if isinstance(x, np.ndarray) and x.dtype == object:
            value, gradient, curvature = elementwise_parts(self._derivatives, x)
            return value, gradient, curvature
        return self._derivatives(x)

    def node(self, k: int) -> fmpq:
        """k·s, k ≥ 0."""
        return node_index(k) * self.spacing
