"""Stage: replayed compute times. Input: where a trace begins in the table. Output: lines that find a worker's row.

A worker walks through the rows of its trace in their recorded order and around, from a row of its own: the
autocorrelation of its compute times is that of the trace, around its end. The row is drawn uniformly where a worker's
first cycle begins, so that in every cycle each row is as likely as any; a stationary start meets the worker in a row
with probability proportional to the cycle that it makes.
"""

from __future__ import annotations

from numeric.event_loop.features import shift
from numeric.event_loop.remembering import remembering


def any_row(first: int) -> list[str]:
    """The lines that leave any row in ``row[i]``; the trace's first row and its length are the parameters ``first`` on.

    Example: ``any_row(2) == ["row[i] = int(p2) + int(p3 * rng.random())"]``.
    """
    return [f"row[i] = int(p{first}) + int(p{first + 1} * rng.random())"]


def next_row(first: int) -> list[str]:
    """The lines that lead worker i to its next row, or to any if it has none yet.

    Example: ``next_row(2)[0] == "if row[i] < 0:"``.
    """
    on = f"row[i] = row[i] + 1 if row[i] + 1 < int(p{first} + p{first + 1}) else int(p{first})"
    return ["if row[i] < 0:", *shift(any_row(first)), "else:", f"    {on}"]


def replayed(text: str) -> str:
    """The text of a loop whose cycles are drawn one by one, with workers that know the row they have come to."""
    return remembering(text, "row = np.full(workers, -1)", "row")
