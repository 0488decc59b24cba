"""Look at every report: screenshots, a search for overflow, and a compilation of the TeX (``make look``).

Run as ``python tests/look.py [REPORTS [SHOTS]]``; defaults ``build/reports`` and ``build/look``. Needs Chromium,
pdflatex and pdftoppm, and fails with a line that says which is missing. Writes for each report screenshots in light and
dark at 1280 and 390 pixels, and every page of the two manuscripts.
"""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from verify.implementations import source_checks

WIDTHS = {"desktop": 1280, "phone": 390}
WIDEST = 5.0  # points that a line of TeX may stick out
SCHEMES = {"light": 1, "dark": 0}  # Blink's preferredColorScheme
_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--allow-file-access-from-files",
)  # fmt: skip
_PROBE = """<script>addEventListener("load", () => {
  const width = document.documentElement.clientWidth, found = [];
  for (const box of document.querySelectorAll("body *")) {
    const scrolls = box.closest(".equation, .conditions, .scroll, pre, .skip, thead");
    if (scrolls && !box.matches(".equation, .conditions, .scroll, pre")) continue;
    const edge = box.getBoundingClientRect();
    if (edge.width && (edge.right > width + 1 || edge.left < -1) && !box.matches(".skip"))
      found.push(box.tagName + "." + (box.className.baseVal ?? box.className) + " " + Math.round(edge.right));
  }
  for (const equation of document.querySelectorAll(".equation"))
    if (equation.scrollHeight > equation.clientHeight + 1) found.push("cut: " + equation.textContent.slice(0, 40));
  for (const drawing of document.querySelectorAll("svg")) {  // texts of a drawing: inside it, and not on each other
    const frame = drawing.getBoundingClientRect(), boxes = [...drawing.querySelectorAll("text")].map(one =>
      [one.textContent, one.getBoundingClientRect()]).filter(([, box]) => box.width);
    boxes.forEach(([words, a], at) => {
      if (a.left < frame.left - 2 || a.right > frame.right + 2) found.push("leaves its drawing: " + words);
      for (const [other, b] of boxes.slice(0, at))
        if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2 &&
            Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 0.35 * Math.min(a.height, b.height))
          found.push("on each other: " + words + ", " + other);
    });
  }
  const flat = m => !m.getBoundingClientRect().width && !m.closest("details");
  const empty = [...document.querySelectorAll("math")].filter(flat);
  parent.postMessage({width, page: document.documentElement.scrollWidth, height: document.documentElement.scrollHeight,
    found: found.slice(0, 8), equations: document.querySelectorAll("math").length, empty: empty.length}, "*");
});</script>"""
_FRAME = """<!doctype html><meta charset="utf-8"><style>body{{margin:0}}iframe{{border:0;display:block}}</style>
<pre id="said" hidden></pre><script>addEventListener("message", e => said.textContent = JSON.stringify(e.data))</script>
<iframe src="{source}" width="{width}" height="{height}"></iframe>"""


class MissingToolError(RuntimeError):
    """A tool that looking needs is not installed."""


@dataclass(frozen=True)
class Tools:
    """The programs that looking needs."""

    chromium: str
    pdflatex: str
    pdftoppm: str


def tools() -> Tools:
    """Find the programs; ``MissingToolError`` names those that are not installed."""
    browser = next(
        (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
    )
    found = {"chromium": browser, "pdflatex": shutil.which("pdflatex"), "pdftoppm": shutil.which("pdftoppm")}
    absent = [name for name, path in found.items() if path is None]
    if absent:
        raise MissingToolError(f"look: not installed: {', '.join(absent)}")
    return Tools(**{name: path for name, path in found.items() if path is not None})


def browse(chromium: str, page: Path, *flags: str) -> str:
    """Run Chromium on a page in a fresh profile; its standard output."""
    with tempfile.TemporaryDirectory() as profile:
        command = [chromium, *_FLAGS, f"--user-data-dir={profile}", "--virtual-time-budget=4000", *flags, page.as_uri()]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    return done.stdout


def probe(chromium: str, page: Path, width: int) -> dict[str, object]:
    """Measure a page at a width: its scroll width and height, and what sticks out sideways."""
    with tempfile.TemporaryDirectory() as folder:
        copy, frame = Path(folder) / "page.html", Path(folder) / "frame.html"
        opened = page.read_text(encoding="utf-8").replace("<details>", "<details open>")
        copy.write_text(opened.replace("</body>", _PROBE + "</body>"), encoding="utf-8")
        frame.write_text(_FRAME.format(source=copy.name, width=width, height=900), encoding="utf-8")
        dom = browse(chromium, frame, "--dump-dom", "--window-size=1300,1000")
    said = re.search(r'<pre id="said"[^>]*>(.*?)</pre>', dom, re.S)
    if not said or not said[1]:
        raise RuntimeError(f"look: {page}: Chromium gave no measurements")
    return dict(json.loads(html.unescape(said[1])))


def photograph(chromium: str, page: Path, picture: Path, width: int, height: int, scheme: int) -> None:
    """A screenshot of the whole page, every derivation open, at an exact width."""
    with tempfile.TemporaryDirectory() as folder:
        copy, frame = Path(folder) / "page.html", Path(folder) / "frame.html"
        copy.write_text(page.read_text(encoding="utf-8").replace("<details>", "<details open>"), encoding="utf-8")
        frame.write_text(_FRAME.format(source=copy.name, width=width, height=height), encoding="utf-8")
        settings = f"--blink-settings=preferredColorScheme={scheme}"
        browse(chromium, frame, settings, f"--window-size={max(width, 500)},{height}", f"--screenshot={picture}")
    if not picture.exists():
        raise RuntimeError(f"look: {page}: Chromium took no screenshot")


def look_at_page(chromium: str, page: Path, shots: Path) -> list[str]:
    """Photograph one page in every width and scheme; complaints about it."""
    complaints = []
    for name, width in WIDTHS.items():
        measured = probe(chromium, page, width)
        if measured["page"] != measured["width"] or measured["found"]:
            complaints.append(f"{page}: {name}: overflows to {measured['page']} px: {measured['found']}")
        if measured["empty"] or not measured["equations"]:
            complaints.append(f"{page}: {name}: {measured['empty']} of {measured['equations']} equations have no width")
        for scheme, setting in SCHEMES.items():
            picture = shots / f"{page.parent.name}-{name}-{scheme}.png"
            photograph(chromium, page, picture, width, min(int(str(measured["height"])) + 20, 16000), setting)
    return complaints


def look_at_tex(found: Tools, report: Path, shots: Path) -> list[str]:
    """Compile both manuscripts of a report, with their references; complaints about them, pictures of every page."""
    complaints = []
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary) / "paper"
        shutil.copytree(report, work)
        for document in sorted(path.stem for path in work.glob("paper-*.tex")):
            complaints += [f"{report}: {document}: {wrong}" for wrong in compiled(found, work, document)]
            pages = str((shots / f"{report.name}-{document}").absolute())
            if (work / f"{document}.pdf").exists():
                command = [found.pdftoppm, "-r", "80", "-png", f"{document}.pdf", pages]
                subprocess.run(command, cwd=work, check=True, timeout=120)
    return complaints


def compiled(found: Tools, work: Path, document: str) -> list[str]:
    """Run pdflatex and bibtex until the references stand; what is wrong with the document."""
    latex = [found.pdflatex, "-interaction=nonstopmode", "-halt-on-error", document]
    bibtex = [[shutil.which("bibtex") or "bibtex", document]] if (work / "refs.bib").stat().st_size else []
    for command in (latex, *bibtex, latex, latex):
        done = subprocess.run(
            command, cwd=work, capture_output=True, text=True, timeout=120, check=False, errors="replace"
        )
        if done.returncode:
            wrong = re.findall(r"^! .*", done.stdout, re.M)
            return [f"{Path(command[0]).name}: {wrong[:1] or done.stdout[-300:]}"]
    log = (work / f"{document}.log").read_text(encoding="utf-8", errors="replace")
    wide = [float(size) for size in re.findall(r"Overfull \\hbox \(([\d.]+)pt", log)]
    loose = re.findall(r"(?:Reference|Citation) `[^']*'[^\n]*undefined", log)
    complaints = [f"a line is {max(wide)} pt too wide"] if wide and max(wide) > WIDEST else []
    return complaints + loose


def main(arguments: list[str]) -> int:
    """Look at every report under the folder given; 0 when nothing is wrong."""
    reports, shots = (
        Path(arguments[0] if arguments else "build/reports"),
        Path(arguments[1] if arguments[1:] else "build/look"),
    )
    try:
        found = tools()
    except MissingToolError as missing:
        print(missing, file=sys.stderr)
        return 1
    pages = sorted(reports.glob("*/report.html"))
    if not pages:
        print(f"look: no report under {reports}", file=sys.stderr)
        return 1
    shots.mkdir(parents=True, exist_ok=True)
    complaints = []
    for page in pages:
        complaints += look_at_page(found.chromium, page, shots) + look_at_tex(found, page.parent, shots)
        print(f"looked at {page}")
    if source_checks.main([]):
        complaints.append("source code misses its enclosures")
    for complaint in complaints:
        print(f"look: {complaint}", file=sys.stderr)
    print(f"{len(pages)} reports, {len(complaints)} complaints, pictures in {shots}")
    return 1 if complaints else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
