"""From gradients decided in advance to the functions that produce them."""

from misstep.constructions.jets import Jet, largest_next_slope, smallest_lipschitz_constant
from misstep.constructions.vanishing_gradient import VanishingGradient, vanishing_gradient

__all__ = ["Jet", "VanishingGradient", "largest_next_slope", "smallest_lipschitz_constant", "vanishing_gradient"]
