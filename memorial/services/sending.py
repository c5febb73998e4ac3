"""Sending: what a family answered goes to the archive, once however often the form comes.

    item = send(session, keys, contribution, Sending(send_key, "az"), now=now)

Sending writes the content, who is needed and what they said; nothing is shown by it, because
the archive has not said yes. A change of something published is a revision: what it narrows
counts at once, what it widens after the family has approved the proof the desk made ready
(`widen`), so that a stolen code unmasks nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from memorial.domain import consent as rules
from memorial.domain import workflow
from memorial.domain.consent import Grants
from memorial.domain.dates import from_words
from memorial.domain.errors import NotPermitted
from memorial.gate import Actor, GatedSession
from memorial.gate.policies import history, parts_of
from memorial.keys import ArchiveKey
from memorial.models import Contribution, Item, LedgerEntry, Part, Party
from memorial.services import consent, consent_forms, describe, photographs, review
from memorial.services import contribution_content as content
from memorial.services.audit import Act, record_act
from memorial.services.consent import Said
from memorial.services.contribute import Draft, item_of, keep, locked, read, record_of, was_published
from memorial.services.custody import contribution_key

Will = Mapping[str, Grants]


@dataclass(frozen=True, slots=True)
class Sending:
    """One press of the button: the key its form carried, the language it was shown in, notes for the desk."""

    send_key: str
    language: str
    note: str = ""


def send(
    session: GatedSession, keys: ArchiveKey, contribution: Contribution, sending: Sending, *, now: datetime
) -> Item:
    """Hand the answers to the archive. The same form sent again changes nothing and says the same.

    Raises NotPermitted (`said_enough`, `kept`) while something that is needed is missing.
    """
    contribution = locked(session, contribution.id)
    if contribution.send_key == sending.send_key:
        return item_of(session, contribution.id)
    draft = read(keys, contribution)
    draft.answers.setdefault("form_language", sending.language)
    one = _Sent(session, keys, contribution, draft, sending, now)
    item = one.hand_over()
    contribution.send_key = sending.send_key
    contribution.language = sending.language
    contribution.sent_at = contribution.sent_at or now
    keep(session, keys, contribution, draft, now=now)
    return item


def widen(session: GatedSession, keys: ArchiveKey, contribution: Contribution, *, now: datetime) -> None:
    """The family approved a revision's proof: what it sent is now its whole will; hidden stays hidden."""
    draft = read(keys, contribution)
    if draft.agreed != draft.sent:
        draft.answers, draft.agreed, working = draft.sent, draft.sent, draft.answers
        one = _Sent(session, keys, contribution, draft, Sending("", contribution.language), now)
        consent.append(session, one.record, one.said(content.will_of(draft.sent)), by=one.actor, at=now)
        draft.answers = working
        keep(session, keys, contribution, draft, now=now)


def will_while_open(draft: Draft) -> Will:
    """What may be shown again after hiding: not more than was agreed, nor than is now asked for."""
    return content.narrowed(content.will_of(draft.agreed), content.will_of(draft.sent))


@dataclass
class _Sent:
    """One sending, with what all its steps need."""

    session: GatedSession
    keys: ArchiveKey
    contribution: Contribution
    draft: Draft
    sending: Sending
    now: datetime

    def __post_init__(self) -> None:
        self.record = record_of(self.session, self.contribution)
        self.item = item_of(self.session, self.contribution.id)
        self.published = was_published(self.session, self.record)
        self.actor = Actor.family(self.contribution.public_id, self.contribution.id)

    def hand_over(self) -> Item:
        """Content, who is needed, what they say; then the item moves by the workflow, or stays where it is."""
        facts = self._facts()
        for need, kept in facts.items():
            if not kept:
                raise NotPermitted(need)
        if self.item.state in workflow.ENDED_STATES:
            self.item = self._new_item()
        self._describe()
        said = self.said(self._will())
        self._settle()
        if self.item.state == workflow.DRAFT:
            self._advance("send", said=said, facts=facts)
        else:
            consent.append(self.session, self.record, said, by=self.actor, at=self.now)
            self._changed()
        if self.sending.note:
            review.say(
                self.session, self.item, self.actor, self.sending.note,
                now=self.now, keys=self.keys, direction="to_desk",
            )  # fmt: skip
        return self.item

    def _new_item(self) -> Item:
        return review.new_item(
            self.session,
            "revision" if self.published else "contribution",
            now=self.now,
            state=workflow.DRAFT,
            record=self.record,
            contribution=self.contribution,
        )

    def _facts(self) -> dict[str, bool]:
        missing = {field for field, _ in content.missing(self.draft.answers)}
        return {"kept": "keep" not in missing, "said_enough": not missing - {"keep"}}

    def _changed(self) -> None:
        """An item that is with the desk has other content now; a proof that was made ready is looked at anew."""
        if self.item.state == workflow.READY:
            self._advance("ask_change", note=self.sending.note or "…")
            return
        self.item.version += 1
        act = Act("change", f"item:{self.item.public_id}", self.item.state, self.item.state)
        record_act(self.session, self.actor, act, self.now)

    def _advance(
        self, verb: str, said: Said | None = None, facts: Mapping[str, bool] | None = None, note: str = ""
    ) -> None:
        review.advance(
            self.session, self.actor, self.item, verb,
            now=self.now, keys=self.keys, said=said, facts=facts, note=note,
        )  # fmt: skip

    # -- content --

    def _describe(self) -> None:
        """Keep the content as a revision; before anything was published it also stands at once, for the proof."""
        answers, language = self.draft.answers, self.sending.language
        value = content.content_of(answers, language)
        digest = contribution_key(self.keys, self.contribution).keyed_hash(
            describe.canonical(value.to_json())
        )
        revision = describe.propose(
            self.session, self.record, value, by=self.actor, now=self.now,
            contribution_id=self.contribution.id, digest=digest,
        )  # fmt: skip
        self._describe_photographs()
        if self.published:
            self._make_parts(value)
        else:
            describe.apply(self.session, revision, now=self.now)
        self.item.revision_id = revision.id
        self.item.language = language
        self.item.flags = content.flags_of(answers, photographs.number_of(self.session, self.contribution.id))

    def _make_parts(self, value: describe.Content) -> None:
        """Parts that this revision brings exist before the will is said, which else would not reach them."""
        wanted = select(Part.key).where(Part.record_id == self.record.id)
        for key in sorted(value.parts() - set(self.session.scalars(wanted))):
            consent.add_part(
                self.session, self.record, key, key.split(":", 1)[0], contribution_id=self.contribution.id
            )

    def _describe_photographs(self) -> None:
        """What was said about each photograph. What is published already waits for the desk."""
        photos = self.draft.answers.get("photos", {})
        for medium in photographs.of(self.session, self.contribution.id):
            said = photos.get(medium.public_id, {})
            if medium.policy_id is not None or not said:
                continue
            captured = from_words(said.get("captured", ""), self.sending.language)
            medium.alt, medium.credit = said.get("alt", ""), said.get("credit", "")
            medium.captured_edtf, medium.captured_words = captured.edtf, captured.words
            medium.graphic = bool(said.get("graphic"))
            medium.content_note = said.get("note", "")
        self.session.flush()

    # -- the will --

    def _will(self) -> Will:
        """All of it before anything was published; afterwards not more than was agreed."""
        new = content.will_of(self.draft.answers)
        return content.narrowed(content.will_of(self.draft.agreed), new) if self.published else new

    def _settle(self) -> None:
        self.draft.sent = dict(self.draft.answers)
        if not self.published:
            self.draft.agreed = self.draft.sent

    def _standing(self) -> Will:
        """What the contributor said last."""
        wanted = (
            select(LedgerEntry.will)
            .join(Party, Party.id == LedgerEntry.party_id)
            .where(LedgerEntry.record_id == self.record.id, LedgerEntry.act == "will")
            .where(Party.kind == "contributor", Party.contribution_id == self.contribution.id)
            .order_by(LedgerEntry.position.desc())
        )
        found = self.session.scalars(wanted.limit(1)).first()
        return rules.will_from_json(found) if found else {}

    def said(self, will: Will) -> Said:
        """Writes who is needed and what the narrator says; returns what the contributor says."""
        parties = self._parties()
        entries = [entry for party in parties for entry in self._need(party)]
        entries += [self._saying(party, will) for party in parties if party.kind == "narrator"]
        if entries:
            consent.append(self.session, self.record, entries, by=self.actor, at=self.now)
        # What the family has hidden stays hidden until it says otherwise: the contributor's will does that.
        own = self._standing() if self.contribution.hidden_at is not None else will
        return self._saying(parties[0], own)

    def _parties(self) -> list[Party]:
        kinds = content.required_parties(self.draft.answers)
        parties = [consent.party_of(self.session, kind, self.contribution.id) for kind in kinds]
        if contact := content.contact_of(self.draft.answers):
            key = contribution_key(self.keys, self.contribution)
            parties[0].contact = key.encrypt(contact.encode())
        else:
            parties[0].contact = None
        return parties

    def _need(self, party: Party) -> list[Said]:
        """The contribution's own parts that do not ask for this party yet; a notice asks the contributor alone."""
        entries = history(self.session, self.record.id)
        own = [pair for pair in parts_of(self.session, self.record.id).values() if self._is_mine(pair[0])]
        asking = frozenset(
            part.id
            for _, part in own
            if str(party.id) not in rules.needed(part, entries)
            and (part.kind != rules.NOTICE or party.kind == "contributor")
        )
        return [Said(party, "need", parts=asking)] if asking else []

    def _is_mine(self, part: Part) -> bool:
        return part.contribution_id == self.contribution.id

    def _saying(self, party: Party, will: Will) -> Said:
        answers = self.draft.answers
        key = contribution_key(self.keys, self.contribution)
        chosen = {
            name: answers.get(name, "") for name in ("audience", "closed_until", "keep", "show", "reuse")
        }
        language = str(answers.get("form_language") or self.sending.language)
        return Said(
            party,
            "will",
            will,
            form_id=consent_forms.form_id(self.session, language),
            language=language,
            evidence=key.keyed_hash(describe.canonical(chosen)),
        )
