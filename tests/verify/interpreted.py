"""The printed event loop run as Python, with or without a slip: slow, but nothing is compiled."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from unittest import mock

from numeric import jobs, pilot
from numeric.event_loop import EventLoop, System, interpreted
from numeric.event_loop_source import loop_source
from numeric.loop_cycles import print_cycle
from numeric.loop_text import Features, Recording
from verify.loop_slips import LoopMutant


@contextmanager
def interpreted_loops(slip: LoopMutant | None = None) -> Iterator[None]:
    """Every simulation interprets its loop; the slip is put into each loop in which its texts stand once."""

    def loop(system: System, recording: Recording = "averages") -> EventLoop:
        text = loop_source(print_cycle(system), Features.of(system, recording))
        if slip is not None and all(text.count(old) == 1 for old, _ in slip.changes):
            for old, new in slip.changes:
                text = text.replace(old, new)
        return interpreted(text, system)

    with ExitStack() as stack:
        for module in (jobs, pilot):
            stack.enter_context(mock.patch.object(module, "event_loop", loop))
        yield
