"""From an optimizer, or a construction, to a certificate that the checker accepts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from flint import fmpq

from misstep.certificates.intervals import Interval
from misstep.certificates.method_form import SCALAR_METHODS, Method, read_method
from misstep.counterexamples import Construction, construct
from misstep.errors import InvalidInput
from misstep.functions import LineFunction, PiecewisePolynomial, family
from misstep.proofs.certificate import Certificate
from misstep.proofs.construction import Described, understood
from misstep.proofs.counterparts import as_ours
from misstep.proofs.cycle import Cycle, prove_cycle
from misstep.proofs.drift import Drift, prove_drift, too_small
from misstep.proofs.functions import described
from misstep.proofs.methods import recurrence
from misstep.proofs.not_proved import NotProved
from misstep.proofs.plateau import plateau_around
from misstep.proofs.settled import settled_state
from misstep.proofs.wells import constant_drift, offsets, settled_step
from misstep.scalars import Exactable, exact

_SHARES = (fmpq(1), fmpq(3, 4), fmpq(1, 2), fmpq(1, 4), fmpq(1, 16), fmpq(0))
"""Parts of a plateau's half-width that are tried for the ball of starts, the widest first."""


def prove(
    subject: Any,
    *,
    function: str | LineFunction | None = None,
    plateau: Exactable | None = None,
    slope: Exactable = 1,
    function_class: Any = "nonconvex",
    mu: Any = None,
) -> Certificate:
    """Prove that an optimizer fails.

    Args:
        subject: A `Construction`, or its `to_dict()` as read from a file; or an optimizer: an `Optimizer` of ours, or a
            text such as `"adam(learning_rate=1/10)"` or `"torch:Adam(lr=1e-3)"`, which stands for its recurrence.
        function: For an optimizer: the family of functions, or a function, on which its drift on a constant gradient is
            to be proved; one that fits is built unless told.
        plateau: Half-width ρ of the intervals of constant gradient, in spacings; 1/4 where the steps need some time to
            settle, and else 0.
        slope: Size c > 0 of the gradients.
        function_class: Class of functions in which one is looked for.
        mu: Strong convexity, for that class.

    Returns:
        A certificate that `misstep check` accepts: it has been checked.

    Raises:
        NotProved: there is no proof; the message says which step fails, and by how much.
        InvalidInput: there is no such optimizer, or an argument is out of range.

    >>> print(prove("adam(learning_rate=1/10, eps=0)", function="spline").sentence.partition(": ")[2])
    from every start in [0, 0] it moves by 1/10 every 1 steps from step 1 on, and |f'| >= 1 at every iterate; f' has \
the Lipschitz constant 40, inf f = -1/80; no smaller constant will do.

    Source: docs/reference/certificate-format.md.
    """
    if isinstance(subject, Construction):
        return _of_construction(understood(subject.to_dict()))
    if isinstance(subject, Mapping):
        return _of_construction(understood(subject))
    optimizer = as_ours(subject)
    method = recurrence(optimizer)
    c = _number("slope", slope)
    if not c > 0:
        raise InvalidInput(f"slope = {c} must be positive")
    if plateau is not None and not 0 <= _number("plateau", plateau) < fmpq(1, 2):
        raise InvalidInput(f"plateau = {plateau} must be in [0, 1/2), the half-width relative to the spacing")
    if function is not None:
        return _on_function(method, function, plateau, c)
    if function_class == "nonconvex":
        try:
            return _constant(method, plateau, c)
        except NotProved as failure:
            if plateau is not None or not _has_cycles(method):
                raise
            first = failure
    else:
        first = None
    found = construct(optimizer, function_class=function_class, mu=mu, slope=c, plateau=plateau, curves=False)
    try:
        return _of_construction(understood(found.to_dict()), optimizer)
    except NotProved as failure:
        raise first or failure from None


def _number(name: str, value: Exactable) -> fmpq:
    """An argument as an exact number, or an error that names it."""
    try:
        return exact(value)
    except InvalidInput as error:
        raise type(error)(f"{name}: {error}") from None


def _constant(method: Mapping[str, Any], plateau: Exactable | None, c: fmpq) -> Certificate:
    """On one gradient: on the smoothest function where the steps are alike from the first, else with plateaus."""
    if plateau is None:
        drift = constant_drift(method, slope=c, plateau=0)
        if drift.settled == 1 and drift.function.knots[0] == 0:
            try:
                return prove_drift(replace(drift, optimal=True))
            except NotProved:
                # Its state only comes near the settled one: it takes a plateau.
                plateau = "1/4"
    return _widest(constant_drift(method, slope=c, plateau="1/4" if plateau is None else plateau, wide=True))


def _on_function(
    method: Mapping[str, Any], given: str | LineFunction, plateau: Exactable | None, c: fmpq
) -> Certificate:
    """On a given family with the spacing of the settled steps, or on a given function."""
    form = read_method(dict(method), SCALAR_METHODS, ranges=True)
    step = settled_step(form, -c)
    function = given
    if isinstance(function, str):
        options: dict[str, Any] = {}
        if plateau is not None:
            if function not in ("plateau", "smooth-plateau"):
                raise InvalidInput(f"plateau = {plateau} is for the family plateau, not for {function}")
            options["rho"] = plateau
        function = family(function, step, c, **options)
    described(function)
    assert isinstance(function, PiecewisePolynomial)
    if isinstance(given, str):
        _check_width(form, -c, step, function)
    drift = Drift(method, function, Interval.point(fmpq(0)), (-c,), step)
    return _best(drift, fmpq(0) if plateau is None else exact(plateau) * abs(step))


def _check_width(form: Method, g: fmpq, step: fmpq, function: PiecewisePolynomial) -> None:
    """That the plateaus at k·step cover every iterate from x = 0, as far as floats can tell.

    Raises:
        NotProved: they do not; the message says what would.
    """
    size = abs(float(step))
    off = max(abs(offset - size * round(offset / size)) for offset in offsets(form, g, step))
    flat = plateau_around(function, function.knots[-1] if step > 0 else function.knots[0])
    width = float(flat.hi - flat.lo) / 2
    if off <= width + 1e-12 * size:
        return
    if off > 0.45 * size:
        raise NotProved(
            "the first steps miss the wells, however wide their plateaus: without --function one is built that falls "
            "in a line before its wells"
        )
    other = "" if width > 0 else " with --function plateau"
    raise NotProved(too_small(off - width, step, off) + other)


def _widest(drift: Drift) -> Certificate:
    """The drift from as many starts as can be proved."""
    if drift.start.exact:
        return prove_drift(drift)
    return _first_of(
        replace(drift, start=Interval(drift.start.lo * share, drift.start.hi * share)) for share in _SHARES
    )


def _best(drift: Drift, half_width: fmpq) -> Certificate:
    """With optimality where it holds, and from as many starts as can be proved."""
    starts = [Interval(drift.start.lo - half_width * share, drift.start.hi + half_width * share) for share in _SHARES]
    if half_width == 0:
        return _first_of(replace(drift, optimal=optimal) for optimal in (True, False))
    return _first_of(replace(drift, start=start) for start in starts)


def _first_of(attempts: Iterator[Any], how: Callable[[Any], Certificate] = prove_drift) -> Certificate:
    """The first attempt that is proved; the last failure where none is."""
    failure = None
    for attempt in attempts:
        try:
            return how(attempt)
        except NotProved as error:
            failure = error
    assert failure is not None
    raise failure


def _of_construction(found: Described, optimizer: Any = None) -> Certificate:
    """A drift or a cycle as it was constructed."""
    method = recurrence(as_ours(found.optimizer) if optimizer is None else optimizer)
    mu = None if found.function_class == "nonconvex" else fmpq(0)
    if found.function_class == "strongly-convex":
        low = found.function.curvature_range()[0]
        assert isinstance(low, fmpq)  # of a quadratic spline
        mu = low
    if found.failure == "drift":
        drift = Drift(
            method,
            found.function,
            Interval.point(found.x0),
            found.gradients,
            found.spacing,
            settled=found.settled,
            mu=mu,
        )
        return _best(drift, found.half_width)
    settled = _without_counters(method)
    form = read_method(settled, SCALAR_METHODS, ranges=False)
    cycle = Cycle(
        settled,
        found.function,
        found.nodes[0],
        settled_state(form, found.gradients),
        len(found.gradients),
        mu=mu,
        extend=found.function_class == "strongly-convex",
    )
    return _first_of((replace(cycle, optimal=optimal) for optimal in (True, False)), prove_cycle)


_WITHOUT_COUNTERS = frozenset({"gradient-descent", "heavy-ball", "nesterov", "sign-descent", "lion", "rmsprop"})


def _has_cycles(method: Mapping[str, Any]) -> bool:
    """Whether certificates of cycles know the method, or what it comes to."""
    return method["name"] == "adam" or method["name"] in _WITHOUT_COUNTERS


def _without_counters(method: Mapping[str, Any]) -> dict[str, Any]:
    """The method that this one comes to when its powers of β are 0: what a cycle is of.

    Raises:
        NotProved: it has no such form.
    """
    changed = dict(method)
    if method["name"] == "adam":
        if method["eps_hat"] is not None:
            changed |= {"eps": method["eps_hat"], "eps_hat": None}
        return changed | {"start": "zero"}
    if _has_cycles(method):
        return changed
    raise NotProved(f"{method['name']} counts its steps for ever: certificates of cycles are for methods that do not")
