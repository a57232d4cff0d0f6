"""From an optimizer to the smoothest function found that defeats it."""

from misstep.counterexamples.construct import STAGES, construct
from misstep.counterexamples.construction import Construction
from misstep.counterexamples.counterexample import Counterexample, Failure
from misstep.counterexamples.critical import CriticalSmoothness, Curve
from misstep.counterexamples.observed import Observed
from misstep.counterexamples.perturbed import Perturbed
from misstep.counterexamples.portrait import Portrait
from misstep.counterexamples.streams import ConstantStream, StepBehavior, constant_stream

__all__ = [
    "STAGES",
    "ConstantStream",
    "Construction",
    "Counterexample",
    "CriticalSmoothness",
    "Curve",
    "Failure",
    "Observed",
    "Perturbed",
    "Portrait",
    "StepBehavior",
    "constant_stream",
    "construct",
]
