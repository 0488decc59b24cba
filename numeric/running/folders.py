"""Stage: folders. Input: the environment. Output: where compiled loops and results that can be had again are kept."""

from __future__ import annotations

import os
import sys
import tempfile
from functools import lru_cache
from pathlib import Path


@lru_cache(maxsize=1)
def cache_folder() -> Path:
    """$STALEPROOF_CACHE, else the platform's per-user cache, else (unwritable) a temporary folder."""
    try:
        if named := os.environ.get("STALEPROOF_CACHE"):
            folder = Path(named)
        elif sys.platform == "win32":
            folder = Path(os.environ.get("LOCALAPPDATA", "~")).expanduser() / "staleproof" / "cache"
        elif sys.platform == "darwin":
            folder = Path("~/Library/Caches/staleproof").expanduser()
        else:
            folder = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "staleproof"
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except (OSError, RuntimeError):
        return Path(tempfile.mkdtemp(prefix="staleproof-"))
