"""Stage: schemes. Input: worker count and options. Output: the registry of update rules by their name in a study."""

from __future__ import annotations

from derive.scheme import Scheme
from derive.schemes.asynchronous import Asynchronous

SCHEMES: dict[str, type[Scheme]] = {scheme.rule: scheme for scheme in (Asynchronous,)}

__all__ = ["SCHEMES", "Asynchronous"]
