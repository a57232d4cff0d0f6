"""Optimizers of other libraries, run as they are: gradients in, iterates out.

`resolve` makes an adapter of a name such as `torch:Adam(lr=1e-3)`, of a class, or of an optimizer.

Each framework has one file, imports its library only when asked to run, and knows nothing of the others.
"""

from misstep.adapters.base import Adapter, Started
from misstep.adapters.callables import PairOptimizer
from misstep.adapters.keras import KerasOptimizer, keras_adam, keras_optimizer
from misstep.adapters.listing import LIBRARIES, list_optimizers
from misstep.adapters.naming import OptimizerSpec, parse
from misstep.adapters.observation import Behavior, Dtype, Observation, deviation
from misstep.adapters.optax import OptaxOptimizer, optax_adam, optax_optimizer
from misstep.adapters.oracle import Oracle
from misstep.adapters.pytorch_optimizer import PytorchOptimizer, pytorch_optimizer
from misstep.adapters.reference import ReferenceOptimizer
from misstep.adapters.resolve import resolve
from misstep.adapters.torch import TorchOptimizer, torch_adam, torch_optimizer

__all__ = [
    "LIBRARIES",
    "Adapter",
    "Behavior",
    "Dtype",
    "KerasOptimizer",
    "Observation",
    "OptaxOptimizer",
    "OptimizerSpec",
    "Oracle",
    "PairOptimizer",
    "PytorchOptimizer",
    "ReferenceOptimizer",
    "Started",
    "TorchOptimizer",
    "deviation",
    "keras_adam",
    "keras_optimizer",
    "list_optimizers",
    "optax_adam",
    "optax_optimizer",
    "parse",
    "pytorch_optimizer",
    "resolve",
    "torch_adam",
    "torch_optimizer",
]
