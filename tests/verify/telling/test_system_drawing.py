"""The drawn system: well-formed, in words, and no line longer than its box."""

import re
import xml.etree.ElementTree as ElementTree

from verify.report import SystemDrawing
from verify.telling.system_drawing import LETTERS, system_svg

LONG = "hyperexponential (weights 0.25 and 0.75, means 3 and 1) & more <than> one line"


def drawn(*workers: tuple[str, str, str, str], capacity: str = "") -> str:
    return str(system_svg(SystemDrawing(workers, ("applies each gradient on arrival", LONG), capacity)))


def test_it_is_well_formed_and_told_in_words() -> None:
    svg = drawn(("8 workers", LONG, "exponential (mean 0.1)", ""), capacity="shared: 4 gradients/s")
    root = ElementTree.fromstring(svg)
    title = next(one.text for one in root.iter() if one.tag.endswith("title"))
    assert "8 workers" in title
    assert "shared: 4 gradients/s" in title
    assert "uplink exponential (mean 0.1)" in title


def test_no_line_is_longer_than_its_box_and_no_two_lines_share_a_place() -> None:
    svg = drawn(("3 workers", LONG, "", LONG), ("5 workers of another kind, all of them", "constant (value 1)", "", ""))
    lines = re.findall(r'<text(?: class="(\w+)")? x="(\d+)" y="(-?\d+)"[^>]*>([^<]*)</text>', svg)
    assert len(lines) > 10
    for kind, _, _, text in lines:
        shown = text.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")
        assert len(shown) <= LETTERS["link" if kind == "label" else "server"]
    places = [(x, int(y)) for _, x, y, _ in lines]
    assert all(abs(y - v) >= 15 for at, (x, y) in enumerate(places) for (u, v) in places[:at] if x == u)
