"""The content of a record as a plain value."""

from __future__ import annotations

from memorial.domain.content import canonical


def test_the_same_object_is_the_same_bytes_in_any_order() -> None:
    assert canonical({"b": 1, "a": "ə"}) == canonical({"a": "ə", "b": 1})
    assert canonical({"a": 1}) != canonical({"a": 2})
