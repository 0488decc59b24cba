"""Results are taken apart by what their entries are about, so that order and further rows do not matter."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from verify.commands.result_leaves import leaves

SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
TREES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner))


def exact(value: str) -> dict[str, str]:
    return {"kind": "exact", "value": value, "latex": value}


def test_entries_go_by_what_they_are_about() -> None:
    one = {"claim": "b.c", "case": "x", "predicted": exact("1")}
    other = {"claim": "b.c", "case": "y", "predicted": exact("2")}
    found = leaves({"verdicts": [one, other]})
    assert found == leaves({"verdicts": [other, one]})
    assert found["verdicts", "b.c, x", "predicted"].value == exact("1")
    assert found["verdicts", "b.c, x", "predicted"].place == "verdicts / b.c, x / predicted"


def test_entries_that_are_alike_are_numbered() -> None:
    found = leaves({"rows": [{"claim": "a.b", "outcome": "pass"}, {"claim": "a.b", "outcome": "refuted"}]})
    assert [found["rows", f"a.b {n}", "outcome"].value for n in (1, 2)] == ["pass", "refuted"]


def test_every_leaf_plays_one_part() -> None:
    result = {
        "study": {"workers": 4},
        "roots": [{"re": "-1", "im": "0", "radius": "1e-9", "multiplicity": 1}],
        "unstable": False,
        "hash": "ab",
        "note": "words",
        "provenance": {"seed": 1, "value": exact("1")},
        "value": exact("1"),
    }
    parts = {leaf.place: leaf.part for leaf in leaves(result).values()}
    assert parts["study / workers"] == "asked"
    assert parts["roots / 1 / re"] == parts["value"] == "number"
    assert parts["roots / 1 / multiplicity"] == parts["unstable"] == "outcome"
    assert parts["hash"] == "formula"
    assert parts["note"] == "words"
    assert parts["provenance / seed"] == parts["provenance / value"] == "provenance"


@given(TREES)
def test_no_scalar_is_lost(tree: object) -> None:
    def scalars(node: object) -> int:
        if isinstance(node, dict):
            return sum(map(scalars, node.values()))
        return sum(map(scalars, node)) if isinstance(node, list) else 1

    assert len(leaves(tree)) == scalars(tree)
