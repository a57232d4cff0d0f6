"""Optimizers of PyTorch, and of every library that subclasses `torch.optim.Optimizer`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar

import numpy as np

from misstep.adapters.base import Adapter, Dtype, Started, as_float, missing, public_name
from misstep.scalars import FloatArray, Scalar

TORCH_TOLERANCE: Mapping[Dtype, float] = MappingProxyType({"float64": 1e-14, "float32": 1e-5})
"""Bound for the `deviation` of torch's Adam from the reference: torch 2.13 reached 2.1e-15 and 1.1e-6."""


@dataclass(frozen=True)
class TorchOptimizer(Adapter):
    """A `torch.optim.Optimizer` on one CPU parameter.

    Args:
        factory: Maps the list of parameters to an optimizer whose `step()` needs no closure.
        dtype: `"float64"` or `"float32"`.
    """

    tolerances: ClassVar[Mapping[Dtype, float]] = TORCH_TOLERANCE

    factory: Callable[[list[Any]], Any]

    def start(self, x0: FloatArray) -> Started:
        """A fresh optimizer on a parameter of value x0.

        Raises:
            MissingDependency: torch is not installed.
        """
        torch = _torch()
        parameter = torch.nn.Parameter(torch.from_numpy(np.array(x0)))
        optimizer = self.factory([parameter])

        def step(g: FloatArray) -> FloatArray:
            # Copies both ways: optimizers may write into the gradient, and do write into the parameter.
            parameter.grad = torch.from_numpy(np.array(g))
            optimizer.step()
            moved: FloatArray = parameter.detach().numpy().copy()
            return moved

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
    _torch()
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
    return torch_optimizer(lambda parameters: _torch().optim.Adam(parameters, **options), dtype=dtype)


def _torch() -> Any:
    try:
        import torch
    except ImportError as error:
        raise missing("torch", "torch", error) from error
    return torch
