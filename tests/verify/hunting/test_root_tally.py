"""A tally counts by kind, groups reasons by their wording, and keeps the worst."""

from __future__ import annotations

from dataclasses import dataclass

from verify.hunting.root_tally import Tally


@dataclass(frozen=True)
class Answer:
    kind: str = "constant"
    shown: str = "s"
    wrong: str | None = None
    certified: bool = True
    reason: str | None = None
    seconds: float = 0.01
    uncertainty: float = 1e-17


def test_every_answer_is_counted_and_the_worst_are_kept() -> None:
    tally = Tally()
    for one in (
        Answer(),
        Answer(wrong="no root there"),
        Answer("rational", "s^2", seconds=2.0),
        Answer(uncertainty=1e-15, shown="far"),
    ):
        tally.add(one)
    assert (tally.tried, tally.wrong.total()) == ({"constant": 3, "rational": 1}, 1)
    assert tally.line() == "4 tried: 1 wrong, 0 unproven; 507 ms each, slowest 2.00 s, least certain 1.0e-15"
    told = list(tally.lines())
    assert "constant             3 tried, 0 unproven, 1 wrong" in told
    assert {"slowest 2.000 s: s^2", "least certain 1.0e-15: far"} <= set(told)


def test_reasons_that_differ_in_their_numbers_are_one_reason() -> None:
    tally = Tally()
    for reason in ("a zero near [5.5 +/- 4.9e-8]j", "a zero near [-1.25e-3 +/- 1e-9]j", "the budget of 5 s is spent"):
        new = tally.add(Answer(certified=False, reason=reason))
        assert bool(new) == ("1.25e-3" not in reason), "told when it is first met"
    told = [line for line in tally.lines() if "unproven" in line and "times" in line]
    assert told == [
        "    unproven 2 times: a zero near [5.5 +/- 4.9e-8]j: s",
        "    unproven 1 times: the budget of 5 s is spent: s",
    ]
