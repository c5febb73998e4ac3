"""IIIF Presentation 3 (https://iiif.io/api/presentation/3.0/): what viewers of other houses show of a record. Plain dicts.

    manifest(record, place, timed)                  # of a view; None where there is nothing to look at or to hear
    collection(address, label, items, place)
    cues(page, canvas, spoken, lines)               # the lines of a transcript as annotations

A Canvas and whatever hangs on it is named by its medium, so its address stays when copies are made anew. A picture with a
content note is described and led to, and not painted: viewers load what is painted, and make thumbnails of it, unasked.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from memorial.domain.views import Paper, Picture, RecordView
from memorial.domain.voices import DESCRIPTION, TRANSLATION, Chapter, Line, Playable, Recording, Spoken

CONTEXT = "http://iiif.io/api/presentation/3/context.json"
MEDIA_TYPE = f'application/ld+json;profile="{CONTEXT}"'
JPEG, PDF, VTT = "image/jpeg", "application/pdf", "text/vtt"
Json = dict[str, Any]
Words = Mapping[str, Sequence[str]]  # a language map
# What `rights` may hold is one of these; all else is said in words.
_RIGHTS = re.compile(r"https?://(creativecommons\.org|rightsstatements\.org)(/[\w./-]+)")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a manifest is given out: the archive's address, its name, and its fixed words, each in its languages."""

    root: str
    archive: Words
    words: Mapping[str, Words] = field(default_factory=dict)

    def named(self, key: str) -> Words:
        return self.words.get(key) or {"en": [key.capitalize()]}

    def base(self, public_id: str) -> str:
        return f"{self.root}/iiif/{public_id}"

    def media(self, address: str) -> str:
        """Of a copy that pages have at /media/…, where it is handed on."""
        return f"{self.root}/iiif{address.removesuffix('/scan.pdf')}"

    def image(self, public_id: str) -> str:
        return f"{self.root}/iiif/image/{public_id}"


def said(words: str, language: str = "") -> Words:
    """A language map of these words; empty where there are none."""
    return {_language(language) or "none": [words]} if words else {}


def manifest(record: RecordView, place: Place, timed: Collection[str] = ()) -> Json | None:
    """`timed` are the transcripts whose lines have times, by public id: only those are captions."""
    heard = [each for each in record.recordings if each.copies and each.length]
    seen = sorted((each for each in record.pictures if each.copies), key=quiet)
    canvases = [_heard(each, record, place, timed) for each in heard] + [
        _seen(each, record, place) for each in seen
    ]
    if not canvases:
        return None
    base = place.base(record.public_id)
    label = label_of(record.title, title_language(record), place)
    noted = "\n".join(record.content_notes)
    found: Json = {
        "@context": CONTEXT, "id": f"{base}/manifest", "type": "Manifest", "label": label,
        "summary": _summary(record, noted),
        "metadata": _metadata(record, place),
        "rights": _one_right([*heard, *seen]),
        "requiredStatement": {"label": place.named("archive"), "value": place.archive},
        "provider": [_provider(place)],
        "thumbnail": [] if noted else _first_thumbnail(seen, heard, place),
        "homepage": [_homepage(f"{place.root}/{code}{record.address}", code, place.archive) for code in place.archive],
        "seeAlso": [_see_also(record, place)],
        "rendering": [
            *(_paper(each, place) for each in record.papers if each.address),
            *(_led_to(each, place) for each in seen if quiet(each)),
        ],
        "partOf": [{"id": f"{place.root}/iiif/collection/{record.kind}", "type": "Collection"}],
        "items": canvases,
        "structures": [_chapters(each, record, place) for each in heard if each.chapters],
    }  # fmt: skip
    return _filled(found)


def collection(address: str, label: Words, items: Sequence[Json], place: Place, part_of: str = "") -> Json:
    found: Json = {
        "@context": CONTEXT, "id": address, "type": "Collection", "label": label, "provider": [_provider(place)],
        "partOf": [{"id": part_of, "type": "Collection"}] if part_of else [],
    }  # fmt: skip
    return _filled(found) | {"items": list(items)}


def item(kind: str, address: str, label: Words) -> Json:
    """What a collection holds: a `Manifest` or a `Collection`."""
    return {"id": address, "type": kind, "label": label}


def cues(page: str, canvas: str, spoken: Spoken, lines: Iterable[Line]) -> Json:
    """Each line of a transcript with its time on the Canvas; of one without times, all lines on the whole of it."""
    items = [
        {
            "id": f"{page}/{line.number}", "type": "Annotation", "motivation": "supplementing",
            "body": _filled({"type": "TextualBody", "value": _spoken_by(line), "format": "text/plain",
                             "language": _language(spoken.language)}),
            "target": canvas + _span(line.starts, line.ends),
        }
        for line in lines
    ]  # fmt: skip
    return {"@context": CONTEXT, "id": page, "type": "AnnotationPage", "items": items}


def canvas_of(record_id: str, media_id: str, place: Place) -> str:
    return f"{place.base(record_id)}/canvas/{media_id}"


def label_of(title: str, language: str, place: Place) -> Words:
    return said(title, language) if title else place.named("unnamed")


def title_language(record: RecordView) -> str:
    """Of the heading: of the name, where that is a name."""
    named = record.kind in ("remembrance", "testimony") and record.names
    return record.names[0].language if named else record.language


def quiet(picture: Picture) -> bool:
    """Whether it is loaded only when somebody asks for it."""
    return picture.graphic or bool(picture.content_note)


# -- what is on the whole -------------------------------------------------------------------


def _summary(record: RecordView, noted: str) -> Words:
    """The archive's own summaries, and what hard matter comes, which is said before it does."""
    found: dict[str, list[str]] = {"none": [noted]} if noted else {}
    for text in record.texts:
        if text.role == "summary" and not text.markup:
            for language, words in said(text.body, text.language).items():
                found.setdefault(language, []).extend(words)
    return found


def _metadata(record: RecordView, place: Place) -> list[Json]:
    told = [
        ("kind", place.named(record.kind)),
        ("told_by", said(record.detail.get("narrator", ""))),
        ("publication", said(record.detail.get("publication", ""))),
        ("when", said(record.when.words or record.when.edtf)),
        ("where", said("; ".join(link.label for link in record.places))),
        ("language", said("" if record.language == "und" else record.language)),
    ]
    return [
        {"label": place.named(key), "value": value} for key, value in told if any(map(any, value.values()))
    ]


def _provider(place: Place) -> Json:
    homes = [_homepage(f"{place.root}/{code}/", code, place.archive) for code in place.archive]
    return {"id": f"{place.root}/", "type": "Agent", "label": place.archive, "homepage": homes}


def _homepage(address: str, code: str, archive: Words) -> Json:
    label = {code: [f"{archive[code][0]} ({code})"]}
    return {"id": address, "type": "Text", "label": label, "format": "text/html", "language": [code]}


def _see_also(record: RecordView, place: Place) -> Json:
    return {
        "id": f"{place.root}{record.address}.jsonld", "type": "Dataset", "label": {"en": ["Linked data"]},
        "format": "application/ld+json", "profile": "https://schema.org/",
    }  # fmt: skip


def _paper(paper: Paper, place: Place) -> Json:
    label = said(paper.alt) if paper.alt else place.named("scan")
    return {"id": place.media(paper.address), "type": "Text", "label": label, "format": PDF}


def rights_of(words: str) -> str:
    """The address of a licence or statement that stands in these words, as IIIF writes it; "" where none does."""
    found = _RIGHTS.search(words)
    return f"http://{found[1]}{found[2].rstrip('.')}" if found else ""


def _one_right(media: Sequence[Picture | Recording]) -> str:
    found = {rights_of(each.rights) for each in media}
    return found.pop() if len(found) == 1 else ""


def _owed(medium: Picture | Recording, place: Place) -> Json:
    words = [each for each in (medium.credit, medium.rights) if each]
    owed = {"label": place.named("credit"), "value": {"none": words}} if words else {}
    return {"rights": rights_of(medium.rights), "requiredStatement": owed}


def _first_thumbnail(seen: Sequence[Picture], heard: Sequence[Recording], place: Place) -> list[Json]:
    found = [_thumbnail(each, place) for each in seen] + [_poster(each, place) for each in heard]
    return next(filter(None, found), [])


# -- what is looked at ----------------------------------------------------------------------


def _seen(picture: Picture, record: RecordView, place: Place) -> Json:
    canvas, full = canvas_of(record.public_id, picture.public_id, place), picture.copies[-1]
    label = said(picture.alt) if picture.alt else place.named(picture.role)
    body = _image(picture, place)
    shown = [] if quiet(picture) else [_painted(canvas, body)]
    found: Json = {
        "id": canvas, "type": "Canvas", "label": label, "height": full.height, "width": full.width,
        "summary": said(picture.content_note) if picture.content_note else {},
        "thumbnail": [] if record.content_notes else _thumbnail(picture, place),
        "rendering": [_led_to(picture, place)] if quiet(picture) else [],
        **_owed(picture, place),
    }  # fmt: skip
    return _filled(found) | {"items": shown}


def _image(picture: Picture, place: Place) -> Json:
    full = picture.copies[-1]
    served = serves(picture)
    address = (
        f"{place.image(picture.public_id)}/full/max/0/default.jpg" if served else place.media(full.address)
    )
    return _filled({
        "id": address, "type": "Image", "format": full.mime, "height": full.height, "width": full.width,
        "service": [service(place.image(picture.public_id))] if served and not quiet(picture) else [],
    })  # fmt: skip


def _led_to(picture: Picture, place: Place) -> Json:
    """A plain link to what is not shown unasked. It stands on the whole too, since not every viewer shows a Canvas's own."""
    words = ". ".join(filter(None, (picture.alt, picture.content_note)))
    return _image(picture, place) | {"label": said(words) or place.named(picture.role)}


def serves(picture: Picture) -> bool:
    """Whether an image service gives it out: it promises JPEG, so a picture with holes has none."""
    return all(copy.mime == JPEG for copy in picture.copies)


def service(address: str) -> Json:
    return {"id": address, "type": "ImageService3", "profile": "level0"}


def _thumbnail(picture: Picture, place: Place) -> list[Json]:
    if quiet(picture):
        return []
    copy = picture.copies[0]
    size = f"{place.image(picture.public_id)}/full/{copy.width},{copy.height}/0/default.jpg"
    address = size if serves(picture) else place.media(copy.address)
    return [{"id": address, "type": "Image", "format": copy.mime, "height": copy.height, "width": copy.width}]


def _painted(canvas: str, body: Json) -> Json:
    painting = {
        "id": f"{canvas}/painting",
        "type": "Annotation",
        "motivation": "painting",
        "body": body,
        "target": canvas,
    }
    return {"id": f"{canvas}/page", "type": "AnnotationPage", "items": [painting]}


# -- what is listened to --------------------------------------------------------------------


def _heard(recording: Recording, record: RecordView, place: Place, timed: Collection[str]) -> Json:
    canvas = canvas_of(record.public_id, recording.public_id, place)
    copies = recording.of("video") or recording.of("audio")
    largest = max(copies, key=lambda copy: copy.height)
    bodies = [_played(copy, recording, place) for copy in copies]
    found: Json = {
        "id": canvas, "type": "Canvas", "label": _named_recording(recording, record, place),
        "height": largest.height, "width": largest.width, "duration": _seconds(recording.length or 0),
        "summary": said(recording.content_note) if recording.content_note else {},
        "thumbnail": [] if record.content_notes else _poster(recording, place),
        **_owed(recording, place),
        "seeAlso": [_lines(each, record, place) for each in recording.transcripts],
        "annotations": _captions(canvas, recording, record, place, timed),
    }  # fmt: skip
    body = bodies[0] if len(bodies) == 1 else {"type": "Choice", "items": bodies}
    return _filled(found) | {"items": [_painted(canvas, body)]}


def _named_recording(recording: Recording, record: RecordView, place: Place) -> Words:
    if len(record.recordings) == 1:
        return label_of(record.title, title_language(record), place)
    number = list(record.recordings).index(recording) + 1
    return {code: [f"{words[0]} {number}"] for code, words in place.named("recording").items()}


def _played(copy: Playable, recording: Recording, place: Place) -> Json:
    return _filled({
        "id": place.media(copy.address), "type": "Video" if copy.kind == "video" else "Sound", "format": copy.mime,
        "height": copy.height, "width": copy.width, "duration": _seconds(recording.length or 0),
    })  # fmt: skip


def _poster(recording: Recording, place: Place) -> list[Json]:
    if not recording.poster or recording.graphic or recording.content_note:
        return []
    return [{"id": place.media(recording.poster), "type": "Image", "format": JPEG}]


def _captions(
    canvas: str, recording: Recording, record: RecordView, place: Place, timed: Collection[str]
) -> list[Json]:
    """One annotation for each transcript that a player can show as it goes."""
    shown = [each for each in recording.transcripts if each.public_id in timed and each.kind != "summary"]
    if not shown:
        return []
    items = [
        {
            "id": f"{canvas}/captions/{each.public_id}", "type": "Annotation", "motivation": "supplementing",
            "body": _filled({
                "id": f"{place.base(record.public_id)}/captions/{each.public_id}.vtt", "type": "Text", "format": VTT,
                "label": _kind_of(each, place), "language": _languages(each.language),
            }),
            "target": canvas,
        }
        for each in shown
    ]  # fmt: skip
    return [{"id": f"{canvas}/captions", "type": "AnnotationPage", "items": items}]


def _lines(spoken: Spoken, record: RecordView, place: Place) -> Json:
    """Where the same words stand one by one as annotations. Not among `annotations`, where Mirador 4 falls over a page
    that is only named."""
    address = f"{place.base(record.public_id)}/annotations/{spoken.public_id}"
    return {"id": address, "type": "Dataset", "label": _kind_of(spoken, place), "format": MEDIA_TYPE}


def _kind_of(spoken: Spoken, place: Place) -> Words:
    known = {TRANSLATION: "translation", DESCRIPTION: "audio_description"}
    named = place.named(known.get(spoken.kind, spoken.kind))
    ending = f" ({spoken.language})" if _language(spoken.language) else ""
    return {code: [f"{words[0]}{ending}"] for code, words in named.items()}


def _chapters(recording: Recording, record: RecordView, place: Place) -> Json:
    canvas = canvas_of(record.public_id, recording.public_id, place)
    following = [*(chapter.starts for chapter in recording.chapters[1:]), recording.length or 0]
    items = [
        _chapter(canvas, chapter, chapter.ends or max(after, chapter.starts))
        for chapter, after in zip(recording.chapters, following, strict=True)
    ]
    label = place.named("chapters")
    return {"id": f"{canvas}/chapters", "type": "Range", "label": label, "items": items}


def _chapter(canvas: str, chapter: Chapter, ends: int) -> Json:
    label: dict[str, Sequence[str]] = {}
    summary: dict[str, Sequence[str]] = {}
    for told in reversed(chapter.tellings):  # of two in one language the first stays
        label |= said(told.title, told.language)
        summary |= said(told.synopsis, told.language)
    return _filled({
        "id": f"{canvas}/chapters/{chapter.starts}", "type": "Range", "label": label, "summary": summary,
        "items": [{"id": canvas + _span(chapter.starts, ends), "type": "Canvas"}],
    })  # fmt: skip


# -- small things ---------------------------------------------------------------------------


def _span(starts: int, ends: int) -> str:
    """A stretch of time as a media fragment; "" where there is none."""
    at, until = (f"{_seconds(each):.3f}".rstrip("0").rstrip(".") for each in (starts, ends))
    return f"#t={at},{until}" if ends > starts else ""


def _seconds(milliseconds: int) -> float:
    return milliseconds / 1000


def _language(code: str) -> str:
    return "" if code == "und" else code


def _languages(code: str) -> list[str]:
    return [_language(code)] if _language(code) else []


def _spoken_by(line: Line) -> str:
    return f"{line.speaker}: {line.words}" if line.speaker else line.words


def _filled(found: Json) -> Json:
    """Without what is empty: IIIF wants a property left out rather than empty."""
    return {name: value for name, value in found.items() if value or value is False}
