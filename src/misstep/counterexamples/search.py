"""The search for the smoothest function on which an optimizer fails."""

from __future__ import annotations

import itertools
import math

from flint import fmpq

from misstep.constructions import search_real_words, words_up_to_symmetry
from misstep.constructions.rationals import near
from misstep.counterexamples.captured import RHOS, Candidate, candidates, caught
from misstep.counterexamples.counterexample import Counterexample, as_float
from misstep.counterexamples.drift import ascent, finite_drift, settled_drift
from misstep.counterexamples.families import CLOSED_FORMS
from misstep.counterexamples.linear_twin import BEFORE, linear_twin
from misstep.counterexamples.many_dimensions import drift_in_space
from misstep.counterexamples.observed import Watch
from misstep.counterexamples.request import Request
from misstep.counterexamples.streams import regimes
from misstep.counterexamples.subject import Subject
from misstep.counterexamples.wrong_limit import wrong_limit

_ATTEMPTS = 12
"""Functions of words that an optimizer is run on before the search gives up."""

_ATTEMPTS_ALONE = 3
"""The same for an optimizer whose every start is a run of its own."""

_ROUNDS = 8
"""Times that a function is made anew for the orbit that it led to."""

_WORTHWHILE = 1e-3
"""Least part by which L must fall for another round."""

_STEEPER = (fmpq(1), fmpq(10, 9), fmpq(4, 3), fmpq(2))
"""Factors on the gradients of a best real word: on its own function, the least smooth, its cycle attracts nothing."""


def smoothest_failure(subject: Subject, request: Request, watch: Watch) -> tuple[Counterexample | None, list[str]]:
    """The counterexample with the least L that the optimizer fails on, or `None`, and what was tried.

    Args:
        subject: The optimizer.
        request: What is asked for.
        watch: Runs it on a counterexample, in the floats that are named.
    """
    return _in_space(subject, request) if request.shape else _on_the_line(subject, request, watch)


def _on_the_line(subject: Subject, request: Request, watch: Watch) -> tuple[Counterexample | None, list[str]]:
    """The counterexample with the least L that the optimizer fails on, and what was tried."""
    adapter, stream, bounds = subject.adapter, subject.stream, request.bounds
    search = [f"constant gradient: {stream.behavior.value} ({len(stream.steps)} steps)"]
    example: Counterexample | None
    if bounds.function_class != "strongly-convex":
        example = _confirmed(watch, ascent(stream, request.slope))
        if example is not None:
            return example, search
    if stream.uses_values:
        search.append("resting places where the gradient is constant: not searched, for steps depend on values of f")
    else:
        resting = wrong_limit(adapter, request.slope, bounds, side_by_side=subject.side_by_side)
        example = _confirmed(watch, resting)
        search.append("resting places where the gradient is constant: " + ("none" if example is None else "one"))
        if example is not None:
            return example, search
    drift = _drift(subject, request)
    if request.rho is None:
        drift = _confirmed(watch, drift)
    bound = math.inf if drift is None else as_float(drift.optimum)
    listed = [candidate for candidate in _words(subject, request, search) if candidate.L < bound]
    fragile: Counterexample | None = None
    # A second, longer round is for methods whose second moments take thousands of steps to settle.
    rounds = ((600, _ATTEMPTS), (2400, _ATTEMPTS // 3)) if subject.side_by_side else ((600, _ATTEMPTS_ALONE),)
    for n_steps, most in rounds:
        for candidate, rho in itertools.product(listed[:most], RHOS if request.rho is None else (request.rho,)):
            found = _failing(subject, request, candidate, rho, n_steps)
            if found is None or (drift is not None and _lipschitz(found) >= _lipschitz(drift)):
                continue
            if watch(found, "float32").persists:
                return _smoothed(subject, request, watch, found, n_steps), search
            fragile = fragile or found
        if drift is not None or fragile is not None:
            break
    return drift or fragile, search


def _confirmed(watch: Watch, example: Counterexample | None) -> Counterexample | None:
    """The counterexample if the optimizer itself, in float64, fails on it."""
    if example is None or not watch(example, "float64").persists:
        return None
    return example


def _failing(
    subject: Subject, request: Request, candidate: Candidate, rho: fmpq, n_steps: int
) -> Counterexample | None:
    return caught(
        subject.adapter,
        candidate,
        request.bounds,
        rho=rho,
        family=request.family,
        n_steps=n_steps,
        side_by_side=subject.side_by_side,
        slope=request.slope,
    )


def _smoothed(
    subject: Subject, request: Request, watch: Watch, example: Counterexample, n_steps: int
) -> Counterexample:
    """The function of the orbit that caught the optimizer, if it fails there too, and so on while L falls.

    A run may be caught in another orbit than the one its function was made for, which then needs less.
    """
    for _ in range(_ROUNDS):
        least, L = as_float(example.optimum), _lipschitz(example)
        if not least < (1 - _WORTHWHILE) * L or example.spacing is None:
            break
        for factor in _STEEPER:
            if float(factor) * least >= (1 - _WORTHWHILE) * L:
                return example
            gradients = tuple(factor * g for g in example.gradients)
            orbit = Candidate(float(factor) * least, example.nodes, gradients, example.spacing)
            better = _failing(subject, request, orbit, example.rho, n_steps)
            if better is None or not _lipschitz(better) < (1 - _WORTHWHILE) * L:
                continue
            if watch(better, "float32").persists:
                example = better
                break
        else:
            break
    return example


def _in_space(subject: Subject, request: Request) -> tuple[Counterexample | None, list[str]]:
    """A drift along the steps on a constant gradient."""
    if subject.stream.uses_values:
        return None, ["nothing in R^n, for its steps depend on values of f"]
    found = drift_in_space(subject.adapter, request.shape, request.slope, rho=request.rho, n_steps=request.n_steps)
    return found, [f"constant gradient in a parameter of shape {request.shape}"]


def _drift(subject: Subject, request: Request) -> Counterexample | None:
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


def _words(subject: Subject, request: Request, search: list[str]) -> list[Candidate]:
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
    settled_at = subject.stream.settled
    settles = subject.side_by_side and settled_at is not None and settled_at <= BEFORE
    twin = linear_twin(adapter, request.slope) if settles and bounds.function_class != "nonconvex" else None
    if twin is not None:
        real = search_real_words(twin, 4, **bounds.options)
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


def _lipschitz(example: Counterexample) -> float:
    return as_float(example.function.lipschitz_constant())
