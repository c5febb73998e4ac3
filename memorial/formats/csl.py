"""What is cited, in the terms of the Citation Style Language (CSL-JSON 1.0.2).

    item = of_source(view)                      # a work: SourceView
    item = of_record(view, page)                # a page of this archive: RecordView, QuestionView
    text = written([item, …])                   # the file that reference managers read

All other forms (styles.py, bibtex.py, ris.py, embedded.py) are made from such items. What is not
known is left out and never guessed: a name is parted into family and given name only where it is
written so, a date that is no plain day or span stays as it is written, under `literal`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from memorial.domain.views import QuestionView, RecordView, SourceView, When

MEDIA_TYPE = "application/vnd.citationstyles.csl+json"

Item = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """The page that is cited: whose archive it is in, where it stands for good, when it was read."""

    archive: str
    address: str
    accessed: date
    title: str = ""  # words of the archive where no name may be shown
    kind: str = ""  # what it is, in the reader's language: "testimony"


# -- dates ----------------------------------------------------------------------------------

_DATE = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d)(?:T[\d:Z+-]+)?)?)?(?P<sign>[?~%]?)")


def date_variable(when: When) -> dict[str, Any]:
    """{} for no date; `date-parts` for days, months, years and spans of them; else what is written."""
    edtf = when.edtf
    ends = [_DATE.fullmatch(end) for end in edtf.split("/")]
    if not edtf or len(ends) > 2 or not all(ends):
        literal = when.words or edtf
        return {"literal": literal} if literal else {}
    found: dict[str, Any] = {}
    parts = [_parts(end) for end in ends if end]
    season = next((part[1] - 20 for part in parts if len(part) > 1 and part[1] > 12), 0)
    if season:
        if len(parts) > 1 or season > 4:  # a span of seasons has no form in CSL
            return {"literal": when.words or edtf}
        found["season"] = season
        parts = [parts[0][:1]]
    found["date-parts"] = parts
    if any(end and end["sign"] for end in ends):
        found["circa"] = True
    return found if is_plain(found) else found | {"raw": edtf}


def _parts(found: re.Match[str]) -> list[int]:
    return [int(found[name]) for name in ("year", "month", "day") if found[name]]


def day_variable(day: date) -> dict[str, Any]:
    return {"date-parts": [[day.year, day.month, day.day]]}


def is_plain(variable: Mapping[str, Any]) -> bool:
    """One day, month or year that nobody doubts."""
    return len(variable.get("date-parts", ())) == 1 and not variable.keys() & {"circa", "season"}


def edtf_of(variable: Mapping[str, Any]) -> str:
    """The date as ISO 8601-2 has it; "" for words alone."""
    plain = variable.get("date-parts", [[]])[0]
    return str(
        variable.get("raw")
        or "-".join(f"{part:04}" if at == 0 else f"{part:02}" for at, part in enumerate(plain))
    )


# -- names ----------------------------------------------------------------------------------

_INVERTED = re.compile(
    r"(?P<family>[^\W\d_][\w’'-]*(?: [^\W\d_][\w’'-]*)?), (?P<given>(?:[^\W\d_][\w’'-]* )*(?:[^\W\d_]\. ?)+)"
)


def name_variable(name: str) -> dict[str, str]:
    """Parted only where it is written "Family, G." or "Family, Given G.": a comma alone also stands in
    "Reuters, London", and "Human Rights Watch" is not somebody called Watch."""
    found = _INVERTED.fullmatch(name.strip())
    if found is None:
        return {"literal": name.strip()}
    return {"family": found["family"], "given": found["given"].strip()}


def name_in_one(name: Mapping[str, str]) -> str:
    """As it was written."""
    return name.get("literal") or ", ".join(name[part] for part in ("family", "given") if name.get(part))


def _names(names: Iterable[str]) -> list[dict[str, str]]:
    return [name_variable(name) for name in names if name.strip()]


# -- works ----------------------------------------------------------------------------------

# Fields of a SourceView that are CSL's own; the others are made below.
_TERMS = (
    "type",
    "genre",
    "title",
    "container-title",
    "publisher",
    "publisher-place",
    "page",
    "number",
    "URL",
)


def of_source(view: SourceView) -> Item:
    """A work. One without a title has what we call it in brackets, as in catalogues; an article without a
    headline the name of what it stands in."""
    known = view.fields
    accessed = date_variable(view.accessed)
    item: Item = {"id": _id("source", view.public_id), "type": known.get("type") or "document"}
    item |= {term: known[term] for term in _TERMS if known.get(term)}
    item.setdefault("title", known.get("container-title") or f"[{view.title}]")
    if item["type"] == "article":  # of a periodical nobody names; CSL means a preprint by it
        item["type"] = "document"
    return _without_nothing(
        item
        | {
            "author": _names(view.authors),
            "editor": _names(view.editors),
            "issued": date_variable(view.when),
            "accessed": accessed if "date-parts" in accessed and known.get("URL") else {},
            "language": _language(view.language),
            "archive_location": known.get("archived", ""),
            "note": view.note,
        }
    )


# -- pages of the archive -------------------------------------------------------------------

# What a press account was printed in, as sources say or everybody knows. Where nobody says it, it is set as
# newspapers are: CSL's bare "article" has come to mean a preprint.
_PRESS = {
    "magazine": "article-magazine", "journal": "article-journal", "tv": "broadcast", "television": "broadcast",
    "radio": "broadcast",
}  # fmt: skip
_DOCUMENTS = {
    "resolution": "legislation", "law": "legislation", "judgment": "legal_case", "report": "report",
    "letter": "personal_communication", "speech": "speech", "convention": "treaty",
}  # fmt: skip


def of_record(view: RecordView, page: Page) -> Item:
    """A page of the archive. A press account or a document is cited as the work it is, read in this archive."""
    made = {"press": _press, "document": _document}.get(view.kind)
    item: Item = {"id": _id(view.kind, view.public_id), "type": "webpage", "title": view.title or page.title}
    if made is not None:
        item |= made({name: value.strip() for name, value in view.detail.items()})
        item["archive"] = page.archive
        if item.get("genre") and item["author"] == _names([view.title]):
            item["title"] = f"[{item['genre']}]"  # a resolution without a title bears its body's name
    else:
        item |= {"container-title": page.archive, "genre": page.kind}
    issued = {} if view.kind in ("event", "place", "remembrance") else date_variable(view.when)
    return _without_nothing(
        item
        | {"issued": issued, "language": _language(view.language), "version": str(view.revision)}
        | _read_at(page)
    )


def of_question(view: QuestionView, page: Page) -> Item:
    """Rival statements side by side: nobody's but the archive's page."""
    item: Item = {"id": _id("question", view.slug), "type": "webpage", "title": view.title}
    return item | {"container-title": page.archive} | _read_at(page)


def _press(detail: Mapping[str, str]) -> Item:
    medium = (detail.get("medium") or detail.get("medium_general_knowledge") or "").lower()
    return {
        "type": _PRESS.get(medium, "article-newspaper"),
        "container-title": detail.get("publication", ""),
        "author": _names((detail.get("authors") or detail.get("byline", "")).split("; ")),
        "publisher-place": detail.get("city", ""),
        "page": detail.get("page", ""),
        "edition": detail.get("edition", ""),
        "note": detail.get("byline_doubt", ""),
    }


def _document(detail: Mapping[str, str]) -> Item:
    form = detail.get("form", "")
    return {
        "type": _DOCUMENTS.get(form, "document"),
        "genre": form,
        "author": _names([detail.get("body", "")]),
        "number": detail.get("number", ""),
        "jurisdiction": detail.get("jurisdiction", ""),
    }


def _read_at(page: Page) -> Item:
    return {"URL": page.address, "accessed": day_variable(page.accessed)}


def _id(kind: str, public_id: str) -> str:
    return f"{kind}-{public_id}"


def _language(code: str) -> str:
    return "" if code == "und" else code


def _without_nothing(item: Item) -> Item:
    return {name: value for name, value in item.items() if value}


def written(items: Sequence[Item]) -> str:
    return json.dumps(list(items), ensure_ascii=False, indent=1) + "\n"
