"""Which words of an object of the collection a visitor must find where the object stands.

    for name, words in WORDS["figures"](one): assert says(text, words), name

What only checks a reference (`anchor`), counts (`word_count`) or is for the desk (`side`, `accused_speaker`) is left
out; references have tests of their own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from tests.pages import plain
from tests.published import Object

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
UNTIL = r" ?(?:-|to|and|or) ?"
Words = str | re.Pattern[str]
# Qualifiers that say how the number is to be read and are in its form already.
IN_THE_NUMBER = ("exact", "range", None)


def says(text: str, words: Words) -> bool:
    """Whether a text in plain words holds these, whatever their quotation marks."""
    if isinstance(words, re.Pattern):
        return words.search(text) is not None
    text, words = (re.sub(r"\s*[\"']\s*", " ", each).strip() for each in (text, plain(words)))
    return re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text, re.I) is not None


# Set phrases of those who gathered the collection, and how pages say them: "seed" is a word of the workshop.
SAID = {
    "the seed's wording; the document itself is not quoted":
        "The word of the source that tells of it; the document itself is not quoted.",
    "the document's own words, as printed in the seed": "The document’s own word, as the source prints it.",
    "words of the document, as the seed prints them": "Words of the document, as the source prints them.",
    "words of the seed reporting the document, not of the document itself":
        "Words of the source that tells of the document, not of the document itself.",
    "direct speech within the report": "direct speech within a report",
    "paraphrase by the seed": "paraphrase by the source, not the speaker’s own words",
    "sub-national legislature": "Legislature of a part of a state",
    "individual legislator": "A single member of a legislature",
}  # fmt: skip


def _fields(one: Object, *names: str) -> Iterator[tuple[str, Words]]:
    for name in names:
        value = one.get(name)
        for words in value if isinstance(value, list) else [value]:
            if words:
                yield name, SAID.get(str(words), str(words))


def _dates(one: Object, name: str = "date") -> Iterator[tuple[str, Words]]:
    """The days, months and years of an EDTF date as people read them: also "25-26 February 1992"."""
    for year, month, day in re.findall(r"(\d{4}|XXXX)(?:-(\d\d)(?:-(\d\d))?)?", one.get(name) or ""):
        words = [rf"{int(day)}(?:{UNTIL}\d\d?)?"] if day else []
        words += [rf"{MONTHS[int(month) - 1]}(?:{UNTIL}(?:\d\d? )?[A-Z]\w+)?"] if month else []
        words += [year] if year != "XXXX" else []
        yield name, re.compile(rf"\b{' '.join(words)}\b")


def _press(one: Object) -> Iterator[tuple[str, Words]]:
    yield from _fields(
        one, "headline", "publication", "authors", "byline_as_printed", "dateline_place", "country", "city",
        "time_as_printed", "quotation", "media_cited_within",
    )  # fmt: skip
    yield from _dates(one)
    for variant in one["variants"]:
        yield from _fields(variant, "quotation", "attributed_as", "differences")


def _figure(one: Object) -> Iterator[tuple[str, Words]]:
    yield from _fields(one, "claimant", "as_printed", "note")
    yield from ((name, f"{one[name]:g}") for name in ("value", "min", "max") if one[name] is not None)
    if one["qualifier"] not in IN_THE_NUMBER:  # "vary from … to as many as" stands around the numbers
        yield from (("qualifier", word) for word in re.findall(r"\w+", one["qualifier"]))
    yield from _dates(one, "source_date")
    yield from _dates(one, "as_of")


def _account(one: Object) -> Iterator[tuple[str, Words]]:
    yield from _fields(one, "speaker", "statement", "form", "note")
    yield from _dates(one)


def _document(one: Object) -> Iterator[tuple[str, Words]]:
    yield from _fields(
        one, "body", "jurisdiction", "kind", "number", "title", "date_note", "term_used", "term_basis",
        "text_excerpt", "excerpt_is", "note",
    )  # fmt: skip
    yield from _dates(one)
    yield from (("conflicts", conflict["claim"]) for conflict in one["conflicts"])


def _event(one: Object) -> Iterator[tuple[str, Words]]:
    yield from _fields(one, "title", "place", "claimants", "date_note", "note")
    yield from _dates(one)
    for rival in one["rival_accounts"]:
        yield from _fields(rival, "claimant", "account")


def _place(one: Object) -> Iterator[tuple[str, Words]]:
    yield from _fields(one, "kind", "within", "note")
    yield from (("variants", variant["spelling"]) for variant in one["variants"])
    if one["lat"] is not None:
        yield from _fields(one, "coordinates_source")
        yield from ((name, f"{abs(one[name]):g}") for name in ("lat", "lon"))  # "2.98° S" is as good


def _site(one: Object) -> Iterator[tuple[str, Words]]:
    yield from _fields(one, "kind", "name", "place", "country", "status", "claimant", "initiator")
    yield from _dates(one)
    for rival in one["rival_accounts"]:
        yield from _fields(rival, "claimant", "account")


def _film(one: Object) -> Iterator[tuple[str, Words]]:
    yield from _fields(one, "title", "alternative_title", "kind", "year", "directors", "language", "note")


def _source(one: Object) -> Iterator[tuple[str, Words]]:
    yield from _fields(
        one, "kind", "authors", "editors", "title", "container_title", "publisher", "place", "year", "pages",
        "document_number", "note",
    )  # fmt: skip


def _term(one: Object) -> Iterator[tuple[str, Words]]:
    yield from _fields(one, "term", "used_by", "note")


WORDS: Mapping[str, Callable[[Object], Iterator[tuple[str, Words]]]] = {
    "press_accounts": _press, "figures": _figure, "accounts": _account, "recognitions": _document,
    "timeline": _event, "places": _place, "memorial_sites": _site, "films": _film, "sources": _source,
    "terminology": _term,
}  # fmt: skip
