"""Wrong formulas and wrong simulators, made on purpose, and how many of them are noticed."""
