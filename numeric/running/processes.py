"""Stage: processes. Input: none. Output: a context whose processes import what they are given, and nothing else.

A process started anew runs the main program's file again, to find what stands in it. What staleproof starts by itself
needs nothing of it: a script that calls ``staleproof.main`` outside ``if __name__ == "__main__"`` is not run twice.
"""

from __future__ import annotations

import sys
from multiprocessing.context import SpawnContext, SpawnProcess
from types import ModuleType


class LoneProcess(SpawnProcess):
    """A process started anew that does not run the main program's file; its work must stand in modules."""

    def start(self) -> None:
        """Start it, the main program out of sight."""
        main = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            super().start()
        finally:
            sys.modules["__main__"] = main


class LoneContext(SpawnContext):
    """The context of such processes, for ``ProcessPoolExecutor(mp_context=...)``."""

    Process = LoneProcess
