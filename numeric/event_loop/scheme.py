"""Stage: the event loop's source under a scheme. Input: a rule and modifiers. Output: Python text for Numba.

An arrival of worker i at time t carries a gradient, which is applied, dropped, lost or suppressed: its ``fate``. The
random numbers are consumed in this order: the start, then for each event a normal for every noisy mode (when the
gradient is computed), the shared uplink's transmission, dropout's uniform, and the draws of the cycles that begin, in
the order of the workers' finishing (k-async) or of their indices (a round). Only what the scheme needs is printed.
"""

from __future__ import annotations

from numeric.event_loop.features import STILL, Features, each, indent, made, records, shift, within_bounds
from numeric.event_loop.gradients import gradient_lines
from numeric.event_loop.looks import after_an_update, of_an_applied_gradient
from numeric.event_loop.search import resettled

DROPPED, LOST, SUPPRESSED = 1, 2, 3  # fates; 0 is that of an applied gradient


def scheme_state(features: Features) -> str:
    """What a loop under a scheme keeps beside the plain loop's state."""
    lines = ["version = 0; passed = 0; filled = 0; sane = True; fates = np.zeros(4, np.int64)"]
    if features.momentum:
        lines += made(features, "v")
    if features.gathers:
        lines += ["batch = int(gathered); round_began = 0.0", *made(features, "sum")]
        lines += ["slot_cycle = np.empty(batch); slot_time = np.empty(batch)"]
        lines += ["slot_staleness = np.zeros(batch, np.int64); slot_worker = np.zeros(batch, np.int64)"]
    if features.has("uplink_capacity"):
        lines += ["free = 0.0; sending = np.zeros(workers, np.bool_)", *made(features, "sent", "workers")]
    if features.abandons:
        lines += ["abandoned = 0"]
    return indent(1, *lines)


def arrival(features: Features) -> list[str]:
    """What happens at the time of the event of worker i, once the clock stands there."""
    renew = renewal(features)
    counted = [] if features.recording == "path" else ["n += 1"]
    return [
        *(_abandoned(renew) if features.abandons else []),
        *(["fate = 0"] if features.rejects else []),
        *(_through_the_uplink(features) if features.has("uplink_capacity") else _computed(features)),
        *counted,
        *_judged(features),
        *_accepted(features),
        *_recorded(features),
        *_settled(features, renew),
    ]


def renewal(features: Features) -> list[str]:
    """Worker i pulls the parameter and begins a cycle."""
    overdue = ["overdue[i] = duration > age_threshold; duration = min(duration, age_threshold)"]
    return [
        *each(features, "read@[i] = x@"),
        "duration = draw_cycle(rng, table, PARAMETERS)",
        "sane = sane and 0.0 <= duration < np.inf",
        *(overdue if features.abandons else []),
        "arrival[i] = time + duration",
        *resettled(features),
        "cycle[i] = duration; pulled[i] = version",
    ]


def books(features: Features) -> str:
    """What grows by the staleness of every gradient applied, and by nothing else: the check of a finished run."""
    if features.in_rounds:
        return "pulled.sum() - workers * version"
    if features.rule == "k-async":
        return "pulled.sum() - passed - batch * version"
    return "pulled.sum() - passed - version" + (" - slot_staleness[:filled].sum()" if features.gathers else "")


def _abandoned(renew: list[str]) -> list[str]:
    message = "no gradient is finished within age_threshold"
    return [
        "if overdue[i]:",
        *shift(("abandoned += 1; passed += version - pulled[i]", f"if abandoned > {STILL}:")),
        f'        raise OverflowError("{message}")',
        *shift((*renew, "continue")),
        "abandoned = 0",
    ]


def _computed(features: Features) -> list[str]:
    if features.objective:
        return gradient_lines(features.objective, features.modes)
    noise = [f" + s{mode} * rng.standard_normal()" if noisy else "" for mode, noisy in enumerate(features.noisy)]
    lines = [f"g{mode} = h{mode} * read{mode}[i]{term}" for mode, term in enumerate(noise)]
    if features.triggers:
        square = " + ".join(each(features, "(g@ / s@) * (g@ / s@)"))
        lines += [f"if math.sqrt({square}) < event_trigger:", f"    fate = {SUPPRESSED}"]
    return lines


def _through_the_uplink(features: Features) -> list[str]:
    # First come, first served: the end of a transmission is known when it is queued.
    queue = [
        *each(features, "sent@[i] = g@"),
        "free = max(free, time) + rng.standard_exponential() / uplink_capacity",
        "cycle[i] += free - time; sending[i] = True; arrival[i] = free",
        *resettled(features),
        "continue",
    ]
    first = [*_computed(features), *(["if fate == 0:", *shift(queue)] if features.triggers else queue)]
    return [
        "if sending[i]:",
        *shift(("sending[i] = False", *each(features, "g@ = sent@[i]"))),
        "else:",
        *shift(first),
    ]


def _judged(features: Features) -> list[str]:
    lines = []
    if features.has("dropout"):
        lines += ["if fate == 0 and rng.random() < dropout:", f"    fate = {LOST}"]
    if features.has("age_threshold") and not features.abandons:
        lines += ["if fate == 0 and cycle[i] > age_threshold:", f"    fate = {DROPPED}"]
    lines += ["staleness = version - pulled[i]"]
    if features.has("staleness_threshold"):
        lines += ["if fate == 0 and staleness > staleness_threshold:", f"    fate = {DROPPED}"]
    return lines


def _accepted(features: Features) -> list[str]:
    weigh = []
    if features.has("staleness_discount"):
        weigh = [
            "weight = math.pow(staleness_discount, float(staleness))",
            *each(features, "g@ = weight * g@"),
        ]
    body = [*weigh, *(_gathered(features) if features.gathers else _update(features, "g@", _one_applied(features)))]
    complete = ["complete = False"] if features.gathers else []
    if not features.rejects:
        return [*complete, "fates[0] += 1", *body]
    rejected = ["else:", "    passed += staleness"]
    return [*complete, "fates[fate] += 1", "if fate == 0:", *shift(body), *rejected]


def _update(features: Features, gradient: str, applied: list[str]) -> list[str]:
    step = [f"x@ -= learning_rate * {gradient}"]
    if features.momentum:
        step = [f"v@ = momentum * v@ - learning_rate * {gradient}; x@ += v@"]
    after = [] if features.recording == "path" else each(features, "event1_@ += x@; event2_@ += x@ * x@")
    looked = after_an_update(features)
    return [line for text in step for line in each(features, text)] + ["version += 1", *applied, *after, *looked]


def _one_applied(features: Features) -> list[str]:
    if features.recording == "path":
        return []
    delays = of_an_applied_gradient(features, "cycle[i]")
    return ["age = cycle[i] - origin; age1 += age; age2 += age * age", "histogram[staleness] += 1", *delays]


def _gathered(features: Features) -> list[str]:
    cycle = "time - round_began" if features.in_rounds else "cycle[i]"
    applied = [
        "for j in range(batch):",
        "    age = (slot_cycle[j] - origin) + (time - slot_time[j]); age1 += age; age2 += age * age",
        "    histogram[slot_staleness[j]] += 1",
        *shift(of_an_applied_gradient(features, "(slot_cycle[j] + (time - slot_time[j]))")),
    ]
    update = _update(features, "(sum@ / batch)", [] if features.recording == "path" else applied)
    return [
        *each(features, "sum@ += g@"),
        f"slot_cycle[filled] = {cycle}; slot_time[filled] = time",
        "slot_staleness[filled] = staleness; slot_worker[filled] = i",
        "filled += 1",
        "if filled == batch:",
        *shift((*update, *each(features, "sum@ = 0.0"), "filled = 0; complete = True")),
        "    round_began = time",
    ]


def _recorded(features: Features) -> list[str]:
    if features.recording == "path":
        return []
    looked, finite = within_bounds(features)
    stop = [*looked, f"if not ({finite}):", "    end = n; diverged = True", "    break"]
    return [*records(features, "n - 1"), *stop]


def _settled(features: Features, renew: list[str]) -> list[str]:
    """Who begins a cycle after an arrival."""
    renewed, waits = shift(renew), shift(["arrival[i] = np.inf", *resettled(features)])
    everyone = ["if complete:", "    for i in range(workers):", *shift(renew, 2)]
    if features.rule == "k-batch-sync":
        return [*everyone, "else:", *renewed]
    if features.in_rounds:
        return [*everyone, "else:", *waits]
    if features.rule == "k-async":
        finished = ["if complete:", "    for j in range(batch):", "        i = slot_worker[j]", *shift(renew, 2)]
        rejected = ["elif fate != 0:", *renewed] if features.rejects else []
        return [*finished, *rejected, "else:", *waits]
    return renew
