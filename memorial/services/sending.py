"""Sending a record of the family's own: what they answered goes to the archive.

    item = hand_over(session, keys, contribution, draft, Sending(send_key, "az"), now)

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
from memorial.domain.content import Content, canonical
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
from memorial.services.contribute import Draft, item_of, keep, read, record_of, was_published
from memorial.services.custody import contribution_key

Will = Mapping[str, Grants]


@dataclass(frozen=True, slots=True)
class Sending:
    """One press of the button: the key its form carried, the language it was shown in, notes for the desk."""

    send_key: str
    language: str
    note: str = ""


def hand_over(
    session: GatedSession,
    keys: ArchiveKey,
    contribution: Contribution,
    draft: Draft,
    sending: Sending,
    now: datetime,
) -> Item:
    """A record of the family's own: its content, who is needed and what they said. Asked for by services/tasks.py."""
    return Sent(session, keys, contribution, draft, sending, now).hand_over()


def widen(session: GatedSession, keys: ArchiveKey, contribution: Contribution, *, now: datetime) -> None:
    """The family approved a revision's proof: what it sent is now its whole will; hidden stays hidden."""
    draft = read(keys, contribution)
    if draft.agreed != draft.sent:
        draft.answers, draft.agreed, working = draft.sent, draft.sent, draft.answers
        one = Sent(session, keys, contribution, draft, Sending("", contribution.language), now)
        consent.append(session, one.record, one.said(content.will_of(draft.sent)), by=one.actor, at=now)
        draft.answers = working
        keep(session, keys, contribution, draft, now=now)


def say_again(
    session: GatedSession, keys: ArchiveKey, contribution: Contribution, draft: Draft, *, now: datetime
) -> None:
    """The same yes anew, as far as it was agreed, for as long as the sheet now says (services/renewals.py)."""
    working, draft.answers = draft.answers, draft.sent
    one = Sent(session, keys, contribution, draft, Sending("", contribution.language), now)
    consent.append(session, one.record, one.said(will_while_open(draft)), by=one.actor, at=now)
    draft.answers = working
    keep(session, keys, contribution, draft, now=now)


def will_while_open(draft: Draft) -> Will:
    """What may be shown again after hiding: not more than was agreed, nor than is now asked for."""
    return content.narrowed(content.will_of(draft.agreed), content.will_of(draft.sent))


@dataclass
class Sent:
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
        # Whether it is published is asked when nobody can publish it any more before this commit.
        review.lock(self.session, self.item)
        self.published = was_published(self.session, self.contribution)
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
        answers, language = {**self.draft.answers, "files": self._roles()}, self.sending.language
        value = self._content(answers, language)
        digest = contribution_key(self.keys, self.contribution).keyed_hash(canonical(value.to_json()))
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
        self.item.flags = self._flags()

    def _content(self, answers: content.Answers, language: str) -> Content:
        return content.content_of(answers, language)

    def _roles(self) -> list[str]:
        return sorted({medium.role for medium in photographs.of(self.session, self.contribution.id)})

    def _flags(self) -> list[str]:
        """What the answers mark it with. What asks for a specialist stays until the desk itself takes it off."""
        said = content.flags_of(self.draft.answers, photographs.number_of(self.session, self.contribution.id))
        kept = (workflow.FOR_SPECIALISTS | workflow.HINTS) & set(self.item.flags) - set(said)
        return [*said, *sorted(kept)]

    def _make_parts(self, value: Content) -> None:
        """Parts that this revision brings exist before the will is said, which else would not reach them."""
        describe.parts_for(self.session, self.record, value, self.contribution.id)

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
            medium.language, medium.length_words = said.get("language", ""), said.get("length", "")
            medium.others = said.get("others", "")
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
        entries += [
            self._saying(party, self._of(party, will)) for party in parties[1:] if self._speaks(party)
        ]
        if entries:
            consent.append(self.session, self.record, entries, by=self.actor, at=self.now)
        # What the family has hidden stays hidden until it says otherwise: the contributor's will does that.
        own = self._standing() if self.contribution.hidden_at is not None else will
        return self._saying(parties[0], own)

    def _speaks(self, party: Party) -> bool:
        """The narrator through whoever sends it; a guardian who sat beside them, now or the last time."""
        if party.kind != "guardian":
            return True
        says = [answers.get("guardian_agrees") for answers in (self.draft.answers, self.draft.sent)]
        return "here" in says or says[0] == "no"

    def _of(self, party: Party, will: Will) -> Will:
        """The same will as far as this party can give it; after publication not more than was agreed."""
        of = content.guardian_will if party.kind == "guardian" else content.narrator_will
        new = of(self.draft.answers, will)
        if not self.published:
            return new
        return content.narrowed(of(self.draft.agreed, content.will_of(self.draft.agreed)), new)

    def _parties(self) -> list[Party]:
        kinds = content.required_parties(self.draft.answers)
        parties = [consent.party_of(self.session, kind, self.contribution.id) for kind in kinds]
        parties[0].contact = self._sealed(content.contact_of(self.draft.answers))
        for party in parties[1:]:
            if party.kind == "guardian":
                party.contact = self._sealed(content.guardian_contact_of(self.draft.answers))
        return parties

    def _sealed(self, words: str) -> bytes | None:
        key = contribution_key(self.keys, self.contribution)
        return key.encrypt(words.encode()) if words else None

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
        chosen = {name: answers.get(name, "") for name in content.AGREED}
        language = str(answers.get("form_language") or self.sending.language)
        form = consent_forms.form_id(self.session, language, consent_forms.version_in(answers))
        return Said(
            party,
            "will",
            will,
            form_id=form,
            language=language,
            evidence=key.keyed_hash(canonical(chosen)),
        )
