"""Linear models of one mode: what the claims say once a law, a scheme and numbers are put in."""
