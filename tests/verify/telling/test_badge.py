"""The badge is one small picture that says the counts, in the colour of the worst of them."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from verify.telling.badge import badge


@pytest.mark.parametrize(
    ("counts", "words", "colour"),
    [
        ((105, 105, 0), "105 checks pass", "#1a6a3a"),
        ((101, 105, 0), "101 of 105 checks pass", "#7a5200"),
        ((3, 105, 1), "3 of 105 checks pass", "#a3261c"),
    ],
)
def test_a_badge_says_how_many_pass(counts: tuple[int, int, int], words: str, colour: str) -> None:
    picture = ET.fromstring(badge(*counts))
    assert picture.attrib["aria-label"] == f"staleproof: {words}"
    assert [node.text for node in picture.iter("{http://www.w3.org/2000/svg}text")] == ["staleproof", words]
    assert colour in badge(*counts)
    assert badge(*counts) == badge(*counts)


def test_the_text_fits() -> None:
    for passed in (1, 10, 100, 1000, 100_000):
        picture = ET.fromstring(badge(passed, passed + 1, 0))
        right = list(picture.iter("{http://www.w3.org/2000/svg}text"))[1].attrib
        end = float(right["x"]) + float(right["textLength"]) / 2
        assert end < float(picture.attrib["width"])
