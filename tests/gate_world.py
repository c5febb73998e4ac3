"""A small archive in which every record says its own name, for the tests of the gate. All words are synthetic.

`build(house)` makes one record for each way of being open or closed; each row of it carries
`canary-NAME`. `found(anything)` reads those names back out of whatever a query returned, and
`visible(reader_name, later)` says, written down by hand, which names a reader may get.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from memorial.domain import consent as rules
from memorial.domain.consent import BEGIN, FOREVER
from memorial.gate import Reader
from memorial.house import House
from memorial.models import Derivative, Media, Part, Record, Text
from memorial.services import consent
from tests.builders import Made, a_press_account, a_testimony, some_content

YEAR = timedelta(days=365)
NAMES = ("open", "reusable", "scholars", "embargo", "closing", "closed", "sealed", "archives", "unseen")
READERS = (
    "public", "public_reuse", "mirror_kept", "research", "research_reuse", "family", "desk", "officer",
    "keeper",
)  # fmt: skip

# Who gets what, now and a year and a half later (an embargo has ended, a limited yes too). Written by hand.
_EVERYBODY = {"open", "reusable", "closing", "archives"}
_ALL = set(NAMES)
SEEN: dict[tuple[str, bool], set[str]] = {
    ("public", False): _EVERYBODY,
    ("public", True): {"open", "reusable", "embargo", "archives"},
    ("public_reuse", False): {"reusable", "archives"},
    ("public_reuse", True): {"reusable", "archives"},
    ("mirror", False): {
        "reusable",
        "archives",
    },  # of copies and photographs those that may be kept: see `visible`
    ("mirror", True): {"reusable", "archives"},
    ("mirror_kept", False): {"archives"},
    ("mirror_kept", True): {"archives"},
    ("research", False): _EVERYBODY | {"scholars"},
    ("research", True): {"open", "reusable", "embargo", "archives", "scholars"},
    ("research_reuse", False): {"reusable", "archives"},
    ("research_reuse", True): {"reusable", "archives"},
    ("family", False): {"closed"},
    ("family", True): {"closed"},
    ("desk", False): _ALL - {"sealed"},
    ("desk", True): _ALL - {"sealed"},
    ("officer", False): _ALL,
    ("officer", True): _ALL,
    ("keeper", False): _ALL,
    ("keeper", True): _ALL,
}
CUSTODY = ("family", "desk", "officer", "keeper")


class World:
    """The house, what was made in it by name, and readers for two moments."""

    def __init__(self, house: House, made: dict[str, Made]) -> None:
        self.house, self.made = house, made
        self.family_of = made["closed"].contribution_id

    def moment(self, later: bool) -> rules.Moment:
        now = self.house.moment()
        return rules.Moment(now.low + 1.5 * YEAR, now.high + 1.5 * YEAR) if later else now

    def reader(self, name: str, later: bool = False) -> Reader:
        at = self.moment(later)
        return {
            "public": Reader.public(at),
            "public_reuse": Reader.public(at, "reuse"),
            "mirror": Reader.mirror(at),
            "mirror_kept": Reader.mirror(at).for_use("download"),
            "research": Reader.research(at),
            "research_reuse": Reader.research(at, "reuse"),
            "family": Reader.family(self.family_of or 0, at),
            "desk": Reader.desk(at),
            "officer": Reader.desk(at, consent_officer=True),
            "keeper": Reader.keeper(at),
        }[name]

    def session(self, name: str, later: bool = False) -> Any:
        return self.house.session(self.reader(name, later))

    def record_ids(self) -> dict[str, int]:
        return {name: made.record_id for name, made in self.made.items()}


def visible(reader: str, later: bool, *, dark: bool = False) -> set[str]:
    """The names a reader may get; with `dark` also the copies in parts that nobody has published."""
    seen = SEEN[reader, later]
    hidden_copies = {f"{name}-dark" for name in seen} if dark and reader in CUSTODY else set()
    return seen | hidden_copies


def found(returned: Any) -> set[str]:
    """Every canary in what came back, however it is wrapped."""
    return set(re.findall(r"canary-([a-z-]*[a-z])", _words(returned)))


def _words(thing: Any) -> str:
    if isinstance(thing, (str, int, float, type(None))):
        return str(thing)
    if isinstance(thing, Mapping):
        return " ".join(_words(each) for each in thing.values())
    if hasattr(thing, "__mapper__"):
        return " ".join(str(value) for key, value in vars(thing).items() if not key.startswith("_"))
    if hasattr(thing, "__iter__"):
        return " ".join(_words(each) for each in thing)
    return str(thing)


def build(house: House) -> World:
    now = house.now()
    view = {rules.EVERY_PART: rules.chosen(["public", "research"], ["view"])}
    wills: dict[str, tuple[Any, bool]] = {
        "open": (view, True),
        "reusable": ({"*": rules.chosen(["public", "research"], ["view", "reuse"])}, True),
        "scholars": ({"*": rules.chosen(["research"], ["view"])}, True),
        "embargo": ({"*": rules.chosen(["public", "research"], ["view"], now + YEAR, FOREVER)}, True),
        "closing": ({"*": rules.chosen(["public", "research"], ["view"], BEGIN, now + YEAR)}, True),
        "closed": (view, False),
        "sealed": (view, False),
        "unseen": ({"*": rules.chosen(["public", "research"], ["reuse"])}, True),  # no use implies another
    }
    made = {
        name: a_testimony(
            house, published=published, contributor=will, content=some_content("testimony", f"canary-{name}")
        )
        for name, (will, published) in wills.items()
    }
    made["archives"] = a_press_account(house, content=some_content("press", "canary-archives"))
    for name, each in made.items():
        _with_photograph(house, name, each)
    _seal(house, made["sealed"])
    return World(house, made)


def _with_photograph(house: House, name: str, made: Made) -> None:
    """A photograph of the page's part with two copies: one of the page's, one of a part that nobody opened."""
    with house.writing(house.keeper()) as session:
        record = session.get_one(Record, made.record_id)
        page = session.get_one(Part, record.part_id)
        dark = consent.add_part(session, record, "dark", "photograph", contribution_id=made.contribution_id)
        medium = Media(
            public_id=f"m-{name}",
            record_id=record.id,
            sha256="",
            bytes=1,
            mime="image/png",
            storage_key=f"k-{name}",
            alt=f"canary-{name}",
            received_at=house.now(),
            **consent.guard_of(session, page),
        )
        session.add(medium)
        session.flush()
        for part, mark in ((page, name), (dark, f"{name}-dark")):
            session.add(
                Derivative(
                    public_id=f"d-{mark}",
                    media_id=medium.id,
                    bytes=1,
                    mime="image/webp",
                    sha256=f"canary-{mark}",
                    storage_key=f"c-{mark}",
                    **consent.guard_of(session, part),
                )
            )
        titles = select(Text).where(Text.record_id == record.id)
        first = session.scalars(titles.order_by(Text.position)).first()
        for other in session.scalars(titles.where(Text.id != first.id)):
            other.translates_id = first.id


def _seal(house: House, made: Made) -> None:
    with house.writing(house.keeper()) as session:
        for table in consent.guarded_tables():
            session.execute(
                update(table).where(table.contribution_id == made.contribution_id).values(sealed=True),
                execution_options={"projection": True},
            )
