"""The table of dear families speaks of tests there are."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.budgets import FAMILIES, leave_to_verify

HERE = Path(__file__).parent


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_of_the_table_is_a_parametrised_test(family: str) -> None:
    file, _, name = family.partition("::")
    before = (HERE / file).read_text(encoding="utf-8").partition(f"def {name}(")
    assert before[1], f"{file} has no {name}"
    assert "@pytest.mark.parametrize(" in before[0].rpartition("\n\n\n")[2]


class Case:
    """What the table reads of a test."""

    def __init__(self, nodeid: str, slow: bool = False) -> None:
        self.nodeid, self.slow = f"tests/{nodeid}", slow

    def get_closest_marker(self, name: str) -> bool:
        return self.slow and name == "slow"

    def add_marker(self, marker: pytest.MarkDecorator) -> None:
        self.slow = marker.name == "slow"


def test_of_a_family_every_so_many_th_case_stays_and_of_others_every_one() -> None:
    family, step = next(iter(FAMILIES.items()))
    cases = [Case(f"{family}[{number}]", slow=number == 1) for number in range(2 * step + 1)]
    others = [Case("test_other.py::test_it[1]"), Case("test_other.py::test_it[2]")]
    leave_to_verify([*cases, *others])  # type: ignore[list-item]
    quick = [number for number, case in enumerate(cases) if not case.slow]
    assert quick == [0, step + 1]  # the case that was slow anyhow is not counted
    assert not any(case.slow for case in others)
