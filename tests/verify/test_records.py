"""Every record of `verify` is frozen, and every one that judges comes back from its JSON.

They are found by reflection, not listed: a new class under `verify` takes part by being one. It is drawn by the types
of its fields, written and read.
"""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import verify
from numeric.enclosure import Enclosure
from numeric.values import Estimate, Exact
from verify import verdict_json
from verify.implementations.record import Named
from verify.verdict import Value, Verdict

FINITE = st.floats(allow_nan=False, allow_infinity=False)
SIZES = st.floats(min_value=0, allow_infinity=False)
COUNTING = {"verify.hunting.root_tally.Tally"}  # sums up while a hunt runs; no record of a judgement
PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    str: st.text(max_size=8),
    float: SIZES,
    int: st.integers(0, 99),
    NoneType: st.none(),
    Named: st.dictionaries(st.text(max_size=4), st.text(max_size=4), max_size=2).map(
        lambda named: tuple(named.items())
    ),
    Exact: st.fractions().map(lambda number: Exact(number)),
    Enclosure: st.tuples(st.fractions(), st.integers(30, 90)).map(lambda pair: Enclosure.of(*pair)),
    Estimate: st.builds(Estimate, FINITE, SIZES, st.integers(2, 99)),
}


@cache
def classes() -> tuple[type, ...]:
    """Every dataclass that a module of `verify` defines."""
    modules = [importlib.import_module(one.name) for one in pkgutil.walk_packages(verify.__path__, "verify.")]
    found = (one for module in modules for _, one in inspect.getmembers(module, inspect.isclass))
    return tuple(dict.fromkeys(one for one in found if is_dataclass(one) and one.__module__.startswith("verify.")))


def judges(record: type) -> bool:
    """Whether a record is written as JSON and says how something was judged."""
    hints = get_type_hints(record)
    holds = any(part is Verdict for hint in hints.values() for part in (hint, *get_args(hint)))
    return hasattr(record, "to_json") and (hasattr(record, "outcome") or "outcome" in hints or holds)


def reader(record: type) -> Callable[[Any], Any] | None:
    """What reads a record's JSON: its own method, or the function that says that it returns one."""
    own = getattr(record, "from_json", None)
    if own is not None:
        return own  # type: ignore[no-any-return]
    made = inspect.getmembers(verdict_json, inspect.isfunction)
    return next((one for _, one in made if get_type_hints(one).get("return") is record), None)


def drawn(hint: Any) -> st.SearchStrategy[Any]:
    """Values of a type hint; of a record by the hints of its fields."""
    if hint in PLAIN:
        return PLAIN[hint]
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Literal:
        return st.sampled_from(parts)
    if origin in (Union, UnionType):
        return st.one_of(*(drawn(part) for part in parts))
    if origin is tuple:
        assert parts[1:] == (...,), hint
        return st.lists(drawn(parts[0]), max_size=2).map(tuple)
    assert is_dataclass(hint), hint
    hints = get_type_hints(hint)
    return st.fixed_dictionaries({one.name: drawn(hints[one.name]) for one in fields(hint)}).map(
        lambda given: made(hint, given)
    )


def made(record: Any, values: dict[str, Any]) -> Any:
    """The record, drawn again where it refuses its values."""
    try:
        return record(**values)
    except ValueError:
        return assume(False)


def judging() -> tuple[type, ...]:
    return tuple(record for record in classes() if judges(record))


def test_every_record_is_frozen() -> None:
    thawed = {record for record in classes() if not record.__dataclass_params__.frozen}  # type: ignore[attr-defined]
    assert {f"{record.__module__}.{record.__name__}" for record in thawed} <= COUNTING
    assert not thawed & set(judging())
    assert len(classes()) > 60


def test_the_records_that_judge_are_found() -> None:
    assert {"Verdict", "ImplementationCheck", "SimulatorCheck"} <= {record.__name__ for record in judging()}
    assert set(get_args(Value)) <= set(PLAIN)


def test_every_record_that_judges_comes_back_from_its_json() -> None:
    for record in judging():
        read = reader(record)
        assert read is not None, f"{record.__name__}: nothing reads its JSON back"
        survives(record, read)


def survives(record: type, read: Callable[[Any], Any]) -> None:
    """Forty drawn records of a kind, through JSON and back, field by field."""

    @settings(max_examples=40, deadline=None, database=None)
    @given(drawn(record))
    def through(whole: Any) -> None:
        again = read(json.loads(json.dumps(whole.to_json(), allow_nan=False)))
        assert type(again) is record
        for field in fields(record):
            assert not field.compare or getattr(again, field.name) == getattr(whole, field.name), field.name

    through()


@dataclass(frozen=True)
class Forgetful:
    """A record that forgets one field on its way: the control."""

    outcome: str
    note: str

    def to_json(self) -> dict[str, str]:
        return {"outcome": self.outcome}

    @classmethod
    def from_json(cls, record: dict[str, str]) -> Forgetful:
        return cls(record["outcome"], "")


def test_a_record_that_forgets_a_field_is_seen() -> None:
    assert judges(Forgetful)
    with pytest.raises(AssertionError, match="note"):
        survives(Forgetful, Forgetful.from_json)
    assert reader(Outcomeless) is None


@dataclass(frozen=True)
class Outcomeless:
    """A record that nothing reads."""
