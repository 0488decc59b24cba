"""How many examples a dear property test draws: few in `make test`, many in `make verify`."""

from __future__ import annotations

import os


def examples(test: int, verify: int) -> int:
    """``test``, or ``verify`` under the Hypothesis profile of `make verify`."""
    return verify if os.environ.get("HYPOTHESIS_PROFILE") == "verify" else test
