"""A form that somebody else overtook: three versions of each of its fields, merged where they do not clash.

for each in merged(form, started, typed): each.merged, each.clashes        # domain/versions.py
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from memorial.domain.editing import Field
from memorial.domain.versions import Versions, three
from memorial.services.published.forms import LONG, ObjectForm


def merged(form: ObjectForm, started: Mapping[str, Any], typed: Mapping[str, str]) -> dict[str, Versions]:
    """By key, of the form of what stands now: what it was begun from, what there is now, what was typed."""
    before = ObjectForm(form.kind, started)
    values, old = form.values(), before.values()
    found: dict[str, Versions] = {}
    for group in form.groups(typed):
        for entry in (entry for row in group.rows for entry in row):
            began, stands = old.get(entry.key, ""), values.get(entry.key, "")
            long = entry.what in LONG
            field = Field(entry.key, entry.name, entry.what, stands, (entry.key,), long=long)
            found[entry.key] = three(field, began, stands, typed.get(entry.key, began))
    return found
