"""What a family answered, turned into what the rest of the archive works with. No database here.

    content_of(answers, language)     # the record's content
    will_of(answers)                  # what its parties allow, keyed by part
    flags_of(answers, photographs), missing(answers)

Answers are a plain object of strings as they were typed, `task` among them; `photos` holds one
object for each photograph by its public id. What was left empty, "not sure" or "rather not say" allows nothing
and states nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from memorial.domain import consent as rules
from memorial.domain.consent import Grants
from memorial.domain.dates import BadDate, from_words, opens_after
from memorial.services.describe import Content, NameContent, StatementContent, TextContent

Answers = Mapping[str, Any]

TASKS = ("remembrance", "testimony")
STOOD = ("survivor", "eyewitness", "relative", "rescuer", "journalist", "official", "other")
FATES = ("died", "missing", "survived", "not_sure")
EVERYONE, RESEARCHERS, LATER, NOT_SURE = "everyone", "researchers", "later", "not_sure"
FULL, FIRST, PSEUDONYM, NOT_SHOWN = "full", "first", "pseudonym", "not_shown"
WITHHELD: Grants = {}

NAME, INSTEAD, NOTICE = "name", "pseudonym", rules.NOTICE


def content_of(answers: Answers, language: str) -> Content:
    """The whole content of the record; every text in the family's own words."""
    return _testimony(answers, language) if _is_testimony(answers) else _remembrance(answers, language)


def _is_testimony(answers: Answers) -> bool:
    return _said(answers, "task") == "testimony"


def _testimony(answers: Answers, language: str) -> Content:
    told = from_words(_said(answers, "told_when"), language)
    texts = [TextContent("testimony", _said(answers, "words"), "text", language)]
    if title := _said(answers, "title"):
        texts.insert(0, TextContent("title", title, "text", language))
    stood = _said(answers, "stood")
    return Content(
        language=language,
        detail={
            "stood": stood if stood in STOOD else "",
            "stood_words": _said(answers, "stood_words") if stood == "other" else "",
            "told_at": _said(answers, "told_where"),
            "medium": "text",
        },
        date_edtf=told.edtf,
        date_words=told.words,
        texts=[*(text for text in texts if text.body), _notice(language)],
        names=_narrator(answers, language),
    )


def _narrator(answers: Answers, language: str) -> list[NameContent]:
    """The name and what stands instead of it, as two parts: the gate shows the one that is allowed."""
    names = []
    if name := _said(answers, "your_name"):
        names.append(NameContent(name, NAME, "full", language))
    if withholds_name(answers):
        names.append(NameContent(shown_name(answers, language), INSTEAD, "pseudonym", language))
    return names


def _remembrance(answers: Answers, language: str) -> Content:
    spellings = [line.strip() for line in _said(answers, "spellings").splitlines() if line.strip()]
    names = [NameContent(text, NAME, "full", language) for text in [_said(answers, "person"), *spellings]]
    texts = [_notice(language)]
    if life := _said(answers, "life"):
        texts.insert(0, TextContent("life", life, "text", language, author=shown_name(answers, language)))
    return Content(
        language=language,
        texts=texts,
        names=[name for name in names if name.text],
        statements=_statements(answers, language),
    )


def _statements(answers: Answers, language: str) -> list[StatementContent]:
    """What the family says of the person: attributed to whoever says it, with how they know."""
    by = shown_name(answers, language) or _in(SENDER, language)
    found = []
    for name in ("born", "lived"):
        if words := _said(answers, name):
            found.append(StatementContent(name, words, "page", by))
    fate = _said(answers, "fate")
    if fate in FATES:
        said = [_in(FATE_WORDS[fate], language), _said(answers, "fate_words")]
        words = ". ".join(word.rstrip(".") for word in said if word)
        known = _said(answers, "known")
        certainty = "uncertain" if fate == "not_sure" else ""
        found.append(StatementContent("fate", words, "page", by, source_as_given=known, certainty=certainty))
    return found


def _notice(language: str) -> TextContent:
    """What may stand at the address after a withdrawal, if the family then wishes it."""
    return TextContent("notice", _in(NOTICE_WORDS, language), NOTICE, language)


# -- names ----------------------------------------------------------------------------------


def withholds_name(answers: Answers) -> bool:
    """Whether the real name stays in custody. Without an answer it does."""
    return _said(answers, "name_shown") != FULL


def shown_name(answers: Answers, language: str) -> str:
    """The name that visitors read: the name, the chosen one, or words that name nobody."""
    how = _said(answers, "name_shown")
    if how == FULL:
        return _said(answers, "your_name")
    if how in (FIRST, PSEUDONYM):
        return _said(answers, "other_name")
    if _is_testimony(answers):  # its page needs somebody who speaks
        return _in(NAMELESS.get(_said(answers, "stood"), NAMELESS["other"]), language)
    return ""


# -- the will -------------------------------------------------------------------------------


def will_of(answers: Answers) -> dict[str, Grants]:
    """What the contributor (and the narrator) allow: the blanket, and the parts that are named.

    The notice of a withdrawal is allowed by the withdrawal alone, never beforehand.
    """
    will: dict[str, Grants] = {rules.EVERY_PART: grants_of(answers), NOTICE: WITHHELD}
    if withholds_name(answers) and _is_testimony(answers):
        will[NAME] = WITHHELD
    for public_id, photo in answers.get("photos", {}).items():
        if photo.get("show") == "no" or photo.get("removed"):
            will[f"photograph:{public_id}"] = WITHHELD
    return will


def grants_of(answers: Answers) -> Grants:
    """To whom, for what and from when; nothing where it was not said."""
    if _said(answers, "keep") != "yes" or _said(answers, "show") != "yes":
        return {}
    uses = ["view", "download", "reuse"] if _said(answers, "reuse") == "yes" else ["view"]
    audience = _said(answers, "audience")
    if audience == EVERYONE:
        return rules.chosen(rules.AUDIENCES, uses)
    if audience == RESEARCHERS:
        return rules.chosen(["research"], uses)
    if audience == LATER and (day := whole_day(_said(answers, "closed_until"))):
        return rules.chosen(rules.AUDIENCES, uses, opens=opening(day))
    return {}


def narrowed(old: Mapping[str, Grants], new: Mapping[str, Grants]) -> dict[str, Grants]:
    """A will that allows only what both allow: a change narrows at once and widens after it was read."""
    keys = {rules.EVERY_PART, *old, *new}
    return {key: _both(_grant(old, key), _grant(new, key)) for key in keys}


def _grant(will: Mapping[str, Grants], key: str) -> Grants:
    return will.get(key, will.get(rules.EVERY_PART, {}))


def _both(one: Grants, other: Grants) -> Grants:
    met = {key: one[key].meet(other[key]) for key in one.keys() & other.keys()}
    return {key: window for key, window in met.items() if not window.empty}


def whole_day(words: str, language: str = "und") -> date | None:
    """The one day that these words name, or None: an embargo needs a whole date."""
    when = from_words(words, language)
    exact = when.earliest is not None and when.earliest == when.latest and when.edtf == f"{when.earliest}"
    return when.earliest if exact else None


def opening(day: date) -> datetime:
    """When "closed until" this day has ended everywhere."""
    return opens_after(day)


def is_a_future_day(words: str, today: date, language: str) -> bool:
    """Whether something can be closed until then."""
    day = whole_day(words, language)
    try:
        return day is not None and day >= today and bool(opens_after(day))
    except BadDate:
        return False


# -- what the desk should know ----------------------------------------------------------------


def flags_of(answers: Answers, photographs: int) -> list[str]:
    """What an item is marked with, in a fixed order."""
    photos = answers.get("photos", {}).values()
    marks = {
        "death": _said(answers, "fate") == "died",
        "minor": _said(answers, "children") in ("me", "yes"),
        "media": photographs > 0,
        "graphic": any(photo.get("graphic") for photo in photos),
        "living": _said(answers, "fate") == "survived" or bool(_said(answers, "people")),
        "call": _said(answers, "audience") == NOT_SURE,
    }
    return [name for name, marked in marks.items() if marked]


def required_parties(answers: Answers) -> tuple[str, ...]:
    """Whose yes is needed (domain/consent.py, REQUIRED)."""
    if not _is_testimony(answers):
        return rules.REQUIRED["remembrance"]
    return rules.REQUIRED["minor" if _said(answers, "children") == "me" else "own_testimony"]


def missing(answers: Answers) -> list[tuple[str, str]]:
    """What must still be said before it can be sent: (field, key), in the order of the pages."""
    found = []
    heart = "words" if _is_testimony(answers) else "person"
    if not _said(answers, heart):
        found.append((heart, f"{heart}_missing"))
    if not _said(answers, "audience"):
        found.append(("audience", "audience_missing"))
    if _said(answers, "keep") != "yes":
        found.append(("keep", "keep_missing"))
    return found


def contact_of(answers: Answers) -> str:
    """How to reach the family, as the desk reads it after it has asked to; "" where nothing was left."""
    contact = _said(answers, "contact")
    lines = [contact, f"safe to leave a message: {_said(answers, 'safe') or 'not said'}"]
    return "\n".join(lines) if contact else ""


def _said(answers: Answers, name: str) -> str:
    return str(answers.get(name, "")).strip()


def _in(words: Mapping[str, str], language: str) -> str:
    return words.get(language) or words["en"]


# Words that become part of a record in the family's own language. They are content, not interface.
SENDER = {
    "en": "Whoever sent this remembrance",
    "az": "Bu xatirəni göndərən şəxs",
    "ru": "Приславший эти воспоминания",
    "tr": "Bu anıyı gönderen kişi",
}
NOTICE_WORDS = {
    "en": "Withdrawn by those it belongs to.",
    "az": "Sahiblərinin istəyi ilə geri götürülüb.",
    "ru": "Отозвано теми, кому это принадлежит.",
    "tr": "Sahiplerinin isteğiyle geri çekildi.",
}
FATE_WORDS = {
    "died": {"en": "Died", "az": "Həlak olub", "ru": "Нет в живых", "tr": "Hayatını kaybetti"},
    "missing": {"en": "Missing", "az": "İtkin düşüb", "ru": "Пропал(а) без вести", "tr": "Kayıp"},
    "survived": {"en": "Survived", "az": "Sağ qalıb", "ru": "Выжил(а)", "tr": "Hayatta kaldı"},
    "not_sure": {"en": "Not known", "az": "Məlum deyil", "ru": "Неизвестно", "tr": "Bilinmiyor"},
}
NAMELESS = {
    "survivor": {"en": "A survivor", "az": "Sağ qalan", "ru": "Переживший эти события", "tr": "Bir kurtulan"},
    "eyewitness": {"en": "An eyewitness", "az": "Şahid", "ru": "Очевидец", "tr": "Bir görgü tanığı"},
    "relative": {"en": "A relative", "az": "Qohum", "ru": "Родственник", "tr": "Bir akraba"},
    "rescuer": {"en": "A rescuer", "az": "Xilasedici", "ru": "Спасатель", "tr": "Bir kurtarma görevlisi"},
    "journalist": {"en": "A journalist", "az": "Jurnalist", "ru": "Журналист", "tr": "Bir gazeteci"},
    "official": {"en": "An official", "az": "Rəsmi şəxs", "ru": "Должностное лицо", "tr": "Bir görevli"},
    "other": {
        "en": "Name not shown",
        "az": "Ad göstərilmir",
        "ru": "Имя не показывается",
        "tr": "Adı gösterilmiyor",
    },
}
