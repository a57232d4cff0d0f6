"""Optimizers of other libraries, run as they are: gradients in, iterates out.

Each framework has one file, imports its library only when asked to run, and knows nothing of the others.
"""

from misstep.adapters.base import Adapter, Dtype, Observation, Started, deviation
from misstep.adapters.keras import KerasOptimizer, keras_adam, keras_optimizer
from misstep.adapters.optax import OptaxOptimizer, optax_adam, optax_optimizer
from misstep.adapters.torch import TorchOptimizer, torch_adam, torch_optimizer

__all__ = [
    "Adapter",
    "Dtype",
    "KerasOptimizer",
    "Observation",
    "OptaxOptimizer",
    "Started",
    "TorchOptimizer",
    "deviation",
    "keras_adam",
    "keras_optimizer",
    "optax_adam",
    "optax_optimizer",
    "torch_adam",
    "torch_optimizer",
]
