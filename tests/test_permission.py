"""What may I do? `may` held against the general table, presence, recusal, specialists, second people and codes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from memorial.domain import consent as rules
from memorial.domain import workflow
from memorial.domain.errors import NotPermitted, Stale
from memorial.domain.workflow import CHECKLIST, ERASURE_WAITS, IN_REVIEW, READY, TAKEN_FOR
from memorial.gate import Actor, GatedSession, may
from memorial.gate.facts import (
    Known,
    checks_done,
    closed_to,
    confirmed_by,
    is_sealed,
    recused_from,
    two_people,
)
from memorial.gate.permission import GENERAL, barred, desk_people, only_confirms, sees_words
from memorial.house import House
from memorial.models import (
    Account,
    ArchiveSetting,
    AuditEntry,
    Confirmation,
    ConsentForm,
    Contribution,
    Item,
    ItemCheck,
    Record,
    Recusal,
    Revision,
)
from memorial.services import consent, review
from memorial.services.consent import Said
from tests.builders import Made, a_press_account, a_testimony, public

EVERY_ROLE = (*workflow.ROLES, "family", "command", "")
DESK = frozenset(workflow.DESK_ROLES)

# Written down a second time on purpose: whoever widens the table must say so here as well.
WHO: dict[str, set[str]] = {
    "open_desk": set(DESK),
    "read": set(DESK),
    "pass_on": set(DESK),
    "note": set(DESK),
    "edit": {"moderator", "specialist", "editor"},
    "transcribe": {"moderator", "specialist", "editor", "command"},
    "read_transcript": {"moderator", "specialist", "editor", "second_reader"},
    "release_transcript": {"moderator", "specialist", "editor"},
    "recuse": set(DESK),
    "assign": {"moderator", "editor", "specialist", "consent_officer", "admin"},
    "exclude": {"consent_officer", "admin"},
    "include": {"consent_officer", "admin"},
    "choose_still": {"moderator", "specialist", "editor"},
    "mark_violence": set(DESK),
    "unmark_violence": {"specialist", "consent_officer"},
    "see_history": set(DESK),
    "check": {"moderator", "specialist", "editor", "second_reader"},
    "dismiss_hint": {"moderator", "specialist", "editor", "second_reader"},
    "edit_word_lists": {"moderator", "editor", "admin"},
    "go_through_form": {"moderator", "specialist", "editor", "consent_officer"},
    "amend": {"editor", "moderator", "command"},
    "see_log": {"consent_officer", "admin", "moderator"},
    "export_log": {"consent_officer", "admin"},
    "see_reports": {"moderator", "editor", "consent_officer", "admin"},
    "bulk": {"moderator", "specialist", "editor", "consent_officer", "admin"},
    "open_case": {"moderator", "consent_officer", "admin"},
    "flag_duplicate": {"moderator", "specialist", "editor", "consent_officer", "admin"},
    "edit_replies": {"moderator", "editor", "admin"},
    "see_leftovers": {"editor", "moderator", "admin"},
    "see_contact": {"moderator", "specialist", "consent_officer"},
    "read_sealed": {"consent_officer"},
    "seal": {"consent_officer"},
    "unseal": {"consent_officer"},
    "set_legal_hold": {"consent_officer", "admin"},
    "hold": {"moderator", "specialist", "editor", "consent_officer"},
    "lift_hold": {"moderator", "specialist", "editor", "consent_officer"},
    "hide_part": {"moderator", "specialist", "editor", "consent_officer"},
    "show_part": {"moderator", "specialist", "editor", "consent_officer"},
    "write_to_sender": {"moderator", "specialist", "editor", "consent_officer"},
    "require_party": {"moderator", "specialist", "consent_officer"},
    "remove_party": {"moderator", "specialist", "consent_officer"},
    "enter_yes": {"moderator", "specialist", "consent_officer"},
    "agree": {"moderator", "specialist", "consent_officer", "second_reader"},
    "label": {"moderator", "editor", "consent_officer"},
    "describe_interview": {"moderator", "specialist", "editor"},
    "mask": {"moderator", "specialist", "editor", "consent_officer"},
    "unmask": {"moderator", "specialist", "consent_officer"},
    "see_evidence": {"moderator", "specialist", "consent_officer", "second_reader"},
    "find_holder": {"moderator", "consent_officer", "admin"},
    "approve_form": {"consent_officer", "admin"},
    "change_settings": {"admin"},
    "manage_accounts": {"admin"},
    "see_roles": set(DESK),
    "see_readers": {"consent_officer", "admin"},
    "end_reader": {"consent_officer", "admin"},
    "confirm_time": {"admin"},
    "import": {"editor", "admin", "command"},
    "export": {"admin", "command"},
    "subject_export": {"command", "family"},
    "succession": {"command"},
    "hide": {"family"},
    "change": {"family"},
    "ask_erasure": {"family"},
}
ASKS_PRESENCE = {
    "see_contact", "see_evidence", "unmask", "enter_yes", "remove_party", "agree", "read_sealed", "seal", "unseal", "set_legal_hold", "change_settings", "manage_accounts", "confirm_time",
    "export_log",
}  # fmt: skip


def an_account(house: House, name: str, *roles: str, stepped_up: bool = False) -> Actor:
    """A synthetic colleague."""
    with house.writing(house.keeper()) as session:
        account = Account(email=f"{name}@synthetic.example", roles=list(roles), created_at=house.now())
        session.add(account)
        session.flush()
        return Actor(f"account:{account.id}", frozenset(roles), account_id=account.id, stepped_up=stepped_up)


def an_item(house: House, made: Made, kind: str = "contribution", state: str = READY, **values: Any) -> int:
    """An item about a record, its newest revision approved and its checklist done, so that one fault shows."""
    with house.writing(house.keeper()) as session:
        revision = session.scalars(select(Revision.id).where(Revision.record_id == made.record_id)).first()
        contribution = session.get(Contribution, made.contribution_id) if made.contribution_id else None
        item = review.new_item(
            session,
            kind,
            now=house.now(),
            state=state,
            record=session.get_one(Record, made.record_id),
            contribution=contribution,
            revision_id=revision,
            approved_revision_id=values.pop("approved_revision_id", revision),
            **values,
        )
        return item.id


def checked(house: House, item_id: int, actor: Actor, checks=CHECKLIST) -> None:
    with house.writing(house.keeper()) as session:
        item = session.get_one(Item, item_id)
        for check in checks:
            session.add(
                ItemCheck(
                    item_id=item.id,
                    revision_id=item.revision_id,
                    check=check,
                    account_id=actor.account_id,
                    at=house.now(),
                )
            )


def asked(house: House, actor: Actor, verb: str, item_id: int, **values: Any) -> str:
    """The reason against it; "" where it may be done."""
    with house.session(house.keeper()) as session:
        verdict = may(session, actor, verb, session.get_one(Item, item_id), now=house.now(), **values)
        assert verdict.ok == (verdict.reason == "")
        return verdict.reason


def do(house: House, actor: Actor, verb: str, item_id: int, **values: Any) -> review.Outcome:
    with house.writing(house.keeper()) as session:
        item = session.get_one(Item, item_id)
        return review.advance(session, actor, item, verb, now=house.now(), keys=house.keys, **values)


def ready_to_publish(house: House, *flags: str, made: Made | None = None) -> tuple[int, Actor, Made]:
    """A testimony whose publication only wants whatever the test is about."""
    made = made or a_testimony(house, published=False)
    trained = ["specialist"] if workflow.FOR_SPECIALISTS & set(flags) else []
    moderator = an_account(house, "moderator", "moderator", *trained)
    item_id = an_item(house, made, flags=list(flags))
    checked(house, item_id, moderator)
    do(house, moderator, "take", item_id)
    return item_id, moderator, made


def _is_public(house: House, made: Made) -> bool:
    with house.session(public(house)) as session:
        return session.get(Record, made.record_id) is not None


def test_a_page_reads_what_it_knows_once_and_an_act_reads_it_anew_whatever_it_is_handed(house):
    item_id, moderator, _ = ready_to_publish(house)
    other_id = an_item(house, a_testimony(house, published=False))
    with house.writing(house.keeper()) as session:
        for number in (item_id, other_id):
            kept = {"item_id": number, "account_id": moderator.account_id, "set_by": "test"}
            session.add(Recusal(**kept, at=house.now()))
    with house.writing(house.keeper()) as session:
        item, other = (session.get_one(Item, number) for number in (item_id, other_id))
        for verb in ("read", "publish"):
            known = as_before_the_recusal(session, moderator, item)
            assert may(session, moderator, verb, item, now=house.now(), known=known).reason == "recused"
    with house.session(house.keeper()) as session:
        item, other = (session.get_one(Item, number) for number in (item_id, other_id))
        known = as_before_the_recusal(session, moderator, item)
        assert may(session, moderator, "read", item, now=house.now(), known=known)
        assert may(session, moderator, "read", other, now=house.now(), known=known).reason == "recused"


def as_before_the_recusal(session: GatedSession, actor: Actor, item: Item) -> Known:
    known = Known(session, actor, item)
    known.__dict__["recusals"] = []
    return known


# -- the general table ---------------------------------------------------------------------


def test_the_general_table_is_the_one_written_down_here():
    assert {verb: set(roles) for verb, (roles, _) in GENERAL.items()} == WHO
    assert {verb for verb, (_, presence) in GENERAL.items() if presence} == ASKS_PRESENCE


@pytest.mark.parametrize("verb", WHO)
def test_only_the_roles_of_the_table_may_and_presence_is_asked_where_it_says_so(house, verb):
    now = house.now()
    with house.session(house.keeper()) as session:
        for role in EVERY_ROLE:
            for stepped_up in (False, True):
                actor = Actor(
                    "account:1",
                    frozenset({role}) if role else frozenset(),
                    account_id=1,
                    stepped_up=stepped_up,
                )
                verdict = may(session, actor, verb, now=now)
                if role not in WHO[verb]:
                    assert (verdict.ok, verdict.reason) == (False, "role")
                elif verb in ASKS_PRESENCE and not stepped_up:
                    assert (verdict.ok, verdict.reason) == (False, "stepped_up")
                else:
                    assert (verdict.ok, verdict.reason) == (True, "")


def test_a_verb_that_nobody_knows_is_refused_to_everybody(house):
    everything = Actor("account:1", frozenset(EVERY_ROLE), account_id=1, stepped_up=True)
    with house.session(house.keeper()) as session:
        assert may(session, everything, "paint", now=house.now()).reason == "role"
        assert may(session, everything, "publish", now=house.now()).reason == "role"
        assert may(session, Actor.system(), "open_desk", now=house.now()).reason == "role"


def test_a_step_the_table_does_not_have_is_no_step(house):
    item_id = an_item(house, a_testimony(house), state="done")
    moderator = an_account(house, "moderator", "moderator")
    assert asked(house, moderator, "publish", item_id) == "no_such_step"


FROM_FAMILIES = {
    "draft": {"send", "take_back"},
    "submitted": {"take", "take_back"},
    "in_review": {"ask", "decline", "make_ready", "release", "return", "take", "take_back"},
    "question": {"answer", "release", "take", "take_back"},
    "ready": {"approve", "ask", "ask_change", "decline", "publish", "release", "reopen", "take", "take_back"},
}
IMPORTS = {
    "submitted": {"publish", "take"}, "in_review": {"decline", "publish", "release", "return", "take"},
    "done": {"unpublish"}, "declined": {"reopen"},
}  # fmt: skip
AMENDMENTS = {
    "submitted": {"take"}, "in_review": {"decline", "publish", "release", "return", "take"}, "declined": {"reopen"},
}  # fmt: skip
ERASURES = {
    "submitted": {"take", "take_back"},
    "in_review": {"erase", "refuse", "release", "return", "take", "take_back"},
}
ASKED_FOR = {
    "draft": {"send", "take_back", "discard", "lapse"},
    "submitted": {"take", "take_back"},
    "in_review": {"ask", "close", "decline", "release", "reply", "return", "take", "take_back"},
    "question": {"answer", "release", "take", "take_back"},
    "done": {"answer"},
    "declined": {"answer"},
}
CASES = {"submitted": {"take"}, "in_review": {"close", "decline", "release", "return", "take"}}
AGAIN = {**CASES, "done": {"reopen"}, "declined": {"reopen"}}
PAIRS = {
    "submitted": {"take"}, "in_review": {"same", "different", "cannot_tell", "release", "return", "take"},
    "done": {"undo_same"}, "declined": {"reopen"},
}  # fmt: skip


@pytest.mark.parametrize("kind", workflow.KINDS)
def test_from_each_state_lead_the_steps_written_down_here_and_no_other(kind):
    families = dict.fromkeys(("contribution", "revision", "tribute"), FROM_FAMILIES)
    begun = {**FROM_FAMILIES, "draft": FROM_FAMILIES["draft"] | {"discard", "lapse"}}
    families |= {"contribution": begun, "tribute": begun}
    lost = {**CASES, "in_review": CASES["in_review"] | {"new_code"}}
    owed = {**AGAIN, "in_review": CASES["in_review"] | {"give_answer"}}
    asks = {**CASES, "in_review": CASES["in_review"] - {"close"} | {"approve_reader"}}
    told = {**CASES, "in_review": CASES["in_review"] - {"decline"}}
    renewed = {state: verbs | {"renew"} for state, verbs in CASES.items()}
    wanted = {
        **families, "report": ASKED_FOR, "take_down": ASKED_FOR, "import": IMPORTS, "amendment": AMENDMENTS, "erasure": ERASURES, "lost_code": lost, "renewal": renewed, "promise": owed, "application": asks, "alert": told,
        "job": AGAIN, "fixity": AGAIN, "duplicate": PAIRS,
    }.get(kind, CASES)  # fmt: skip
    for state in workflow.STATES:
        assert {step.verb for step in workflow.steps_from(kind, state)} == wanted.get(state, set())


def test_of_what_nobody_filled_in_the_harmless_is_assumed():
    """A fact that a caller forgets must not publish, erase or open anything."""
    unknown = workflow.Facts()
    fields = {name: getattr(unknown, name) for name in unknown.__slots__}
    assert {name for name, value in fields.items() if value is True} == {
        "said_enough",
        "kept",
        "form_approved",
    }
    assert all(value in (True, False, frozenset()) for value in fields.values())


# -- publishing: one missing thing at a time -------------------------------------------------


def test_a_publication_that_lacks_nothing_is_allowed_and_done(house):
    item_id, moderator, made = ready_to_publish(house)
    assert asked(house, moderator, "publish", item_id) == ""
    assert do(house, moderator, "publish", item_id).state == "done"
    assert _is_public(house, made)


def test_an_item_must_be_taken_by_whoever_decides(house):
    item_id, moderator, _ = ready_to_publish(house)
    other = an_account(house, "other", "moderator")
    assert asked(house, other, "publish", item_id) == "taken"
    assert asked(house, other, "take", item_id) == "free"
    assert asked(house, moderator, "take", item_id) == ""


def test_what_was_taken_is_free_again_after_twenty_minutes(house, clock):
    item_id, moderator, _ = ready_to_publish(house)
    other = an_account(house, "other", "moderator")
    clock.forward(TAKEN_FOR - timedelta(seconds=1))
    assert asked(house, moderator, "publish", item_id) == ""
    assert asked(house, other, "take", item_id) == "free"
    clock.forward(timedelta(seconds=1))
    assert asked(house, moderator, "publish", item_id) == "taken"
    assert asked(house, other, "take", item_id) == ""


def test_nobody_without_an_account_has_taken_what_nobody_took(house):
    item_id = an_item(house, a_testimony(house), state=IN_REVIEW, taken_until=house.now() + TAKEN_FOR)
    nobody = Actor("system", frozenset({"moderator"}))
    assert asked(house, nobody, "decline", item_id, note="synthetic") == "taken"


@pytest.mark.parametrize("missing", CHECKLIST)
def test_every_line_of_the_checklist_is_needed(house, missing):
    item_id = an_item(house, a_testimony(house, published=False))
    moderator = an_account(house, "moderator", "moderator")
    checked(house, item_id, moderator, [check for check in CHECKLIST if check != missing])
    do(house, moderator, "take", item_id)
    assert asked(house, moderator, "publish", item_id) == "checklist"


def test_a_check_counts_for_the_content_it_was_made_on(house):
    item_id, moderator, made = ready_to_publish(house)
    with house.writing(house.keeper()) as session:
        item = session.get_one(Item, item_id)
        old = session.get_one(Revision, item.revision_id)
        newer = Revision(
            record_id=made.record_id,
            contribution_id=made.contribution_id,
            number=old.number + 1,
            content=old.content,
            sha256="",
            made_by="family",
            made_at=house.now(),
        )
        session.add(newer)
        session.flush()
        item.revision_id = item.approved_revision_id = newer.id
        session.flush()
        assert checks_done(session, item) == frozenset()
    assert asked(house, moderator, "publish", item_id) == "checklist"


@pytest.mark.parametrize("approved", [None, -1])
def test_the_family_must_have_approved_the_proof_of_this_very_content(house, approved):
    item_id, moderator, _ = ready_to_publish(house)
    with house.writing(house.keeper()) as session:
        session.get_one(Item, item_id).approved_revision_id = approved
    assert asked(house, moderator, "publish", item_id) == "proof_approved"


def test_an_item_without_content_has_no_approved_proof(house):
    item_id, moderator, _ = ready_to_publish(house)
    with house.writing(house.keeper()) as session:
        item = session.get_one(Item, item_id)
        item.revision_id = item.approved_revision_id = None
    assert (
        asked(house, moderator, "publish", item_id, facts={"checks_wanted": frozenset()}) == "proof_approved"
    )


def _agreed_in(house: House, made: Made, language: str, approved_by: str) -> None:
    with house.writing(house.keeper()) as session:
        form = ConsentForm(
            name="synthetic", version=1, language=language, text="words", sha256="", approved_by=approved_by
        )
        session.add(form)
        session.flush()
        party = consent.party_of(session, "contributor", made.contribution_id or 0)
        said = Said(
            party, "will", {"*": rules.chosen(["public"], ["view"])}, form_id=form.id, language=language
        )
        consent.append(
            session, session.get_one(Record, made.record_id), said, by=Actor.system(), at=house.now()
        )


def test_a_form_that_nobody_approved_in_its_language_holds_publication_back(house):
    item_id, moderator, made = ready_to_publish(house)
    _agreed_in(house, made, "fa", "")
    assert asked(house, moderator, "publish", item_id) == "form_approved"
    with house.writing(house.keeper()) as session:
        session.scalars(select(ConsentForm)).one().approved_by = "account:1"
    assert asked(house, moderator, "publish", item_id) == ""


def test_going_through_the_form_with_the_family_stands_in_for_its_approval(house):
    item_id, moderator, made = ready_to_publish(house)
    _agreed_in(house, made, "fa", "")
    with house.writing(house.keeper()) as session:
        session.get_one(Item, item_id).facts = {"form_gone_through": "account:1"}
    assert asked(house, moderator, "publish", item_id) == ""


def test_another_record_s_unapproved_form_holds_nothing_back(house):
    item_id, moderator, _ = ready_to_publish(house)
    _agreed_in(house, a_testimony(house), "fa", "")
    assert asked(house, moderator, "publish", item_id) == ""


def test_what_the_archive_imports_itself_has_no_form(house):
    made = a_press_account(house, published=False)
    item_id = an_item(house, made, "import", IN_REVIEW)
    editor = an_account(house, "editor", "editor")
    do(house, editor, "take", item_id)
    assert asked(house, editor, "publish", item_id, note="synthetic") == ""
    assert asked(house, editor, "publish", item_id, note="  ") == "note"
    assert asked(house, editor, "publish", item_id) == "note"


# -- two people --------------------------------------------------------------------------------


@pytest.mark.parametrize("flag", ["death", "minor"])
def test_deaths_and_minors_need_two_different_people_by_default(house, flag):
    item_id, moderator, made = ready_to_publish(house, flag)
    other = an_account(house, "other", "moderator", "specialist")
    assert do(house, moderator, "publish", item_id).waits
    assert not _is_public(house, made)
    do(house, moderator, "take", item_id)
    assert asked(house, moderator, "publish", item_id) == "other_person"
    assert do(house, moderator, "publish", item_id).waits
    with house.session(house.keeper()) as session:
        assert session.scalars(select(Confirmation.actor)).all() == [moderator.label]
    do(house, other, "take", item_id)
    outcome = do(house, other, "publish", item_id)
    assert (outcome.state, outcome.waits) == ("done", False)
    assert _is_public(house, made)
    with house.session(house.keeper()) as session:
        line = session.scalars(select(AuditEntry).where(AuditEntry.verb == "publish")).one()
        assert (line.actor, line.second) == (other.label, moderator.label)


def test_a_flag_that_the_archive_did_not_choose_needs_one_person(house):
    item_id, moderator, _ = ready_to_publish(house, "graphic")
    assert asked(house, moderator, "publish", item_id) == ""


@pytest.mark.parametrize(("chosen", "flag", "reason"), [
    (["graphic"], "graphic", "other_person"), (["graphic"], "death", ""), ([], "death", ""),
    (["death", "media"], "media", "other_person"),
])  # fmt: skip
def test_an_archive_chooses_what_needs_two_people(house, chosen, flag, reason):
    item_id, moderator, _ = ready_to_publish(house, flag)
    with house.writing(house.keeper()) as session:
        session.add(ArchiveSetting(key="two_people", value=chosen))
    assert asked(house, moderator, "publish", item_id) == reason


def test_of_the_acts_that_one_person_may_do_only_publishing_can_be_made_to_need_two(house):
    item_id, _, _ = ready_to_publish(house, "death")
    with house.session(house.keeper()) as session:
        item = session.get_one(Item, item_id)
        wanted = {verb for verb in workflow.VERBS if two_people(session, item, verb)}
    assert wanted - workflow.ALWAYS_TWO == {"publish"}


def test_only_the_act_itself_needs_a_second_person(house):
    item_id, moderator, _ = ready_to_publish(house, "death")
    assert asked(house, moderator, "reopen", item_id, note="synthetic") == ""


def test_a_confirmation_counts_for_its_act_its_content_and_its_item(house):
    item_id, moderator, made = ready_to_publish(house, "death")
    elsewhere = an_item(house, made, flags=["death"])
    other = an_account(house, "other", "moderator")
    do(house, moderator, "publish", item_id)
    with house.session(house.keeper()) as session:
        item, unrelated = session.get_one(Item, item_id), session.get_one(Item, elsewhere)
        assert confirmed_by(session, item, "publish", other) == moderator.label
        assert confirmed_by(session, item, "publish", moderator) == ""
        assert confirmed_by(session, item, "decline", other) == ""
        assert confirmed_by(session, unrelated, "publish", other) == ""
        item.revision_id = None
        assert confirmed_by(session, item, "publish", other) == ""


@pytest.mark.parametrize("away", ["stepped back", "kept away", "disabled"])
def test_the_word_of_whoever_is_gone_by_now_is_not_one_of_two(house, away):
    item_id, moderator, made = ready_to_publish(house, "death")
    other = an_account(house, "other", "moderator")
    do(house, moderator, "publish", item_id)
    with house.writing(house.keeper()) as session:
        if away == "disabled":
            session.get_one(Account, moderator.account_id).disabled_at = house.now()
        else:
            by = moderator.label if away == "stepped back" else "account:99"
            session.add(Recusal(item_id=item_id, account_id=moderator.account_id, set_by=by, at=house.now()))
    do(house, other, "take", item_id)
    assert do(house, other, "publish", item_id).waits
    assert not _is_public(house, made)


def test_a_second_reader_confirms_and_decides_nothing_alone(house):
    item_id, moderator, made = ready_to_publish(house, "death")
    reader = an_account(house, "reader", "second_reader")
    do(house, moderator, "release", item_id)
    do(house, reader, "take", item_id)
    assert asked(house, reader, "publish", item_id) == "confirms_only"
    assert asked(house, reader, "decline", item_id, note="synthetic") == "role"
    do(house, reader, "release", item_id)
    do(house, moderator, "take", item_id)
    do(house, moderator, "publish", item_id)
    do(house, reader, "take", item_id)
    assert do(house, reader, "publish", item_id).state == "done"
    assert _is_public(house, made)


def _erasure(house: House, **values: Any) -> tuple[int, Made]:
    made = a_testimony(house)
    with house.writing(house.keeper()) as session:
        contribution = session.get_one(Contribution, made.contribution_id)
        contribution.erase_asked_at = house.now()
        contribution.legal_hold = values.pop("legal_hold", "")
    return an_item(house, made, "erasure", IN_REVIEW, **values), made


def test_erasure_waits_fourteen_days_and_needs_presence_and_two_people(house, clock):
    item_id, _ = _erasure(house)
    one = an_account(house, "one", "moderator", stepped_up=True)
    two = an_account(house, "two", "admin", stepped_up=True)
    assert asked(house, one, "erase", item_id) == "waited"
    clock.forward(ERASURE_WAITS - timedelta(microseconds=1))
    assert asked(house, one, "erase", item_id) == "waited"
    clock.forward(timedelta(microseconds=1))
    absent = Actor(one.label, one.roles, one.account_id)
    assert asked(house, absent, "erase", item_id) == "stepped_up"
    assert asked(house, one, "erase", item_id) == "other_person"
    assert do(house, one, "erase", item_id).waits
    assert asked(house, one, "erase", item_id) == "other_person"
    assert do(house, two, "erase", item_id).state == "done"


def test_a_legal_hold_stops_erasure_whoever_asks(house, clock):
    item_id, _ = _erasure(house, legal_hold="a synthetic court")
    clock.forward(ERASURE_WAITS)
    officer = an_account(house, "officer", "consent_officer", stepped_up=True)
    assert asked(house, officer, "erase", item_id) == "no_legal_hold"


def test_an_erasure_that_nobody_asked_for_never_comes_due(house, clock):
    item_id = an_item(house, a_testimony(house), "erasure", IN_REVIEW)
    clock.forward(ERASURE_WAITS * 100)
    one = an_account(house, "one", "moderator", stepped_up=True)
    assert asked(house, one, "erase", item_id) == "waited"


@pytest.mark.parametrize(("ground", "reason"), [
    ("not_the_holder", "other_person"), ("legal_hold", "other_person"), ("no_time", "refusal_ground"),
    (None, "refusal_ground"),
])  # fmt: skip
def test_erasure_is_refused_for_two_reasons_and_no_other(house, ground, reason):
    item_id, _ = _erasure(house, facts={"refusal": ground} if ground else {})
    one = an_account(house, "one", "moderator")
    do(house, one, "take", item_id)
    assert asked(house, one, "refuse", item_id, note="synthetic") == reason


# -- who keeps away ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "verb", ["publish", "take", "release", "ask", "note", "check", "see_contact", "hold"]
)
def test_somebody_who_stepped_back_does_nothing_with_the_item(house, verb):
    item_id, moderator, made = ready_to_publish(house)
    same_family, another_family = an_item(house, made), an_item(house, a_testimony(house))
    with house.writing(house.keeper()) as session:
        session.add(
            Recusal(item_id=item_id, account_id=moderator.account_id, set_by=moderator.label, at=house.now())
        )
    present = Actor(moderator.label, moderator.roles, moderator.account_id, stepped_up=True)
    assert asked(house, present, verb, item_id, note="synthetic") == "recused"
    assert asked(house, present, verb, same_family, note="synthetic") == "recused"
    assert asked(house, present, verb, another_family, note="synthetic") != "recused"
    other = an_account(house, "other", "moderator", stepped_up=True)
    assert asked(house, other, verb, item_id, note="synthetic") != "recused"


def test_a_list_that_asks_once_says_of_each_item_what_asking_for_it_alone_says(house):
    made = a_testimony(house)
    numbers = [an_item(house, made), an_item(house, made), an_item(house, a_testimony(house))]
    moderator, other = (an_account(house, name, "moderator") for name in ("moderator", "other"))
    with house.writing(house.keeper()) as session:
        kept = Recusal(
            item_id=numbers[0], account_id=moderator.account_id, set_by=moderator.label, at=house.now()
        )
        session.add(kept)
    with house.session(house.keeper()) as session:
        items = [session.get_one(Item, number) for number in numbers]
        for actor, stepped_back in ((moderator, numbers[:2]), (other, []), (Actor.system(), [])):
            at_once = recused_from(session, actor, items)
            assert at_once == frozenset(stepped_back)
            for item in items:
                reasons = {
                    "" if closed is None else closed.reason
                    for closed in (barred(session, actor, item), barred(session, actor, item, at_once))
                }
                assert reasons == {"recused" if item.id in stepped_back else ""}
        assert recused_from(session, moderator, []) == frozenset()


# DESIGN, roles: `specialist` (accounts of sexual violence, children). Written down a second time on purpose.
FOR_A_SPECIALIST = ["sexual_violence", "minor"]


@pytest.mark.parametrize("flag", FOR_A_SPECIALIST)
@pytest.mark.parametrize("role", ["moderator", "editor", "second_reader", "admin"])
def test_accounts_of_sexual_violence_and_of_children_are_read_by_a_specialist_alone(house, role, flag):
    item_id = an_item(house, a_testimony(house), flags=[flag])
    actor = an_account(house, role, role, stepped_up=True)
    for verb in ("take", "note", "read"):
        assert asked(house, actor, verb, item_id) == "specialist"


@pytest.mark.parametrize("flag", FOR_A_SPECIALIST)
@pytest.mark.parametrize("role", ["specialist", "consent_officer"])
def test_a_specialist_and_the_consent_officer_may_take_them(house, role, flag):
    item_id = an_item(house, a_testimony(house), flags=[flag])
    assert asked(house, an_account(house, role, role), "take", item_id) == ""


@pytest.mark.parametrize("flag", ["death", "graphic", "media", "living", "call"])
def test_no_other_mark_asks_for_a_specialist(house, flag):
    item_id = an_item(house, a_testimony(house), flags=[flag])
    assert asked(house, an_account(house, "moderator", "moderator"), "take", item_id) == ""


@pytest.mark.parametrize("flag", FOR_A_SPECIALIST)
def test_the_family_itself_needs_no_specialist(house, flag):
    made = a_testimony(house)
    item_id = an_item(house, made, flags=[flag])
    assert asked(house, Actor.family(made.ref, made.contribution_id), "approve", item_id) == ""


@pytest.mark.parametrize("flag", FOR_A_SPECIALIST)
def test_a_later_item_about_the_same_record_is_as_closed_as_the_first(house, flag):
    made = a_testimony(house)
    an_item(house, made, flags=["media", flag])
    later = an_item(house, made, "erasure", "in_review", flags=["death"])
    elsewhere = an_item(house, a_testimony(house), "erasure", "in_review")
    moderator = an_account(house, "moderator", "moderator")
    assert asked(house, moderator, "read", later) == "specialist"
    assert asked(house, moderator, "read", elsewhere) == ""
    with house.session(house.keeper()) as session:
        assert session.get_one(Item, later).flags == ["death", flag]


# -- codes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("verb", "state"), [
    ("approve", "ready"), ("ask_change", "ready"), ("answer", "question"), ("take_back", "in_review"),
    ("send", "draft"),
])  # fmt: skip
def test_a_code_opens_its_own_items_and_no_other(house, verb, state):
    mine, theirs = a_testimony(house), a_testimony(house)
    family = Actor.family(mine.ref, mine.contribution_id)
    assert asked(house, family, verb, an_item(house, mine, state=state), note="synthetic") == ""
    assert asked(house, family, verb, an_item(house, theirs, state=state), note="synthetic") == "role"
    nobodys = an_item(house, a_press_account(house), state=state)
    assert asked(house, family, verb, nobodys, note="synthetic") == "role"


@pytest.mark.parametrize("verb", ["hide", "change", "ask_erasure"])
def test_a_code_s_general_acts_are_for_its_own_contribution(house, verb):
    mine, theirs = a_testimony(house), a_testimony(house)
    family = Actor.family(mine.ref, mine.contribution_id)
    assert asked(house, family, verb, an_item(house, mine)) == ""
    assert asked(house, family, verb, an_item(house, theirs)) == "role"


def test_no_desk_account_may_do_what_the_family_does(house):
    made = a_testimony(house)
    everyone = an_account(house, "all", *workflow.ROLES, stepped_up=True)
    assert asked(house, everyone, "approve", an_item(house, made)) == "role"
    assert asked(house, everyone, "send", an_item(house, made, state="draft")) == "role"


def test_what_the_caller_alone_knows_is_asked_of_it(house):
    made = a_testimony(house)
    family = Actor.family(made.ref, made.contribution_id)
    draft = an_item(house, made, state="draft")
    assert asked(house, family, "send", draft, facts={"said_enough": False}) == "said_enough"
    assert asked(house, family, "send", draft, facts={"kept": False}) == "kept"


# -- two at once --------------------------------------------------------------------------------------


def test_who_read_an_older_version_gets_stale_and_nothing_is_overwritten(house):
    item_id, moderator, made = ready_to_publish(house)
    with house.session(house.keeper()) as session:
        seen = session.get_one(Item, item_id).version
    do(house, moderator, "release", item_id, expected=seen)
    other = an_account(house, "other", "moderator")
    do(house, other, "take", item_id, expected=seen + 1)
    with pytest.raises(Stale) as stale:
        do(house, moderator, "publish", item_id, expected=seen)
    assert stale.value.details == {"found": seen + 2, "expected": seen}
    assert not _is_public(house, made)


def test_a_refusal_carries_its_reason_and_leaves_no_trace(house):
    item_id, _, made = ready_to_publish(house)
    other = an_account(house, "other", "moderator")
    with house.session(house.keeper()) as session:
        before = len(session.scalars(select(AuditEntry.id)).all())
    with pytest.raises(NotPermitted) as refused:
        do(house, other, "publish", item_id)
    assert refused.value.key == "taken"
    with house.session(house.keeper()) as session:
        assert len(session.scalars(select(AuditEntry.id)).all()) == before
        assert session.get_one(Item, item_id).state == READY
    assert not _is_public(house, made)


# -- sealed ----------------------------------------------------------------------------------


def _sealed(house: House, made: Made) -> None:
    with house.writing(house.keeper()) as session:
        session.get_one(Contribution, made.contribution_id).sealed_at = house.now()


def _words(house: House, actor: Actor, item_id: int) -> str:
    """Why this account does not read what was sent; "" where it does."""
    with house.session(house.keeper()) as session:
        verdict = sees_words(session, actor, session.get_one(Item, item_id), now=house.now())
        assert verdict.ok is (verdict.reason == "")
        return verdict.reason


def test_what_is_sealed_is_read_by_the_consent_officer_in_person_and_by_nobody_else(house):
    made = a_testimony(house, published=False)
    item_id = an_item(house, made, state=IN_REVIEW)
    moderator = an_account(house, "moderator", "moderator", "specialist", "admin", stepped_up=True)
    officer = an_account(house, "officer", "consent_officer")
    present = an_account(house, "present", "consent_officer", stepped_up=True)
    assert [_words(house, actor, item_id) for actor in (moderator, officer)] == ["", ""]
    _sealed(house, made)
    assert asked(house, moderator, "read", item_id) == "sealed"
    assert asked(house, officer, "read", item_id) == ""
    assert _words(house, moderator, item_id) == "sealed"
    assert _words(house, officer, item_id) == "stepped_up"
    assert _words(house, present, item_id) == ""


def test_a_sealed_removal_is_confirmed_by_people_who_read_none_of_it(house):
    made = a_testimony(house, published=False)
    item_id = an_item(house, made, "erasure", IN_REVIEW)
    _sealed(house, made)
    moderator = an_account(house, "moderator", "moderator")
    assert asked(house, moderator, "read", item_id) == ""
    assert _words(house, moderator, item_id) == "sealed"


def test_what_belongs_to_no_contribution_is_never_sealed(house):
    item_id = an_item(house, a_press_account(house, published=False), "import", IN_REVIEW)
    with house.session(house.keeper()) as session:
        assert is_sealed(session, session.get_one(Item, item_id)) is False
    assert asked(house, an_account(house, "moderator", "moderator"), "read", item_id) == ""


# -- lost codes and cases ------------------------------------------------------------------------


def test_a_new_code_is_given_only_once_the_contribution_was_found(house):
    made = a_testimony(house, published=False)
    first, second = (an_account(house, name, "moderator", stepped_up=True) for name in ("first", "second"))
    reasons = []
    for found in (False, True):
        item_id = an_item(house, made if found else a_press_account(house), "lost_code", IN_REVIEW)
        with house.writing(house.keeper()) as session:
            item = session.get_one(Item, item_id)
            session.add(Confirmation(item_id=item_id, revision_id=item.revision_id, verb="new_code", actor=first.label, at=house.now()))  # fmt: skip
        reasons.append(asked(house, second, "new_code", item_id, note="by telephone"))
    assert reasons == ["matched", ""]


def test_a_case_closes_only_when_whoever_sent_what_was_hidden_has_been_told(house):
    made = a_testimony(house, published=False)
    moderator = an_account(house, "moderator", "moderator")
    reasons = {}
    for told in (None, True, False):
        item_id = an_item(house, made, "take_down", IN_REVIEW, facts={} if told is None else {"told": told})
        do(house, moderator, "take", item_id)
        reasons[told] = asked(house, moderator, "close", item_id, note="looked into")
    assert reasons == {None: "", True: "", False: "others_told"}


def test_somebody_without_an_account_has_stepped_back_from_nothing(house):
    item_id, _, _ = ready_to_publish(house)
    command = Actor("command:somebody", frozenset({"moderator"}))
    assert asked(house, command, "read", item_id) == ""


def test_a_list_of_colleagues_says_of_each_what_asking_for_them_alone_says(house):
    people = [an_account(house, role, role) for role in workflow.DESK_ROLES]
    made, sealed = a_testimony(house, published=False), a_testimony(house, published=False)
    _sealed(house, sealed)
    items = [
        an_item(house, made, state=IN_REVIEW),
        an_item(house, sealed, state=IN_REVIEW),
        an_item(house, a_testimony(house), state=IN_REVIEW, flags=["minor"]),
        *(an_item(house, a_press_account(house), kind, IN_REVIEW) for kind in sorted(workflow.FOR_OFFICERS)),
    ]
    gone, outside = an_account(house, "gone", "admin"), an_account(house, "outside", "reader")
    with house.writing(house.keeper()) as session:
        session.add(Recusal(item_id=items[0], account_id=people[0].account_id, set_by="test", at=house.now()))
        session.get_one(Account, gone.account_id).disabled_at = house.now()
        session.get_one(Account, people[0].account_id).name = "Synthetic"
    with house.session(house.keeper()) as session:
        accounts = [session.get_one(Account, actor.account_id) for actor in (*people, gone, outside)]
        for number in items:
            item = session.get_one(Item, number)
            alone = {actor.account_id: barred(session, actor, item) for actor in people}
            refused = {
                account_id: verdict.reason for account_id, verdict in alone.items() if verdict is not None
            }
            unable = dict.fromkeys((gone.account_id, outside.account_id), "role")
            assert closed_to(session, item, accounts) == refused | unable
        names = [account.email.partition("@")[0] for account in desk_people(session)]
    assert names == [*sorted(workflow.DESK_ROLES[1:]), workflow.DESK_ROLES[0]]
    assert [actor.label for actor in people if only_confirms(actor)] == [people[1].label]
    assert not only_confirms(outside)
