"""A content as the fields of a form and back: what the desk may change, one by one, and nothing besides.

    form = Form(content, facts=PAGE_FACTS)
    form.fields                               # Field(key="texts-0-body", label="text:testimony", …)
    form.rebuilt({"texts-0-body": "…"})       # the content with that; what is not named stays to the byte

Parts, kinds, roles and the pages that links lead to are no fields: an edit never moves words from
one part to another. A row whose words are emptied is gone. `with_rows_of` adds the rows that an
older content had besides, so that words written on that one find their place.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from memorial.domain import dates, fates, markup
from memorial.domain.content import STOOD, Content, NameContent, TextContent
from memorial.domain.errors import Invalid

PAGE_FACTS = ("language", "date_words", "date_edtf", "detail", "content_note")
Ident = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """One value. `label` names what it belongs to, `what` which value of it; `ident` finds it in another content."""

    key: str
    label: str
    what: str
    value: str
    ident: Ident
    main: bool = True
    long: bool = False
    language: str = "und"
    choices: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Rows:
    """One list of a content: which value is its words, which others may change, what tells two rows apart."""

    name: str
    words: str
    others: tuple[str, ...]
    apart: tuple[str, ...]
    label: Callable[[Any], str]
    may_go: Callable[[Any], bool] = lambda row: True


# What a visitor may find after a withdrawal, and the testimony itself, can be changed and not emptied.
_STAYS = ("notice", "testimony")
ROWS = (
    Rows("names", "text", ("language", "script"), ("part", "kind"),
         lambda row: "name" if row.kind == "full" else f"name:{row.kind}"),
    Rows("texts", "body", ("language", "author", "translator"), ("part", "role"),
         lambda row: f"text:{row.role}", lambda row: row.role not in _STAYS),
    Rows("statements", "value_text", ("stated_by", "source_as_given", "as_of_edtf", "certainty", "corroboration"),
         ("part", "property"), lambda row: f"statement:{row.property}"),
    Rows("tributes", "body", ("signed", "language"), ("part", "form"),
         lambda row: str(row.form), lambda row: False),
    Rows("links", "as_given", (), ("part", "relation", "other"), lambda row: f"link:{row.relation}"),
)  # fmt: skip
LONG = frozenset({"body", "value_text"})
CHOICES: Mapping[str, Sequence[str]] = {
    "stood": ("", *STOOD),
    "medium": ("text", "audio", "video"),
    "certainty": ("", *fates.CERTAINTIES),
    "corroboration": ("", *fates.CORROBORATIONS),
}
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")


@dataclass(frozen=True)
class Form:
    """The fields of one content. `facts` are those of the page itself, where the content speaks for the page."""

    content: Content
    facts: Sequence[str] = PAGE_FACTS
    fields: Sequence[Field] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "fields", list(self._fields()))

    @property
    def values(self) -> dict[str, str]:
        return {each.key: each.value for each in self.fields}

    def with_rows_of(self, older: Content) -> Form:
        """The same form with the rows that only the older content has, after its own."""
        added: dict[str, Any] = {}
        for rows in ROWS:
            own = {ident for ident, _ in _numbered(rows, getattr(self.content, rows.name))}
            more = [row for ident, row in _numbered(rows, getattr(older, rows.name)) if ident not in own]
            if more:
                added[rows.name] = (*getattr(self.content, rows.name), *more)
        return replace(self, content=replace(self.content, **added)) if added else self

    def seen_in(self, content: Content) -> dict[str, str]:
        """What these fields hold in another content: no words where it lacks the row."""
        there = {each.ident: each.value for each in Form(content, self.facts).fields}
        return {each.key: there.get(each.ident, "" if each.main else each.value) for each in self.fields}

    def written_on(self, older: Form, values: Mapping[str, str]) -> dict[str, str]:
        """What was typed into an older form, by the names of these fields."""
        typed = {each.ident: values.get(each.key, each.value) for each in older.fields}
        return {each.key: typed.get(each.ident, "" if each.main else each.value) for each in self.fields}

    def kept(self, values: Mapping[str, str]) -> dict[str, str]:
        """Every field's value: as typed, or as it stood to the byte where nothing but line ends differs."""
        typed = {each.key: plain(values.get(each.key, each.value), long=each.long) for each in self.fields}
        return {
            each.key: each.value if typed[each.key] == plain(each.value, long=each.long) else typed[each.key]
            for each in self.fields
        }

    def rebuilt(self, values: Mapping[str, str]) -> Content:
        """The content with these values. Raises Invalid with the field that cannot be used."""
        kept = self.kept(values)
        for each in self.fields:
            if kept[each.key] != each.value:
                _check(each, kept[each.key])
        changed: dict[str, Any] = {rows.name: self._rows(rows, kept) for rows in ROWS}
        _refuse_nameless(self.content, changed["names"])
        changed |= {name: kept[name] for name in PAGE_FACTS if name in kept}
        detail = {name: kept.get(f"detail-{name}", value) for name, value in self.content.detail.items()}
        return replace(self.content, **changed, detail=detail)

    def _rows(self, rows: Rows, kept: Mapping[str, str]) -> tuple[Any, ...]:
        found = []
        for at, row in enumerate(getattr(self.content, rows.name)):
            given = {name: kept.get(f"{rows.name}-{at}-{name}", getattr(row, name))
                     for name in (rows.words, *rows.others)}  # fmt: skip
            emptied = given[rows.words] != getattr(row, rows.words) and not given[rows.words].strip()
            if emptied and not rows.may_go(row):
                raise Invalid("words_missing", field=f"{rows.name}-{at}-{rows.words}")
            if not emptied:
                found.append(_row(row, given))
        return (*found, *self._new(rows, kept))

    def _new(self, rows: Rows, kept: Mapping[str, str]) -> Iterator[Any]:
        words = kept.get(f"{rows.name}-new-{rows.words}", "").strip()
        row = self._empty(rows.name)
        if words and row is not None:
            value: dict[str, Any] = {rows.words: words}
            yield replace(row, **value)

    def _empty(self, name: str) -> NameContent | TextContent | None:
        """The row that can be added: another spelling beside a name, a title beside a text; in the same part."""
        names = [row for row in self.content.names if row.kind != "pseudonym"]
        if name == "names" and names:
            return NameContent("", names[0].part, "full", names[0].language)
        texts = [row for row in self.content.texts if row.role != "notice"]
        if name == "texts" and texts and "language" in self.facts and not _titled(texts):
            return TextContent("title", "", texts[0].part, texts[0].language)
        return None

    # -- fields --

    def _fields(self) -> Iterator[Field]:
        names, texts, *others = ROWS
        yield from self._of(names)
        for name in ("date_words", "date_edtf"):
            if name in self.facts:
                yield _fact(name, getattr(self.content, name))
        if "detail" in self.facts:
            yield from (_detail(name, value) for name, value in self.content.detail.items() if isinstance(value, str))  # fmt: skip
        yield from self._of(texts)
        for rows in others:
            yield from self._of(rows)
        for name in ("content_note", "language"):
            if name in self.facts:
                yield _fact(name, getattr(self.content, name))

    def _of(self, rows: Rows) -> Iterator[Field]:
        here = getattr(self.content, rows.name)
        labels = _labels(rows, here)
        for at, (ident, row) in enumerate(_numbered(rows, here)):
            language = getattr(row, "language", "und")
            for name in (rows.words, *rows.others):
                main = name == rows.words
                # Words are not put where somebody left a sign without any.
                if main and not getattr(row, name) and rows.name == "tributes":
                    continue
                yield Field(
                    f"{rows.name}-{at}-{name}", labels[at], name, getattr(row, name), (*ident, name), main,
                    name in LONG and getattr(row, "role", "") != "title", language if main else "und",
                    _choices(name, getattr(row, name)),
                )  # fmt: skip
        if (empty := self._empty(rows.name)) is not None:
            key, ident = f"{rows.name}-new-{rows.words}", (rows.name, "new", rows.words)
            yield Field(key, f"{rows.label(empty)}+", rows.words, "", ident, language=empty.language)


def _fact(name: str, value: str) -> Field:
    label = "date" if name.startswith("date") else name
    return Field(name, label, name, value, (name,), main=name != "date_edtf")


def _detail(name: str, value: str) -> Field:
    return Field(
        f"detail-{name}", f"detail:{name}", name, value, ("detail", name), choices=_choices(name, value)
    )


def _choices(name: str, value: str) -> Sequence[str]:
    """Those there are, and what stands although it is none of them."""
    known = CHOICES.get(name, ())
    return (*known, value) if known and value not in known else known


def _titled(texts: Iterable[TextContent]) -> bool:
    return any(text.role == "title" for text in texts)


def _numbered(rows: Rows, here: Iterable[Any]) -> list[tuple[Ident, Any]]:
    """Each row with what tells it apart: the second of the same part and kind is number 1."""
    seen: dict[Ident, int] = {}
    found = []
    for row in here:
        ident = (rows.name, *(getattr(row, name) for name in rows.apart))
        found.append(((*ident, seen.get(ident, 0)), row))
        seen[ident] = seen.get(ident, 0) + 1
    return found


def _labels(rows: Rows, here: Sequence[Any]) -> list[str]:
    """What each row is called; the second of one name has a number."""
    seen: dict[str, int] = {}
    found = []
    for row in here:
        label = rows.label(row)
        seen[label] = seen.get(label, 0) + 1
        found.append(label if seen[label] == 1 else f"{label}#{seen[label]}")
    return found


def _row(row: Any, given: Mapping[str, str]) -> Any:
    if getattr(row, "markup", False) and given["body"] != row.body:
        given = {**given, "body": markup.clean(given["body"])}
    return replace(row, **given)


def plain(text: str, *, long: bool) -> str:
    """As a browser sends it back: one kind of line end, no other controls, no space around it."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = (c for c in text if (long and c in "\n\t") or unicodedata.category(c) not in ("Cc", "Cs"))
    return "".join(kept).strip()


def _check(each: Field, value: str) -> None:
    if each.what == "language" and not _LANGUAGE.fullmatch(value):
        raise Invalid("language_code", field=each.key)
    if each.what in ("date_edtf", "as_of_edtf"):
        try:
            dates.parse(value)
        except dates.BadDate as error:
            raise Invalid("edtf", field=each.key) from error
    if each.choices and value not in each.choices:
        raise Invalid("no_such_choice", field=each.key)


def _refuse_nameless(before: Content, names: Sequence[NameContent]) -> None:
    """Who had a name keeps one, and what stands instead of it stays."""
    for kind in ("full", "pseudonym"):
        had = [row for row in before.names if row.kind == kind and row.text]
        if had and not any(row.kind == kind for row in names):
            at = before.names.index(had[0])
            raise Invalid("words_missing", field=f"names-{at}-text")
