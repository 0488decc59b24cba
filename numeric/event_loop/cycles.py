"""Stage: cycles as source. Input: a system's laws. Output: Python statements that draw one worker's next cycle.

Workers that are all alike need one draw; of several classes the worker's index tells which: class after class, in
the order of the indices. A cycle is downlink + compute + uplink, each a draw of its own.
"""

from __future__ import annotations

import re
from itertools import accumulate

from numeric.event_loop.draw_printer import PrintedDraw, print_draw
from numeric.event_loop.features import shift
from numeric.event_loop.system import System, WorkerClass


def print_cycle(system: System) -> PrintedDraw:
    """The draw of one cycle of worker ``i``; classes are told apart by indices that follow the laws' parameters.

    Example: ``print_cycle(System(4, DrawRecipe(standard_exponential), 0.1, (1.0,), (1.0,))).result == "d0"``.
    """
    if not system.classes:
        return print_draw(system.draw)
    whole = PrintedDraw((), "cycle", (), ())
    printed = []
    for one in system.classes:
        lines, whole = _class(one, whole)
        printed.append(lines)
    bounds = list(accumulate(one.count for one in system.classes))[:-1]
    if not bounds:
        return PrintedDraw(tuple(printed[0]), "cycle", whole.parameters, whole.table)
    first = len(whole.parameters)
    heads = [f"{'el' if k else ''}if i < p{first + k}:" for k in range(len(bounds))] + ["else:"]
    body = [line for head, lines in zip(heads, printed, strict=True) for line in (head, *shift(lines))]
    return PrintedDraw(tuple(body), "cycle", (*whole.parameters, *map(float, bounds)), whole.table)


def _class(one: WorkerClass, before: PrintedDraw) -> tuple[list[str], PrintedDraw]:
    """The lines of one class, their parameters and table entries behind those of the classes before."""
    lines: list[str] = []
    results = []
    parameters, table = before.parameters, before.table
    for leg, recipe in enumerate(one.legs):
        draw = print_draw(recipe)
        names = {"p": len(parameters), "entry": len(table), "leg": leg}
        lines += [_moved(line, names) for line in draw.lines]
        results.append(_moved(draw.result, names))
        parameters, table = parameters + draw.parameters, table + draw.table
    return [*lines, f"cycle = {' + '.join(results)}"], PrintedDraw((), "cycle", parameters, table)


def _moved(line: str, names: dict[str, int]) -> str:
    line = re.sub(r"\bp(\d+)\b", lambda found: f"p{int(found[1]) + names['p']}", line)
    line = re.sub(r"\bd(\d+)\b", lambda found: f"d{names['leg']}_{found[1]}", line)
    return line.replace("table[", f"table[{names['entry']} + " if names["entry"] else "table[")
