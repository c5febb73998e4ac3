"""The eleven kinds of file: how each is recognised, checked, built and given back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from memorial.formats.jsonl import Fault, Row
from memorial.gate import GatedSession
from memorial.services.collection import documents, people, places, press, sources, statements
from memorial.services.collection.batch import Batch, Thing
from memorial.services.collection.fields import Fields, problems
from memorial.services.collection.pages import Objects


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file. `thing` is what an object becomes; `assumed` are values an absent field stands for."""

    name: str
    thing: str  # record, statement, source or person
    fields: Fields
    build: Callable[[Batch, Thing], None]
    give_back: Callable[[GatedSession, Sequence[int]], Objects]
    required: Sequence[str] = ()
    record_kind: str = ""
    assumed: Mapping[str, Any] = field(default_factory=dict)
    desk_only: frozenset[str] = frozenset()
    kept_for_all: frozenset[str] = frozenset()  # has no home in the tables and is no secret
    spare: Callable[[dict[str, Any]], dict[str, Any]] = lambda value: value  # what leaves for everybody

    def faults(self, row: Row) -> list[Fault]:
        """Everything that keeps a row out."""
        found = problems(self.fields, row, self.required)
        return found or _across_fields(self, row)


def _across_fields(kind: Kind, row: Row) -> list[Fault]:
    value = row.value
    if kind.name == "figures":
        low, high = value.get("min"), value.get("max")
        if low is not None and high is not None and low > high:
            return [Fault(row.file, row.line, "min", f"{low} is more than max, {high}", "change them round")]
    if kind.name == "people" and not value.get("names"):
        return [Fault(row.file, row.line, "names", "nobody is named", "write at least one spelling")]
    return []


# In the order of loading: whoever is pointed to comes first.
KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("sources", "source", sources.FIELDS, sources.build, sources.give_back),
        Kind(
            "press_accounts", "record", press.FIELDS, press.build, press.give_back, press.REQUIRED, "press",
            assumed={"word_count": ...},
        ),
        Kind(
            "recognitions", "record", documents.DOCUMENT_FIELDS, documents.build_document,
            documents.give_back_documents, record_kind="document",
        ),
        Kind(
            "people", "person", people.FIELDS, people.build, people.give_back, people.REQUIRED, "remembrance",
            assumed={"fate": people.NOT_STATED, "accusation_as_stated": None}, spare=people.spare,
            kept_for_all=frozenset({"listed"}),
        ),
        Kind(
            "places", "record", places.PLACE_FIELDS, places.build_place, places.give_back_places, ("label",),
            "place",
        ),
        Kind(
            "memorial_sites", "record", places.SITE_FIELDS, places.build_site, places.give_back_sites,
            record_kind="place",
        ),
        Kind("films", "source", sources.FILM_FIELDS, sources.build_film, sources.give_back_films, ("title",)),
        Kind(
            "timeline", "record", documents.EVENT_FIELDS, documents.build_event, documents.give_back_events,
            ("title",), "event", assumed={"contested": False},
        ),
        Kind(
            "accounts", "statement", statements.ACCOUNT_FIELDS, statements.build_account,
            statements.give_back_accounts, statements.ACCOUNT_REQUIRED,
            assumed={"kind": "statement", "word_count": ..., "accused_speaker": False},
            desk_only=frozenset({"accused_speaker", "side"}),
        ),
        Kind(
            "terminology", "statement", statements.TERM_FIELDS, statements.build_term, statements.give_back_terms,
            ("term",), assumed={"language": ...},
        ),
        Kind(
            "figures", "statement", statements.FIGURE_FIELDS, statements.build_figure,
            statements.give_back_figures, statements.FIGURE_REQUIRED,
        ),
    )
}  # fmt: skip


def recognised(value: Mapping[str, Any]) -> str:
    """The kind whose fields an object has, when one fits better than all others; "" otherwise."""
    scores = sorted(
        ((len(value.keys() & kind.fields.keys()), -len(kind.fields.keys() - value.keys()), name)
         for name, kind in KINDS.items()),
        reverse=True,
    )  # fmt: skip
    best, second = scores[0], scores[1]
    return best[2] if best[0] >= 4 and best[:2] > second[:2] else ""
