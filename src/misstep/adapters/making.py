"""How an optimizer is made and given to its adapter: by a class, a function, or a factory."""

from __future__ import annotations

import difflib
import inspect
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from types import MappingProxyType
from typing import Any

import numpy as np

from misstep.adapters.base import Adapter, NeedsTheFunction, condensed
from misstep.adapters.callables import PairOptimizer
from misstep.adapters.keras import KerasOptimizer, import_keras
from misstep.adapters.observation import Dtype
from misstep.adapters.optax import OptaxOptimizer, import_optax
from misstep.adapters.pytorch_optimizer import pytorch_optimizer
from misstep.adapters.reference import ReferenceOptimizer
from misstep.adapters.seeding import seeded
from misstep.adapters.torch import TorchOptimizer
from misstep.errors import InvalidInput, MisstepError
from misstep.optimizers import Optimizer

RATES = frozenset({"learning_rate", "lr", "max_learning_rate", "max_lr"})
"""Arguments that must be positive, whatever the library would take."""

LEAST_NDIM: Mapping[str, int] = MappingProxyType(
    {
        "torch.optim.Muon": 2,
        "torch.optim.SparseAdam": 1,
        "keras.optimizers.Muon": 2,
        "optax.contrib.dpsgd": 1,
        "optax.contrib.galore": 2,
        "optax.contrib.muon": 2,
        "optax.sm3": 1,
    }
)
"""Least number of axes that a method is made for, where that is not 0."""


@dataclass(frozen=True)
class Options:
    """What every adapter takes."""

    dtype: Dtype
    parameter_shape: tuple[int, ...] | None
    seed: int

    def fields(self, name: str = "") -> dict[str, Any]:
        """As keyword arguments, for the optimizer `name`."""
        return {**asdict(self), "least_ndim": LEAST_NDIM.get(name, 0)}


def from_callable(
    made_by: Callable[..., Any], name: str, arguments: Mapping[str, Any], options: Options, *, library: str = ""
) -> Adapter:
    """The adapter of what the class or function `made_by` makes with `arguments`."""
    _check_rates(name, arguments)
    bases = inspect.getmro(made_by) if isinstance(made_by, type) else ()
    origin = {base.__module__.partition(".")[0] for base in bases}
    if "pytorch_optimizer" in origin or library == "pytorch_optimizer":
        return _checked_start(pytorch_optimizer(made_by, arguments, **asdict(options)), name, made_by)
    if any(base.__module__ == "torch.optim.optimizer" for base in bases):
        return _torch_class(made_by, name, arguments, options)
    if "keras" in origin:
        return _keras_factory(made_by, name, arguments, options)
    if _asks_for_parameters(made_by, arguments):
        return _checked_start(TorchOptimizer(partial(made_by, **arguments), **options.fields(name)), name, made_by)
    from_seed = _from_seed(made_by, name, arguments)
    with one_line(made_by, name), seeded(options.seed):
        made = made_by(**arguments) if from_seed is None else from_seed(options.seed)
    if isinstance(made, Adapter):
        return made
    if isinstance(made, Optimizer):
        return ReferenceOptimizer(made, **options.fields(name))
    if is_transformation(made):
        return from_transformation(made, name, _texts(made_by, arguments), options, from_seed)
    pair = made if isinstance(made, tuple) else (getattr(made, "init", None), getattr(made, "update", None))
    if len(pair) == 2 and all(map(callable, pair)):
        texts = {key: repr(value) for key, value in arguments.items()}
        return PairOptimizer(*pair, name=name, hyper_parameters=texts, **options.fields(name))
    if any(base.__module__.startswith("keras.") for base in type(made).__mro__):
        return _keras_factory(made_by, name, arguments, options)
    raise InvalidInput(
        f"{name} makes a {type(made).__name__}, which is no optimizer of torch, optax, Keras or misstep and no pair "
        "(init, update) of functions"
    )


def public_name(made_by: Callable[..., Any]) -> str:
    """The name under which users know a class or function: that of the specs, where its library exports it."""
    inner = getattr(made_by, "func", made_by)  # of a functools.partial
    module, name = str(getattr(inner, "__module__", "?")), getattr(inner, "__qualname__", type(inner).__name__)
    for prefix in ("torch.optim", "keras.optimizers", "optax.contrib", "optax", "pytorch_optimizer"):
        same_library = module.partition(".")[0] == prefix.partition(".")[0]
        if same_library and getattr(sys.modules.get(prefix), name, None) is inner:
            return f"{prefix}.{name}"
    return f"{module}.{name}"


def is_transformation(thing: Any) -> bool:
    """Whether `thing` is an optax transformation; optax is not imported to find out."""
    return any(base.__module__.startswith("optax.") for base in type(thing).__mro__) and hasattr(thing, "update")


def from_transformation(
    made: Any,
    name: str,
    texts: Mapping[str, str],
    options: Options,
    from_seed: Callable[[int], Any] | None = None,
) -> Adapter:
    """The adapter of an optax transformation."""
    import_optax()
    per_example = name in ("optax.contrib.dpsgd", "optax.contrib.differentially_private_aggregate")
    adapter = OptaxOptimizer(made, name, dict(texts), per_example, from_seed, **options.fields(name))
    return _checked_start(adapter, name)


def _torch_class(cls: Any, name: str, arguments: Mapping[str, Any], options: Options) -> Adapter:
    first = next(iter(inspect.signature(cls).parameters), "params")
    hand: Any = {"model": "model", "named_parameters": "named_parameters", "named_params": "named_parameters"}
    adapter = TorchOptimizer(partial(cls, **arguments), hand.get(first, "parameters"), **options.fields(name))
    return _checked_start(adapter, name, cls)


def _keras_factory(made_by: Any, name: str, arguments: Mapping[str, Any], options: Options) -> Adapter:
    import_keras()
    return _checked_start(KerasOptimizer(partial(made_by, **arguments), **options.fields(name)), name, made_by)


def _checked_start(adapter: Adapter, name: str, made_by: Any = None) -> Adapter:
    """`adapter`, after its constructor, that of `made_by`, was called once on a parameter of the least size."""
    shape = adapter.parameter_shape or (1,) * adapter.least_ndim
    with one_line(made_by, name), seeded(adapter.seed):
        adapter.start(np.zeros(shape, adapter.dtype))
    return adapter


def _asks_for_parameters(made_by: Any, arguments: Mapping[str, Any]) -> bool:
    """Whether a factory has one required argument left that is called as torch calls what is optimized."""
    try:
        signature = inspect.signature(made_by).parameters.values()
    except (TypeError, ValueError):
        return False
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    required = [p for p in signature if p.default is p.empty and p.kind in positional and p.name not in arguments]
    return len(required) == 1 and required[0].name in ("params", "parameters", "p", "ps")


def _from_seed(made_by: Any, name: str, arguments: Mapping[str, Any]) -> Callable[[int], Any] | None:
    """For an optax function that takes a `seed` or `key` and was given none: what it makes of the run's seed."""
    if not name.startswith("optax."):
        return None
    takes = [key for key in ("seed", "key") if key in inspect.signature(made_by).parameters]
    if not takes or any(key in arguments for key in takes):
        return None
    return lambda seed: made_by(**arguments, **{takes[0]: seed % 2**31})


def suggestion(name: str, names: Iterable[str]) -> str:
    """`: did you mean …?` with up to three names like `name`, whatever their case, or nothing."""
    by_key: dict[str, str] = {}
    for known in names:
        by_key.setdefault(known.lower(), known)
        by_key.setdefault(known.lower().rpartition(".")[2], known)
    close = difflib.get_close_matches(name.lower().rpartition(".")[2], by_key, n=3, cutoff=0.6)
    found = list(dict.fromkeys(by_key[key] for key in close))
    if not found:
        return ""
    return f": did you mean {' or '.join(filter(None, [', '.join(found[:-1]), found[-1]]))}?"


@contextmanager
def one_line(made_by: Any, name: str) -> Iterator[None]:
    """Turn what a constructor raises into one line; a name that it does not know gets near ones."""
    try:
        yield
    except NeedsTheFunction:
        return  # it was made, and only its step asks for more
    except MisstepError:
        raise
    except Exception as error:
        hint = ""
        if isinstance(error, (TypeError, ValueError)) and re.search(r"unexpected keyword|not recognized", str(error)):
            hint = _known_arguments(made_by, str(error))
        # Python 3.13 adds a hint of its own; one is enough.
        said = re.sub(r"\. Did you mean '\w+'\?$", "", condensed(error)) if hint else condensed(error)
        raise InvalidInput(f"{name}: {said}{hint}") from error


def _known_arguments(made_by: Any, complaint: str) -> str:
    """`: did you mean …?`, or else what `made_by` does take, for a complaint that quotes an argument."""
    try:
        known = [name for name in inspect.signature(made_by).parameters if name not in ("self", "params", "kwargs")]
    except (TypeError, ValueError):
        return ""
    quoted = re.search(r"'(\w+)'", complaint)
    near = suggestion(quoted[1], known) if quoted else ""
    return near or f" (it takes {', '.join(known[:12])}{', …' if len(known) > 12 else ''})"


def _check_rates(name: str, arguments: Mapping[str, Any]) -> None:
    for key in RATES & arguments.keys():
        value = arguments[key]
        if isinstance(value, (int, float)) and not (0 < value < float("inf")):
            raise InvalidInput(f"{name}: {key} = {value} must be positive and finite")


def _texts(made_by: Any, arguments: Mapping[str, Any]) -> dict[str, str]:
    """The arguments of a function and the defaults of those that were not given, as text."""
    try:
        bound = inspect.signature(made_by).bind_partial(**arguments)
    except (TypeError, ValueError):
        return {key: repr(value) for key, value in arguments.items()}
    bound.apply_defaults()
    return {key: repr(value) for key, value in bound.arguments.items()}
