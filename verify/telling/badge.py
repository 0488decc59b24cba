"""Stage: telling. Input: counts of verdicts. Output: a small SVG that a README can show beside its name."""

from __future__ import annotations

from html import escape

_LEFT = "staleproof"
_CHARACTER, _PAD, _HEIGHT = 6.6, 7, 20
_COLOURS = {"good": "#1a6a3a", "bad": "#a3261c", "warn": "#7a5200"}


def badge(passed: int, total: int, refuted: int) -> str:
    """ "staleproof | 105 checks pass", red where a claim is refuted, brown where some are undecided.

    Example: ``"105 checks pass" in badge(105, 105, 0)``.
    """
    tone = "good" if passed == total else "bad" if refuted else "warn"
    right = f"{total} checks pass" if passed == total else f"{passed} of {total} checks pass"
    widths = [2 * _PAD + _CHARACTER * len(text) for text in (_LEFT, right)]
    whole, label = sum(widths), escape(f"{_LEFT}: {right}")
    texts = "".join(
        f'<text x="{x:.1f}" y="14" textLength="{_CHARACTER * len(text):.1f}">{escape(text)}</text>'
        for x, text in ((widths[0] / 2, _LEFT), (widths[0] + widths[1] / 2, right))
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{whole:.1f}" height="{_HEIGHT}" role="img" '
        f'aria-label="{label}">'
        f'<title>{label}</title><rect width="{whole:.1f}" height="{_HEIGHT}" rx="3" fill="{_COLOURS[tone]}"/>'
        f'<path d="M{widths[0]:.1f} 0H3a3 3 0 0 0-3 3v{_HEIGHT - 6}a3 3 0 0 0 3 3H{widths[0]:.1f}z" fill="#3b3f45"/>'
        '<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">'
        f"{texts}</g></svg>\n"
    )
