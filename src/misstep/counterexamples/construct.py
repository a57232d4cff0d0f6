"""From an optimizer to the smoothest function found on which it fails."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from misstep.adapters import resolve
from misstep.constructions.gap import FunctionClass
from misstep.counterexamples.construction import Construction
from misstep.counterexamples.curves import over_rates, over_slopes
from misstep.counterexamples.many_dimensions import reshaped
from misstep.counterexamples.observed import Observed, watching
from misstep.counterexamples.perturbed import perturbed
from misstep.counterexamples.portrait import portrait
from misstep.counterexamples.request import Request
from misstep.counterexamples.search import smoothest_failure
from misstep.counterexamples.subject import Subject
from misstep.scalars import Exactable

STAGES = ("importing", "constant gradient", "words", "observing", "curves")
"""What `progress` is told, in this order."""


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
    subject: Subject | None = None
    for request in requests:
        tell("constant gradient")
        if subject is None or subject.stream.slope != float(request.slope):
            subject = Subject.of(plain, request.slope)
        tell("words")
        adapter = reshaped(plain, request.shape) if request.shape else plain
        watch = watching(adapter, request.n_steps)
        example, search = smoothest_failure(subject, request, watch)
        tell("observing")
        runs: tuple[Observed, ...] = ()
        if example is not None:
            runs = (watch(example, "float64"), watch(example, "float32"))
        closer = example if request.thorough else None
        stability = None if closer is None else perturbed(adapter, closer, side_by_side=subject.side_by_side)
        tell("curves")
        by_slope, least = over_slopes(subject, request, example)
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
            by_learning_rate=over_rates(subject, request, example, optimizer, arguments),
            search=tuple(search),
            notes=subject.notes,
            seed=seed,
            portrait=None if closer is None else portrait(adapter, closer),
        )


def _asked_for(optimizer: Any, arguments: dict[str, Any]) -> str:
    """The optimizer as the caller wrote it, on one line."""
    if isinstance(optimizer, type) or (callable(optimizer) and hasattr(optimizer, "__qualname__")):
        inside = ", ".join(f"{key}={value!r}" for key, value in arguments.items())
        return f"{optimizer.__module__}.{optimizer.__qualname__}({inside})"
    # Where functions lie in memory says nothing about the optimizer, and is another place in every process.
    return re.sub(r" at 0x[0-9a-f]+", "", " ".join(str(optimizer).split()))
