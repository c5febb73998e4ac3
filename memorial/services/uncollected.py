"""Long work in lots: Python looks for cycles once a lot.

    with uncollected() as a_lot_is_done:
        for some in lots:
            …
            a_lot_is_done()

Left to itself it looks some ten times a lot among rows that are all still wanted: a fifth of an import's time, a tenth
of an export's.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[Callable[[], object]]:
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield lambda: gc.collect(0)
    finally:
        if was_on:
            gc.enable()
