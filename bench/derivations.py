"""What is derived, how it is proven, how long that takes: ``python bench/derivations.py``, in a fresh process.

Every claim is derived from nothing, then every distinct step checked by its second route: by algebra where SymPy finds
zero, else in balls at random exact points of its domain.
"""

from __future__ import annotations

import time
from collections import Counter

from derive.claims import CLAIMS
from derive.integer_laws import INTEGER_LAWS
from derive.laws import LAWS
from verify.identities import check_step


def main() -> None:
    """Print the counts and the times."""
    start = time.perf_counter()
    derived = [claim.derived for claim in CLAIMS.values()]
    between = time.perf_counter()
    steps = {(step.rule, step.inputs, step.output, one.domain): step for one in derived for step in one.steps}
    how, by_balls = Counter[str](), Counter[str]()
    for (*_, domain), step in steps.items():
        check = check_step(step, domain=domain)
        kind = "not proven" if not check.passed else "algebra" if "algebra" in check.detail else "enclosure"
        how[kind] += 1
        by_balls[type(step.rule).__name__] += kind == "enclosure"
    print(f"{len(LAWS)} laws of a duration, {len(INTEGER_LAWS)} of a staleness, {len(CLAIMS)} claims")
    print(f"{sum(len(one.steps) for one in derived)} steps, {len(steps)} of them distinct: {dict(how)}")
    print(f"by enclosure: {', '.join(sorted(name for name, count in by_balls.items() if count))}")
    print(f"derived in {between - start:.1f} s, checked in {time.perf_counter() - between:.1f} s")


if __name__ == "__main__":
    main()
