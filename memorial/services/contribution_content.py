"""What a family answered, turned into what the rest of the archive works with. No database here.

    content_of(answers, language)     # the record's content
    will_of(answers)                  # what its parties allow, keyed by part (contribution_will.py)
    flags_of(answers, photographs), missing(answers)

Answers are a plain object of strings as they were typed, `task` among them; `photos` holds one
object for each photograph by its public id. What was left empty, "not sure" or "rather not say" allows nothing
and states nothing.
"""

from __future__ import annotations

from collections.abc import Collection

from memorial.domain import consent as rules
from memorial.domain import tasks
from memorial.domain.content import STOOD, Content, LinkContent, NameContent, StatementContent, TextContent
from memorial.domain.dates import from_words
from memorial.domain.names import script_of
from memorial.services.contribution_will import (
    AGREED,
    EVERYONE,
    FIRST,
    FULL,
    INSTEAD,
    LATER,
    NAME,
    NOT_SHOWN,
    NOT_SURE,
    NOTICE,
    PSEUDONYM,
    RELATIVE,
    RESEARCHERS,
    WITHHELD,
    Answers,
    asked_again_on,
    grants_of,
    guardian_will,
    has_minor,
    is_a_future_day,
    is_testimony,
    is_to_be_called,
    narrator_will,
    narrowed,
    opening,
    said,
    whole_day,
    will_of,
    withholds_name,
)
from memorial.services.contribution_words import FATE_WORDS, NAMELESS, NOTICE_WORDS, SENDER, in_language

__all__ = [
    "AGREED", "EVERYONE", "FIRST", "FULL", "LATER", "NOT_SHOWN", "NOT_SURE", "PSEUDONYM", "RELATIVE",
    "RESEARCHERS", "WITHHELD", "Answers", "asked_again_on", "contact_of", "content_of", "flags_of", "grants_of",
    "guardian_contact_of", "guardian_will", "has_minor", "is_a_future_day", "is_to_be_called", "missing", "narrator_will", "narrowed",
    "opening", "parts_there", "required_parties", "shown_name", "shows_to_somebody", "whole_day", "will_of",
    "withholds_name",
]  # fmt: skip

TASKS = tuple(tasks.TASKS)
FATES = ("died", "missing", "survived", "not_sure")
RECORD = "record"  # the way to tell it: a recording
PICTURES, SOUNDS = frozenset({"photograph", "portrait", "scan"}), frozenset({"audio", "video"})
SHOWS = "shows"  # from a photograph or a recording to the person it shows


def content_of(answers: Answers, language: str) -> Content:
    """The whole content of the record; every text in the family's own words."""
    task = said(answers, "task")
    if task == "media":
        return _media(answers, language)
    return _testimony(answers, language) if task == "testimony" else _remembrance(answers, language)


def _testimony(answers: Answers, language: str) -> Content:
    told = from_words(said(answers, "told_when"), language)
    texts = [TextContent("testimony", said(answers, "words"), "text", language)]
    if title := said(answers, "title"):
        texts.insert(0, TextContent("title", title, "text", language))
    stood = said(answers, "stood")
    return Content(
        language=language,
        detail={
            "stood": stood if stood in STOOD else "",
            "stood_words": said(answers, "stood_words") if stood == "other" else "",
            "told_at": said(answers, "told_where"),
            "medium": "text" if said(answers, "way") != RECORD else "audio",
        },
        date_edtf=told.edtf,
        date_words=told.words,
        texts=[*(text for text in texts if text.body), _notice(language)],
        names=_narrator(answers, language),
    )


def _narrator(answers: Answers, language: str) -> list[NameContent]:
    """The name and what stands instead of it, as two parts: the gate shows the one that is allowed."""
    names = []
    if name := said(answers, "your_name"):
        names.append(NameContent(name, NAME, "full", language))
    if withholds_name(answers):
        names.append(NameContent(_instead(answers, language), INSTEAD, "pseudonym", language))
    return names


def _instead(answers: Answers, language: str) -> str:
    """What stands where the name may not. A full name that only researchers read leaves no name for the others."""
    if said(answers, "name_shown") == FULL:
        return _nameless(answers, language)
    return shown_name(answers, language)


def _remembrance(answers: Answers, language: str) -> Content:
    spellings = [line.strip() for line in said(answers, "spellings").splitlines() if line.strip()]
    own = script_of(said(answers, "person"))
    names = [
        # Another alphabet is another language, which nobody has named.
        NameContent(text, NAME, "full", language if script_of(text) == own else "und")
        for text in [said(answers, "person"), *spellings]
    ]
    texts = [_notice(language)]
    if life := said(answers, "life"):
        texts.insert(0, TextContent("life", life, "text", language, author=shown_name(answers, language)))
    return Content(
        language=language,
        texts=texts,
        names=[name for name in names if name.text],
        statements=_statements(answers, language),
    )


def _media(answers: Answers, language: str) -> Content:
    """A photograph or a recording that stands by itself, under the title that the family gave it."""
    author = shown_name(answers, language)
    texts = [TextContent("title", said(answers, "title"), "page", language)]
    if words := said(answers, "description"):
        texts.append(TextContent("note", words, "text", language, author=author))
    shows = said(answers, "about")
    return Content(
        language=language,
        detail={"form": _form(answers)},
        texts=[*(text for text in texts if text.body), _notice(language)],
        links=[LinkContent(SHOWS, shows, said(answers, "about_name") or shows)] if shows else [],
    )


def _form(answers: Answers) -> str:
    kinds = frozenset(answers.get("files", ()))
    return "recording" if kinds & SOUNDS and not kinds & PICTURES else "photograph"


def _statements(answers: Answers, language: str) -> list[StatementContent]:
    """What the family says of the person: attributed to whoever says it, with how they know."""
    by = shown_name(answers, language) or in_language(SENDER, language)
    found = []
    for name in ("born", "lived"):
        if words := said(answers, name):
            found.append(StatementContent(name, words, "page", by))
    fate = said(answers, "fate")
    if fate in FATES:
        told = [in_language(FATE_WORDS[fate], language), said(answers, "fate_words")]
        words = ". ".join(word.rstrip(".") for word in told if word)
        known = said(answers, "known")
        certainty = "uncertain" if fate == "not_sure" else ""
        found.append(StatementContent("fate", words, "page", by, source_as_given=known, certainty=certainty))
    return found


def _notice(language: str) -> TextContent:
    """What may stand at the address after a withdrawal, if the family then wishes it."""
    return TextContent("notice", in_language(NOTICE_WORDS, language), NOTICE, language)


def shown_name(answers: Answers, language: str) -> str:
    """The name that visitors read: the name, the chosen one, or words that name nobody."""
    how = said(answers, "name_shown")
    if how == FULL:
        return said(answers, "your_name")
    if how in (FIRST, PSEUDONYM):
        return said(answers, "other_name")
    if how == RELATIVE:
        return in_language(NAMELESS["relative"], language)
    if is_testimony(answers):  # its page needs somebody who speaks
        return _nameless(answers, language)
    return ""


def _nameless(answers: Answers, language: str) -> str:
    return in_language(NAMELESS.get(said(answers, "stood"), NAMELESS["other"]), language)


# -- what there is ----------------------------------------------------------------------------


def parts_there(answers: Answers, files: Collection[str]) -> list[str]:
    """The rows of the page "parts": what of it is there, by the answers and the roles of the files."""
    words = {"testimony": "words", "remembrance": "life", "media": "description"}
    name = {"testimony": "your_name", "remembrance": "person"}
    task = said(answers, "task")
    there = {
        "part_words": bool(said(answers, words.get(task, ""))),
        "part_name": bool(said(answers, name.get(task, "")))
        and (task != "testimony" or said(answers, "name_shown") == FULL),
        "part_photographs": bool(PICTURES & set(files)),
        "part_recording": bool(SOUNDS & set(files)),
    }
    return [part for part, is_there in there.items() if is_there]


def shows_to_somebody(answers: Answers) -> bool:
    """Whether the page "who may see it" named anybody."""
    return said(answers, "audience") in (EVERYONE, RESEARCHERS, LATER)


# -- what the desk should know ----------------------------------------------------------------


def flags_of(answers: Answers, photographs: int) -> list[str]:
    """What an item is marked with, in a fixed order."""
    photos = answers.get("photos", {}).values()
    marks = {
        "death": said(answers, "fate") == "died",
        "minor": has_minor(answers),
        "media": photographs > 0,
        "graphic": any(photo.get("graphic") for photo in photos),
        "living": said(answers, "fate") == "survived" or bool(said(answers, "people")),
        "call": said(answers, "audience") == NOT_SURE or is_to_be_called(answers),
    }
    return [name for name, marked in marks.items() if marked]


def required_parties(answers: Answers) -> tuple[str, ...]:
    """Whose yes is needed (domain/consent.py, REQUIRED). A child in it brings its guardian."""
    kind = "own_testimony" if is_testimony(answers) else "remembrance"
    parties = rules.REQUIRED["minor" if is_testimony(answers) and has_minor(answers) else kind]
    return (*parties, "guardian") if has_minor(answers) and "guardian" not in parties else parties


# The heart of each task: one of these is needed.
HEART = {
    "remembrance": ("person",),
    "testimony": ("words",),
    "memory": ("memory", "sign"),
    "media": ("title",),
    "correction": ("wrong",),
    "removal": ("wrong",),
}


def missing(answers: Answers) -> list[tuple[str, str]]:
    """What must still be said before it can be sent: (field, key), in the order of the pages."""
    task = said(answers, "task")
    if is_to_be_called(answers):
        return [] if said(answers, "contact") else [("contact", "contact_missing")]
    found = []
    if task == "memory" and not said(answers, "about"):
        found.append(("looked", "about_missing"))
    if not any(said(answers, name) for name in HEART[task]) and not _speaks_otherwise(answers):
        found.append((HEART[task][0], f"{HEART[task][0]}_missing"))
    if tasks.task(task).way == "report":
        return found
    if not said(answers, "audience"):
        found.append(("audience", "audience_missing"))
    if said(answers, "keep") != "yes":
        found.append(("keep", "keep_missing"))
    return found


def _speaks_otherwise(answers: Answers) -> bool:
    """A recording instead of words, or a photograph instead of a memory."""
    task = said(answers, "task")
    if task == "testimony":
        return said(answers, "way") == RECORD
    return task == "memory" and bool(answers.get("photos"))


def contact_of(answers: Answers) -> str:
    """How to reach the family, as the desk reads it after it has asked to; "" where nothing was left."""
    contact = said(answers, "contact")
    spoken = said(answers, "contact_language_words") or said(answers, "contact_language")
    lines = [contact, f"safe to leave a message: {said(answers, 'safe') or 'not said'}"]
    if spoken:
        lines.append(f"language: {spoken}")
    return "\n".join(lines) if contact else ""


def guardian_contact_of(answers: Answers) -> str:
    """Who the guardian is and how to reach them, for the desk."""
    lines = [said(answers, f"guardian_{name}") for name in ("name", "relation", "contact")]
    return "\n".join(line for line in lines if line)
