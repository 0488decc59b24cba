"""Certified characteristic roots: candidates, winding numbers, proofs, certificates, critical parameters."""
