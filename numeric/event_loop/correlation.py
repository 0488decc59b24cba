"""Stage: dependent compute times. Input: a printed compute time. Output: lines that draw a worker's next one.

A worker's compute times are a discrete autoregression (Jacobs and Lewis, 1978): with probability ``cycles`` the next
one is the last one again, else it is a new draw, so that their autocorrelation at lag n is cycles^n. A new draw is,
with probability sqrt(common), the one that all workers of its class share in this round, which is as many cycles
begun as the class has workers; two new draws of a round then have the correlation ``common``. Whatever is drawn comes
from the law and is chosen without looking at it: the marginal law stays exact, whatever the law.
"""

from __future__ import annotations

from numeric.event_loop.features import shift
from numeric.event_loop.remembering import remembering
from numeric.event_loop.system import Correlation


def next_compute(drawn: list[str], correlation: Correlation, number: int, first: int) -> list[str]:
    """The lines that leave worker i's next compute time in ``kept[i]``; ``drawn`` leave a new one there.

    ``number`` counts the classes, the parameters start at ``first``. A worker that has no last time draws anew.
    """
    value, known, begun = (f"shared[{number}, {k}]" for k in range(3))
    if correlation.common > 0:
        drawn = [
            f"together = rng.random() < p{first + 1}",
            f"if together and {known} > 0.0:",
            f"    kept[i] = {value}",
            *("else:", *shift(drawn)),
            "if together:",
            f"    {value} = kept[i]; {known} = 1.0",
        ]
    lines = [f"if kept[i] < 0.0 or rng.random() >= p{first}:", *shift(drawn)]
    if correlation.common == 0:
        return lines
    return [*lines, f"{begun} += 1.0", f"if {begun} == p{first + 2 + number}:", f"    {known} = 0.0; {begun} = 0.0"]


def correlated(text: str, classes: int) -> str:
    """The text of a loop whose cycles are drawn one by one, with a function that draws the next one of a worker.

    First cycles are independent unless all begin together; of a stationary one the compute time is kept.
    """
    return remembering(text, f"kept = np.full(workers, -1.0); shared = np.zeros(({classes}, 3))", "kept", ", shared")
