"""What there is to say of a construction, as pairs of a few words and a value: for the terminal and for files."""

from __future__ import annotations

from typing import Any

from flint import fmpq

from misstep.counterexamples import Construction, CriticalSmoothness, Failure, Observed
from misstep.counterexamples.construction import number
from misstep.scalars import exact

_LONGEST = 24
"""Characters up to which an exact number is written out."""

Fact = tuple[str, str]


def facts(construction: Construction, *, exact_in: str) -> list[Fact]:
    """The facts, the most important first; observed is what a run in floats did.

    Args:
        construction: What was found.
        exact_in: Where exact numbers are that are too long here.
    """
    example = construction.example
    if example is None:
        return [("class", _class(construction)), ("steps on a constant gradient", construction.behavior)]
    found: list[Fact] = [("class", _class(construction)), ("L", _both(example.function.lipschitz_constant(), exact_in))]
    if construction.price is not None:
        optimum = number(example.optimum)
        assert optimum is not None
        found.append(("optimum", f"{optimum['float']:.9g} for the same jets ({_above(construction.price)})"))
    if construction.critical is not None:
        alone = construction.critical.L > 0 and not construction.by_slope.at
        least = critical_smoothness(construction.critical, example.failure)
        found.append(("critical smoothness", f"{least}{'; no other slope was tried' if alone else ''}"))
    found.append(("infimum", _infimum(example.function.infimum(), exact_in)))
    if example.spacing:
        found.append(("spacing", _both(example.spacing, exact_in)))
    if example.period is not None:
        found.append(("period", f"{example.period} step{'' if example.period == 1 else 's'}"))
    if example.half_width > 0:
        rho = f" (ρ = {example.rho})" if example.rho > 0 else ""
        found.append(("plateau", f"±{_both(example.half_width, exact_in)}{rho}"))
    if construction.stability is not None:
        stability = construction.stability
        found.append(("stability", f"{stability.kind}, multiplier {stability.multiplier:.9g} a period (observed)"))
    found.append(("family", example.family))
    found.append(("x0", _both(example.x0, exact_in)))
    if example.settled > 0:
        found.append(("settled", f"from step {example.settled} on"))
    if example.horizon is not None:
        found.append(("horizon", f"step {example.horizon}: nothing is said beyond it"))
    found += [(f"observed {run.dtype}", observed(run)) for run in construction.observed]
    return found


def remarks(construction: Construction) -> list[str]:
    """What else is to be said, one sentence each."""
    example = construction.example
    return [*construction.notes, *(() if example is None else example.note)]


def critical_smoothness(found: CriticalSmoothness, failure: Failure) -> str:
    """The least L of any counterexample found, and the slope that needs it."""
    if found.L == 0:
        what = "a limit" if failure is Failure.WRONG_LIMIT else "a run"
        return f"0: every L > 0 will do for such {what}"
    if found.scales:
        return f"none: the least L falls with the slope, to {found.L:.9g} at slope {found.slope:g}"
    return f"{found.L:.9g} at slope {found.slope:g}"


def observed(run: Observed) -> str:
    """What a run in floats did.

    >>> observed(Observed("float64", 1000, 1000, 0.0, 1.0, True))
    'held for 1000 of 1000 steps; the failure persists'
    """
    end = "the failure persists" if run.persists else "the failure does not persist to the end"
    return f"held for {run.held} of {run.n_steps} steps; {end}"


def _class(construction: Construction) -> str:
    asked = (("mu", construction.mu), ("condition", construction.condition))
    return ", ".join(
        [construction.function_class, *(f"{name} = {value}" for name, value in asked if value is not None)]
    )


def _both(value: Any, exact_in: str) -> str:
    """A number exactly and as a float, or as a float alone where the exact one is long; of a vector the entries."""
    if isinstance(value, tuple):
        listed = f"({', '.join(map(str, value))})"
        if len(listed) <= _LONGEST:
            return listed
        return "(" + ", ".join(f"{float(entry):.9g}" for entry in value) + f") (exact {exact_in})"
    parts = number(value)
    assert parts is not None
    text: str | None = parts["exact"]
    approximate: float | None = parts["float"]
    shown = "too large for a float" if approximate is None else f"{approximate:.9g}"
    if text is None:
        return f"{shown} (enclosed; {exact_in})"
    if len(text) > _LONGEST:
        return f"{shown} (exact {exact_in})"
    if text == shown or approximate is None:
        return text
    is_equal = isinstance(value, fmpq) and exact(shown) == value
    return f"{text} {'=' if is_equal else '≈'} {shown}"


def _infimum(value: Any, exact_in: str) -> str:
    return "-∞: not bounded below" if isinstance(value, float) else _both(value, exact_in)


def _above(price: float) -> str:
    """How far L is above the least.

    >>> _above(1.0655), _above(1)
    ('L is 6.55 % above', 'attained')
    """
    percent = 100 * (price - 1)
    return "attained" if percent < 1e-7 else f"L is {percent:.3g} % above"
