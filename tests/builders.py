"""Builders: one call makes one thing as the archive itself would make it. All people here are synthetic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from memorial.domain import consent as rules
from memorial.domain import lapses
from memorial.domain.consent import Grants
from memorial.domain.content import Content, NameContent, StatementContent, TextContent
from memorial.domain.ids import new_public_id, new_return_code
from memorial.gate import Actor, Reader
from memorial.house import House
from memorial.models import Contribution, Record
from memorial.services import consent, describe
from memorial.services.consent import Said

ALL_MAY_VIEW = rules.chosen(["public", "research"], ["view"])


@dataclass(frozen=True)
class Made:
    """What a builder made: ids only, so that no session outlives the builder."""

    record_id: int
    public_id: str
    kind: str
    contribution_id: int | None = None
    ref: str = ""

    @property
    def path(self) -> str:
        from memorial.domain.addresses import address

        return address(self.kind, self.public_id)


def a_contribution(
    house: House, session, *, language: str = "en", now: datetime | None = None
) -> Contribution:
    key = house.keys.new_contribution_key()
    at = now or house.now()
    contribution = Contribution(
        public_id=new_public_id(),
        locator=new_return_code().locator,
        code_hash="",
        wrapped_key=house.keys.wrap(key),
        language=language,
        created_at=at,
        changed_at=at,
    )
    session.add(contribution)
    session.flush()
    return contribution


def a_record(
    house: House,
    kind: str = "testimony",
    *,
    content: Content | None = None,
    contributed: bool = True,
    contributor: Mapping[str, Grants] | None = None,
    archive: Mapping[str, Grants] | None = None,
) -> Made:
    """A record with content, a contributor's will and the archive's; either may be left out (None)."""
    content = content or some_content(kind)
    now = house.now()
    with house.writing(house.keeper()) as session:
        contribution = a_contribution(house, session) if contributed else None
        contribution_id = contribution.id if contribution else None
        record = describe.create_record(session, kind, now=now, contribution_id=contribution_id)
        revision = describe.propose(
            session, record, content, by=Actor.system(), now=now, contribution_id=contribution_id
        )
        describe.apply(session, revision, now=now)
        for said in _wills(session, contribution_id, contributor, archive):
            consent.append(session, record, said, by=Actor.system(), at=now)
        return Made(
            record.id, record.public_id, kind, contribution_id, contribution.public_id if contribution else ""
        )


def _wills(session, contribution_id, contributor, archive) -> list[Said]:
    said = []
    if contribution_id is not None:
        party = consent.party_of(session, "contributor", contribution_id)
        said.append(Said(party, "need", parts=frozenset({rules.EVERY_PART})))
        if contributor is not None:
            said.append(Said(party, "will", contributor))
    if archive is not None:
        said.append(Said(consent.archive_party(session), "will", archive))
    return said


def some_content(kind: str, mark: str = "synthetic") -> Content:
    """A content whose every word is plainly made up."""
    detail: dict[str, Any] = {
        "testimony": {"stood": "survivor", "told_at": f"{mark} town"},
        "press": {"publication": f"{mark} Gazette", "byline": f"By {mark} Reporter"},
        "document": {"body": f"{mark} Assembly", "form": "resolution"},
        "event": {"phase": "during", "place_words": f"{mark} square"},
        "place": {"form": "town"},
        "remembrance": {},
    }[kind]
    texts = [TextContent("title", f"A {mark} {kind}", language="en")]
    names: list[NameContent] = []
    statements: list[StatementContent] = []
    if kind == "testimony":
        texts.append(
            TextContent("testimony", f"These are {mark} words of a testimony.", part="text", language="en")
        )
        names.append(NameContent(f"Synthetic {mark} Narrator", part="name", language="en"))
    if kind == "remembrance":
        texts.append(TextContent("life", f"A {mark} life, told by nobody.", part="text", language="en"))
        names.append(NameContent(f"Synthetic {mark} Person", part="name", language="en"))
        statements.append(StatementContent("fate", "not known", stated_by=f"{mark} relative"))
    if kind == "press":
        texts.append(TextContent("quotation", f"A {mark} quotation.", language="en"))
    return Content(language="en", detail=detail, texts=texts, names=names, statements=statements)


def a_testimony(house: House, *, published: bool = True, **values: Any) -> Made:
    """A testimony that everyone may read, or one that only its family has allowed so far."""
    contributor = values.pop("contributor", {rules.EVERY_PART: ALL_MAY_VIEW})
    archive = {rules.EVERY_PART: rules.everything()} if published else None
    return a_record(house, "testimony", contributor=contributor, archive=archive, **values)


def a_remembrance(house: House, *, published: bool = True, **values: Any) -> Made:
    contributor = values.pop("contributor", {rules.EVERY_PART: ALL_MAY_VIEW})
    archive = {rules.EVERY_PART: rules.everything()} if published else None
    return a_record(house, "remembrance", contributor=contributor, archive=archive, **values)


def a_press_account(house: House, *, published: bool = True, **values: Any) -> Made:
    archive = {rules.EVERY_PART: rules.everything()} if published else None
    return a_record(house, "press", contributed=False, archive=archive, **values)


def record_of(session, made: Made) -> Record:
    return session.get_one(Record, made.record_id)


def public(house: House) -> Reader:
    return Reader.public(house.moment())


def will_of(event: Any) -> dict[str, Any]:
    """What the ledger holds of a drawn event: a yes that lapses is written down with its end."""
    will = {
        key: {use: rules.Window(*span) for use, span in grants.items()}
        for key, grants in (event.get("grants") or {}).items()
    }
    if "child_until" in event:
        will = lapses.will_until_majority(will, event["child_until"])
    if "again_on" in event:
        will = lapses.will_until(will, event["again_on"])
    return will
