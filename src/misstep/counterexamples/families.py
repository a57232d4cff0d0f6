"""The functions that a counterexample may be made of: how f goes between the nodes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from flint import fmpq

from misstep.constructions import Infeasible, LineJets, cubic_through, plateaus, quintic_through, spline_through
from misstep.errors import InvalidInput, unknown_name
from misstep.functions import LineFunction, sine, smooth_plateau
from misstep.functions.families import Left

THROUGH_JETS: Mapping[str, Callable[..., LineFunction]] = MappingProxyType(
    {"spline": spline_through, "cubic": cubic_through, "quintic": quintic_through}
)
"""Families that go through any jets. The spline has the least L."""

CLOSED_FORMS: Mapping[str, Callable[[fmpq, fmpq, fmpq], LineFunction]] = MappingProxyType(
    {
        "sine": lambda spacing, slope, _rho: sine(spacing, slope),
        "smooth-plateau": lambda spacing, slope, rho: smooth_plateau(spacing, slope, rho=rho),
    }
)
"""Families of the evenly spaced nodes 0, s, 2s, … alone, with the same gradient at each: (s, slope, ρ)."""

FAMILY_NAMES = (*THROUGH_JETS, *CLOSED_FORMS)


def check_family(family: str, function_class: str, rho: fmpq | None) -> None:
    """Refuse a family that does not exist, or cannot be what is asked for.

    Raises:
        InvalidInput: with the reason.
    """
    if family not in FAMILY_NAMES:
        raise unknown_name(family, "a family", FAMILY_NAMES)
    if family != "spline" and function_class != "nonconvex":
        raise InvalidInput(f"family = {family!r} is of the nonconvex class: {function_class} functions are splines")
    if family == "sine" and rho:
        raise InvalidInput(f"a sine has no plateaus: plateau = {rho} needs another family")


def widened(jets: LineJets, rho: fmpq) -> LineJets | Infeasible:
    """The jets with a plateau around every node, ρ times as wide to each side as its nearest neighbour is far."""
    if rho == 0:
        return jets
    nodes = [jets.jets[i] for i in jets.node_indices]
    repeats = None if jets.repeats_from is None else jets.node_indices.index(jets.repeats_from)
    return plateaus(
        [jet.x for jet in nodes],
        [jet.g for jet in nodes],
        rho=rho,
        function_class=jets.function_class,
        repeats_from=repeats,
    )


def through(jets: LineJets, family: str, *, left: Left) -> LineFunction:
    """The family's function through the jets.

    Raises:
        InvalidInput: the family has a closed form for evenly spaced nodes alone.
    """
    if family not in THROUGH_JETS:
        raise InvalidInput(f"family = {family!r} is for one node a period: use {', '.join(THROUGH_JETS)}")
    extra: dict[str, Any] = {}
    if jets.mu > 0:
        # So wide that iterates near the nodes do not meet the tangent lines beyond, and so narrow that float32, which
        # sees the piece to the left from its far end, errs by no more than a thousand roundings.
        extra["margin"] = 1000 * (jets.jets[-1].x - jets.jets[0].x)
    return THROUGH_JETS[family](jets, left=left, **extra)
