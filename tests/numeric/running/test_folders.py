"""The cache folder: named, per user, or temporary."""

from __future__ import annotations

from pathlib import Path

import pytest

from numeric.running.folders import cache_folder


@pytest.fixture(autouse=True)
def afresh() -> None:
    cache_folder.cache_clear()


def test_the_named_folder_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STALEPROOF_CACHE", str(tmp_path / "a" / "b"))
    assert cache_folder() == tmp_path / "a" / "b"
    assert cache_folder().is_dir()
    cache_folder.cache_clear()


def test_an_empty_name_names_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STALEPROOF_CACHE", "")
    assert cache_folder() not in (Path(), tmp_path)
    cache_folder.cache_clear()


def test_a_folder_that_cannot_be_made_is_replaced_by_a_temporary_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("STALEPROOF_CACHE", str(tmp_path / "file" / "below"))
    assert cache_folder().is_dir()
    assert tmp_path not in cache_folder().parents
    cache_folder.cache_clear()
