"""From an optimizer to the smoothest function found that defeats it."""

from misstep.counterexamples.construct import construct
from misstep.counterexamples.construction import Construction
from misstep.counterexamples.counterexample import Counterexample, Failure
from misstep.counterexamples.critical import CriticalSmoothness, Curve
from misstep.counterexamples.observed import Observed
from misstep.counterexamples.perturbed import Perturbed
from misstep.counterexamples.streams import ConstantStream, StepBehavior, constant_stream

__all__ = [
    "ConstantStream",
    "Construction",
    "Counterexample",
    "CriticalSmoothness",
    "Curve",
    "Failure",
    "Observed",
    "Perturbed",
    "StepBehavior",
    "constant_stream",
    "construct",
]
