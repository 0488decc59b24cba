"""Quantities other than roots, each with a proven error: integrals, renewals, moments, distances."""
