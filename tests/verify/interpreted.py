"""The printed event loop run as Python, with or without a slip: slow, but nothing is compiled."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from unittest import mock

from numeric.event_loop.compiled import EventLoop, Looks, System, interpreted
from numeric.event_loop.cycles import print_cycle
from numeric.event_loop.features import Features, Recording
from numeric.event_loop.source import loop_source
from numeric.running import jobs
from numeric.simulation import passages, pilot, response
from verify.mutants.loop_slips import LoopMutant


@contextmanager
def interpreted_loops(slip: LoopMutant | None = None) -> Iterator[None]:
    """Every simulation interprets its loop; the slip is put into each loop in which its texts stand once."""

    def loop(system: System, recording: Recording = "averages", looks: Looks | None = None) -> EventLoop:
        text = loop_source(print_cycle(system), Features.of(system, recording, (looks or Looks()).names))
        if slip is not None and all(text.count(old) == 1 for old, _ in slip.changes):
            for old, new in slip.changes:
                text = text.replace(old, new)
        return interpreted(text, system, looks)

    with ExitStack() as stack:
        for module in (jobs, pilot, passages, response):
            stack.enter_context(mock.patch.object(module, "event_loop", loop))
        yield
