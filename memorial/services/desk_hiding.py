"""Hiding for the time being: the archive takes its own yes back, for a page or for one part of it.

One act of one person, with a reason that stays at the desk, undone by another act. It changes
nothing of what anybody else said. Where somebody outside asked for it (a report, a take-down),
whoever sent the page or part is told that it happened, in their language, and never by whom:

    hold, lift_hold              the page
    hide_part, show_part         one part; `doing.part` names it
    write_to_sender              words of the desk to whoever sent it: the decision and its reason
    parts_of(session, item)      what can be hidden, with what is hidden now
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import select

from memorial.domain import consent as rules
from memorial.domain import workflow
from memorial.domain.errors import Invalid, NotOpen, NotPermitted
from memorial.gate import Actor, GatedSession
from memorial.keys import ArchiveKey
from memorial.models import Contribution, Item, Media, Part, Record, Text, Tribute
from memorial.services import archive_word, letters, review
from memorial.services.archive_word import PAGE, Word
from memorial.services.contribute import OWN_KINDS
from memorial.services.withdrawal import second_place

MOST_PARTS = 200
FEW_WORDS = 80


class Doing(Protocol):
    """What one act is about (services/desk_acts.py)."""

    @property
    def session(self) -> GatedSession: ...
    @property
    def actor(self) -> Actor: ...
    @property
    def item(self) -> Item: ...
    @property
    def now(self) -> datetime: ...
    @property
    def keys(self) -> ArchiveKey: ...
    @property
    def note(self) -> str: ...
    @property
    def part(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Hideable:
    """A part of the item's record: its key, its first words, whether it is shown or hidden for now."""

    key: str
    words: str
    hidden: bool


def parts_of(session: GatedSession, record_id: int, word: Word | None = None) -> list[Hideable]:
    """Parts that the archive said yes to once: those that can be hidden, and those that are."""
    word = word or archive_word.word(session, record_id)
    hidden, known = word.held, {**word.standing, **word.held}
    if not known:
        return []
    wanted = select(Part.id, Part.key).where(Part.record_id == record_id, Part.kind != rules.NOTICE)
    stored = [row for row in session.execute(wanted.order_by(Part.id)) if row[1] in known and row[1] != PAGE]
    words = _first_words(session, record_id)
    return [Hideable(key, words.get(number, ""), key in hidden) for number, key in stored[:MOST_PARTS]]


def _first_words(session: GatedSession, record_id: int) -> dict[int, str]:
    found: dict[int, str] = {}
    for table, column in ((Text, Text.body), (Tribute, Tribute.body), (Media, Media.alt)):
        rows = session.execute(select(table.part_id, column).where(table.record_id == record_id))
        for number, words in rows:
            found.setdefault(number, " ".join(words.split())[:FEW_WORDS])
    return found


def against(session: GatedSession, item: Item, word: Word | None = None) -> Mapping[str, str]:
    """Which of these acts have nothing that they could be done to, and why: as the act itself would say."""
    if item.record_id is None:
        return {}  # no button either
    word = word or archive_word.word(session, item.record_id)
    shown, hidden = word.standing, word.held
    heard = any(_can_hear(session, owner) for owner in _senders(session, item))
    possible = {
        "hold": bool(shown),
        "hide_part": bool(shown.keys() - {PAGE}),
        "lift_hold": PAGE in hidden,
        "show_part": bool(hidden.keys() - {PAGE}),
        "write_to_sender": heard,
    }
    return {verb: AGAINST[verb] for verb, can in possible.items() if not can}


AGAINST = {
    "hold": "not_shown",
    "hide_part": "not_shown",
    "lift_hold": "not_held",
    "show_part": "not_held",
    "write_to_sender": "nobody_to_tell",
}


# -- acts -----------------------------------------------------------------------------------


def hold(doing: Doing) -> Record:
    """The archive takes its own yes to the page back for now; nothing that anybody else said changes."""
    record = _record(doing)
    if not archive_word.standing(doing.session, record.id):
        raise NotPermitted("not_shown")
    archive_word.hide(doing.session, record, [PAGE], by=doing.actor, at=doing.now)
    _elsewhere(doing, "hidden", record)
    _tell(doing, record.contribution_id, HIDDEN_WORDS)
    return record


def lift_hold(doing: Doing) -> Record:
    """What the archive had said before stands again; what the parties say decides as ever."""
    record = _record(doing)
    if PAGE not in archive_word.held(doing.session, record.id):
        raise NotPermitted("not_held")
    archive_word.show_again(doing.session, record, by=doing.actor, at=doing.now)
    _elsewhere(doing, "shown_again", record)
    _tell(doing, record.contribution_id, SHOWN_WORDS)
    return record


def hide_part(doing: Doing) -> Record:
    """One part of the page, for now."""
    record, part = _record(doing), _part(doing)
    if part.key not in archive_word.standing(doing.session, record.id):
        raise NotPermitted("not_shown")
    archive_word.hide(doing.session, record, [part.key], by=doing.actor, at=doing.now)
    _elsewhere(doing, "hidden", record)
    _tell(doing, part.contribution_id, HIDDEN_WORDS)
    return record


def show_part(doing: Doing) -> Record:
    """That part again, as the archive had said before."""
    record, part = _record(doing), _part(doing)
    if part.key not in archive_word.held(doing.session, record.id):
        raise NotPermitted("not_held")
    archive_word.show_again(doing.session, record, [part.key], by=doing.actor, at=doing.now)
    _elsewhere(doing, "shown_again", record)
    _tell(doing, part.contribution_id, SHOWN_WORDS)
    return record


def write_to_sender(doing: Doing) -> None:
    """The desk's own words to whoever sent what was hidden. They read them with their code."""
    told = [_say(doing, owner, doing.note) for owner in _senders(doing.session, doing.item)]
    if not any(told):
        raise NotPermitted("nobody_to_tell")
    doing.item.facts = {**doing.item.facts, "told": True}


def _record(doing: Doing) -> Record:
    if doing.item.record_id is None:
        raise NotOpen("record")
    return doing.session.get_one(Record, doing.item.record_id)


def _part(doing: Doing) -> Part:
    """The part that was chosen. Raises Invalid where none was, or none of this record."""
    wanted = select(Part).where(Part.record_id == doing.item.record_id, Part.key == doing.part)
    part = doing.session.scalars(wanted).first() if doing.part not in ("", PAGE) else None
    if part is None:
        raise Invalid("part", field="part")
    return part


def _elsewhere(doing: Doing, kind: str, record: Record) -> None:
    second_place(doing.session, kind=kind, record=record.public_id, at=doing.now.isoformat())


# -- telling whoever sent it ------------------------------------------------------------------


def _tell(doing: Doing, contribution_id: int | None, words: Mapping[str, str]) -> None:
    """A sentence of the archive's, only where somebody else asked; who that was is in none of it."""
    item = doing.item
    if item.kind not in workflow.ASKED_FOR or contribution_id is None:
        return
    if contribution_id == item.contribution_id:
        return
    owner = doing.session.get(Contribution, contribution_id)
    language = owner.language if owner is not None else "en"
    if _say(doing, contribution_id, words.get(language, words["en"])):
        owners = sorted({*_told_owners(item), contribution_id})
        item.facts = {**item.facts, "owners": owners, "told": False}


def _told_owners(item: Item) -> set[int]:
    return set(item.facts.get("owners", ()))


def _senders(session: GatedSession, item: Item) -> list[int]:
    """Whoever sent what was hidden for this item, else whoever sent the page."""
    record = session.get(Record, item.record_id)
    # Whoever only confirms a removal does not see the page of what is sealed; it is the item's own.
    page = record.contribution_id if record else item.contribution_id
    return sorted(_told_owners(item) or ({page} if page is not None else set()))


def _can_hear(session: GatedSession, contribution_id: int) -> Item | None:
    """The item with which words are left for them; None where its key is destroyed, or nothing is theirs."""
    owner = session.get(Contribution, contribution_id)
    if owner is None or owner.wrapped_key is None:
        return None
    wanted = select(Item).where(Item.contribution_id == contribution_id, Item.kind.in_(OWN_KINDS))
    return session.scalars(wanted.order_by(Item.id.desc())).first()


def _say(doing: Doing, contribution_id: int, words: str) -> bool:
    """Leave the words with their own latest item; nothing where its key is destroyed."""
    item = _can_hear(doing.session, contribution_id)
    if item is None:
        return False
    review.say(doing.session, item, doing.actor, words, now=doing.now, keys=doing.keys, direction="to_family")
    letters.due(doing.session, contribution_id, "message", now=doing.now)
    return True


# Words of the archive in the language that the family wrote in. They are content, not interface.
HIDDEN_WORDS: Mapping[str, str] = {
    "en": (
        "Somebody has asked us to look again at what you sent. While we do, it is hidden for the time being: in part "
        "or as a whole. Nothing is lost and nothing is decided. You will read here what we decide, and why. If you "
        "want to tell us something about it, write to us here."
    ),
    "az": (
        "Kimsə göndərdiyinizə yenidən baxmağımızı xahiş edib. Biz baxana qədər o, müvəqqəti olaraq qismən və ya "
        "bütövlükdə gizlədilib. Heç nə itməyib və heç nə qərara alınmayıb. Qərarımızı və səbəbini burada "
        "oxuyacaqsınız. Bu barədə bizə nə isə demək istəyirsinizsə, buradan yazın."
    ),
    "ru": (
        "Нас попросили ещё раз посмотреть на то, что вы прислали. Пока мы это делаем, оно временно скрыто — частично "
        "или целиком. Ничего не потеряно и ничего не решено. Здесь вы прочтёте, что мы решили и почему. Если вы "
        "хотите нам что-то об этом сказать, напишите здесь."
    ),
    "tr": (
        "Biri, gönderdiğinize yeniden bakmamızı istedi. Biz bakarken gönderdiğiniz geçici olarak kısmen ya da tamamen "
        "gizlendi. Hiçbir şey kaybolmadı, hiçbir karar verilmedi. Kararımızı ve nedenini burada okuyacaksınız. Bu "
        "konuda bize bir şey söylemek isterseniz buradan yazın."
    ),
}
SHOWN_WORDS: Mapping[str, str] = {
    "en": "We have looked at it. What was hidden for the time being is shown again, to those you chose.",
    "az": "Biz ona baxdıq. Müvəqqəti gizlədilən yenidən sizin seçdiyiniz şəxslərə göstərilir.",
    "ru": "Мы всё посмотрели. То, что было временно скрыто, снова показывается тем, кого вы выбрали.",
    "tr": "Baktık. Geçici olarak gizlenen, seçtiğiniz kişilere yeniden gösteriliyor.",
}
