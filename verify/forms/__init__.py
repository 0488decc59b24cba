"""Closed forms as they are printed, in every alphabet."""
