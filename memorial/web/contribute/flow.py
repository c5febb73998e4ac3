"""The pages of each task in their order (LOOK, "The family's journey"), and which of them an answer leaves out.

flow_of(sheet)                # ["find", "person", …]
after(sheet, "born"), before(sheet, "born")
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from memorial.services import contribution_content as content
from memorial.web.contribute.fields import Sheet

ABOUT_THEM = ("find", "listed", "person", "born", "lived", "fate", "known")
FILES = ("photographs", "recording")
ABOUT_YOU = ("name", "reach")
CONSENT = ("audience", "parts", "consents")

FLOW: Mapping[str, Sequence[str]] = {
    "remembrance": (*ABOUT_THEM, "way", "life", *FILES, "people", "guardian", *ABOUT_YOU, *CONSENT),
    "memory": ("find", "memory", "photographs", "people", *ABOUT_YOU, "audience", "consents"),
    "testimony": (
        "way", "words", "told", "stood", *FILES, "people", "guardian", *ABOUT_YOU, *CONSENT,
    ),
    "media": ("find", "shows", *FILES, "people", "guardian", *ABOUT_YOU, *CONSENT),
    "correction": ("find", "wrong", "how_known", *ABOUT_YOU),
    "removal": ("find", "ground", "how_known", "who", *ABOUT_YOU),
}  # fmt: skip


def flow_of(sheet: Sheet) -> list[str]:
    """The pages that these answers leave: nobody is asked what cannot matter."""
    flow = [name for name in FLOW[sheet.task] if name not in _left_out(sheet)]
    if content.is_to_be_called(sheet.answers) and "way" in flow:
        return [*flow[: flow.index("way") + 1], *ABOUT_YOU]
    return flow


def _left_out(sheet: Sheet) -> set[str]:
    out = set()
    if not sheet.said("about") or sheet.task != "remembrance":
        out.add("listed")
    if not content.has_minor(sheet.answers):
        out.add("guardian")
    if sheet.said("way") == content.RECORD:
        out.add("words")
    if len(content.parts_there(sheet.answers, sheet.files)) < 2 or not content.shows_to_somebody(
        sheet.answers
    ):
        out.add("parts")
    return out


def after(sheet: Sheet, name: str) -> str:
    """The page after this one; the last question leads to the answers as a whole."""
    whole, left = FLOW[sheet.task], flow_of(sheet)
    place = whole.index(name)
    return next((each for each in whole[place + 1 :] if each in left), "check")


def before(sheet: Sheet, name: str) -> str:
    """The page before this one; "" for the start."""
    whole, left = FLOW[sheet.task], flow_of(sheet)
    place = len(whole) if name == "check" else whole.index(name)
    return next((each for each in reversed(whole[:place]) if each in left), "")
