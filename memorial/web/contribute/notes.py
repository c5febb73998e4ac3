"""What the desk should read beside the content: it goes along as a message, encrypted like all messages."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from memorial.services import contribution_content as content
from memorial.services.contribute import Draft
from memorial.web.contribute import steps


def for_the_desk(draft: Draft, again: bool) -> str:
    """The answers that are not for the page, where they are new; on a change, that there is one."""
    lines = [_("I have changed what I sent.")] if again else []
    lines += [line for line in (_people(draft), _children(draft), _call(draft), *_photographs(draft)) if line]
    return "\n".join(lines)


def _new(draft: Draft, name: str) -> str:
    value = str(draft.answers.get(name, ""))
    return value if value != str(draft.sent.get(name, "")) else ""


def _people(draft: Draft) -> str:
    said = _new(draft, "people")
    return _("People named in it who might not want that: %(words)s", words=said) if said else ""


def _children(draft: Draft) -> str:
    if _new(draft, "children") not in ("me", "yes"):
        return ""
    step = steps.step_named(str(draft.answers["task"]), "people")
    field = step.fields[1] if step else None
    label = next((o[1] for o in field.options if o[0] == draft.answers["children"]), "") if field else ""
    return f"{field.label} {label}" if field else ""


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
