"""Stage: policies. Input: a study, the name of a knob. Output: the values to try, each as the study that has it.

Whole knobs are tried one by one, all of them; a number that is not whole on a grid in geometric progression, of which
the answer says that nothing is proven between its points.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import sympy as sp

from derive.schemes import SCHEMES
from derive.studies.models import refusal
from derive.studies.records import Study, Workers
from derive.studies.schema import MISSING, StudyError
from numeric.values import Exact
from verify.policies.settings import largest_learning_rate

MOST = 4096  # values
GRID = 24  # points of a number that is not whole
_SPAN = 256  # the grid's highest over its lowest
COUNTED = ("workers", "staleness_threshold", "batch", "scheme")


@dataclass(frozen=True)
class Option:
    """One value of a knob: the ``keys`` that say it, in a study that has it."""

    keys: tuple[tuple[str, Any], ...]
    study: Study

    def to_json(self) -> dict[str, Any]:
        """Numbers as exact ones, words as they are, null for what is left out."""
        told = ((key, value if isinstance(value, str | None) else Exact(value).to_json()) for key, value in self.keys)
        return dict(told)


def options_of(study: Study, name: str, high: sp.Rational | None = None) -> tuple[Option, ...]:
    """Every value of the knob ``name`` that is tried, the fewest workers or smallest numbers first.

    "workers": 1 to ``high`` (the study's count), the batch at most that; "staleness_threshold": 0 to ``high`` (twice
    the workers), and none; "batch": 1 to ``high`` (the workers); "scheme": every rule with every batch;
    "learning_rate": a grid up to ``high`` (the largest that can be stable in mean square). Raises ``StudyError`` for a
    knob that the study lacks.

    Example: ``len(options_of(load_study("reports/studies/textbook.toml").cases[0].study, "staleness_threshold")) ==
    34``.
    """
    if study.workers is None or study.scheme is None or study.objective is None:
        raise StudyError(study.path, "workers", MISSING, "an equation has no workers to advise", "[workers]")
    found = {"workers": _workers, "staleness_threshold": _thresholds, "batch": _batches, "scheme": _schemes}
    tried = found.get(name, _learning_rates)(study, high)
    if len(tried) > MOST:
        raise refusal(study, "workers.count", study.workers.count, f"{len(tried)} values to try", f"at most {MOST}")
    return tuple(tried)


def given_option(study: Study, name: str) -> Option:
    """The study's own value of a knob.

    Example: ``given_option(load_study("reports/studies/textbook.toml").cases[0].study, "workers").keys ==
    (("workers", 16),)``.
    """
    assert study.scheme is not None
    assert study.workers is not None
    assert study.optimizer is not None
    own: dict[str, tuple[tuple[str, Any], ...]] = {
        "workers": (("workers", sp.Integer(study.workers.count)),),
        "staleness_threshold": (("staleness_threshold", study.scheme.staleness_threshold),),
        "batch": (("batch", getattr(study.scheme, "batch", None)),),
        "scheme": (("rule", study.scheme.rule), ("batch", getattr(study.scheme, "batch", None))),
        "learning_rate": (("learning_rate", study.optimizer.learning_rate),),
    }
    return Option(own[name], study)


def _workers(study: Study, high: sp.Rational | None) -> list[Option]:
    assert study.workers is not None
    if len(study.workers.classes) > 1:
        raise refusal(study, "workers.class", len(study.workers.classes), "unlike workers", "--choose subset")
    tried = []
    for count in range(int(getattr(study.scheme, "batch", 1)), int(high or study.workers.count) + 1):
        workers = Workers((replace(study.workers.classes[0], count=count),), study.workers.correlation)
        tried.append(Option((("workers", sp.Integer(count)),), study.with_workers(workers)))
    return tried


def _thresholds(study: Study, high: sp.Rational | None) -> list[Option]:
    assert study.scheme is not None
    last = int(study.scheme.workers * 2 if high is None else high)
    values = [*(sp.Integer(one) for one in range(last + 1)), None]
    return [Option((("staleness_threshold", one),), _with(study, staleness_threshold=one)) for one in values]


def _batches(study: Study, high: sp.Rational | None) -> list[Option]:
    assert study.scheme is not None
    if not hasattr(study.scheme, "batch"):
        raise refusal(study, "scheme.rule", study.scheme.rule, "it has no batch", "a k- rule, or --choose scheme")
    last = int(study.scheme.workers if high is None else min(high, study.scheme.workers))
    return [Option((("batch", sp.Integer(one)),), _with(study, batch=sp.Integer(one))) for one in range(1, last + 1)]


def _schemes(study: Study, high: sp.Rational | None) -> list[Option]:
    """Every rule with every batch; a batch of one is the rule without one, k-sync of all workers is synchronous."""
    assert study.scheme is not None
    if study.scheme.active:
        name = study.scheme.active[0]
        raise refusal(study, f"scheme.{name}", getattr(study.scheme, name), "not every rule has it", "plain rules")
    workers = study.scheme.workers
    last = int(workers if high is None else min(high, workers))
    tried = []
    for rule, made in SCHEMES.items():
        if rule in ("asynchronous", "synchronous"):
            tried.append(Option((("rule", rule), ("batch", None)), replace(study, scheme=made(workers))))
            continue
        first, end = (1 if rule == "k-sync" else 2), (min(last, int(workers) - 1) if rule == "k-sync" else last)
        for batch in range(first, end + 1):
            scheme = made(workers, batch=sp.Integer(batch))  # type: ignore[call-arg]
            tried.append(Option((("rule", rule), ("batch", sp.Integer(batch))), replace(study, scheme=scheme)))
    return tried


def _learning_rates(study: Study, high: sp.Rational | None) -> list[Option]:
    top = high or largest_learning_rate(study)
    ratio = float(_SPAN) ** (1 / (GRID - 1))
    return [with_learning_rate(study, sp.Rational(f"{float(top) / ratio**number:.4g}")) for number in range(GRID)][::-1]


def with_learning_rate(study: Study, value: sp.Rational) -> Option:
    """The study with another learning rate.

    Example: ``with_learning_rate(load_study("reports/studies/textbook.toml").cases[0].study,
    sp.S.Half).study.optimizer.learning_rate == sp.S.Half``.
    """
    assert study.optimizer is not None
    changed = replace(study, optimizer=replace(study.optimizer, learning_rate=value))
    return Option((("learning_rate", value),), changed)


def _with(study: Study, **changes: Any) -> Study:
    assert study.scheme is not None
    return replace(study, scheme=replace(study.scheme, **changes))
