"""Stage: proofs ahead. Input: ids of claims. Output: their verdicts by algebra, from a second process meanwhile.

Algebra keeps one processor busy and needs nothing that the rest of a report finds. Where no earlier process has kept
the checks of these sources (verify/kept_checks.py), a second process makes them while the first one predicts,
simulates and draws; whatever it has not begun when it is wanted, the first one does itself.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from typing import Any

from derive.claims import CLAIMS
from numeric.running.processes import LoneContext
from verify.identities import identity_verdict
from verify.kept_checks import kept_file, key_of, known_check, learn
from verify.verdict import Verdict

Prove = Callable[[str], Verdict]
Found = dict[str, dict[str, Any]]
FEW = 24
"""As many claims as are proven while a process starts."""


def identity(claim_id: str) -> Verdict:
    """The derivation of a claim checked step by step, and every step made wrong on purpose refused."""
    claim = CLAIMS[claim_id]
    return identity_verdict(claim_id, "", claim.statement, claim.derived)


@contextmanager
def proving_ahead(claim_ids: Iterable[str]) -> Iterator[Prove]:
    """What proves a claim, with another process at work on ``claim_ids`` from their first on, where that saves time."""
    claims = list(dict.fromkeys(claim_ids))
    if len(claims) < FEW or not _unkept() or (os.cpu_count() or 1) < 2:
        yield identity
        return
    with ProcessPoolExecutor(1, mp_context=LoneContext()) as pool:
        begun = {claim: pool.submit(_with_checks, claim) for claim in claims}
        try:
            yield lambda claim: _taken(begun, claim)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _with_checks(claim_id: str) -> tuple[Verdict, Found]:
    """The verdict, and what was found of each step, right or made wrong on purpose."""
    derived = CLAIMS[claim_id].derived
    verdict = identity(claim_id)
    keys = (key_of(one, 0, derived.domain) for step in derived.steps for one in (step, step.perturbed()))
    return verdict, {key: found for key in keys if key and (found := known_check(key)) is not None}


def steps_checked(claim_id: str) -> Found:
    """What is found of each step of a claim's derivation, for another process to know (``kept_checks.learn``)."""
    return _with_checks(claim_id)[1]


def _taken(begun: dict[str, Future[tuple[Verdict, Found]]], claim: str) -> Verdict:
    """The verdict of the other process, unless it has yet to begin with it."""
    future = begun.get(claim)
    if future is None or future.cancelled() or future.cancel():
        return identity(claim)
    verdict, checks = future.result()
    learn(checks)
    return verdict


def _unkept() -> bool:
    file = kept_file()
    return file is not None and not file.exists()
