"""The index leads to every report of a folder and says of each what its report.json says."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from verify.telling.index_page import entries, index, write_index
from verify.telling.writing import write_report


@pytest.fixture(scope="module")
def folder(report: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out: Path = tmp_path_factory.mktemp("reports")
    write_report(report, out / "textbook")
    (out / "broken").mkdir()
    (out / "broken" / "report.json").write_text("{")
    (out / "foreign").mkdir()
    (out / "foreign" / "report.json").write_text('{"schema": "another"}')
    (out / "listed").mkdir()
    (out / "listed" / "report.json").write_text("[1]")
    return out


def test_every_report_is_there_and_nothing_else(folder: Path) -> None:
    text = write_index(folder).read_text(encoding="utf-8")
    links = re.findall(r'href="([^"#]+)"', text)
    assert links
    assert all((folder / link).exists() for link in links)
    assert {link.split("/")[0] for link in links} == {"textbook"}


def test_it_says_what_the_report_says(folder: Path) -> None:
    record = json.loads((folder / "textbook" / "report.json").read_text(encoding="utf-8"))
    (entry,) = entries(folder)
    assert (entry.title, entry.question) == (record["title"], record["question"])
    assert entry.total == len(record["verdicts"])
    assert entry.passed == record["passed"]
    assert list(entry.findings) == record["findings"][:3]
    assert record["title"] in index((entry,))


def test_a_failed_report_is_counted(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder / "textbook", tmp_path / "textbook")
    path = tmp_path / "textbook" / "report.json"
    record = json.loads(path.read_text(encoding="utf-8"))
    record["verdicts"][0]["outcome"] = "refuted"
    path.write_text(json.dumps(record))
    (entry,) = entries(tmp_path)
    assert not entry.passed
    assert dict(entry.outcomes)["refuted"] >= 1
    assert 'class="stamp bad"' in index((entry,))


def test_the_page_loads_nothing_and_escapes_what_it_shows(folder: Path) -> None:
    (entry,) = entries(folder)
    text = index((entry,))
    assert "<script" not in text
    assert not re.search(r"""src=|href=["'](?:http|//)""", text)
    assert text == index((entry,))
