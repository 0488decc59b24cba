"""Stage: cycles as source. Input: a system's laws. Output: Python statements that draw one worker's next cycle.

Workers that are all alike need one draw; of several classes the worker's index tells which: class after class, in the
order of the indices. A cycle is downlink + compute + uplink, each a draw of its own; compute times may depend on each
other, or come in a recorded order.
"""

from __future__ import annotations

import re
from itertools import accumulate

from numeric.event_loop.correlation import next_compute
from numeric.event_loop.draw_printer import PrintedDraw, print_draw
from numeric.event_loop.features import shift
from numeric.event_loop.replay import any_row, next_row
from numeric.event_loop.system import Correlation, System, WorkerClass


def print_cycle(system: System) -> PrintedDraw:
    """The draw of one cycle of worker ``i``; classes are told apart by indices that follow the laws' parameters.

    Example: ``print_cycle(System(4, DrawRecipe(standard_exponential), 0.1, (1.0,), (1.0,))).result == "d0"``.
    """
    if not system.classes and system.correlation is None:
        return print_draw(system.draw)
    classes = system.classes or (WorkerClass(system.workers, system.draw),)
    whole = PrintedDraw((), "cycle", (), ())
    printed, rows = [], []
    for one in classes:
        rows.append((len(whole.table) + (0 if one.downlink is None else len(one.downlink.table)), len(one.draw.table)))
        legs, whole = _legs(one, whole)
        printed.append(legs)
    bounds = list(accumulate(one.count for one in classes))[:-1]
    parameters, first = (*whole.parameters, *map(float, bounds)), len(whole.parameters)
    places = [0 if one.downlink is None else 1 for one in classes]
    if system.replays:
        return _replayed(classes, printed, rows, PrintedDraw((), "cycle", parameters, whole.table), first)
    if system.correlation is None:
        body = _branches([_cycle(legs) for legs in printed], first)
        return PrintedDraw(body, "cycle", parameters, whole.table)
    fresh = [_kept(legs, place) for legs, place in zip(printed, places, strict=True)]
    again = [
        _following(legs, place, system.correlation, number, len(parameters))
        for number, (legs, place) in enumerate(zip(printed, places, strict=True))
    ]
    parameters += (system.correlation.cycles, system.correlation.shares, *(float(one.count) for one in classes))
    independent, following = (_branches([_cycle(legs) for legs in listed], first) for listed in (fresh, again))
    return PrintedDraw(independent, "cycle", parameters, whole.table, following)


Leg = tuple[list[str], str]  # its lines, and the name of its duration


def _replayed(
    classes: tuple[WorkerClass, ...],
    printed: list[list[Leg]],
    rows: list[tuple[int, int]],
    whole: PrintedDraw,
    first: int,
) -> PrintedDraw:
    """The draw of one cycle of worker ``i`` where some classes replay their ``rows``: the first one and how many."""
    fresh: list[list[Leg]] = []
    again: list[list[Leg]] = []
    parameters = whole.parameters
    for one, legs, (start, count) in zip(classes, printed, rows, strict=True):
        place = 0 if one.downlink is None else 1
        for listed, lines in ((fresh, any_row), (again, next_row)):
            walked = (lines(len(parameters)), "table[row[i]]")
            listed.append([*legs[:place], walked, *legs[place + 1 :]] if one.replay else legs)
        parameters += (float(start), float(count)) if one.replay else ()
    anywhere, following = (_branches([_cycle(legs) for legs in listed], first) for listed in (fresh, again))
    return PrintedDraw(anywhere, "cycle", parameters, whole.table, following)


def _branches(bodies: list[list[str]], first: int) -> tuple[str, ...]:
    """One body for each class, told apart by the bounds of the indices, which are parameters from ``first`` on."""
    if len(bodies) == 1:
        return tuple(bodies[0])
    heads = [f"{'el' if k else ''}if i < p{first + k}:" for k in range(len(bodies) - 1)] + ["else:"]
    return tuple(line for head, lines in zip(heads, bodies, strict=True) for line in (head, *shift(lines)))


def _cycle(legs: list[Leg]) -> list[str]:
    return [*(line for lines, _ in legs for line in lines), f"cycle = {' + '.join(result for _, result in legs)}"]


def _kept(legs: list[Leg], place: int) -> list[Leg]:
    """The legs, the compute time among them kept as the worker's last one."""
    lines, result = legs[place]
    return [*legs[:place], ([*lines, f"kept[i] = {result}"], "kept[i]"), *legs[place + 1 :]]


def _following(legs: list[Leg], place: int, correlation: Correlation, number: int, first: int) -> list[Leg]:
    """The legs of a cycle whose compute time depends on others."""
    lines, result = _kept(legs, place)[place]
    return [*legs[:place], (next_compute(lines, correlation, number, first), result), *legs[place + 1 :]]


def _legs(one: WorkerClass, before: PrintedDraw) -> tuple[list[Leg], PrintedDraw]:
    """The legs of one class, their parameters and table entries behind those of the classes before."""
    legs = []
    parameters, table = before.parameters, before.table
    for leg, recipe in enumerate(one.legs):
        draw = print_draw(recipe)
        names = {"p": len(parameters), "entry": len(table), "leg": leg}
        legs.append(([_moved(line, names) for line in draw.lines], _moved(draw.result, names)))
        parameters, table = parameters + draw.parameters, table + draw.table
    return legs, PrintedDraw((), "cycle", parameters, table)


def _moved(line: str, names: dict[str, int]) -> str:
    line = re.sub(r"\bp(\d+)\b", lambda found: f"p{int(found[1]) + names['p']}", line)
    line = re.sub(r"\bd(\d+)\b", lambda found: f"d{names['leg']}_{found[1]}", line)
    return line.replace("table[", f"table[{names['entry']} + " if names["entry"] else "table[")
