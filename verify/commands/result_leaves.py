"""Stage: results, taken apart. Input: the JSON of a command. Output: its leaves by path, each with the part it plays.

Entries of lists go by what they are about (claim, case, mode, rung, ...), not by their place, so that two results can
be laid side by side though one of them has more rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Path = tuple[str, ...]
Part = Literal["number", "outcome", "formula", "asked", "provenance", "words"]

KINDS = ("exact", "enclosure", "estimate")
_NAMED_BY = ("claim", "case", "label", "name", "quantity", "mode", "rung", "average", "evidence", "statement", "title")
_OUTCOMES = {"outcome", "passed", "unstable", "unstable_count", "certified", "multiplicity", "checked_by"}
_ASKED = {"study", "equation", "searched", "limit", "false_alarm_rate"}


@dataclass(frozen=True)
class Leaf:
    """One value of a result: a number with its kind, an outcome, or a text that only tells."""

    path: Path
    part: Part
    value: Any

    @property
    def place(self) -> str:
        """The path as a line."""
        return " / ".join(self.path)


def leaves(result: Any) -> dict[Path, Leaf]:
    """Every leaf of a result's JSON by its path.

    Example: ``[leaf.part for leaf in leaves({"unstable": False}).values()] == ["outcome"]``.
    """
    return {leaf.path: leaf for leaf in _leaves(result, (), "words")}


def _leaves(node: Any, path: Path, part: Part) -> Iterator[Leaf]:
    if isinstance(node, Mapping):
        if node.get("kind") in KINDS:
            yield Leaf(path, "number" if part == "words" else part, dict(node))
        elif {"re", "im", "radius"} <= set(node):
            yield from _root(node, path)
        else:
            for key, value in node.items():
                yield from _leaves(value, (*path, str(key)), part if part != "words" else _part(str(key)))
    elif isinstance(node, Sequence) and not isinstance(node, str):
        for name, value in zip(_names(node), node, strict=True):
            yield from _leaves(value, (*path, name), part)
    else:
        yield Leaf(path, part, node)


def _root(root: Mapping[str, Any], path: Path) -> Iterator[Leaf]:
    """Real and imaginary part of a root as enclosures."""
    for key in ("re", "im"):
        yield Leaf((*path, key), "number", {"kind": "enclosure", "mid": root[key], "radius": root["radius"]})
    if "multiplicity" in root:
        yield Leaf((*path, "multiplicity"), "outcome", root["multiplicity"])


def _part(key: str) -> Part:
    if key == "provenance":
        return "provenance"
    if key in _ASKED:
        return "asked"
    return "outcome" if key in _OUTCOMES else "formula" if key == "hash" else "words"


def _names(entries: Sequence[Any]) -> list[str]:
    """What each entry is about; equals are numbered."""
    told = [_name(entry) for entry in entries]
    often, seen = Counter(told), Counter[str]()
    names = []
    for name in told:
        seen[name] += 1
        names.append(name if name and often[name] == 1 else f"{name} {seen[name]}".strip())
    return names


def _name(entry: Any) -> str:
    if not isinstance(entry, Mapping):
        return ""
    return ", ".join(_words(key, entry[key]) for key in _NAMED_BY if isinstance(entry.get(key), str | int))


def _words(key: str, value: str | int) -> str:
    return f"{key} {value}" if isinstance(value, int) else value
