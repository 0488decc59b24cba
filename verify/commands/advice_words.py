"""Stage: the command `advise`. Input: an advice as its JSON. Output: the same in words and tables on a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from verify.commands.tables import print_table, show_value
from verify.telling.numbers import decimal

Record = Mapping[str, Any]


def tell(record: Record) -> None:
    """Print an advice of any kind."""
    if record["setting"] == "subset":
        _tell_subset(record)
    elif "goal" in record:
        _tell_choice(record)
    else:
        _tell_setting(record)


def choice_words(choice: Record) -> str:
    """A choice in a few words.

    Example: ``choice_words({"rule": "k-sync", "batch": {"kind": "exact", "value": "3"}}) == "k-sync of 3"``.
    """
    values = (value for value in choice.values() if value is not None)
    words = (value if isinstance(value, str) else decimal(value["value"]) for value in values)
    return " of ".join(words) or "none"


def _tell_setting(record: Record) -> None:
    name = record["setting"]
    rows = [
        [one, decimal(record[one][name]["value"]), _rate(record[one]["decay_rate"])] for one in ("given", "advised")
    ]
    print_table((name.replace("_", " "), "value", "decay rate in 1/s"), rows)
    ends = [decimal(one["value"]) for one in record["proof"]["searched"]]
    if record["certified"]:
        print(f"proven: from {ends[0]} to {ends[1]} no other is faster than {show_value(record['best_decay_rate'])}")
    else:
        print(f"not proven to be the best: {record['proof']['reason'] or 'evaluations spent'}")
    print(f"gain: {'the given setting does not decay' if record['gain'] is None else show_value(record['gain'])}")
    _tell_margins(record["margins"])
    _tell_sensitivity(record)
    _tell_classical(record)


def _tell_margins(margins: Record) -> None:
    for title, key in (("in the mean", "mean"), ("in mean square (R1)", "mean_square")):
        limit = margins[key]
        told = "no limit found, or no claim states one"
        if limit is not None:
            times = float(limit["factor"]["mid"])
            told = f"unstable from {show_value(limit['limit'])}, {times:.4g} times as much"
        print(f"learning rate {title}: {told}")


def _tell_sensitivity(record: Record) -> None:
    """Within which factors of its inputs the advice stays good, and other laws of the same mean."""
    told, unit = record["sensitivity"], record.get("unit", "1/s")
    for words, key in (("every curvature is", "curvature_factor"), ("the mean of the cycles is", "mean_factor")):
        ends = told[key]
        if ends is None:
            print("no worse than the given one whatever the mean of the cycles: it is the unit of time")
            continue
        low, high = (show_value(ends[one]) if ends[one] else end for one, end in (("below", "1/16"), ("above", "16")))
        print(f"stable and no worse than the given one while {words} {low} to {high} times as stated")
    rows = [
        [decimal(one["squared_coefficient_of_variation"]), _rate(one["advised"]), _rate(one["given"])]
        for one in told["same_mean_laws"]
    ]
    if rows:
        print_table(("c2 of the cycle", f"advised, {unit}", f"given, {unit}"), rows)


def _tell_choice(record: Record) -> None:
    """Given, advised and the best five; how much was tried, and what of it is proven."""
    goal = f"{record['objective'].replace('_', ' ')} in {record['unit']}"
    priced = any("cost" in one for one in record["ranking"])
    rows = []
    ranks = [(f"rank {number}", one) for number, one in enumerate(record["ranking"][:5], start=1)]
    for title, one in (("given", record["given"]), ("advised", record["advised"]), *ranks):
        cost = [show_value(one["cost"]) if "cost" in one else "-"] if priced else []
        rows.append([title, choice_words(one["choice"]), _rate(one["reached"]), *cost])
    print_table((record["setting"].replace("_", " "), "value", goal, *(["cost"] if priced else [])), rows)
    for key, value in record["goal"].items():
        print(f"{key}: {decimal(value['value'])}")
    gain = "the given setting never gets there" if record["gain"] is None else show_value(record["gain"])
    print(f"gain: {gain}; {proof_words(record)}")
    _tell_risks(record)


def _tell_risks(record: Record) -> None:
    if record["margins"] is not None:
        _tell_margins(record["margins"])
    if record["sensitivity"] is not None:
        _tell_sensitivity(record)
    _tell_classical(record)


def _tell_classical(record: Record) -> None:
    """Classical rules at the study's learning rate: what each reaches of the advised setting."""
    rows = [
        [one["policy"].replace("-", " "), one["number"] or "", *_share(one), one["source"]]
        for one in record.get("classical", ())
    ]
    if rows:
        unit = record.get("unit", "1/s")
        print_table(("classical rule, as it is given", "number", f"reached, {unit}", "of the advised", "source"), rows)


def _share(one: Record) -> tuple[str, str]:
    if one["reached"] is None:
        return "-", one["why"]
    share, radius = (float(one["share"][name]) for name in ("mid", "radius"))
    if one["near"] is None:
        return show_value(one["reached"]), f"{max(share - radius, 0):.2f} to {share + radius:.2f}, open"
    return show_value(one["reached"]), f"{share:.2f}, {'near' if one['near'] else 'far'}"


def proof_words(record: Record) -> str:
    """What is proven of the best of the values tried, in words."""
    proof = record["proof"]
    left = ", ".join(
        f"{len(proof[name])} {words}"
        for name, words in (("refused", "refused"), ("unproven", "not proven"), ("not_covered", "outside the theory"))
        if proof[name]
    )
    tried = f"{proof['tried']} values tried" + (f" ({left})" if left else "")
    if proof["range"] is not None:
        return _range_words(record, tried)
    if record["certified"]:
        return f"proven: all {tried}"
    if not proof["complete"]:
        return f"the best of {tried} on a grid: nothing is proven between them"
    return f"not proven to be the best: {tried}"


def _range_words(record: Record, tried: str) -> str:
    """What is proven of a whole range of learning rates."""
    proof = record["proof"]
    low, high = (decimal(one["value"]) for one in proof["range"]["searched"])
    best = f"from {low} to {high} none is better by more than {decimal(proof['tolerance'])} of it; {tried}"
    left = len(proof["range"]["undecided"])
    return f"proven: {best}" if record["certified"] else f"not proven on {left} pieces that {best}"


def _rate(value: Record | None) -> str:
    return "none proven" if value is None else show_value(value)


def _tell_subset(record: Record) -> None:
    rows = []
    for title, one in (("given", record["given"]), ("advised", record["advised"]), *_ranks(record["ranking"])):
        counts = " + ".join(count["value"] for count in one["workers_of_class"])
        rows.append([title, counts, _rate(one["decay_rate"])])
    print_table(("subset", "workers of each class", "decay rate in 1/s"), rows)
    gain = "the given workers do not decay" if record["gain"] is None else show_value(record["gain"])
    print(f"gain: {gain}; all {record['proof']['subsets']} choices tried")
    _tell_risks(record)


def _ranks(ranking: list[dict[str, Any]]) -> list[tuple[str, dict[str, Any]]]:
    return [(f"rank {number}", one) for number, one in enumerate(ranking[:5], start=1)]
