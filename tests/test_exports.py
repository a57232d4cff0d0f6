"""The public names, pinned: adding or removing one is a decision that a reader sees."""

from __future__ import annotations

import inspect

import pytest

import misstep

EXPORTED = [
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


def test_the_public_names_are_these() -> None:
    assert sorted(misstep.__all__) == sorted(EXPORTED)
    assert len(set(misstep.__all__)) == len(misstep.__all__)


@pytest.mark.parametrize("name", EXPORTED)
def test_every_public_name_resolves_and_says_what_it_is(name: str) -> None:
    thing = getattr(misstep, name)
    if inspect.isclass(thing) or inspect.isroutine(thing):
        assert inspect.getdoc(thing)
        assert (thing.__doc__ or "").strip(), f"{name} inherits its docstring"


@pytest.mark.parametrize("name", EXPORTED)
def test_every_public_method_says_what_it_does(name: str) -> None:
    thing = getattr(misstep, name)
    if inspect.isclass(thing):
        for attribute, member in vars(thing).items():
            if not attribute.startswith("_") and (inspect.isfunction(member) or isinstance(member, property)):
                assert (member.__doc__ or "").strip(), f"{name}.{attribute} has no docstring"


@pytest.mark.parametrize("area", ["exports", "functions", "optimizers", "scalars", "trajectory"])
def test_an_areas_export_list_resolves(area: str) -> None:
    module = __import__(f"misstep.{area}", fromlist=["x"])
    assert module.__doc__
    for name in getattr(module, "__all__", ()):
        assert hasattr(module, name)


def test_the_error_tree_is_what_the_documentation_draws() -> None:
    assert issubclass(misstep.InvalidInput, (misstep.MisstepError, ValueError))
    assert issubclass(misstep.InexactNumber, misstep.InvalidInput)
    assert issubclass(misstep.InexactNumber, TypeError)
    assert issubclass(misstep.IrrationalResult, ArithmeticError)
    assert issubclass(misstep.MissingDependency, ImportError)
