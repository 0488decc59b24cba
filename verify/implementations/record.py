"""Stage: the record of a check. Input: what was found out about an implementation. Output: frozen data, JSON and back.

An error is a number in ulps, or None where the implementation gave no number at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from derive.claims import CLAIMS
from derive.formulas.shown import ShownAsLatex, aligned, text_latex
from verify.verdict import Verdict
from verify.verdict_json import verdict_from_json

SCHEMA = "staleproof-check/1"

Found = Literal["pass", "refuted", "note"]
Outcome = Literal["pass", "refuted", "unproven"]
Named = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Sighting:
    """One point: the arguments as texts that read back to the same doubles, the answer, and the proven value.

    ``ulps`` is the forward error in units in the last place, ``error`` the same over what rounding the arguments costs.
    """

    at: Named
    answered: str
    certified: str
    radius: str
    ulps: float | None
    error: float | None


@dataclass(frozen=True)
class Finding:
    """One question about behaviour and what was found; ``note`` judges nothing."""

    question: str
    found: str
    outcome: Found


@dataclass(frozen=True)
class Profile:
    """Errors along one argument, by its values or by its distance from an edge."""

    label: str
    argument: str
    x: tuple[float, ...]
    errors: tuple[float | None, ...]


@dataclass(frozen=True)
class AccuracyMap:
    """Errors over a plane of two arguments, the others fixed; a cell is an error, None, or "outside" the domain.

    ``edges`` are where the plane meets the edges of the claim: along x, argument ``up`` in the place of the errors.
    """

    across: str
    up: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    rows: tuple[tuple[float | str | None, ...], ...]  # one a y
    fixed: Named
    edges: tuple[Profile, ...] = ()


@dataclass(frozen=True)
class ImplementationCheck(ShownAsLatex):
    """What a check found: outcome, the worst and the typical error, behaviour, derivatives, maps.

    ``limit`` is the largest error that passes; ``typical`` the median and ``most`` the 95th percentile of the survey.
    ``shrunk`` is as bad as ``worst`` within a factor of 4, ``simplest`` anything above the limit.
    """

    target: str
    claim: str
    statement: str
    expression: str
    outcome: Outcome
    reason: str
    limit: float
    points: int
    searched: Named
    typical: float | None
    most: float | None
    worst: Sighting | None
    shrunk: Sighting | None
    simplest: Sighting | None
    behaviour: tuple[Finding, ...]
    derivatives: tuple[Finding, ...]
    edges: tuple[Profile, ...] = ()
    map: AccuracyMap | None = None
    profile: Profile | None = None
    provenance: Named = field(default=())

    @property
    def passed(self) -> bool:
        """Whether nothing was found wrong."""
        return self.outcome == "pass"

    def latex(self) -> str:
        """The claim's equation, then outcome and reason in words."""
        told = text_latex(f"{self.target}: {self.outcome}: {self.reason}")
        return aligned([rf"& {CLAIMS[self.claim].latex()}", rf"& {told}"])

    def to_json(self) -> dict[str, Any]:
        """The object of check.json: the schema's name, then every field; pairs become objects."""
        return {"schema": SCHEMA, "kind": "implementation", **_plain(asdict(self))}

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> ImplementationCheck:
        """The record that ``to_json`` wrote; ``ValueError`` for another schema."""
        if record.get("schema") != SCHEMA or record.get("kind") != "implementation":
            raise ValueError(f"schema = {record.get('schema')!r}: not the check of an implementation")
        value = {key: item for key, item in record.items() if key not in ("schema", "kind")}
        value |= {key: _pairs(value[key]) for key in ("searched", "provenance")}
        value |= {key: _sighting(value[key]) for key in ("worst", "shrunk", "simplest")}
        value |= {key: tuple(Finding(**item) for item in value[key]) for key in ("behaviour", "derivatives")}
        value["edges"] = tuple(_profile(item) for item in value["edges"])
        value["profile"] = None if value["profile"] is None else _profile(value["profile"])
        value["map"] = _map(value["map"])
        return cls(**value)


@dataclass(frozen=True)
class SimulatorCheck(ShownAsLatex):
    """The verdicts on a simulator, one a setting, and what was found about its samples.

    ``outcome`` is "refuted" if any verdict or finding is, else "inconclusive" if any verdict is, else "pass".
    """

    target: str
    claim: str
    statement: str
    expression: str
    verdicts: tuple[Verdict, ...]
    findings: tuple[Finding, ...]
    false_alarm_rate: float
    provenance: Named

    @property
    def outcome(self) -> Literal["pass", "refuted", "inconclusive"]:
        """The worst of all that was judged."""
        found = {verdict.outcome for verdict in self.verdicts} | {one.outcome for one in self.findings}
        return "refuted" if "refuted" in found else "inconclusive" if "inconclusive" in found else "pass"

    @property
    def passed(self) -> bool:
        """Whether every setting passed."""
        return self.outcome == "pass"

    def latex(self) -> str:
        """The verdicts, one below the other."""
        return aligned(f"& {verdict.latex()}" for verdict in self.verdicts)

    def to_json(self) -> dict[str, Any]:
        """The object of check.json."""
        return {
            "schema": SCHEMA,
            "kind": "simulator",
            "target": self.target,
            "claim": self.claim,
            "statement": self.statement,
            "expression": self.expression,
            "outcome": self.outcome,
            "false_alarm_rate": self.false_alarm_rate,
            "verdicts": [verdict.to_json() for verdict in self.verdicts],
            "findings": [vars(one) for one in self.findings],
            "provenance": dict(self.provenance),
        }

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> SimulatorCheck:
        """The record that ``to_json`` wrote; ``ValueError`` for another schema."""
        if record.get("schema") != SCHEMA or record.get("kind") != "simulator":
            raise ValueError(f"schema = {record.get('schema')!r}: not the check of a simulator")
        value = {key: item for key, item in record.items() if key not in ("schema", "kind", "outcome")}
        value["verdicts"] = tuple(map(verdict_from_json, value["verdicts"]))
        value["findings"] = tuple(Finding(**item) for item in value["findings"])
        return cls(**{**value, "provenance": _pairs(value["provenance"])})


_NAMED = ("searched", "provenance", "at", "fixed")


def _plain(value: Any, name: str = "") -> Any:
    """Tuples as lists, pairs of names and texts as objects."""
    if name in _NAMED:
        return dict(value)
    if isinstance(value, dict):
        return {key: _plain(item, key) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def _pairs(record: Mapping[str, str]) -> Named:
    return tuple(record.items())


def _sighting(record: Mapping[str, Any] | None) -> Sighting | None:
    return None if record is None else Sighting(**{**record, "at": _pairs(record["at"])})


def _profile(record: Mapping[str, Any]) -> Profile:
    return Profile(record["label"], record["argument"], tuple(record["x"]), tuple(record["errors"]))


def _map(record: Mapping[str, Any] | None) -> AccuracyMap | None:
    if record is None:
        return None
    axes = {key: tuple(record[key]) for key in ("x", "y")}
    rows = tuple(tuple(row) for row in record["rows"])
    edges = tuple(map(_profile, record["edges"]))
    return AccuracyMap(record["across"], record["up"], axes["x"], axes["y"], rows, _pairs(record["fixed"]), edges)
