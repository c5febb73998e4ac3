"""What the desk should read beside the content: it goes along as a message, encrypted like all messages."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from memorial.services import contribution_content as content
from memorial.services.contribute import Draft
from memorial.web.contribute import steps
from memorial.web.contribute.summary import rows_of
from memorial.web.contribute.visit import Visit

# Pages whose answers are for the desk alone: told where they are new.
FOR_THE_DESK = ("listed", "way", "people", "guardian", "how_known", "who", "ground")
# Known to the desk otherwise: contacts are opened on purpose and logged, and the words of a case are its message.
ELSEWHERE = ("guardian_contact", "wrong")

# What changes nothing for whoever reads it.
QUIET = (("way", "write"), ("children", "no"), ("children", "not_sure"))


def for_the_desk(visit: Visit, again: bool) -> str:
    """The answers that are not for the page, where they are new; on a change, that there is one."""
    draft = visit.draft
    lines = [_("I have changed what I sent.")] if again else []
    lines += [line for page in FOR_THE_DESK for line in _page(visit, page)]
    lines += [line for line in (_call(draft), *_photographs(draft)) if line]
    return "\n".join(lines)


def _page(visit: Visit, name: str) -> list[str]:
    step = steps.step_named(visit.sheet, name)
    if step is None:
        return []
    rows = [row for row in rows_of(step, visit.draft.answers) if row.answer and row.field not in ELSEWHERE]
    lines = [
        f"{row.question} {_whole(visit.draft, row.field, row.answer)}"
        for row in rows
        if _new(visit.draft, row.field)
    ]
    if lines and name == "listed":
        lines.append(f"{visit.sheet.said('about_name')} {visit.sheet.said('page')}")
    return lines


def _whole(draft: Draft, field: str, shown: str) -> str:
    """Words in full, where the page of answers shows only their beginning."""
    value = str(draft.answers.get(field, ""))
    return value if value.startswith(shown) else shown


def _new(draft: Draft, name: str) -> str:
    value = str(draft.answers.get(name, ""))
    return value if value != str(draft.sent.get(name, "")) and (name, value) not in QUIET else ""


def _call(draft: Draft) -> str:
    if _new(draft, "audience") != content.NOT_SURE:
        return ""
    return _("I am not sure who may see it. Please call or write to me.")


def _photographs(draft: Draft) -> list[str]:
    """Photographs taken out of what was already sent: the desk hears of it, visitors no longer see them."""
    before: dict[str, Any] = draft.sent.get("photos", {})
    gone = [
        name
        for name, photo in draft.photos.items()
        if photo.get("removed") and not before.get(name, {}).get("removed")
    ]
    return [_("I have taken out %(count)s of the photographs.", count=len(gone))] if gone else []
