"""Citations as one plain sentence, to copy into a footnote. No style of any journal.

`cite_source(fields)` cites a work, `cite_record(view, …)` a page of the archive as it stood
at a revision. The order is that of the Chicago Manual's notes: who, what, in what, where
and when, which pages, address. What is not known is left out, never guessed, and titles
keep their own language and spelling. Words of ours are few and can be given in the
reader's language (`words`), names and titles never change.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

from memorial.domain.views import RecordView

WORDS = {"revision": "revision", "accessed": "accessed", "edited by": "ed."}

_ENDS_A_SENTENCE = re.compile(r"[.!?…][”»\"']*$")
# What this kind's own facts call the maker and the place of publication, in this order.
_MAKERS = ("authors", "author", "byline", "narrator", "body")
_CONTAINERS = ("publication", "container_title")


def cite_source(fields: Mapping[str, str], words: Mapping[str, str] = WORDS) -> str:
    """A work by its CSL terms: author, editor, title, container-title, publisher, issued, page …

    Names of columns (`container_title`) are read like those of CSL (`container-title`).
    """
    known = {name.replace("_", "-"): value.strip() for name, value in fields.items() if value.strip()}
    editor = known.get("editor", "")
    return _sentence(
        [
            known.get("author") or (f"{editor} ({words['edited by']})" if editor else ""),
            _title(known.get("title", ""), known.get("container-title", "")),
            _volume(known),
            _published(known),
            _pages(known.get("page") or known.get("pages", "")),
            known.get("number", ""),
            known.get("URL", ""),
        ]
    )


def cite_record(
    view: RecordView,
    archive_name: str,
    address: str,
    revision: int,
    accessed: date,
    words: Mapping[str, str] = WORDS,
    at: str = "",
) -> str:
    """A page of the archive. `address` is the whole permanent one; `revision` what was read, `at` which moment of it."""
    detail = {name: value.strip() for name, value in view.detail.items()}
    container = next((detail[name] for name in _CONTAINERS if detail.get(name)), "")
    maker = next((detail[name] for name in _MAKERS if detail.get(name)), "")
    return _sentence(
        [
            "" if maker == view.title else maker,
            _title(view.title, "" if container == view.title else container),
            view.when.words or view.when.edtf,
            archive_name,
            f"{words['revision']} {revision}",
            at,
            f"{address} ({words['accessed']} {accessed.isoformat()})",
        ]
    )


def _title(title: str, container: str) -> str:
    """The title in quotation marks where it is part of something, else bare."""
    if not (title and container):
        return title or container
    quoted = title if title[0] in '“«"' else f"“{title}”"
    return f"{quoted}, {container}"


def _volume(known: Mapping[str, str]) -> str:
    volume, issue = known.get("volume", ""), known.get("issue", "")
    return f"{volume} ({issue})" if volume and issue else volume or issue


def _published(known: Mapping[str, str]) -> str:
    place, house = known.get("publisher-place", ""), known.get("publisher", "")
    imprint = f"{place}: {house}" if place and house else place or house
    return ", ".join(part for part in (imprint, known.get("issued") or known.get("year", "")) if part)


def _pages(pages: str) -> str:
    if not pages or not pages[0].isdigit():
        return pages
    return f"p. {pages}" if pages.isdigit() else f"pp. {pages.replace('-', '–')}"


def _sentence(parts: Sequence[str]) -> str:
    """Parted by full stops, with one at the end but not after an address."""
    given = [part.strip() for part in parts if part.strip()]
    text = "".join(f"{part} " if _ENDS_A_SENTENCE.search(part) else f"{part}. " for part in given[:-1])
    last = given[-1] if given else ""
    if not last or "://" in last.split()[-1] or _ENDS_A_SENTENCE.search(last):
        return text + last
    return f"{text}{last}."
