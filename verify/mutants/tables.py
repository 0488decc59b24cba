"""Stage: tables of the mutation score. Input: judged mutants. Output: lines: by kind, by claim, by leg, survivors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from derive.claims import CLAIMS
from verify.mutants.mutations import KINDS
from verify.mutants.planted_claims import LEGS
from verify.mutants.planted_steps import Judged

COLUMNS = (*KINDS, "wrong name")
_SHORT = {"factor 1.01": "1.01", "off by one": "off by 1", "moment order": "moment", "dropped term": "-term",
          "dropped factor": "-factor", "wrong branch": "branch", "wrong name": "name"}  # fmt: skip


def column(one: Judged) -> str:
    """The kind of a mutant, and "wrong name" for every change of a left side."""
    return "wrong name" if one.side == "left" else one.kind


def in_order(judged: Iterable[Judged]) -> tuple[Judged, ...]:
    """The mutants by claim, step and words, whichever process was done with them first."""
    order = {name: number for number, name in enumerate(CLAIMS)}
    return tuple(
        sorted(judged, key=lambda one: (order[one.claim], one.step, one.side, one.kind, one.what, one.equation))
    )


def survivors(judged: Iterable[Judged]) -> tuple[Judged, ...]:
    """The counted mutants that nothing noticed."""
    return tuple(one for one in judged if one.outcome == "survived")


def score_lines(judged: Iterable[Judged]) -> Iterator[str]:
    """The score by kind, then what the check of a step let through and the equivalent mutants, with their reasons."""
    every = tuple(judged)
    heads = ("noticed", "counted", "equivalent", "of these refused all the same")
    yield f"{'kind':16}" + "".join(f"{head:>{len(head) + 3}}" for head in heads)
    for kind in (*COLUMNS, "all"):
        these = [one for one in every if kind in (column(one), "all")]
        equivalent = [one for one in these if one.outcome == "equivalent"]
        numbers = (
            sum(one.outcome == "noticed" for one in these),
            len(these) - len(equivalent),
            len(equivalent),
            sum(one.refused for one in equivalent),
        )
        yield f"{kind:16}" + "".join(f"{n:{len(head) + 3}}" for n, head in zip(numbers, heads, strict=True))
    for one in every:
        if one.outcome != "noticed" or not one.refused:
            where = f"{one.claim}, step {one.step}, {column(one)} ({one.what})"
            yield f"{one.outcome}: {where}: {one.equation}: {one.reason}"


def claim_lines(judged: Iterable[Judged]) -> Iterator[str]:
    """One row for each claim: noticed of counted mutants of every kind, a dash where its expression offers none."""
    every = tuple(judged)
    wide = max(len(name) for name in CLAIMS)
    yield f"{'claim':{wide}}" + "".join(f"{_SHORT.get(kind, kind):>9}" for kind in COLUMNS)
    for name in CLAIMS:
        mine = [one for one in every if one.claim == name and one.outcome != "equivalent"]
        counted = Counter(column(one) for one in mine)
        noticed = Counter(column(one) for one in mine if one.outcome == "noticed")
        cells = (f"{noticed[kind]}/{counted[kind]}" if counted[kind] else "-" for kind in COLUMNS)
        yield f"{name:{wide}}" + "".join(f"{cell:>9}" for cell in cells)


def sampled_lines(judged: Iterable[Judged]) -> Iterator[str]:
    """How many counted mutants of results each other leg notices, without the check of the step; then the rest."""
    rows: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
    rest = []
    for one in judged:
        if not one.leg or (one.leg == "not held against anything" and not CLAIMS[one.claim].quantity):
            continue
        rows[one.kind][one.leg] += 1
        if one.leg not in ("agreement", "sampling"):
            why = "by its derivation alone" if one.leg == "survived" else one.leg
            rest.append(f"{why}: {one.claim}, {one.kind} ({one.what})")
    yield f"{'kind':16}" + "".join(f"{leg:>{len(leg) + 3}}" for leg in LEGS)
    for kind, row in rows.items():
        yield f"{kind:16}" + "".join(f"{row[leg]:{len(leg) + 3}}" for leg in LEGS)
    yield from rest
