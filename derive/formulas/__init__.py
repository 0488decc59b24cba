"""Stage: formulas. Input: SymPy expressions. Output: how they read, as LaTeX, MathML and plain text."""
