"""Studies and equations drawn at random to find a false answer."""
