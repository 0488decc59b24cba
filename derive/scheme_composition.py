"""Stage: composition of schemes. Input: a rule and the modifiers in force. Output: the reason why they do not compose.

One table, read by ``derive/scheme.py`` whenever a scheme is made; what is not named here composes. A modifier that
could do nothing at all is refused, not ignored: whoever wrote it expects it to matter.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

_FRESH = "every gradient is computed at the present parameter, so its staleness is always 0"
_ALL_NEEDED = "the server waits for a gradient that would never come"
_ONLY_OLDER = "the parameter of a round only grows older: once too old, no gradient could end the round"
_CANCELLED = "gradients cancelled at the update would still hold the uplink"

_WAITS = dict.fromkeys(("age_threshold", "dropout", "event_trigger"), _ALL_NEEDED)
_ROUNDS = dict.fromkeys(("staleness_threshold", "staleness_discount"), _FRESH)

REFUSED: Mapping[str, Mapping[str, str]] = {  # rule -> modifier -> why the two do not compose
    "asynchronous": {},
    "k-async": {},
    "k-batch-async": {},
    "k-batch-sync": {**_ROUNDS, "age_threshold": _ONLY_OLDER, "uplink_capacity": _CANCELLED},
    "k-sync": {**_ROUNDS, **_WAITS, "uplink_capacity": _CANCELLED},
    "synchronous": {**_ROUNDS, **_WAITS},
}
CLASHES: Mapping[tuple[str, str], str] = {  # two modifiers that do not compose, whatever the rule
    ("age_action", "uplink_capacity"): "a gradient that waits in the shared uplink's queue cannot be abandoned",
}


def why_refused(rule: str, active: Collection[str]) -> tuple[str, str, str] | None:
    """The first of the ``active`` modifiers that does not compose, why, and what would be allowed; None if all do.

    Example: ``why_refused("synchronous", ["dropout"])[0] == "dropout"``.
    """
    for name in active:
        if name in REFUSED[rule]:
            return name, f"does not compose with the rule {rule}: {REFUSED[rule][name]}", f"no {name} under this rule"
    for (first, second), reason in CLASHES.items():
        if first in active and second in active:
            return second, f"does not compose with {first}: {reason}", "one of the two"
    return None
