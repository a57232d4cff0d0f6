"""How a torch optimizer is stepped: shared by the adapters of the libraries that are built on torch."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from misstep.adapters.base import NeedsTheFunction, missing
from misstep.adapters.oracle import Oracle
from misstep.scalars import FloatArray


def begin(
    make: Callable[[Any], Any], x0: FloatArray, oracle: Oracle | None
) -> tuple[Any, Callable[[FloatArray], FloatArray]]:
    """A fresh optimizer on one CPU parameter, and its step.

    The step gives what the optimizer asks for: the gradient; a closure, if `step` demands one, that returns f and sets
    the gradient wherever the parameter then is; gradients that can be differentiated once more, for methods that
    estimate the Hessian; sparse gradients; a loss for `fused_backward`. Methods with a `train()` mode are put in it.

    Args:
        make: Maps a `torch.nn.Module` whose only parameter is `weight` to an optimizer of that parameter.
        x0: Value of the parameter.
        oracle: The function; `None` if only gradients are known.

    Returns:
        The optimizer, and the map from g_k to x_{k+1}.
    """
    torch = import_torch()

    class Carrier(torch.nn.Module):  # type: ignore[misc, name-defined]
        """A model of one parameter and no layers."""

        def __init__(self) -> None:
            super().__init__()
            self.weight = torch.nn.Parameter(torch.from_numpy(np.array(x0)))

    module = Carrier()
    parameter = module.weight
    optimizer = make(module)
    name = type(optimizer).__name__
    if callable(getattr(optimizer, "train", None)):
        optimizer.train()
    value, gradient = _differentiable(torch, oracle)
    wants_closure, wants_graph, wants_sparse = _demands_closure(optimizer), False, False

    def closure() -> Any:
        if oracle is None:
            raise NeedsTheFunction(name)
        with torch.enable_grad():
            if wants_graph:
                parameter.grad = gradient(parameter, None)
            else:
                parameter.grad = torch.from_numpy(np.array(oracle.gradient(parameter.detach().numpy().copy())))
            return value(parameter)

    def advance(g: FloatArray) -> None:
        # Copies both ways: optimizers may write into the gradient, and do write into the parameter.
        parameter.grad = gradient(parameter, g) if wants_graph else torch.from_numpy(np.array(g))
        if wants_sparse:
            parameter.grad = parameter.grad.to_sparse()
        if wants_closure:
            if oracle is None:
                raise NeedsTheFunction(name)
            optimizer.step(closure)
        elif callable(getattr(optimizer, "fused_backward", None)):
            # Methods that update within backward: a loss that is linear in x has the gradient g.
            constant, parameter.grad = parameter.grad, None
            optimizer.fused_backward((parameter * constant).sum(), optimizer.lr)
        else:
            optimizer.step()

    def step(g: FloatArray) -> FloatArray:
        nonlocal wants_closure, wants_graph, wants_sparse
        while True:
            try:
                advance(g)
            except Exception as error:
                # Optimizers say what they miss before they touch anything; each wish is granted once.
                complaint = f"{type(error).__name__} {error}".lower()
                if "closure" in complaint and not wants_closure:
                    wants_closure = True
                elif ("create_graph" in complaint or "grad_fn" in complaint) and not wants_graph:
                    wants_graph = True
                elif "dense gradients" in complaint and not wants_sparse:
                    wants_sparse = True
                else:
                    raise
            else:
                break
        moved: FloatArray = parameter.detach().numpy().copy()
        return moved

    return optimizer, step


def _demands_closure(optimizer: Any) -> bool:
    """Whether `step` has a closure among its arguments and no default for it."""
    # Instances wrap `step` for their hooks; the class's own function has the signature.
    parameters = inspect.signature(type(optimizer).step).parameters.values()
    return any(p.name == "closure" and p.default is p.empty for p in parameters)


def _differentiable(torch: Any, oracle: Oracle | None) -> tuple[Callable[[Any], Any], Callable[[Any, Any], Any]]:
    """f and f' as torch functions of the parameter: f differentiable twice, f' once, by the oracle."""

    class Gradient(torch.autograd.Function):  # type: ignore[misc]
        @staticmethod
        def forward(ctx: Any, x: Any, g: Any) -> Any:
            ctx.save_for_backward(x)
            return g.clone()

        @staticmethod
        def backward(ctx: Any, z: Any) -> Any:
            (x,) = ctx.saved_tensors
            if oracle is None:  # a stream of gradients: nothing depends on x
                return torch.zeros_like(x), None
            product = oracle.hessian_vector(x.detach().numpy().copy(), z.detach().numpy().copy())
            return torch.from_numpy(product), None

    def gradient(x: Any, g: FloatArray | None) -> Any:
        if g is None:
            assert oracle is not None
            g = oracle.gradient(x.detach().numpy().copy())
        return Gradient.apply(x, torch.from_numpy(np.array(g)))

    class Value(torch.autograd.Function):  # type: ignore[misc]
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            assert oracle is not None
            ctx.save_for_backward(x)
            return torch.tensor(oracle.value(x.detach().numpy().copy()), dtype=x.dtype)

        @staticmethod
        def backward(ctx: Any, z: Any) -> Any:
            (x,) = ctx.saved_tensors
            return z * gradient(x, None)

    return Value.apply, gradient


def import_torch() -> Any:
    """The module `torch`.

    Raises:
        MissingDependency: it is not installed.
    """
    try:
        import torch
    except ImportError as error:
        raise missing("torch", "torch", error) from error
    return torch
