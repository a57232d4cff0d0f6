"""One certificate for a rectangle of hyper-parameters and starts, or for a single cell."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from flint import fmpq

from misstep.certificates.intervals import Interval
from misstep.certificates.method_form import SCALAR_METHODS, read_method
from misstep.certificates.verdict import Stop
from misstep.errors import InvalidInput
from misstep.functions import PiecewisePolynomial
from misstep.optimizers import Optimizer
from misstep.proofs.certificate import Certificate
from misstep.proofs.drift import Drift, prove_drift
from misstep.proofs.methods import recurrence, with_ranges
from misstep.proofs.not_proved import NotProved
from misstep.proofs.wells import settled_step as step_of_recurrence
from misstep.scalars import exact, exact_from_float
from misstep.sweeps.functions import build, predicted_slope, settles
from misstep.sweeps.methods import make
from misstep.sweeps.settled import settled_step, settling_values, uses
from misstep.sweeps.spec import RUN_AXES, SweepSpec

Box = tuple[tuple[float, float], ...]
"""The lowest and the highest value of each axis of a sweep."""

LATEST, PATIENCE = 2000, 24
"""Steps of a transient after which a proof is given up, and how often it may be seen not to contract."""

_KEPT = 2**14
"""Rectangles of which it is kept whether they were proved."""


class _Untried:
    """Stands for a box of which nothing is known."""


_UNTRIED = _Untried()


def _keep(known: dict[Any, Any], key: Any, value: Any) -> None:
    """Keep what was found, and never too much; chunks are computed by several threads."""
    if len(known) >= _KEPT:
        known.clear()
    known[key] = value


@dataclass(frozen=True)
class Certifier:
    """Proves drifts of one method on one function of a sweep.

    Args:
        spec: The sweep.
        labels: Places of the method, the function and the arithmetic in it.
    """

    spec: SweepSpec
    labels: tuple[int, int, int]
    _known: dict[Box, PiecewisePolynomial | None] = field(default_factory=dict)
    _functions: dict[tuple[float, ...], PiecewisePolynomial] = field(default_factory=dict)

    def prove(self, box: Box) -> Certificate:
        """The certificate that the method drifts for all hyper-parameters and starts in a box.

        Raises:
            NotProved: there is none; in particular where the function is not the same for all.
        """
        low, high = ({a.name: exact_from_float(e[i]) for a, e in zip(self.spec.axes, box, strict=True)} for i in (0, 1))
        function, c = self._function(low)
        if any(low[name] != high[name] for name in self._of_function) or self._function(high) != (function, c):
            raise NotProved("the function is not the same for all")
        fixed = exact(self.spec.x0)
        start = Interval(low.get("x0", fixed), high.get("x0", fixed))
        try:
            method = self._recurrence(low, high)
            shift = step_of_recurrence(read_method(dict(method), SCALAR_METHODS, ranges=True), -c)
            if function.right_period is None or (shift / function.right_period).q != 1:
                raise NotProved(f"the settled step {shift} is no multiple of the period of f")
            return prove_drift(Drift(method, function, start, (-c,), shift), latest=LATEST, patience=PATIENCE)
        except Stop as stop:
            raise NotProved(stop.reason) from None

    def function_if_proved(self, box: Box) -> PiecewisePolynomial | None:
        """The function of the certificate of a box, or `None` where there is none."""
        found = self._known.get(box, _UNTRIED)
        if isinstance(found, _Untried):
            try:
                self.prove(box)
                found = self.function_at(box)
            except NotProved:
                found = None
            _keep(self._known, box, found)
        return found

    def function_at(self, box: Box) -> PiecewisePolynomial:
        """The function at the lowest corner of a box."""
        low = {axis.name: ends[0] for axis, ends in zip(self.spec.axes, box, strict=True)}
        key = tuple(low[name] for name in sorted(self._of_function | self._of_spacing))
        found = self._functions.get(key)
        if found is None:
            found = self._function({name: exact_from_float(value) for name, value in low.items()})[0]
            _keep(self._functions, key, found)
        return found

    @cached_property
    def ranging(self) -> tuple[bool, ...]:
        """Of each axis, whether one certificate may be for several of its values.

        Starts may always range, and hyper-parameters on which the function and the settled step do not depend.
        """
        lows = [axis.values[0] for axis in self.spec.axes]
        found = []
        for axis in self.spec.axes:
            if axis.name in RUN_AXES or axis.name in self._of_function:
                found.append(axis.name == "x0" and axis.name not in self._of_function)
                continue
            low = {other.name: exact_from_float(value) for other, value in zip(self.spec.axes, lows, strict=True)}
            high = low | {axis.name: exact_from_float(axis.values[-1])}
            try:
                function, c = self._function(low)
                form = read_method(dict(self._recurrence(low, high)), SCALAR_METHODS, ranges=True)
                step_of_recurrence(form, -c)
                found.append(self._function(high) == (function, c))
            except (NotProved, Stop):
                found.append(False)
        return tuple(found)

    # --- parts --------------------------------------------------------------------------------------------------------

    @cached_property
    def _of_function(self) -> set[str]:
        """The axes that give a parameter of the function."""
        return set(self.spec.function_bindings[self.labels[1]].values())

    @cached_property
    def _of_spacing(self) -> set[str]:
        """The axes on which the settled step depends that is the function's spacing."""
        if not settles(self.spec.functions[self.labels[1]], self.spec.function_bindings[self.labels[1]]):
            return set()
        method = self._method({axis.name: exact_from_float(axis.values[0]) for axis in self.spec.axes})
        bindings = self.spec.optimizer_bindings[self.labels[0]]
        return {name for argument, name in bindings.items() if argument in uses(method)}

    def _method(self, values: dict[str, fmpq]) -> Optimizer[Any]:
        place = self.labels[0]
        bindings = self.spec.optimizer_bindings[place]
        numbers: dict[str, Any] = {argument: values[name] for argument, name in bindings.items()}
        return make(self.spec.optimizers[place], numbers)

    def _function(self, values: dict[str, fmpq]) -> tuple[PiecewisePolynomial, fmpq]:
        """The function of a cell, and c > 0 of the gradient −c that is predicted on it."""
        place = self.labels[1]
        spec = self.spec.functions[place]
        own = {parameter: values[name] for parameter, name in self.spec.function_bindings[place].items()}
        told = predicted_slope(spec)
        if told is None:
            raise NotProved(f"no drift is predicted on {spec}")
        c = own["slope"] if "slope" in own else exact(told)
        if settles(spec, own):
            method = self._method(values)
            numbers = {name: exact(value) for name, value in settling_values(method).items()}
            own["spacing"] = settled_step(method, numbers, c)
        function = build(spec, own)
        if not isinstance(function, PiecewisePolynomial):
            raise NotProved(f"{spec} is not a piecewise polynomial")
        return function, c

    def _recurrence(self, low: dict[str, fmpq], high: dict[str, fmpq]) -> dict[str, Any]:
        """The recurrence with ranges for what varies."""
        bindings = self.spec.optimizer_bindings[self.labels[0]]
        ranges = {a: (str(low[name]), str(high[name])) for a, name in bindings.items() if low[name] != high[name]}
        try:
            return with_ranges(recurrence(self._method(low)), **ranges)
        except InvalidInput as error:
            raise NotProved(str(error)) from None
