"""Certificates that an optimizer fails, and the fast one of their two checkers.

What a certificate means, and when it is accepted, is defined in `docs/reference/certificate-format.md`. Nothing here
uses the optimizers, functions and constructions of misstep.
"""

from misstep.certificates.check import check, check_bytes, read_checked, sentence_of
from misstep.certificates.verdict import Checked, Verdict

__all__ = ["Checked", "Verdict", "check", "check_bytes", "read_checked", "sentence_of"]
