"""The seed paper reproduced: each claim, experiment and open question an executable row."""

from misstep.reproduce.reproduction import STATEMENTS, Reproduction, reproduce, stepsize
from misstep.reproduce.row import Finding, Part, Row, Setting, Statement, Verdict

__all__ = [
    "STATEMENTS",
    "Finding",
    "Part",
    "Reproduction",
    "Row",
    "Setting",
    "Statement",
    "Verdict",
    "reproduce",
    "stepsize",
]
