"""The seed paper reproduced: each claim, experiment and open question an executable row."""
