"""Still, where the gradient is not zero: methods that pull their iterates to a place of their own."""

from __future__ import annotations

import numpy as np
from flint import fmpq

from misstep.adapters import Adapter
from misstep.constructions import LineJets, smoothest
from misstep.constructions.rationals import near
from misstep.counterexamples.captured import Bounds
from misstep.counterexamples.counterexample import Counterexample, Failure
from misstep.counterexamples.families import through
from misstep.scalars import FloatArray

_STEPS = 256
_PLACES = tuple(10.0**k for k in range(-2, 7))


def resting_place(adapter: Adapter, slope: float, *, side_by_side: bool) -> float | None:
    """A place x > 0 at which the method rests although the gradient is −slope for ever, or `None`.

    Weight decay makes such places: the step is then a(x) with a(0) > 0, and it falls as x grows. A sign change of the
    step among starts from 0.01 to 10⁶ is narrowed down until the step there is a millionth of that at 0. Where decay is
    so strong that 256 steps end at one place from all these starts, that is the place.

    Args:
        adapter: The optimizer.
        slope: c > 0.
        side_by_side: Whether many starts may be elements of one parameter.
    """
    starts = np.array([0.0, *_PLACES])
    ends, steps = _late_steps(adapter, slope, starts, side_by_side=side_by_side)
    # Steps that outgrow every start end at one place too, as far as floats can tell.
    if 0 < ends[0] <= _PLACES[-1] and np.ptp(ends) <= 1e-9 * ends[0]:
        return float(ends[0])
    if not np.isfinite(steps).all() or not steps[0] > 0:
        return None
    crossed = np.flatnonzero((steps[1:] <= 0) & (steps[:-1] > 0))
    if not len(crossed):
        return None
    if steps[crossed[0] + 1] == 0:
        return float(starts[crossed[0] + 1])
    low, high = starts[crossed[0]], starts[crossed[0] + 1]
    low_step, high_step = steps[crossed[0]], steps[crossed[0] + 1]
    for attempt in range(40):
        # Where the step is linear in x, as under decoupled decay, the first guess is right.
        middle = low + (high - low) * (low_step / (low_step - high_step) if attempt % 2 == 0 else 0.5)
        step = float(_late_steps(adapter, slope, np.array([middle]), side_by_side=side_by_side)[1][0])
        if abs(step) <= 1e-6 * steps[0]:
            return float(middle)
        if step > 0:
            low, low_step = middle, step
        else:
            high, high_step = middle, step
    return None


def _late_steps(
    adapter: Adapter, slope: float, starts: FloatArray, *, side_by_side: bool
) -> tuple[FloatArray, FloatArray]:
    """The end of the run from each start, and its mean step, early transients left out."""
    with np.errstate(all="ignore"):
        if side_by_side:
            x = adapter.stream(np.full((_STEPS, len(starts)), -slope), starts).x
        else:
            x = np.stack([adapter.stream(np.full(_STEPS, -slope), start).x for start in starts], axis=1)
    return x[_STEPS], np.asarray((x[_STEPS] - x[_STEPS // 2]) / (_STEPS - _STEPS // 2), np.float64)


def wrong_limit(adapter: Adapter, slope: fmpq, bounds: Bounds, *, side_by_side: bool) -> Counterexample | None:
    """A convex function whose minimizer lies beyond the place x where the method rests, or `None`.

    f' = −slope up to 3x/2, and then rises to slope over a length of x: any L > 0 will do, with a longer rise. A
    strongly convex function is the parabola with f'(x) = −slope and f'' = max(mu, slope/x): any L ≥ mu will do, and
    any L > 0 where a condition number is given in the place of mu, for it is 1.

    Args:
        adapter: The optimizer.
        slope: c > 0.
        bounds: Class of f.
        side_by_side: Whether many starts may be elements of one parameter.
    """
    place = resting_place(adapter, float(slope), side_by_side=side_by_side)
    if place is None:
        return None
    x = near(place, 1e-9 * place)
    if bounds.function_class == "strongly-convex":
        length = x if bounds.mu == 0 else min(x, slope / bounds.mu)
        curvature = slope / length
        jets = smoothest([x, x + length], [-slope, fmpq(0)], function_class="strongly-convex", mu=curvature)
        half_width = fmpq(0)
    else:
        jets = smoothest([x / 2, 3 * x / 2, 5 * x / 2], [-slope, -slope, slope], function_class="convex")
        half_width = x / 2
    assert isinstance(jets, LineJets)
    most = f"≥ {bounds.mu}" if bounds.mu > 0 else "> 0"
    return Counterexample(
        failure=Failure.WRONG_LIMIT,
        function=through(jets, "spline", left="linear"),
        x0=x,
        family="spline",
        word=(-1,),
        gradients=(-slope,),
        nodes=(x,),
        spacing=fmpq(0),
        settled=0,
        horizon=None,
        rho=fmpq(0),
        half_width=half_width,
        optimum=bounds.mu,
        note=(
            f"the method rests at x = {float(x):.9g}, where the gradient is {-float(slope):g}: weight decay pulls back "
            f"as hard as the gradient pushes on; every L {most} will do, with a minimizer farther away",
        ),
    )
