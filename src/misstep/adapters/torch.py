"""Optimizers of PyTorch, and of every library that subclasses `torch.optim.Optimizer`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar, Literal

from misstep.adapters.base import Adapter, Started, as_float, public_name
from misstep.adapters.observation import Dtype
from misstep.adapters.oracle import Oracle
from misstep.adapters.torch_stepping import begin, import_torch
from misstep.scalars import FloatArray, Scalar

TORCH_TOLERANCE: Mapping[Dtype, float] = MappingProxyType({"float64": 1e-14, "float32": 1e-5})
"""Bound for the `deviation` of torch's Adam from the reference: torch 2.13 reached 2.1e-15 and 1.1e-6."""


@dataclass(frozen=True)
class TorchOptimizer(Adapter):
    """A `torch.optim.Optimizer` on one CPU parameter.

    Its `step()` may need a closure: on a function it gets one, and on a stream of gradients the run is refused.

    Args:
        factory: Maps what `hand` says to an optimizer.
        hand: What the factory is given: the list of the one parameter, a list of (name, parameter) pairs, or a
            `torch.nn.Module` whose only parameter is `weight`.
        dtype: `"float64"` or `"float32"`.
        parameter_shape: As in `Adapter`.
        least_ndim: As in `Adapter`.
        seed: As in `Adapter`.
    """

    tolerances: ClassVar[Mapping[Dtype, float]] = TORCH_TOLERANCE

    factory: Callable[[Any], Any]
    hand: Literal["parameters", "named_parameters", "model"] = "parameters"

    def start(self, x0: FloatArray, oracle: Oracle | None = None) -> Started:
        """A fresh optimizer on a parameter of value x0.

        Raises:
            MissingDependency: torch is not installed.
        """
        torch = import_torch()

        def make(module: Any) -> Any:
            if self.hand == "model":
                return self.factory(module)
            return self.factory(list(getattr(module, self.hand)()))

        optimizer, step = begin(make, x0, oracle)
        group = {name: repr(value) for name, value in optimizer.param_groups[0].items() if name != "params"}
        name = public_name(type(optimizer), torch.optim, "torch.optim")
        return Started(step, name, str(torch.__version__), MappingProxyType(group))


def torch_optimizer(factory: Callable[[list[Any]], Any], *, dtype: Dtype = "float64") -> TorchOptimizer:
    """An adapter for any torch optimizer.

    Args:
        factory: Maps the list of parameters to an optimizer: `lambda params: torch.optim.Adam(params, lr=0.1)`.
        dtype: `"float64"` or `"float32"`.

    Raises:
        InvalidInput: dtype is neither.
        MissingDependency: torch is not installed.
    """
    import_torch()
    return TorchOptimizer(factory, dtype=dtype)


def torch_adam(
    *,
    learning_rate: Scalar,
    beta1: Scalar = "0.9",
    beta2: Scalar = "0.999",
    eps: Scalar | None = None,
    dtype: Dtype = "float64",
) -> TorchOptimizer:
    """An adapter for `torch.optim.Adam`; ours is `adam_dialect("torch")`.

    Args:
        learning_rate: α > 0.
        beta1: β1 in [0, 1).
        beta2: β2 in [0, 1).
        eps: ε ≥ 0 outside the root; `None` for torch's own default (1e-8).
        dtype: `"float64"` or `"float32"`.

    Raises:
        InvalidInput: dtype is neither.
        MissingDependency: torch is not installed.
    """
    options: dict[str, Any] = {} if eps is None else {"eps": as_float(eps)}
    options |= {"lr": as_float(learning_rate), "betas": (as_float(beta1), as_float(beta2))}
    return torch_optimizer(lambda parameters: import_torch().optim.Adam(parameters, **options), dtype=dtype)
