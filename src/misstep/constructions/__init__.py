"""From gradients decided in advance to the functions that produce them."""

from misstep.constructions.constant_gradient import has_constant_gradient
from misstep.constructions.jets import Jet, largest_next_slope, smallest_lipschitz_constant
from misstep.constructions.line import Infeasible, LineJets, smoothest
from misstep.constructions.many_jets import BestValues, best_values, smoothest_interpolant, tightest_pair
from misstep.constructions.periodic_jets import jets_through, least_constant
from misstep.constructions.periodic_regime import LinearRegime, PeriodicRegime, linear_regime, periodic_regime
from misstep.constructions.plateaus import plateaus
from misstep.constructions.real_words import RealWordSearch, search_real_words
from misstep.constructions.roots_of_unity import (
    RootsOfUnityConstant,
    RootsOfUnityCycle,
    has_roots_of_unity_cycle,
    least_roots_of_unity_constant,
    roots_of_unity_cycle,
)
from misstep.constructions.stability import Stability, stability
from misstep.constructions.through import cubic_through, quintic_through, spline_through
from misstep.constructions.vanishing_gradient import VanishingGradient, vanishing_gradient
from misstep.constructions.words import (
    WordFailure,
    WordSearch,
    function_of_word,
    least_constant_of_gradients,
    least_constant_of_word,
    search_words,
    words_up_to_symmetry,
)

__all__ = [
    "BestValues",
    "Infeasible",
    "Jet",
    "LineJets",
    "LinearRegime",
    "PeriodicRegime",
    "RealWordSearch",
    "RootsOfUnityConstant",
    "RootsOfUnityCycle",
    "Stability",
    "VanishingGradient",
    "WordFailure",
    "WordSearch",
    "best_values",
    "cubic_through",
    "function_of_word",
    "has_constant_gradient",
    "has_roots_of_unity_cycle",
    "jets_through",
    "largest_next_slope",
    "least_constant",
    "least_constant_of_gradients",
    "least_constant_of_word",
    "least_roots_of_unity_constant",
    "linear_regime",
    "periodic_regime",
    "plateaus",
    "quintic_through",
    "roots_of_unity_cycle",
    "search_real_words",
    "search_words",
    "smallest_lipschitz_constant",
    "smoothest",
    "smoothest_interpolant",
    "spline_through",
    "stability",
    "tightest_pair",
    "vanishing_gradient",
    "words_up_to_symmetry",
]
