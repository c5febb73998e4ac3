"""What the parties of a record said, as the desk reads it; and the archive's own hold.

wills_of(session, record_id)      # the latest word of each party
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from memorial.domain import consent as rules
from memorial.gate import GatedSession
from memorial.models import ConsentForm, LedgerEntry, Party
from memorial.services.desk_views import Will

Grants = Mapping[str, Mapping[tuple[str, str], rules.Window]]


def wills_of(session: GatedSession, record_id: int) -> list[Will]:
    """One entry for each party: whether its yes is needed, and what it said last."""
    wanted = (
        select(LedgerEntry, Party.kind, ConsentForm)
        .join(Party, Party.id == LedgerEntry.party_id)
        .outerjoin(ConsentForm, ConsentForm.id == LedgerEntry.form_id)
        .where(LedgerEntry.record_id == record_id)
        .order_by(LedgerEntry.position)
    )
    found: dict[int, Will] = {}
    for entry, kind, form in session.execute(wanted):
        known = found.get(entry.party_id, Will(kind, kind == rules.ARCHIVE))
        found[entry.party_id] = _said(known, entry, form)
    return list(found.values())


def _said(known: Will, entry: LedgerEntry, form: ConsentForm | None) -> Will:
    if entry.act != "will":
        asked = entry.act == "need" and bool(json.loads(entry.will))
        return _with(known, needed=asked or (known.needed and entry.act == "need"))
    will = rules.will_from_json(entry.will)
    return _with(
        known,
        at=entry.recorded_at,
        form=f"{form.name} {form.version}" if form else "",
        form_approved=form is None or bool(form.approved_by),
        language=entry.language,
        grants=tuple(grant_lines(will)),
        parts_kept_back=tuple(sorted(key for key, grants in will.items() if not grants)),
    )


def _with(known: Will, **values: Any) -> Will:
    return replace(known, **values)


def grant_lines(will: Grants) -> list[tuple[str, str, str, datetime | None, datetime | None]]:
    """(part, audience, use, opens, closes); no bound where there is none."""
    return [
        (
            part,
            audience,
            use,
            window.opens if window.opens != rules.BEGIN else None,
            window.closes if window.closes != rules.FOREVER else None,
        )
        for part, grants in sorted(will.items())
        for (audience, use), window in sorted(grants.items())
    ]
