"""Stage: the values of a study. Input: raw TOML values. Output: exact numbers, integers and laws, or a refusal.

``Place`` says where a value stands, so that every refusal names its file and key.
"""

from __future__ import annotations

import csv
import dataclasses
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar, cast

import sympy as sp

from derive.exact import exact
from derive.integer_laws import INTEGER_LAWS
from derive.law import Law, LawError, Weighted
from derive.laws import LAWS
from derive.studies.schema import LAW, MISSING, SECTIONS, StudyError, nearest

Word = TypeVar("Word", bound=str)
PARTS = "a non-empty list of laws"
MOST_PARTS = 1000
DEEPEST = 16  # laws inside laws
ONE_LAW, LAW_LIST, WEIGHTED_LIST, COUNT = "Law", "tuple[Law, ...]", "tuple[Weighted, ...]", "int"
LARGEST = sp.Rational(*sys.float_info.max.as_integer_ratio())
SMALLEST = sp.Rational(*(5e-324).as_integer_ratio())


@dataclasses.dataclass(frozen=True)
class Place:
    """A key of a study file, and what may stand there."""

    file: str
    key: str
    allowed: str = ""

    def refuse(self, value: Any, wrong: str) -> StudyError:
        """The refusal of ``value`` at this place."""
        return StudyError(self.file, self.key, value, wrong, self.allowed)

    def below(self, name: str, allowed: str = "") -> Place:
        """The place of one key (or ``[index]``) inside this one."""
        dot = "" if name.startswith("[") else "."
        return Place(self.file, f"{self.key}{dot}{name}", allowed or self.allowed)


def section_place(path: str, section: str, name: str) -> Place:
    """The place of one key of a section, with what the table of keys allows there."""
    return Place(path, f"{section}.{name}", SECTIONS[section][name].allowed)


def required(path: str, section: str, body: Mapping[str, Any], name: str) -> tuple[Place, Any]:
    """The place of a key with its value; refused where it is missing."""
    place = section_place(path, section, name)
    if name not in body:
        raise place.refuse(MISSING, "required")
    return place, body[name]


def read_number(place: Place, raw: Any) -> sp.Rational:
    """The exact value of a number; refused unless zero or within the range of doubles."""
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        raise place.refuse(raw, "not a number")
    try:
        value = exact(raw)
    except (ValueError, TypeError):
        finite = isinstance(raw, str)
        raise place.refuse(raw, "not a number" if finite else "not a finite number") from None
    if value != 0 and not SMALLEST <= abs(value) <= LARGEST:
        raise place.refuse(raw, "outside the range of doubles")
    return value


def read_integer(place: Place, raw: Any, low: int, high: int | None = None) -> int:
    """An integer from ``low`` to ``high``; ``16.0`` and ``"16"`` are not integers."""
    if isinstance(raw, bool) or not isinstance(raw, int):
        raise place.refuse(raw, "not an integer")
    if raw < low or (high is not None and raw > high):
        raise place.refuse(raw, "out of range")
    return raw


def read_choice(place: Place, raw: Any, choices: tuple[Word, ...]) -> Word:
    """One of a few words."""
    for choice in choices:
        if raw == choice:
            return choice
    raise place.refuse(raw, "not one of the choices")


def read_numbers(place: Place, raw: Any) -> tuple[sp.Rational, ...]:
    """A non-empty list of numbers."""
    if not isinstance(raw, list | tuple):
        raise place.refuse(raw, "not a list")
    if not raw:
        raise place.refuse(raw, "empty list")
    return tuple(read_number(place.below(f"[{index}]"), item) for index, item in enumerate(raw))


def read_law(place: Place, raw: Any, folder: Path) -> Law:
    """The law that a table such as ``{ law = "gamma", shape = 4, mean = 1 }`` names; files lie beside the study."""
    if not isinstance(raw, Mapping):
        raise place.refuse(raw, "not a law")
    if max(place.key.count("parts["), place.key.count(".of")) > DEEPEST:
        raise Place(place.file, place.key, f"laws at most {DEEPEST} deep").refuse(raw, "nested too deeply")
    kind = read_law_name(place, raw)
    given = {name: value for name, value in raw.items() if name != "law"}
    fields = {item.name: item for item in dataclasses.fields(cast(Any, LAWS[kind])) if item.init}
    kinds = parameter_kinds(LAWS[kind])
    values: dict[str, Any] = {}
    if "file" in given and "values" in fields:
        if "values" in given:
            raise place.below("file", "either file or values").refuse(given["file"], "stands beside values")
        values["values"] = read_table(place, given.pop("file"), given.pop("column", "seconds"), folder)
    for name, value in given.items():
        values[name] = _parameter(place, name, value, kinds, folder)
    for name, item in fields.items():
        if name not in values and item.default is dataclasses.MISSING and item.default_factory is dataclasses.MISSING:
            raise place.below(name, f"the parameters of {kind}: {', '.join(fields)}").refuse(MISSING, "required")
    return _construct(place, LAWS[kind], values, raw)


def parameter_kinds(law: type[Law]) -> dict[str, str]:
    """The parameters of a law of the registry, each with the type that its field declares.

    Example: ``parameter_kinds(LAWS["sum"]) == {"parts": LAW_LIST}``.
    """
    return {item.name: str(item.type) for item in dataclasses.fields(cast(Any, law)) if item.init}


def _parameter(place: Place, name: str, raw: Any, kinds: Mapping[str, str], folder: Path) -> Any:
    if name not in kinds:
        extra = ("file", "column") if "values" in kinds else ()
        raise place.below(name, nearest(name, (*kinds, *extra))).refuse(raw, "unknown key")
    kind = kinds[name]
    if kind == ONE_LAW:
        return read_law(place.below(name, LAW), raw, folder)
    if kind == COUNT:
        return read_integer(place.below(name, "a positive integer"), raw, 1)
    if kind in (LAW_LIST, WEIGHTED_LIST):
        return tuple(_part(spot, item, kind, folder) for spot, item in _items(place.below(name, PARTS), raw))
    spot = place.below(name, "a finite number or a list of them")
    if isinstance(raw, list) and any(isinstance(row, list) for row in raw):
        return tuple(read_numbers(spot.below(f"[{index}]"), row) for index, row in enumerate(raw))
    return read_numbers(spot, raw) if isinstance(raw, list) else read_number(spot, raw)


def _items(place: Place, raw: Any) -> list[tuple[Place, Any]]:
    if not isinstance(raw, list | tuple):
        raise place.refuse(raw, "not a list")
    if len(raw) > MOST_PARTS:
        raise Place(place.file, place.key, f"at most {MOST_PARTS} parts").refuse(raw, f"{len(raw)} parts")
    return [(place.below(f"[{index}]", LAW), item) for index, item in enumerate(raw)]


def _part(place: Place, raw: Any, kind: str, folder: Path) -> Law | Weighted:
    if kind == LAW_LIST or not isinstance(raw, Mapping):
        return read_law(place, raw, folder)
    weight = place.below("weight", "a number > 0; the weights of all parts sum to 1")
    if "weight" not in raw:
        raise weight.refuse(MISSING, "required")
    number = read_number(weight, raw["weight"])
    return Weighted(number, read_law(place, {key: raw[key] for key in raw if key != "weight"}, folder))


def read_law_name(place: Place, raw: Mapping[str, Any]) -> str:
    """The name of an available law."""
    spot = place.below("law", LAW)
    kind = raw.get("law", MISSING)
    if not isinstance(kind, str):
        raise spot.refuse(kind, "required" if kind is MISSING else "not the name of a law")
    if kind in LAWS:
        return kind
    if kind in INTEGER_LAWS:
        raise Place(place.file, spot.key, ", ".join(LAWS)).refuse(kind, "a law of counts, not of a duration")
    raise Place(place.file, spot.key, nearest(kind, LAWS)).refuse(kind, "unknown law")


def _construct(place: Place, law_class: type[Law], values: dict[str, Any], raw: Mapping[str, Any]) -> Law:
    try:
        return law_class(**values)
    except LawError as problem:
        shown = raw.get(problem.key, problem.value)
        raise place.below(problem.key, problem.allowed).refuse(shown, problem.wrong) from None


def read_table(place: Place, file: Any, column: Any, folder: Path) -> tuple[sp.Rational, ...]:
    """The values of one column of a CSV file, each exactly the decimal that is written there.

    Raises ``StudyError`` where the file cannot be read, or a value is not a number >= 0, naming the line.
    """
    spot = place.below("file", "a readable CSV file with a header line, beside the study")
    if not isinstance(file, str) or not file or "\0" in file:
        raise spot.refuse(file, "not a file name")
    if not isinstance(column, str):
        raise place.below("column", "the name of a column").refuse(column, "not a text")
    try:
        with open(folder / file, encoding="utf-8-sig", newline="") as stream:
            rows = csv.DictReader(stream, strict=True)
            if column not in (rows.fieldnames or ()):
                header = ", ".join(map(str, rows.fieldnames or ())) or "none (the file is empty)"
                raise place.below("column", f"a column of {file}: {header}").refuse(column, "no such column")
            values = [_cell(spot, file, column, row.get(column), rows.line_num) for row in rows]
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        raise spot.refuse(file, f"cannot be read ({getattr(problem, 'strerror', None) or problem})") from None
    if not values:
        raise spot.refuse(file, "holds no values")
    return tuple(values)


def _cell(spot: Place, file: str, column: str, text: Any, line: int) -> sp.Rational:
    here = Place(spot.file, f"{spot.key} ({file} line {line}, column {column})", "a number of seconds >= 0")
    value = read_number(here, text if text is not None else "")
    if value < 0:
        raise here.refuse(text, "negative")
    return value
