"""Stage: fingerprints. Input: an expression and its domain. Output: the hash that every form of it bears.

    expression, domain -> SHA-256 -> LaTeX, kernel, source code, ball, prediction

Two forms with the same hash say the same thing; a changed expression changes all of them.
"""

from __future__ import annotations

import hashlib

import sympy as sp


def fingerprint(expression: sp.Basic, domain: sp.Basic = sp.true) -> str:
    """Return the SHA-256 of an expression and its domain as 64 hexadecimal digits.

    ``expression`` is any SymPy object, ``domain`` what must hold for its symbols; their structure counts, not their
    value.

    Example: ``len(fingerprint(y.damping)) == 64``.
    """
    return hashlib.sha256(f"{sp.srepr(expression)}\n{sp.srepr(domain)}".encode()).hexdigest()
