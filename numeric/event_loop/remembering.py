"""Stage: cycles that follow from earlier ones. Input: a loop's text. Output: the text whose workers remember something.

What a worker remembers is one entry of an array, negative while there is nothing: its last compute time, or the row of
a trace that it has come to. A draw of a cycle that depends on nothing leaves it there, too.
"""

from __future__ import annotations


def remembering(text: str, made: str, memory: str, beside: str = "") -> str:
    """The text of a loop whose cycles are drawn one by one, with a function that draws the next one of a worker.

    ``made`` makes the array ``memory`` and those ``beside`` it. First cycles depend on nothing unless all begin
    together; of a stationary one is remembered what it is met in.
    """
    first, run, loop = text.partition("def run(")
    following = f"next_cycle(rng, i, {memory}{beside}, "
    function = f"@njit(nogil=True)\ndef {following}table, PARAMETERS):\n#NEXT\n    return cycle\n\n\n"
    first = (
        first.replace("cycle[i] = draw_cycle(rng, i, ", f"cycle[i] = {following}")
        .replace("draw_cycle(rng, i, ", f"draw_cycle(rng, i, {memory}, ")
        .replace("@njit(nogil=True)\ndef first_cycles(", f"{function}@njit(nogil=True)\ndef first_cycles(")
        .replace("length = 0.0", f"length = 0.0; held = {memory}[i]")
        .replace("length = other", f"length = other; held = {memory}[i]")
        .replace("cycle[i] = length", f"cycle[i] = length; {memory}[i] = held")
        # A staggered start's phases are no cycles that another one could follow.
        .replace(f"{_WORKERS}        cycle[i] = (i", f"    {memory}[:] = -1\n{_WORKERS}        cycle[i] = (i")
    )
    loop = loop.replace("draw_cycle(rng, i, ", following)
    loop = loop.replace("    first, cycle = ", f"    {made}\n    first, cycle = ")
    return (first + run + loop).replace("first_cycles(rng, workers, ", f"first_cycles(rng, workers, {memory}{beside}, ")


_WORKERS = "    for i in range(workers):\n"
