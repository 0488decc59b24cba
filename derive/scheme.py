"""Stage: schemes. Input: worker count, options, modifiers. Output: the record every update rule fills in.

A scheme is a rule with modifiers. The range of each parameter stands in one table; the check of a value, the study's
keys and the drawn studies all read it there.
"""

from __future__ import annotations

from abc import ABC
from collections.abc import Mapping
from dataclasses import KW_ONLY, MISSING, Field, dataclass, fields
from typing import Any, ClassVar, Literal, cast

import sympy as sp

from derive.exact import exact
from derive.scheme_composition import why_refused

AgeAction = Literal["drop", "abandon"]


class SchemeError(ValueError):
    """A scheme's parameter is impossible."""

    def __init__(self, key: str, value: Any, wrong: str, allowed: str) -> None:
        try:
            shown = str(value)
        except ValueError:  # an integer of more digits than Python writes
            shown = "a huge number"
        super().__init__(f"{key} = {shown}: {wrong}; allowed: {allowed}")
        self.key, self.value, self.wrong, self.allowed = key, value, wrong, allowed


@dataclass(frozen=True)
class Allowed:
    """The range of a parameter: in words, and as an interval of numbers (whole ones only) or a choice of words.

    Example: ``Allowed("a probability", sp.Interval.Ropen(0, 1)).holds(sp.Rational(1, 2))``.
    """

    words: str
    interval: sp.Interval | None = None
    whole: bool = False
    choices: tuple[str, ...] = ()

    def holds(self, value: sp.Expr) -> bool:
        """Whether an exact number lies in the range; of a symbol, its sign and wholeness must be known."""
        assert self.interval is not None
        if self.whole and value.is_integer is not True:
            return False
        above_zero = self.interval.start > 0 or self.interval.left_open
        known = value.is_positive if above_zero else value.is_nonnegative
        return known is True and (not value.is_number or value in self.interval)


RANGES: Mapping[str, Allowed] = {  # of every parameter of any scheme, by the name of its field
    "workers": Allowed("an integer from 1 to 1000000", sp.Interval(1, 10**6), whole=True),
    "batch": Allowed("an integer from 1 to the number of workers", sp.Interval(1, 10**6), whole=True),
    "staleness_threshold": Allowed("integer 0 to 1000000000000", sp.Interval(0, 10**12), whole=True),
    "staleness_discount": Allowed("number in (0, 1]", sp.Interval.Lopen(0, 1)),
    "age_threshold": Allowed("positive seconds", sp.Interval.open(0, sp.oo)),
    "age_action": Allowed('"drop" or "abandon"', choices=("drop", "abandon")),
    "dropout": Allowed("probability in [0, 1)", sp.Interval.Ropen(0, 1)),
    "event_trigger": Allowed("number >= 0, in s.d. of the gradient noise", sp.Interval(0, sp.oo)),
    "uplink_capacity": Allowed("gradients per second, > 0", sp.Interval.open(0, sp.oo)),
}


@dataclass(frozen=True)
class Scheme(ABC):
    """When a gradient is applied, and with which weight; subclasses are frozen dataclasses.

    ``workers`` M >= 1. Modifiers, each neutral by default: a gradient of staleness K > ``staleness_threshold`` is
    dropped, others weigh ``staleness_discount``^K; one older than ``age_threshold`` seconds is dropped on arrival, or
    abandoned by its worker at that age (``age_action``); ``dropout`` is the probability of losing one; a worker sends
    only |gradient| >= ``event_trigger`` noise s.d.; all share an uplink that carries ``uplink_capacity`` gradients a
    second, each transmission exponential. Numbers become exact, symbols stay. Raises ``SchemeError``.
    """

    rule: ClassVar[str]
    modelled: ClassVar[tuple[frozenset[str], ...]] = ()  # the sets of active modifiers with a linear model

    workers: sp.Expr
    _: KW_ONLY
    staleness_threshold: sp.Expr | None = None
    staleness_discount: sp.Expr = sp.S.One
    age_threshold: sp.Expr | None = None
    age_action: AgeAction = "drop"
    dropout: sp.Expr = sp.S.Zero
    event_trigger: sp.Expr = sp.S.Zero
    uplink_capacity: sp.Expr | None = None

    def __post_init__(self) -> None:
        for item in _fields(self):
            value = getattr(self, item.name)
            if value is not None or item.default is not None:
                object.__setattr__(self, item.name, _checked(item.name, value))
        batch = getattr(self, "batch", None)
        if batch is not None and (batch - self.workers).is_positive:
            raise SchemeError("batch", batch, f"more than the {self.workers} workers", RANGES["batch"].words)
        if self.age_action != "drop" and self.age_threshold is None:
            raise SchemeError("age_action", self.age_action, "without age_threshold", "an age_threshold beside it")
        refused = why_refused(self.rule, self.active)
        if refused is not None:
            name, wrong, allowed = refused
            raise SchemeError(name, getattr(self, name), wrong, allowed)

    @property
    def active(self) -> tuple[str, ...]:
        """The modifiers that are not neutral, by name.

        Example: ``Asynchronous(4, dropout="1/10", staleness_discount=1).active == ("dropout",)``.
        """
        return tuple(name for name, item in modifiers(type(self)).items() if getattr(self, name) != item.default)

    @property
    def is_plain(self) -> bool:
        """Whether every gradient is applied with its full weight when it arrives: the scheme of the first claims.

        Example: ``Asynchronous(4).is_plain and not Asynchronous(4, dropout="1/10").is_plain``.
        """
        return self.rule == "asynchronous" and not self.active

    @property
    def has_linear_model(self) -> bool:
        """Whether the theory covers this rule with these modifiers; otherwise the scheme can only be simulated."""
        return frozenset(self.active) in self.modelled


def _fields(scheme: Scheme | type[Scheme]) -> tuple[Field[Any], ...]:
    return fields(cast(Any, scheme))


def keys(scheme: type[Scheme]) -> dict[str, Field[Any]]:
    """What a study may say of a scheme beside its rule, by name: its batch, where the rule has one, and modifiers.

    Example: ``set(keys(KSync)) - set(keys(Asynchronous)) == {"batch"}``.
    """
    return {item.name: item for item in _fields(scheme) if item.name != "workers"}


def modifiers(scheme: type[Scheme]) -> dict[str, Field[Any]]:
    """The modifiers by name; a field's ``default`` is the neutral value.

    Example: ``modifiers(Asynchronous)["dropout"].default == 0``.
    """
    return {name: item for name, item in keys(scheme).items() if item.default is not MISSING}


def _checked(name: str, value: Any) -> Any:
    allowed = RANGES[name]
    if allowed.choices:
        if value not in allowed.choices:
            raise SchemeError(name, value, "not one of the choices", allowed.words)
        return value
    try:
        number = exact(value)
    except (TypeError, ValueError) as error:
        raise SchemeError(name, value, "not a number", allowed.words) from error
    if not allowed.holds(number):
        raise SchemeError(name, value, "out of range" if number.is_number else "not known to lie there", allowed.words)
    return number
