"""Optimizers of the library pytorch_optimizer, each given its parameter in the form that it documents."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from types import MappingProxyType
from typing import Any, ClassVar

from misstep.adapters.base import Adapter, Started, missing
from misstep.adapters.observation import Dtype
from misstep.adapters.oracle import Oracle
from misstep.adapters.torch_stepping import begin, import_torch
from misstep.scalars import FloatArray

GROUPED = frozenset({"AdaGO", "AdaMuon", "DistributedMuon", "Muon", "MuonClip", "NorMuon"})
"""Classes that take parameter groups with the flag `use_muon`; they are given a matrix, for which it is on."""

MATRICES = GROUPED | {"SpectralSphere"}
"""Classes that are made for matrices: their parameter has two axes at least."""


@dataclass(frozen=True)
class PytorchOptimizer(Adapter):
    """An optimizer of pytorch_optimizer, on one CPU parameter of at least one axis.

    Args:
        factory: Maps a `torch.nn.Module` whose only parameter is `weight` to an optimizer.
        dtype: `"float64"` or `"float32"`.
        parameter_shape: As in `Adapter`.
        least_ndim: As in `Adapter`.
        seed: As in `Adapter`.
    """

    tolerances: ClassVar[Mapping[Dtype, float]] = MappingProxyType({"float64": 1e-14, "float32": 1e-5})

    factory: Callable[[Any], Any]

    def start(self, x0: FloatArray, oracle: Oracle | None = None) -> Started:
        """A fresh optimizer on a parameter of value x0.

        Raises:
            InvalidInput: it needs the function and there is none.
            MissingDependency: torch or pytorch_optimizer is not installed.
        """
        import_pytorch_optimizer()
        optimizer, step = begin(self.factory, x0, oracle)
        group = {name: repr(value) for name, value in optimizer.param_groups[0].items() if name != "params"}
        versions = f"{version('pytorch_optimizer')} (torch {import_torch().__version__})"
        return Started(step, f"pytorch_optimizer.{type(optimizer).__name__}", versions, MappingProxyType(group))


def pytorch_optimizer(
    cls: Callable[..., Any],
    options: Mapping[str, Any] = MappingProxyType({}),
    *,
    dtype: Dtype = "float64",
    parameter_shape: tuple[int, ...] | None = None,
    seed: int = 0,
) -> PytorchOptimizer:
    """An adapter for a class of pytorch_optimizer.

    What the class takes first is read from its signature: parameters, or a model. State dtypes that it leaves at
    float32 follow the run's dtype, as its float64 step fails otherwise.

    Args:
        cls: Such as `pytorch_optimizer.Lion`.
        options: Its arguments.
        dtype: `"float64"` or `"float32"`.
        parameter_shape: As in `Adapter`.
        seed: As in `Adapter`.

    Raises:
        InvalidInput: dtype is neither.
        MissingDependency: torch or pytorch_optimizer is not installed.
    """
    import_pytorch_optimizer()
    torch, name = import_torch(), cls.__name__
    signature = inspect.signature(cls).parameters
    dtypes = {key: getattr(torch, dtype) for key, p in signature.items() if isinstance(p.default, torch.dtype)}
    arguments = dtypes | dict(options)
    takes_model = next(iter(signature), "") == "model"

    def factory(module: Any) -> Any:
        if takes_model:
            return cls(module, **arguments)
        if name in GROUPED:
            group: dict[str, Any] = {"params": list(module.parameters()), "use_muon": module.weight.ndim >= 2}
            return cls([group], **arguments)
        return cls(list(module.parameters()), **arguments)

    least_ndim = 2 if name in MATRICES else 1
    return PytorchOptimizer(factory, dtype=dtype, parameter_shape=parameter_shape, least_ndim=least_ndim, seed=seed)


def import_pytorch_optimizer() -> Any:
    """The module `pytorch_optimizer`.

    Raises:
        MissingDependency: it is not installed.
    """
    import_torch()
    try:
        import pytorch_optimizer
    except ImportError as error:
        raise missing("pytorch_optimizer", "pytorch-optimizer", error) from error
    return pytorch_optimizer
