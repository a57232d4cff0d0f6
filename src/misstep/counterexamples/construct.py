"""From an optimizer to the smoothest function found on which it fails."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import fmpq

from misstep.adapters import Adapter, resolve
from misstep.constructions import search_real_words, words_up_to_symmetry
from misstep.constructions.gap import FunctionClass
from misstep.constructions.line import check_class
from misstep.constructions.rationals import rational
from misstep.counterexamples.captured import RHOS, Bounds, Candidate, candidates, caught
from misstep.counterexamples.construction import Construction
from misstep.counterexamples.counterexample import Counterexample, as_float
from misstep.counterexamples.critical import (
    SLOPES,
    SLOPES_ALONE,
    CriticalSmoothness,
    Curve,
    critical,
    drift_curve,
    word_curve,
)
from misstep.counterexamples.drift import ascent, finite_drift, near, settled_drift
from misstep.counterexamples.families import CLOSED_FORMS, check_family
from misstep.counterexamples.linear_twin import linear_twin
from misstep.counterexamples.many_dimensions import drift_in_space, reshaped
from misstep.counterexamples.observed import Observed, as_floats, observe
from misstep.counterexamples.perturbed import perturbed
from misstep.counterexamples.portrait import portrait
from misstep.counterexamples.rates import learning_rate, with_learning_rate
from misstep.counterexamples.streams import ConstantStream, StepBehavior, constant_stream, is_coordinatewise, regimes
from misstep.counterexamples.wrong_limit import wrong_limit
from misstep.errors import InvalidInput
from misstep.scalars import Exactable
from misstep.trajectory import check_n_steps

STAGES = ("importing", "constant gradient", "words", "observing", "curves")
"""What `progress` is told, in this order."""

_ATTEMPTS = 12
"""Functions of words that an optimizer is run on before the search gives up."""

_STEEPER = (fmpq(1), fmpq(10, 9), fmpq(4, 3), fmpq(2))
"""Factors on the gradients of a best real word: on its own function, the least smooth, its cycle attracts nothing."""

_FACTORS = tuple(2.0**k for k in range(-6, 7, 2))
"""Learning rates that the curve over them has, relative to the one given."""


@dataclass(frozen=True)
class Request:
    """What is asked of `construct`, checked.

    Attributes:
        bounds: The class of functions.
        family: How f goes between nodes.
        rho: Half-width of plateaus relative to the spacing, or `None` for what the runs need.
        slope: Size c > 0 of the gradients.
        n_steps: Steps for which the implementation is run after any transient.
        longest: Length to which all sign words are tried.
        curves: Whether to compute the curves over slope and learning rate.
    """

    bounds: Bounds
    family: str
    rho: fmpq | None
    slope: fmpq
    n_steps: int
    longest: int
    curves: bool
    shape: tuple[int, ...]

    @classmethod
    def checked(
        cls,
        *,
        function_class: FunctionClass,
        mu: Any,
        condition: Any,
        family: str,
        plateau: Any,
        slope: Any,
        n_steps: int,
        longest: int,
        curves: bool,
        dimension: Any,
    ) -> Request:
        """The request, or an error that names what is out of range."""
        least = fmpq(0) if mu is None else _number("mu", mu)
        kappa = None if condition is None else _number("condition", condition)
        if kappa is None:
            check_class(function_class, least)
        elif function_class != "strongly-convex" or mu is not None or not kappa >= 1:
            raise InvalidInput(f"condition = {kappa} must be at least 1, for the strongly convex class and without mu")
        rho = None if plateau is None else _number("plateau", plateau)
        if rho is not None and not 0 <= rho < fmpq(1, 2):
            raise InvalidInput(f"plateau = {rho} must be in [0, 1/2), the half-width relative to the spacing")
        if function_class == "strongly-convex":
            if rho:
                raise InvalidInput("a strongly convex function has no plateau: its gradient is nowhere constant")
            rho = fmpq(0)
        check_family(family, function_class, rho)
        c = _number("slope", slope)
        if not fmpq(1, 10**30) <= c <= 10**30:
            raise InvalidInput(f"slope = {slope} must be positive, from 1e-30 to 1e30: float32 has no other squares")
        check_n_steps(n_steps)
        if not 100 <= n_steps <= 10**6:
            raise InvalidInput(f"n_steps = {n_steps} must be from 100 to 1000000")
        if isinstance(longest, bool) or not isinstance(longest, int) or not 1 <= longest <= 12:
            raise InvalidInput(f"longest = {longest} must be a whole number from 1 to 12")
        shape = _shape(dimension)
        if shape and family != "spline":
            raise InvalidInput(f"family = {family!r} is for the line: in R^n functions are made of splines")
        if shape and function_class != "nonconvex":
            raise InvalidInput(
                f"dimension = {dimension!r} is for the nonconvex class: {function_class} is for the line"
            )
        return cls(Bounds(function_class, least, kappa), family, rho, c, n_steps, longest, curves, shape)


def _number(name: str, value: Any) -> fmpq:
    """An argument as a rational, or an error that names it."""
    try:
        return rational(value)
    except InvalidInput as error:
        raise InvalidInput(f"{name} must be a number: {error}") from error


def construct(
    optimizer: Any,
    *,
    function_class: FunctionClass = "nonconvex",
    mu: Any = None,
    condition: Any = None,
    family: str = "spline",
    plateau: Any = None,
    slope: Exactable = 1,
    n_steps: int = 1000,
    longest: int = 8,
    curves: bool = True,
    dimension: int | tuple[int, ...] = 1,
    seed: int = 0,
    progress: Callable[[str], None] | None = None,
    **arguments: Any,
) -> Construction:
    """The smoothest function found on which `optimizer` fails.

    Gradients are decided first: a constant one, then every sign word up to a length, and in the convex classes, for
    methods whose steps are nearly linear, the best real word of up to four gradients. The optimizer is run on them as
    on a stream; where its steps settle, the least Lipschitz constant L of a function of the class with those gradients
    at those iterates is known, and functions through them are built, those of the least L first, until the optimizer
    itself fails on one. A constant gradient −c with steps of length s gives
    a drift for L = 4c/s (nonconvex); a method that is pulled back by weight decay rests where f' = −c, for every L > 0.

    Args:
        optimizer: What `resolve` takes: a name such as `"torch:Adam(lr=1e-3)"`, a class or function with its
            `arguments`, an optimizer of ours, an optax transformation, or a pair (init, update).
        function_class: `"nonconvex"` (bounded below), `"convex"` or `"strongly-convex"`.
        mu: Strong convexity, mu > 0, of the strongly convex class; or
        condition: κ ≥ 1 in its place: f'' ≥ L/κ.
        family: `"spline"` (least L), `"cubic"`, `"quintic"` (C²), `"sine"`, `"smooth-plateau"` (C^∞).
        plateau: Half-width ρ of the intervals of constant gradient around the nodes, in spacings, in [0, 1/2); unless
            told the least of a few that covers what rounding does to the optimizer.
        slope: Size c > 0 of the gradients.
        n_steps: Steps of the implementation on the function, after any transient, in float64 and float32.
        longest: Length to which all sign words are tried, at most 12.
        curves: Whether to compute the least L over the slope and over the learning rate too.
        dimension: Number of variables n, or the shape of the parameter, such as (2, 3) for methods of matrices. On R^n,
            n > 1, drifts are looked for, in the nonconvex class.
        seed: Of the random numbers during every run.
        progress: Called with what is being done, one of `STAGES`.
        **arguments: Of a class or function.

    Returns:
        A `Construction`; its `failure` is `Failure.NONE` where nothing was found.

    Raises:
        InvalidInput: an argument is out of range, there is no such optimizer, or it does not move, raises, or returns
            NaN in its first step.
        MissingDependency: the library is not installed.

    >>> from misstep import SignDescent
    >>> found = construct(SignDescent(learning_rate="1/10"), curves=False)
    >>> print(found.failure, found.function.lipschitz_constant())
    cycle 20

    Source: Toint 2023 for the drift; Le Gruyer 2009 for the least constant.
    """
    request = Request.checked(
        function_class=function_class,
        mu=mu,
        condition=condition,
        family=family,
        plateau=plateau,
        slope=slope,
        n_steps=n_steps,
        longest=longest,
        curves=curves,
        dimension=dimension,
    )
    return next(constructions(optimizer, [request], seed=seed, progress=progress, **arguments))


def constructions(
    optimizer: Any,
    requests: Iterable[Request],
    *,
    seed: int = 0,
    progress: Callable[[str], None] | None = None,
    **arguments: Any,
) -> Iterator[Construction]:
    """A construction for each request, in turn; what they share of the optimizer is found out once.

    Args:
        optimizer: As in `construct`.
        requests: What is asked for, with one slope for all.
        seed: Of the random numbers during every run.
        progress: Called with what is being done, one of `STAGES`.
        **arguments: Of a class or function.

    Raises:
        InvalidInput: as in `construct`.
        MissingDependency: the library is not installed.
    """
    tell = progress or (lambda _: None)
    tell("importing")
    plain = resolve(optimizer, seed=seed, **arguments)
    subject: _Subject | None = None
    for request in requests:
        tell("constant gradient")
        if subject is None or subject.stream.slope != float(request.slope):
            subject = _Subject.of(plain, request)
        tell("words")
        example, search = _search_in_space(subject, request) if request.shape else _search(subject, request)
        tell("observing")
        adapter = reshaped(plain, request.shape) if request.shape else plain
        runs: tuple[Observed, ...] = ()
        if example is not None:
            runs = tuple(observe(adapter, example, request.n_steps, dtype) for dtype in ("float64", "float32"))
        stability = None if example is None else perturbed(adapter, example, side_by_side=subject.side_by_side)
        tell("curves")
        by_slope, least = _over_slopes(subject, request, example)
        yield Construction(
            optimizer=_asked_for(optimizer, arguments),
            name=subject.name,
            version=subject.version,
            hyper_parameters=subject.hyper_parameters,
            function_class=request.bounds.function_class,
            mu=request.bounds.mu if request.bounds.mu > 0 else None,
            condition=request.bounds.condition,
            behavior=str(subject.stream.behavior),
            slope=request.slope,
            example=example,
            critical=least,
            stability=stability,
            observed=runs,
            by_slope=by_slope,
            by_learning_rate=_over_rates(subject, request, example, optimizer, arguments),
            search=tuple(search),
            notes=subject.notes,
            seed=seed,
            portrait=None if example is None else portrait(adapter, example),
        )


@dataclass(frozen=True)
class _Subject:
    """The optimizer and what is known of it before the search."""

    adapter: Adapter
    name: str
    version: str
    hyper_parameters: dict[str, str]
    stream: ConstantStream
    side_by_side: bool
    notes: tuple[str, ...]

    @classmethod
    def of(cls, adapter: Adapter, request: Request) -> _Subject:
        stream = constant_stream(adapter, float(request.slope))
        observation = adapter.follow(
            lambda p: np.full_like(p, -float(request.slope)), 0.0, 32, value=lambda p: np.ones_like(p), twice=True
        )
        if len(stream.x) < 2:
            raise InvalidInput(f"{observation.name} returns {observation.x[1]} in its first step")
        if stream.behavior is StepBehavior.STILL:
            raise InvalidInput(
                f"{observation.name} does not move in {len(stream.steps)} steps on the gradient -{request.slope}"
            )
        notes = []
        if observation.stochastic:
            notes.append(f"its steps are random: all of this holds for seed {adapter.seed}")
        return cls(
            adapter,
            observation.name,
            observation.version,
            dict(observation.hyper_parameters),
            stream,
            not stream.uses_values and is_coordinatewise(adapter),
            tuple(notes),
        )


def _search(subject: _Subject, request: Request) -> tuple[Counterexample | None, list[str]]:
    """The counterexample with the least L that the optimizer fails on, and what was tried."""
    adapter, stream, bounds = subject.adapter, subject.stream, request.bounds
    search = [f"constant gradient: {stream.behavior.value} ({len(stream.steps)} steps)"]
    example: Counterexample | None
    if bounds.function_class != "strongly-convex":
        example = ascent(stream, request.slope)
        if example is not None:
            return example, search
    if stream.uses_values:
        search.append("resting places where the gradient is constant: not searched, for steps depend on values of f")
    else:
        example = wrong_limit(adapter, request.slope, bounds, side_by_side=subject.side_by_side)
        search.append("resting places where the gradient is constant: " + ("none" if example is None else "one"))
        if example is not None:
            return example, search
    drift = _drift(subject, request)
    bound = math.inf if drift is None else as_float(drift.optimum)
    listed = [candidate for candidate in _words(subject, request, search) if candidate.L < bound]
    fragile: Counterexample | None = None
    # A second, longer round is for methods whose second moments take thousands of steps to settle.
    for n_steps, most in ((600, _ATTEMPTS), (2400, _ATTEMPTS // 3)):
        for candidate, rho in itertools.product(listed[:most], RHOS if request.rho is None else (request.rho,)):
            found = caught(
                adapter,
                candidate,
                bounds,
                rho=rho,
                family=request.family,
                n_steps=n_steps,
                side_by_side=subject.side_by_side,
                slope=request.slope,
            )
            if found is None or (drift is not None and _lipschitz(found) >= _lipschitz(drift)):
                continue
            if observe(adapter, found, request.n_steps, "float32").persists:
                return found, search
            fragile = fragile or found
        if drift is not None or fragile is not None:
            break
    return drift or fragile, search


def _search_in_space(subject: _Subject, request: Request) -> tuple[Counterexample | None, list[str]]:
    """A drift along the steps on a constant gradient."""
    if subject.stream.uses_values:
        return None, ["nothing in R^n, for its steps depend on values of f"]
    found = drift_in_space(subject.adapter, request.shape, request.slope, rho=request.rho, n_steps=request.n_steps)
    return found, [f"constant gradient in a parameter of shape {request.shape}"]


def _shape(dimension: Any) -> tuple[int, ...]:
    """The shape of the parameter, () for the line."""
    sizes = dimension if isinstance(dimension, tuple) else (dimension,)
    whole = all(isinstance(n, int) and not isinstance(n, bool) and n >= 1 for n in sizes)
    if not sizes or not whole or not math.prod(sizes) <= 64:
        raise InvalidInput(f"dimension = {dimension!r} must be one or more whole numbers with a product from 1 to 64")
    return sizes if math.prod(sizes) > 1 else ()


def _drift(subject: _Subject, request: Request) -> Counterexample | None:
    if request.bounds.function_class != "nonconvex":
        return None
    stream = subject.stream
    if stream.settled is not None:
        return settled_drift(
            subject.adapter,
            stream,
            request.slope,
            family=request.family,
            rho=request.rho,
            n_steps=request.n_steps,
        )
    return finite_drift(stream, request.slope, family=request.family, rho=request.rho)


def _words(subject: _Subject, request: Request, search: list[str]) -> list[Candidate]:
    """What is tried of words, the least L first."""
    if subject.stream.uses_values:
        search.append("words: none, for its steps depend on values of f")
        return []
    if request.family in CLOSED_FORMS:
        search.append(f"words: none, for a {request.family} has evenly spaced nodes with one gradient")
        return []
    adapter, bounds = subject.adapter, request.bounds
    longest = request.longest if subject.side_by_side else min(request.longest, 4)
    words = [word for length in range(2, longest + 1) for word in words_up_to_symmetry(length)]
    found: list[Candidate] = []
    if words:
        settled = regimes(adapter, words, [request.slope], 1200, side_by_side=subject.side_by_side)
        found = candidates(adapter, settled, bounds)
        search.append(
            f"sign words: {len(words)}, all to length {longest}; {sum(r.is_settled for r in settled)} settle, "
            f"{len(found)} fit the class"
        )
    twin = None
    if subject.side_by_side and subject.stream.settled is not None and bounds.function_class != "nonconvex":
        twin = linear_twin(adapter, request.slope)
    if twin is not None:
        real = search_real_words(twin, 4, function_class=bounds.function_class, **_class_options(bounds))
        search.append(f"real words: all to length 4, in {real.n_orders} orders of nodes")
        if real.cycle is not None:
            regime = real.cycle.regime
            # Steps of adaptive methods are as long as for gradients of size `slope`, in the mean square.
            size = math.sqrt(sum(float(g) ** 2 for g in regime.gradients) / regime.period)
            scale = near(float(request.slope) / size, 1e-3 * float(request.slope) / size)
            nodes, gradients = (tuple(scale * fmpq(v) for v in values) for values in (regime.nodes, regime.gradients))
            for factor in _STEEPER:
                steeper = tuple(factor * g for g in gradients)
                found.append(Candidate(float(factor) * as_float(real.cycle.L), nodes, steeper, fmpq(0)))
    found.sort(key=lambda candidate: candidate.L)
    tried = found[:_ATTEMPTS]
    if len(found) > len(tried):
        search.append(f"functions of words: the {len(tried)} smoothest of {len(found)}")
    return tried


def _class_options(bounds: Bounds) -> dict[str, Any]:
    return {"mu": bounds.mu} if bounds.condition is None else {"condition": bounds.condition}


def _over_slopes(
    subject: _Subject, request: Request, example: Counterexample | None
) -> tuple[Curve, CriticalSmoothness | None]:
    """The least constant over the size of the gradients, for what happens in the example, and the least of all."""
    nothing = Curve((), ())
    if example is None:
        return nothing, None
    size = float(np.abs([as_floats(g) for g in example.gradients]).max())
    here = CriticalSmoothness(as_float(example.optimum), size, example.failure, example.word)
    if not request.curves or request.shape or here.L == 0 or example.spacing is None or subject.stream.uses_values:
        return nothing, here
    slopes = SLOPES if subject.side_by_side else SLOPES_ALONE
    if example.word == (-1,):
        longest = min(max(1024, len(subject.stream.steps)), 4096)
        curve = drift_curve(subject.adapter, slopes, side_by_side=subject.side_by_side, longest=longest)
    elif example.word is not None:
        curve = word_curve(
            subject.adapter, example.word, slopes, request.bounds, side_by_side=subject.side_by_side, n_steps=1200
        )
    else:
        return nothing, here
    least = critical(curve, example.failure, example.word)
    return curve, here if least is None or least.L >= here.L * (1 - 1e-9) else least


def _over_rates(
    subject: _Subject, request: Request, example: Counterexample | None, optimizer: Any, arguments: dict[str, Any]
) -> Curve:
    """The least constant over the learning rate, for what happens in the example."""
    nothing = Curve((), ())
    if not request.curves or example is None or example.word is None or example.spacing is None:
        return nothing
    if not example.optimum > 0 or subject.stream.uses_values:
        return nothing
    found = learning_rate(optimizer, arguments, subject.hyper_parameters)
    if found is None:
        return nothing
    name, value = found
    pairs = []
    for factor in _FACTORS:
        rate = float(value) * factor
        adapter = with_learning_rate(optimizer, arguments, name, rate, seed=subject.adapter.seed)
        if adapter is None:
            continue
        slopes, alone = [request.slope], {"side_by_side": False}
        if example.word == (-1,):
            curve = drift_curve(adapter, slopes, longest=4096, **alone)
        else:
            curve = word_curve(adapter, example.word, slopes, request.bounds, n_steps=1200, **alone)
        pairs += [(rate, L) for L in curve.L]
    return Curve(tuple(at for at, _ in pairs), tuple(L for _, L in pairs))


def _asked_for(optimizer: Any, arguments: dict[str, Any]) -> str:
    """The optimizer as the caller wrote it, on one line."""
    if isinstance(optimizer, type) or (callable(optimizer) and hasattr(optimizer, "__qualname__")):
        inside = ", ".join(f"{key}={value!r}" for key, value in arguments.items())
        return f"{optimizer.__module__}.{optimizer.__qualname__}({inside})"
    # Where functions lie in memory says nothing about the optimizer, and is another place in every process.
    return re.sub(r" at 0x[0-9a-f]+", "", " ".join(str(optimizer).split()))


def _lipschitz(example: Counterexample) -> float:
    return as_float(example.function.lipschitz_constant())
