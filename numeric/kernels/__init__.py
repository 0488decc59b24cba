"""Fast functions on arrays, printed from the expressions of claims."""
