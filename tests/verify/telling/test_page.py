"""The page: self-contained, well-formed, complete, and honest about failures."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from derive import symbols as y
from numeric.values import Estimate
from verify.telling.page import number_html, page, unbroken, write_page

BUSY_SENTENCE = "Every worker starts its next cycle at once."
_VOID = {"meta", "link", "br", "wbr", "img", "input", "hr"}


class _Balance(HTMLParser):
    """Open elements as a stack; every end tag must close the last one opened."""

    def __init__(self):
        super().__init__()
        self.stack: list[str] = []
        self.wrong: list[str] = []
        self.identifiers: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.identifiers += [given["id"]] if "id" in given else []
        self.links += [given["href"]] if given.get("href", "").startswith("#") else []
        if tag not in _VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.stack.pop()

    def handle_endtag(self, tag):
        if not self.stack or self.stack.pop() != tag:
            self.wrong.append(f"</{tag}> at {self.getpos()}")


@pytest.fixture(scope="module")
def text(report):
    return page(report)


def test_every_element_is_closed_and_every_identifier_is_unique(text):
    parser = _Balance()
    parser.feed(text)
    assert not parser.wrong
    assert not parser.stack
    assert len(parser.identifiers) == len(set(parser.identifiers))
    assert {link.removeprefix("#") for link in parser.links} <= set(parser.identifiers)


def test_nothing_is_loaded_and_no_script_runs(text):
    assert "<script" not in text
    assert "@import" not in text
    assert not re.search(r'(src|href)="(?!#)', text)
    assert not re.search(r"url\((?!#)", text)


def test_same_report_gives_the_same_page(report, text):
    assert page(report) == text


def test_everything_the_report_holds_is_told(report, text):
    plain = re.sub(r"<wbr>|<[^>]+>", "", text)
    for words in (
        report.title,
        *(verdict.claim for verdict in report.verdicts),
        *(verdict.negative_control for verdict in report.verdicts),
        *(figure.caption for figure in report.figures),
        *(case.description for case in report.cases),
        *(derivation.title for derivation in report.derivations),
    ):
        assert words in plain, words
    assert text.count("<math") >= 12
    assert text.count('<svg class="figure"') == len(report.figures)


def test_sections_stand_in_order(text):
    order = re.findall(r'<section id="(\w+)"', text)
    assert order == [
        "system", "model", "verdict", "findings", "figures", "formulas", "quantities", "claims", "derivations",
        "provenance",
    ]  # fmt: skip


def test_verdict_quotes_its_power(text):
    sentence = re.sub(r"\s+", " ", re.search(r'<p class="verdict good">(.*?)</p>', text, re.S)[1])
    assert "All 15 checks passed" in sentence
    assert "10<sup>−6</sup>" in sentence
    assert "1.8 %" in sentence


def test_a_refuted_claim_is_said_in_the_verdict(report):
    worse = replace(report.verdicts[0], outcome="refuted")
    text = page(replace(report, verdicts=(worse, *report.verdicts[1:])))
    assert "All 15" not in text
    assert re.search(r'<p class="verdict bad">\s*14 of 15 checks passed;\s*1 refuted', text)


def test_a_negative_control_that_did_not_fail_is_said(report):
    slack = tuple(replace(verdict, negative_control="planted, but passed") for verdict in report.verdicts)
    assert "Not every negative control failed" in page(replace(report, verdicts=slack))


def test_text_from_the_study_cannot_become_markup(report):
    text = page(replace(report, title="<b>&", study={"name": "<img src=x>"}))
    assert "<b>&" not in text
    assert "<img" not in text


def test_report_with_nothing_in_it_still_makes_a_page(report):
    empty = replace(report, cases=(), verdicts=(), findings=(), figures=(), derivations=(), provenance={}, study={})
    parser = _Balance()
    parser.feed(page(empty))
    assert not parser.wrong


def test_checks_that_are_not_stored_are_not_claimed(report, text):
    assert "checked by a second route" in text
    assert "checked by a second route" not in page(replace(report, provenance={}))


def test_an_assumption_is_named_once_and_an_inequality_is_typeset(report):
    (derivation,) = report.derivations
    bounded = replace(derivation, domain=y.damping < 1)
    formula = replace(report.cases[0].formulas[0], conditions=bounded.conditions)
    case = replace(report.cases[0], formulas=(formula,))
    text = page(replace(report, cases=(case,), derivations=(bounded,)))
    assert text.count(BUSY_SENTENCE) == 1
    assert '<a class="need" href="#assume-always-busy">' in text
    assert re.search(r"Holds if <math.*?<mo>&lt;</mo>", text)
    assert "a &lt; 1." not in text


def test_kind_of_a_number_is_visible():
    markup = number_html(Estimate(23.9712, 0.0412, 64))
    assert "estimate" in markup
    assert "64 replicas" in markup


def test_unwritable_folder_raises_with_the_path(report, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(OSError, match="file"):
        write_page(report, blocked / "sub")


def _luminance(colour):
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(first, second):
    low, high = sorted((_luminance(first), _luminance(second)))
    return (high + 0.05) / (low + 0.05)


def test_text_and_curves_have_enough_contrast_in_light_and_dark(text):
    schemes = [
        dict(re.findall(r"--([\w-]+): (#\w{6})", block)) for block in re.findall(r":root \{(.*?)\}", text, re.S)
    ][:2]
    assert len(schemes) == 2
    for colours in schemes:
        for ground in ("paper", "raised"):
            for name in ("ink", "muted", "accent", "good", "bad", "warn"):
                assert _contrast(colours[name], colours[ground]) >= 4.5, name
        for index in range(1, 7):
            assert _contrast(colours[f"series-{index}"], colours["paper"]) >= 3


def test_no_line_ends_within_a_number_of_a_finding():
    told = unbroken("It is +14.3 ± 0.1 % off.")
    assert told == "It is +14.3\u00a0±\u00a00.1\u00a0% off."
