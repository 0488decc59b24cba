"""Policies: the best setting of a range, proven by branch and bound over certified roots."""
