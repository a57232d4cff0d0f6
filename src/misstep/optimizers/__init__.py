"""Reference methods: each a recurrence, written once, that runs in every number kind."""

from misstep.optimizers.adabelief import AdaBelief, AdaBeliefState
from misstep.optimizers.adagrad import AdaGrad, AdaGradState
from misstep.optimizers.adam import ADAM_DIALECTS, Adam, AdamState, adam_dialect
from misstep.optimizers.adamax import Adamax, AdamaxState
from misstep.optimizers.base import Optimizer
from misstep.optimizers.gradient_descent import GradientDescent
from misstep.optimizers.momentum import HeavyBall, MomentumState, Nesterov
from misstep.optimizers.nadam import NAdam, NAdamState
from misstep.optimizers.radam import RAdam, RAdamState
from misstep.optimizers.rmsprop import RMSprop, RMSpropState
from misstep.optimizers.rounded import RoundedMoments
from misstep.optimizers.schedules import FromFunction, InversePower, Schedule
from misstep.optimizers.sign_descent import Lion, LionState, SignDescent

__all__ = [
    "ADAM_DIALECTS",
    "AdaBelief",
    "AdaBeliefState",
    "AdaGrad",
    "AdaGradState",
    "Adam",
    "AdamState",
    "Adamax",
    "AdamaxState",
    "FromFunction",
    "GradientDescent",
    "HeavyBall",
    "InversePower",
    "Lion",
    "LionState",
    "MomentumState",
    "NAdam",
    "NAdamState",
    "Nesterov",
    "Optimizer",
    "RAdam",
    "RAdamState",
    "RMSprop",
    "RMSpropState",
    "RoundedMoments",
    "Schedule",
    "SignDescent",
    "adam_dialect",
]
