"""From gradients decided in advance to the functions that produce them."""
