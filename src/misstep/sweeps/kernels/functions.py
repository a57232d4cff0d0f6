"""From functions on the line to the operations of their value and gradient."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from misstep.errors import InvalidInput
from misstep.functions import FiniteSum, LineFunction, PiecewisePolynomial, PiecewiseQuadratic, Sine, SmoothPlateau
from misstep.functions.float_table import FloatTable
from misstep.functions.sine import sine_derivatives
from misstep.functions.smooth_plateau import plateau_derivatives
from misstep.scalars import floor
from misstep.sweeps.kernels.inputs import Inputs
from misstep.sweeps.kernels.random import PICK
from misstep.traced import Traced, where

FEW_PIECES = 16
"""Up to so many pieces, choosing among coefficients beats looking them up."""

Evaluation = Callable[[Traced, int], Traced]
"""(x, order of the derivative) → its traced value."""


@dataclass(frozen=True)
class TracedFunction:
    """A function whose constants are traced.

    Attributes:
        evaluate: Of a traced x and the order 0 or 1, the value or the gradient.
        seen: The same of the component that a step sees, of a finite sum.
        sampling: Number of components and their order, of a finite sum.
    """

    evaluate: Evaluation
    seen: Evaluation | None = None
    sampling: tuple[int, str] | None = None

    def value(self, x: Traced) -> Traced:
        """f(x)."""
        return self.evaluate(x, 0)

    def gradient(self, x: Traced) -> Traced:
        """f'(x)."""
        return self.evaluate(x, 1)

    def seen_gradient(self, x: Traced) -> Traced:
        """The gradient that the method sees: f'(x), or that of one component."""
        return (self.seen or self.evaluate)(x, 1)


def traced_function(
    functions: Sequence[LineFunction], index: npt.NDArray[np.intp], inputs: Inputs, prefix: str = "f"
) -> TracedFunction:
    """Functions of one structure, their constants among the inputs.

    Args:
        functions: Those that occur.
        index: For each lane, which of them it is on.
        inputs: Where the constants go.
        prefix: Of their names.

    Raises:
        InvalidInput: the functions differ in more than constants, or there is no kernel for their kind.
    """
    kinds = {type(function) for function in functions}
    if len(kinds) > 1:
        raise InvalidInput(f"functions of a chunk must be of one kind: {', '.join(sorted(k.__name__ for k in kinds))}")

    def constant(name: str, values: Sequence[Any]) -> Traced:
        return inputs.constant(f"{prefix}.{name}", np.asarray([float(value) for value in values])[index])

    first: Any = functions[0]
    family: Any = functions
    if isinstance(first, Sine):
        s, c = constant("spacing", [f.spacing for f in family]), constant("slope", [f.slope for f in family])
        return TracedFunction(lambda x, order: sine_derivatives(x, s, c)[order])
    if isinstance(first, SmoothPlateau):
        numbers = [
            constant(name, [getattr(f, name) for f in family])
            for name in ("spacing", "slope", "steepness", "_plateau", "_gap")
        ]
        return TracedFunction(lambda x, order: plateau_derivatives(x, *numbers)[order])
    if isinstance(first, PiecewisePolynomial):
        tables = [f._float_table(inputs.dtype) for f in family]
        return TracedFunction(_Pieces(tables, index, inputs, prefix).evaluate)
    if isinstance(first, PiecewiseQuadratic):
        return TracedFunction(_Quadratics(family, constant).evaluate)
    if isinstance(first, FiniteSum):
        return _finite_sum(family, index, inputs, prefix)
    raise InvalidInput(f"there is no kernel for a function of kind {type(first).__name__}")


def _finite_sum(
    family: Sequence[FiniteSum], index: npt.NDArray[np.intp], inputs: Inputs, prefix: str
) -> TracedFunction:
    """One component that occurs once, and another that all the others are."""
    samplings = {(f.n, f.order) for f in family}
    if len(samplings) > 1 or any(len(f.components) != 2 or f.counts[0] != 1 for f in family):
        counts = ", ".join(sorted({str(f.counts) for f in family}))
        raise InvalidInput(
            f"finite sums with counts {counts}: a kernel draws between one component and n − 1 others that are equal, "
            "with one n and one order for all lanes of a chunk"
        )
    total = traced_function([f.total for f in family], index, inputs, prefix)
    first, rest = (traced_function([f.components[i] for f in family], index, inputs, f"{prefix}.{i}") for i in range(2))

    def seen(x: Traced, order: int) -> Traced:
        return where(inputs.graph.input(PICK) > 0.5, first.evaluate(x, order), rest.evaluate(x, order))

    return TracedFunction(total.evaluate, seen, samplings.pop())


class _Quadratics:
    """A function of quadratics, operation by operation as it is evaluated at one float."""

    def __init__(self, family: Sequence[PiecewiseQuadratic], constant: Callable[[str, Sequence[Any]], Traced]) -> None:
        sizes = {len(f.breakpoints) for f in family}
        if len(sizes) > 1:
            raise InvalidInput("functions of a chunk must have the same number of pieces")
        self.family, self.constant, self.n = family, constant, sizes.pop()

    def evaluate(self, x: Traced, order: int) -> Traced:
        """The value or the gradient at x."""
        beyond = [x >= self.constant(f"t{i}", [f.breakpoints[i] for f in self.family]) for i in range(self.n)]

        def chosen(name: str, of: Callable[[PiecewiseQuadratic, int], Any]) -> Traced:
            result = self.constant(f"{name}0", [of(f, 0) for f in self.family])
            for i, passed in enumerate(beyond, start=1):
                ahead = self.constant(f"{name}{i}", [of(f, i) for f in self.family])
                result = result if ahead.index == result.index else where(passed, ahead, result)
            return result

        d = x - chosen("a", lambda f, i: f.anchors[i])
        c1, c2 = chosen("c1_", lambda f, i: f.coefficients[i][1]), chosen("c2_", lambda f, i: f.coefficients[i][2])
        if order == 1:
            return 2 * c2 * d + c1
        return (c2 * d + c1) * d + chosen("c0_", lambda f, i: f.coefficients[i][0])


class _Pieces:
    """A piecewise polynomial, operation by operation as `FloatTable` evaluates it at one point."""

    def __init__(self, tables: Sequence[FloatTable], index: npt.NDArray[np.intp], inputs: Inputs, prefix: str) -> None:
        shape = {(t.n, t.left is None, t.right is None, t.fully_periodic, t.right_start == t.low) for t in tables}
        if len(shape) > 1:
            raise InvalidInput("functions of a chunk must have the same number of pieces and repeat alike")
        self.tables, self.index, self.inputs, self.prefix = tables, index, inputs, prefix
        self.n = tables[0].n
        # Where the whole described range repeats to the right, one reduction serves all x ≥ t_0.
        self.whole_right = all(t.right is not None and t.right_start == t.low for t in tables)

    def constant(self, name: str, of: Callable[..., Any], *place: int) -> Traced:
        values = np.asarray([of(table, *place) for table in self.tables], self.inputs.dtype)
        return self.inputs.constant(f"{self.prefix}.{name}", values[self.index])

    def evaluate(self, x: Traced, order: int) -> Traced:
        """The derivative of the given order at x."""
        table = self.tables[0]
        reduced = self._reduced(x)
        inside = self._inside(reduced, order)
        if table.right is None:
            high = self.constant("high", lambda t: t.high)
            inside = where(x >= high, self._polynomial(order, self.n + 1, x - high), inside)
        if table.left is None:
            low = self.constant("low", lambda t: t.low)
            inside = where(x < low, self._polynomial(order, self.n, x - low), inside)
        return inside

    def _reduced(self, x: Traced) -> Traced:
        table = self.tables[0]
        reduced = x
        if table.fully_periodic or self.whole_right:
            return self._modulo(x, "right_start", "right")
        if table.right is not None:
            reduced = where(x >= self.constant("high", lambda t: t.high), self._modulo(x, "right_start", "right"), x)
        if table.left is not None:
            before = x < self.constant("low", lambda t: t.low)
            reduced = where(before, self._modulo(x, "low", "left"), reduced)
        return reduced

    def _modulo(self, x: Traced, start: str, period: str) -> Traced:
        length = self.constant(period, lambda t: getattr(t, period))
        offset = x - self.constant(start, lambda t: getattr(t, start))
        count = floor(offset) if length.is_constant(1) else offset.apply("floor_div", length)
        return x - count * length

    def _inside(self, reduced: Traced, order: int) -> Traced:
        """The polynomial of the piece that holds the point."""
        degree = len(self.tables[0].coefficients[order])
        if self.n <= FEW_PIECES:
            passed = [reduced >= self.constant(f"knot{i}", lambda t, i: t.inner[i], i) for i in range(self.n - 1)]

            def chosen(name: str, of: Callable[[FloatTable, int], Any]) -> Traced:
                result = self.constant(f"{name}0", of, 0)
                for i, beyond in enumerate(passed, start=1):
                    ahead = self.constant(f"{name}{i}", of, i)
                    if ahead.index != result.index:
                        result = where(beyond, ahead, result)
                return result

            start = chosen("start", lambda t, i: t.starts[i])
            columns = [chosen(f"c{order}{j}_", _coefficient(order, j)) for j in range(degree)]
        else:
            row = self._row(reduced)
            start = self._looked_up("starts", lambda t: t.starts, row)
            columns = [self._looked_up(f"c{order}{j}", _column(order, j), row) for j in range(degree)]
        return _horner(columns, reduced - start)

    def _row(self, reduced: Traced) -> Traced:
        """How many inner knots are at or below the point: a binary search without branches."""
        row, jump = reduced * 0, 1 << (self.n - 1).bit_length()
        while jump := jump // 2:
            last = row + jump - 1
            within = last < self.n - 1
            at = where(within, last, self.n - 2)
            beyond = within & (reduced >= self._looked_up("inner", lambda t: t.inner, at))
            row = where(beyond, row + jump, row)
        return row

    def _looked_up(self, name: str, of: Callable[[FloatTable], Any], row: Traced) -> Traced:
        values = np.concatenate([of(table) for table in self.tables])
        width = len(values) // len(self.tables)
        place = row + self.inputs.constant(f"{self.prefix}.{name}.at", self.index * width)
        return self.inputs.table(f"{self.prefix}.{name}", values, place)

    def _polynomial(self, order: int, row: int, local: Traced) -> Traced:
        table = self.tables[0].coefficients[order]
        columns = [
            self.constant(f"c{order}{j}_{row}", _coefficient(order, j), row) for j in range(min(len(table), 2 - order))
        ]
        return _horner(columns, local)


def _coefficient(order: int, j: int) -> Callable[[FloatTable, int], Any]:
    """Of a table and a row, the coefficient of the j-th power in the derivative of that order."""
    return lambda table, row: table.coefficients[order][j, row]


def _column(order: int, j: int) -> Callable[[FloatTable], Any]:
    """Of a table, the same for all rows."""
    return lambda table: table.coefficients[order][j]


def _horner(columns: Sequence[Traced], local: Traced) -> Traced:
    result = columns[-1]
    for column in columns[-2::-1]:
        result = result * local + column
    return result
