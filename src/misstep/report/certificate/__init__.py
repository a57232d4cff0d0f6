"""A certificate as a mathematician writes it: definitions, a theorem and its proof, as text, LaTeX and HTML."""
