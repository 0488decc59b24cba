"""Certificates of roots checked without the solver that made them."""
