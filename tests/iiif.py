"""What tests of IIIF share: a testimony with everything that can be seen and heard of it, and the rules that parsers let through.

made = everything(house)          # rows and small files, allowed to everyone for every use
complaints(manifest)              # what Presentation 3.0 demands and this has not, in words
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from memorial.domain import consent as rules
from memorial.domain.ids import new_public_id
from memorial.gate import Actor
from memorial.house import House
from memorial.models import Contribution, Derivative, Media, Part, Record, Segment
from memorial.services import archive_word, consent
from memorial.services.consent import Said
from tests.builders import Made, a_testimony
from tests.voices import a_copy, a_recording, a_transcript

EVERYTHING = {rules.EVERY_PART: rules.everything()}


@dataclass(frozen=True)
class Shown:
    """Public ids of what was made."""

    made: Made
    photograph: str
    graphic: str
    audio: str
    video: str
    original: str
    translation: str
    copies: dict[str, str]


@dataclass(frozen=True)
class Files:
    """What lies behind the rows: words that say what they are, unless a test brings real files."""

    sound: bytes = b"synthetic sound"
    film: bytes = b"synthetic film"
    still: bytes = b"synthetic still"
    picture: Callable[[int, int, str], bytes] = lambda width, _height, alt: (
        f"{width} points of {alt}".encode()
    )


def everything(house: House, files: Files | None = None, **values: Any) -> Shown:
    files = files or Files()
    made = a_testimony(house, contributor=EVERYTHING, **values)
    sound = a_recording(
        house,
        made,
        length=16_000,
        credit="Synthetic Archive",
        rights="CC BY 4.0 https://creativecommons.org/licenses/by/4.0/",
    )
    film = a_recording(house, made, role="video", mime="video/mp4", length=8_000, poster_at=1_000)
    copies = {
        "sound": a_copy(house, sound, storage_key=_stored(house, files.sound), sha256="a" * 64),
        "film": a_copy(house, film, "video", mime="video/mp4", width=640, height=360, storage_key=_stored(house, files.film), sha256="b" * 64),
        "still": a_copy(house, film, "poster", mime="image/jpeg", width=640, height=360, storage_key=_stored(house, files.still)),
    }  # fmt: skip
    original = a_transcript(house, sound, ["Bir & <i>iki</i>.", "Üç <mask k7f3abcd>."], language="az")
    translation = a_transcript(
        house, sound, ["One & two.", "Three."], kind="translation", language="en", translates=original
    )
    a_transcript(house, film, ["What is said in the film.", "And at its end."], language="en")
    for position, (starts, title) in enumerate(((0, "Synthetic childhood"), (9_000, "Synthetic road"))):
        a_chapter(house, sound, position, starts, title)
    photograph = a_photograph(house, made, "A synthetic photograph", files)
    graphic = a_photograph(
        house, made, "A described wound", files, graphic=True, content_note="Shows a wound"
    )
    agree(house, made)
    return Shown(
        made,
        photograph,
        graphic,
        _public_id(house, sound),
        _public_id(house, film),
        original,
        translation,
        copies,
    )


def agree(house: House, made: Made, grants: dict[str, Any] | None = None) -> None:
    """Both parties say yes to all that is there by now, for every use, or for what is given."""
    with house.writing(house.keeper()) as session:
        record = session.get_one(Record, made.record_id)
        party = consent.party_of(
            session, "contributor", session.get_one(Contribution, made.contribution_id).id
        )
        keys = [part.key for part in session.query(Part).filter(Part.record_id == record.id)]
        will = EVERYTHING if grants is None else grants
        consent.append(session, record, Said(party, "will", will), by=Actor.system(), at=house.now())
        if grants is None:
            archive_word.release(session, record, keys, by=Actor.system(), at=house.now())


def a_photograph(house: House, made: Made, alt: str, files: Files | None = None, **values: Any) -> str:
    with house.writing(house.keeper()) as session:
        record, public_id = session.get_one(Record, made.record_id), new_public_id()
        part = consent.add_part(
            session, record, f"photograph:{public_id}", "photograph", contribution_id=made.contribution_id
        )
        guard = consent.guard_of(session, part)
        medium = Media(
            public_id=public_id, record_id=record.id, sha256=public_id, bytes=4, mime="image/jpeg", alt=alt,
            storage_key=f"none/{public_id}", received_at=house.now(), due="", **values, **guard,
        )  # fmt: skip
        session.add(medium)
        session.flush()
        for width, height in ((320, 240), (1280, 960)):
            content = (files or Files()).picture(width, height, alt)
            session.add(
                Derivative(
                    public_id=new_public_id(), media_id=medium.id, width=width, height=height, bytes=len(content),
                    mime="image/jpeg", sha256=f"{public_id}{width}", storage_key=_stored(house, content), **guard,
                )
            )  # fmt: skip
        return public_id


def a_chapter(house: House, media_id: int, position: int, starts: int, title: str) -> None:
    with house.writing(house.keeper()) as session:
        medium = session.get_one(Media, media_id)
        guard = consent.guard_of(session, session.get_one(Part, medium.part_id))
        session.add(
            Segment(media_id=media_id, position=position, starts=starts, language="en", title=title, **guard)
        )


def _stored(house: House, content: bytes) -> str:
    return house.storage.put_derived(f"{new_public_id()}/1", content)


def _public_id(house: House, media_id: int) -> str:
    with house.session(house.keeper()) as session:
        return session.get_one(Media, media_id).public_id


# -- the rules of Presentation 3.0 ----------------------------------------------------------

TYPES = {"Collection", "Manifest", "Canvas", "AnnotationPage", "Annotation", "Range"}


def complaints(manifest: dict[str, Any]) -> list[str]:
    """What a Manifest or Collection lacks, of the rules that parsers are known to let through too."""
    found = [f"@context: {manifest.get('@context')}"] * (
        manifest.get("@context") != "http://iiif.io/api/presentation/3/context.json"
    )
    canvases: set[str] = set()
    identities: list[str] = []
    for path, each in _walk(manifest):
        found += [f"{path}: {wrong}" for wrong in _wrong(each)]
        if each.get("type") == "Canvas" and "items" in each:
            canvases.add(each["id"])
        if each.get("type") in TYPES and "#" not in each.get("id", "") and ".partOf" not in path:
            identities += [] if each["type"] == "Canvas" and ".structures" in path else [each.get("id", "")]
    found += [f"{each} stands twice" for each in {one for one in identities if identities.count(one) > 1}]
    for path, each in _walk(manifest):
        if each.get("type") == "Annotation" and _target(each) not in canvases:
            found.append(f"{path}: target {each['target']} is no Canvas")
        if (
            each.get("type") == "Canvas"
            and ".structures" in path
            and each["id"].partition("#")[0] not in canvases
        ):
            found.append(f"{path}: {each['id']} is no Canvas")
    return found


def _target(annotation: dict[str, Any]) -> str:
    """The Canvas that it is on, whether it is named or is a part that is described."""
    target = annotation["target"]
    target = target if isinstance(target, str) else target.get("source", target.get("id", ""))
    return (target if isinstance(target, str) else target["id"]).partition("#")[0]


def _wrong(each: dict[str, Any]) -> Iterator[str]:
    kind = each.get("type", "")
    if kind in TYPES and not str(each.get("id", "")).startswith(("http://", "https://")):
        yield f"{kind} has no absolute id"
    if kind in ("Collection", "Manifest") and not each.get("label") and set(each) != {"id", "type"}:
        yield f"{kind} has no label"
    if kind == "Canvas" and "items" in each:
        if bool(each.get("height")) != bool(each.get("width")):
            yield "a Canvas has height and width or neither"
        if not each.get("height") and not each.get("duration"):
            yield "a Canvas has no extent"
    if kind == "Annotation" and not (each.get("motivation") and each.get("target") and each.get("body")):
        yield "an Annotation without motivation, body or target"
    if kind in ("Image", "Video", "Sound", "Text") and not (each.get("id") and each.get("format")):
        yield f"{kind} without id or format"
    for name in ("label", "summary", "value"):
        if name in each and not (name == "value" and kind == "TextualBody") and not _language_map(each[name]):
            yield f"{name} is no language map: {each[name]!r}"
    for name, value in each.items():
        if value in ("", [], {}, None) and name != "items":
            yield f"{name} is empty"
    if "rights" in each and not each["rights"].startswith(
        ("http://creativecommons.org/", "http://rightsstatements.org/")
    ):
        yield f"rights: {each['rights']}"


def _language_map(value: Any) -> bool:
    return (
        isinstance(value, dict) and bool(value)
        and all(isinstance(each, list) and each and all(isinstance(one, str) and one for one in each) for each in value.values())
    )  # fmt: skip


def _walk(value: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(value, dict):
        yield path, value
        for name, each in value.items():
            yield from _walk(each, f"{path}.{name}")
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from _walk(each, f"{path}[{number}]")
