"""Headings of printed lists of people, in Azerbaijani, Turkish, Russian and English: which column is which.

    guessed(["No", "Soyadı, adı, atasının adı", "Doğum ili"])     # ["line", "name", "born"]

A guess is offered and never acted upon unseen: the desk's page shows it beside the first rows, and the command
prints it. A column that nothing tells is "" and stays with its line, unread. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence

from memorial.domain.names import fold

# What a column can be, in the order in which a form offers it.
NAMES = ("name", "family_name", "given_name", "patronymic", "other_name")
SAID = ("born", "age", "sex", "lived", "occupation", "family", "school", "died", "fate")
ROLES = ("line", *NAMES, *SAID, "note")

# A father's name is taken out first, because most languages write it with the word for "name".
_FATHERS = (
    "patronymic", "father s name", "fathers name", "father name", "father", "ata adı", "atasının adı", "ata",
    "atasının", "отчество", "имя отца", "baba adı", "babasının adı", "babası",
)  # fmt: skip
_FAMILY = (
    "surname", "family name", "last name", "lastname", "soyad", "soyadı", "familiya", "familiyası", "фамилия", "soyisim",
    "soyismi",
)  # fmt: skip
_GIVEN = (
    "name",
    "given name",
    "first name",
    "forename",
    "ad",
    "adı",
    "имя",
    "isim",
    "ismi",
    "adlar",
    "имена",
)
_WHOLE = (
    "full name", "names", "name and surname", "person", "фио", "ф и о", "фамилия имя отчество", "s a a", "a s a", "saa",
    "asa", "şəxs", "имена", "kişi",
)  # fmt: skip
_OTHERS: dict[str, tuple[str, ...]] = {
    "line": (
        "no", "n", "nr", "number", "№", "№№", "sıra", "sıra no", "sıra nömrəsi", "s n", "s no", "п п", "№ п п", "номер", "nömrə",
        "numara", "sıra sayı", "line",
    ),
    "other_name": (
        "other name", "other names", "also known as", "nickname", "alias", "maiden name", "ləqəbi", "ləqəb", "başqa adı",
        "qızlıq soyadı", "прозвище", "девичья фамилия", "другое имя", "lakabı", "lakap", "kızlık soyadı",
    ),
    "born": (
        "born", "birth", "date of birth", "birth date", "year of birth", "birth year", "birthday", "dob", "doğum", "doğum ili",
        "doğum tarixi", "doğulduğu il", "təvəllüdü", "təvəllüd", "anadan olduğu il", "год рождения", "дата рождения", "г р",
        "рождения", "род", "doğum tarihi", "doğum yılı",
    ),
    "age": ("age", "aged", "years old", "yaş", "yaşı", "возраст", "лет"),
    "sex": ("sex", "gender", "cins", "cinsi", "пол", "cinsiyet", "cinsiyeti", "cinsiyyəti"),
    "lived": (
        "place", "lived", "residence", "address", "home", "village", "town", "place of residence", "yer", "yaşayış yeri",
        "yaşadığı yer", "ünvan", "ünvanı", "kənd", "место", "место жительства", "адрес", "село", "yeri", "ikamet", "adres", "köy",
    ),
    "occupation": ("occupation", "work", "profession", "job", "peşə", "peşəsi", "işi", "профессия", "работа", "meslek", "mesleği"),
    "family": ("family", "marital status", "ailə", "ailə vəziyyəti", "семья", "aile"),
    "school": ("school", "education", "məktəb", "təhsil", "школа", "образование", "okul"),
    "died": (
        "died", "death", "date of death", "killed on", "ölüm tarixi", "vəfat tarixi", "həlak olduğu tarix", "дата смерти",
        "дата гибели", "ölüm tarihi", "ölüm", "смерть",
    ),
    "fate": (
        "fate", "status", "what happened", "circumstances", "taleyi", "aqibəti", "aqibət", "vəziyyəti", "судьба", "статус",
        "akıbeti", "akıbet", "durumu",
    ),
    "note": ("note", "notes", "remark", "remarks", "comment", "qeyd", "qeydlər", "примечание", "примечания", "not", "notlar", "açıklama"),
}  # fmt: skip
# What begins a line that adds up, instead of naming somebody.
_SUMS = ("total", "sum", "cəmi", "yekun", "итого", "всего", "toplam")
# The lower line of a heading in two: "Doğum" above, "ili" below.
_BELOW = (
    "year",
    "date",
    "day",
    "month",
    "place",
    "il",
    "ili",
    "gün",
    "ay",
    "tarixi",
    "yeri",
    "yılı",
    "tarihi",
    "год",
    "дата",
    "число",
    "месяц",
)


def _folded(words: Sequence[str]) -> frozenset[str]:
    return frozenset(_key(word) for word in words)


def _key(heading: str) -> str:
    # "№" folds to "no"; "Soyadı/adı" is two words.
    return fold(heading.replace("/", " ").replace("_", " "))


FATHERS = tuple(sorted(_folded(_FATHERS), key=len, reverse=True))
FAMILY, GIVEN = (tuple(sorted(_folded(words), key=len, reverse=True)) for words in (_FAMILY, _GIVEN))
WHOLE, SUMS = _folded(_WHOLE), _folded(_SUMS)
BELOW = _folded(_BELOW)
OTHERS = {word: role for role, words in _OTHERS.items() for word in _folded(words)}


def role_of(heading: str) -> str:
    """What one heading says by itself; "" where nothing does."""
    key = _key(heading)
    if not key:
        return ""
    if key in OTHERS:
        return OTHERS[key]
    if key in WHOLE:
        return "name"
    return _of_name(key)


def _of_name(key: str) -> str:
    """A heading made of the words for the parts of a name: one part, or the name as a whole."""
    rest, fathers = f" {key} ", False
    for words in FATHERS:
        if f" {words} " in rest:
            rest, fathers = rest.replace(f" {words} ", " ", 1), True
    family = any(f" {words} " in rest for words in FAMILY)
    for words in FAMILY:
        rest = rest.replace(f" {words} ", " ")
    given = any(f" {words} " in rest for words in GIVEN)
    for words in GIVEN:
        rest = rest.replace(f" {words} ", " ")
    if set(rest.split()) - {"and", "ve", "i", "va"}:
        return ""
    if fathers + family + given > 1:
        return "name"
    return "patronymic" if fathers else "family_name" if family else "given_name" if given else ""


def guessed(headings: Sequence[str]) -> list[str]:
    """A role for each column, each but `other_name` and `note` at most once."""
    roles = [role_of(heading) for heading in headings]
    if "family_name" not in roles and "name" not in roles:
        roles = ["name" if role == "given_name" else role for role in roles]
    seen: set[str] = set()
    found = []
    for role in roles:
        found.append("" if role in seen else role)
        seen |= {role} - {"other_name", "note"}
    return found


def is_heading(words: str) -> bool:
    """Whether a cell can be a heading, or the lower half of one."""
    return bool(role_of(words)) or _key(words) in BELOW


def is_sum(words: str) -> bool:
    """Whether a cell begins as the last line of a list does: "Cəmi: 45"."""
    first = fold(words).split()
    return bool(first) and first[0] in SUMS
