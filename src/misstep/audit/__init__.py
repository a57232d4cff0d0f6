"""Whole libraries of optimizers, one row each: how each fails, at what smoothness, or why it could not be run."""

from misstep.audit.audit import Audit, audit
from misstep.audit.entry import CLASSES, Entry, examine
from misstep.audit.specs import audited
from misstep.counterexamples.robust import Robustness

__all__ = ["CLASSES", "Audit", "Entry", "Robustness", "audit", "audited", "examine"]
