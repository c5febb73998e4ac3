"""What the gate leaves out of a history before it folds a part changes nothing of what the fold says."""

from __future__ import annotations

from hypothesis import given, settings

from memorial.domain.consent import fold
from memorial.gate.policies import _Counting
from tests.domain.test_consent import _pure
from tests.oracle_consent import histories


@settings(max_examples=500)
@given(histories())
def test_a_part_is_folded_from_its_own_entries_as_from_all_of_them(history):
    parts, events = history
    pure, entries = _pure(parts, events)
    page = next(pure[part["id"]] for part in parts if part["page"])
    counting = _Counting(entries)
    for part in pure.values():
        assert fold(part, page, pure, counting.for_part(part, page, pure)) == fold(part, page, pure, entries)
