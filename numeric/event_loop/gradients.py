"""Stage: gradients as source. Input: an objective's shape. Output: Python statements that compute ``g`` of worker i.

Coordinates are arrays here, written so that a compiler may take several at once: a dot product is summed by halves,
the upper half of its terms added to the lower one until one is left, in the same order on every machine.
"""

from __future__ import annotations

Shape = tuple[str | int, ...]
LARGEST_EXPONENT = "700.0"  # beyond it e^z is no double, and 1/(1 + e^z) is nothing beside any other gradient

PARAMETERS = {
    "dense": ("hessian", "root"),
    "logistic": ("design", "offset", "labels", "ridge", "pull"),
    "softmax": ("design", "offset", "labels", "ridge", "pull"),
    "user": ("gradient",),
}


def objective_parameters(shape: Shape) -> tuple[str, ...]:
    """The names under which the loop takes an objective's numbers; none for a diagonal quadratic."""
    return PARAMETERS[str(shape[0])] if shape else ()


def objective_state(shape: Shape, modes: int) -> list[str]:
    """What the gradient's statements keep: the gradient, terms of a sum, predictors of the classes."""
    kind = shape[0]
    lines = [f"g = np.zeros({modes})"]
    if kind in ("logistic", "softmax"):
        lines += [f"term = np.zeros({padded(modes)}); penalty = ridge[0]; rows = len(labels)"]
    if kind == "softmax":
        lines += [f"chance = np.zeros({shape[1]})"]
    return lines


def gradient_lines(shape: Shape, modes: int) -> list[str]:
    """The statements that put the noisy gradient at ``read[i]`` into ``g``."""
    kind, *counts = shape
    if kind == "user":
        return ["g[:] = gradient(read[i].copy(), rng)"]
    if kind == "dense":
        return _dense(modes, int(counts[0]))
    classes, batch = (int(count) for count in counts)
    lines = [f"for m in range({modes}):", "    g[m] = penalty * read[i, m] + pull[m]"]
    one = (_logistic if kind == "logistic" else lambda m, size: _softmax(m, classes, size))(modes, batch or "rows")
    if not batch:
        return [*lines, "for row in range(rows):", *_shift(one)]
    drawn = "row = int(rows * rng.random())"
    return [*lines, drawn, *one] if batch == 1 else [*lines, f"for _ in range({batch}):", *_shift([drawn, *one])]


def padded(modes: int) -> int:
    """The next power of two: what is summed by halves."""
    return 1 << (modes - 1).bit_length()


def _halves(modes: int) -> list[str]:
    half, lines = padded(modes) // 2, []
    while half >= 1:
        added = f"term[m] += term[m + {half}]"
        lines += [f"for m in range({half}):", f"    {added}"] if half > 1 else ["term[0] += term[1]"]
        half //= 2
    return lines


def _logistic(modes: int, batch: int | str) -> list[str]:
    share = "" if batch == 1 else f" / {batch}"
    return [
        f"for m in range({modes}):",
        "    term[m] = design[row, 0, m] * read[i, m]",
        *_halves(modes),
        "margin = labels[row] * (term[0] + offset[row, 0])",
        f"margin = margin if margin < {LARGEST_EXPONENT} else {LARGEST_EXPONENT}",
        f"residual = labels[row] / (1.0 + math.exp(margin)){share}",
        f"for m in range({modes}):",
        "    g[m] -= residual * design[row, 0, m]",
    ]


def _softmax(modes: int, classes: int, batch: int | str) -> list[str]:
    share = "" if batch == 1 else f" / {batch}"
    return [
        f"for c in range({classes}):",
        f"    for m in range({modes}):",
        "        term[m] = design[row, c, m] * read[i, m]",
        *_shift(_halves(modes)),
        "    chance[c] = term[0] + offset[row, c]",
        "largest = chance.max(); total = 0.0",
        f"for c in range({classes}):",
        "    chance[c] = math.exp(chance[c] - largest); total += chance[c]",
        f"for c in range({classes}):",
        f"    residual = (chance[c] / total - (1.0 if c == labels[row] else 0.0)){share}",
        f"    for m in range({modes}):",
        "        g[m] += residual * design[row, c, m]",
    ]


def _dense(modes: int, sources: int) -> list[str]:
    return [
        "g[:] = 0.0",
        f"for k in range({modes}):",
        f"    for m in range({modes}):",
        "        g[m] += hessian[k, m] * read[i, k]",
        f"for k in range({sources}):",
        "    normal = rng.standard_normal()",
        f"    for m in range({modes}):",
        "        g[m] += root[k, m] * normal",
    ]


def _shift(lines: list[str]) -> list[str]:
    return ["    " + line for line in lines]
