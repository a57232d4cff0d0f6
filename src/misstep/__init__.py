"""misstep finds, proves and watches for the functions on which an optimizer fails.

>>> import misstep
>>> f = misstep.cubic("1/10")                                   # Toint's function: f' is 60-Lipschitz
>>> adam = misstep.Adam(learning_rate="1/10", eps=0)
>>> trajectory = misstep.run(f, adam, "0", 20)                  # a string is exact: rational arithmetic
>>> trajectory.x[-1], trajectory.g[-1]
(2, -1)
"""

from typing import TYPE_CHECKING, Any

from misstep._version import __version__
from misstep.errors import InexactNumber, InvalidInput, IrrationalResult, MissingDependency, MisstepError
from misstep.surd import Surd, surd

if TYPE_CHECKING:
    from misstep.certificates import check
    from misstep.counterexamples import Construction, Failure
    from misstep.counterexamples.construct import construct
    from misstep.functions import (
        FAMILIES,
        FiniteSum,
        Function,
        LineFunction,
        PiecewisePolynomial,
        PiecewiseQuadratic,
        RidgeSum,
        coupled,
        cubic,
        family,
        lessard_recht_packard,
        plateau,
        quadratic,
        rotated,
        separable,
        sine,
        smooth_plateau,
        spline,
        zhang,
    )
    from misstep.optimizers import (
        ADAM_DIALECTS,
        AdaBelief,
        AdaGrad,
        Adam,
        Adamax,
        FromFunction,
        GradientDescent,
        HeavyBall,
        InversePower,
        Lion,
        NAdam,
        Nesterov,
        Optimizer,
        RAdam,
        RMSprop,
        RoundedMoments,
        Schedule,
        SignDescent,
        adam_dialect,
    )
    from misstep.proofs import Certificate, NotProved
    from misstep.proofs.prove import prove
    from misstep.scalars import (
        NumberKind,
        ball,
        certainly_less,
        compare,
        exact,
        exact_from_float,
        possibly_less,
        precision,
        symbols,
    )
    from misstep.sweeps.spec import SweepSpec
    from misstep.sweeps.sweep import sweep
    from misstep.trajectory import Diagnosis, Outcome, Trajectory, diagnose, iterate, run

__all__ = [
    "ADAM_DIALECTS",
    "FAMILIES",
    "AdaBelief",
    "AdaGrad",
    "Adam",
    "Adamax",
    "Certificate",
    "Construction",
    "Diagnosis",
    "Failure",
    "FiniteSum",
    "FromFunction",
    "Function",
    "GradientDescent",
    "HeavyBall",
    "InexactNumber",
    "InvalidInput",
    "InversePower",
    "IrrationalResult",
    "LineFunction",
    "Lion",
    "MissingDependency",
    "MisstepError",
    "NAdam",
    "Nesterov",
    "NotProved",
    "NumberKind",
    "Optimizer",
    "Outcome",
    "PiecewisePolynomial",
    "PiecewiseQuadratic",
    "RAdam",
    "RMSprop",
    "RidgeSum",
    "RoundedMoments",
    "Schedule",
    "SignDescent",
    "Surd",
    "SweepSpec",
    "Trajectory",
    "__version__",
    "adam_dialect",
    "ball",
    "certainly_less",
    "check",
    "compare",
    "construct",
    "coupled",
    "cubic",
    "diagnose",
    "exact",
    "exact_from_float",
    "family",
    "iterate",
    "lessard_recht_packard",
    "plateau",
    "possibly_less",
    "precision",
    "prove",
    "quadratic",
    "rotated",
    "run",
    "separable",
    "sine",
    "smooth_plateau",
    "spline",
    "surd",
    "sweep",
    "symbols",
    "zhang",
]

_NAMES = {
    "functions": "FAMILIES FiniteSum Function LineFunction PiecewisePolynomial PiecewiseQuadratic RidgeSum coupled "
    "cubic family lessard_recht_packard plateau quadratic rotated separable sine smooth_plateau spline zhang",
    "optimizers": "ADAM_DIALECTS AdaBelief AdaGrad Adam Adamax FromFunction GradientDescent HeavyBall InversePower "
    "Lion NAdam Nesterov Optimizer RAdam RMSprop RoundedMoments Schedule SignDescent "
    "adam_dialect",
    "scalars": "NumberKind ball certainly_less compare exact exact_from_float possibly_less precision symbols",
    "trajectory": "Diagnosis Outcome Trajectory diagnose iterate run",
    "certificates": "check",
    "counterexamples": "Construction Failure construct",
    "proofs": "Certificate NotProved prove",
    "sweeps.spec": "SweepSpec",
    "sweeps.sweep": "sweep",
}
"""Modules that are imported when one of their names is first used: `misstep check` needs none of numpy.

`surd` is not among them: importing the module of that name would put it in the place of the function.
"""
_MODULE_OF = {name: module for module, names in _NAMES.items() for name in names.split()}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name in _NAMES:
        return import_module(f"misstep.{name}")
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'misstep' has no attribute {name!r}")
    module = import_module(f"misstep.{_MODULE_OF[name]}")
    for sibling in _NAMES[_MODULE_OF[name]].split():
        globals()[sibling] = getattr(module, sibling)
    return globals()[name]


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, *(name for name in _NAMES if "." not in name)})
