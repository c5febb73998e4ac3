"""What is masked is in no place any more, and comes back whole when the party says so. All people are synthetic."""

from __future__ import annotations

import json
from contextlib import suppress
from io import BytesIO

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from memorial.db import Base
from memorial.domain.errors import Invalid, NotOpen, NotPermitted, Stale
from memorial.domain.masks import Span
from memorial.domain.names import fold
from memorial.models import (
    AuditEntry,
    Cue,
    Derivative,
    Draft,
    DraftCue,
    Item,
    Mask,
    Media,
    Party,
    Proposal,
    Record,
    SearchEntry,
    Text,
    Transcript,
    Tribute,
)  # fmt: skip
from memorial.services import consent, evidence, masks, proposals, search_index
from memorial.services.masks import Order, Wanted, Word
from tests.builders import a_contribution, public
from tests.canary_life import everything, remove_for_good
from tests.masked import NAME, RUSSIAN, a_told_recording
from tests.services.colleagues import an_actor
from tests.services.transcripts.writing import a_draft, act, write
from tests.voices import a_recording, a_transcript

WORDS = (
    "zqelman",
    "zqhacıyev",
    "zqhac\\u0131yev",
    "Зкелман",
    "Зкгаджиев",
    "zqhaciyev",
    "zkelman",
    "zkgaciyev",
    "\\u0437\\u043a",
)
BY_NAME = Wanted(names=(NAME, RUSSIAN))


@pytest.fixture
def one(house):
    return an_actor(house, "one", "moderator")


@pytest.fixture
def other(house):
    return an_actor(house, "two", "second_reader")


def place(house, actor, told, wanted, *, leave=(), reason="third_person", versions=True):
    """All that is offered but what is left, by the words of it; returns the mask's public id."""
    with house.writing(house.keeper()) as session:
        medium, item = session.get_one(Media, told.media_id), session.get_one(Item, told.work.item_id)
        found = [each for each in masks.find(session, medium, wanted) if not each.version]
        ticked = frozenset(each.id for each in found if each.words not in leave)
        order = Order(wanted, reason, ticked, versions)
        return masks.place(session, house.keys, actor, item, medium, order, now=house.now()).public_id


def lift(house, actor, told, public_id, second="account:999"):
    with house.writing(house.keeper()) as session:
        item = session.get_one(Item, told.work.item_id)
        mask = session.scalars(select(Mask).where(Mask.public_id == public_id)).one()
        return masks.lift(
            session, house.keys, actor, item, mask, second=second, evidence="0" * 64, now=house.now()
        )


def lines(house, told, name="transcript"):
    with house.session(public(house)) as session:
        wanted = select(Cue.body).join(Transcript, Transcript.id == Cue.transcript_id)
        wanted = wanted.where(Transcript.public_id == getattr(told, name)).order_by(Cue.position)
        return session.scalars(wanted).all()


def bare(house, told, name="transcript"):
    from memorial.domain.transcript import plain

    return [plain(body) for body in lines(house, told, name)]


def stored(house):
    """Every row that is not a log, a version or a mask, by table."""
    skipped = {"audit", "custody_events", "heads", "items", "masks", "evidence", "proposals", "derivatives", "policies",
               "written_names", "name_keys", "boundaries", "policy_windows"}  # fmt: skip
    found = {}
    with house.engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            if table.name in skipped:
                continue
            rows = [dict(row) for row in connection.execute(select(table)).mappings()]
            for row in rows:
                for name in ("due", "progress", "failed", "changed_at"):
                    row.pop(name, None)
                if table.name == "search_entries":
                    row.pop("id")
            found[table.name] = sorted(map(repr, rows))
    return found


def left_in_the_clear(house):
    return sorted({where for where, content in everything(house) for word in WORDS
                   if word.lower() in content.decode("utf-8", "replace").lower() and not where.isdecimal()})  # fmt: skip


def test_a_masked_name_is_found_in_no_row_no_index_and_no_file_whatever_its_script(house, one):
    told = a_told_recording(house)
    before = left_in_the_clear(house)
    assert {"cues.body", "cues.speaker", "cues.words", "draft_cues.body", "draft_steps.changes", "segments.title",
            "segments.spots", "interviews.summary", "media.alt", "texts.body", "revisions.content", "records.sort_key",
            "search_entries.body", "testimonies.told_at", "transcript_drafts.chapters"} <= set(before)  # fmt: skip
    place(house, one, told, BY_NAME)
    assert left_in_the_clear(house) == []
    with house.session(house.keeper()) as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.verb == "mask")).one()
        assert set(json.loads(entry.details)) == {"item", "mask", "media", "starts", "ends", "places"}
        assert not session.scalars(
            select(SearchEntry).where(SearchEntry.body.contains(fold(NAME).split()[0]))
        ).all()


def test_words_that_are_masked_leave_a_mark_in_a_line_and_a_sign_in_all_else(house, one):
    told = a_told_recording(house)
    place(house, one, told, BY_NAME)
    assert bare(house, told) == ["It was cold.", "Then […] dedim.", "Only […] came & went.", "No one else."]
    assert bare(house, told, "translation")[1:3] == ["Then […] сказал.", "Only […] came & went."]
    with house.session(public(house)) as session:
        assert set(session.scalars(select(Cue.speaker))) == {"[…]", "Synthetic narrator"}
        assert (
            session.scalars(select(Text.body).where(Text.role == "testimony")).one()
            == "We saw […] there. And […] saw us."
        )
        assert session.scalars(select(Cue.words).where(Cue.number == 2)).first()[1] == ["[…]", 5000, 7000]
        assert set(session.scalars(select(Transcript.masked))) == {True}


def test_the_same_words_in_a_line_and_in_its_draft_have_one_mark(house, one):
    told = a_told_recording(house)
    place(house, one, told, BY_NAME)
    with house.session(house.keeper()) as session:
        shown = session.scalars(
            select(Cue.body).join(Transcript).where(Transcript.public_id == told.transcript)
        ).all()
        assert set(session.scalars(select(DraftCue.body))) == set(shown)


def test_lifted_every_row_is_as_it_was(house, one):
    told = a_told_recording(house)
    before = stored(house)
    mask = place(house, one, told, BY_NAME)
    assert stored(house) != before
    assert lift(house, one, told, mask) == []
    assert stored(house) == before


def test_what_a_person_does_not_tick_stays(house, one):
    told = a_told_recording(house, lines=[f"{NAME} came.", "Zqhacıyev street."])
    place(house, one, told, BY_NAME, leave=("Zqhacıyev",))
    assert bare(house, told) == ["[…] came.", "Zqhacıyev street."]


def test_words_that_are_given_by_hand_are_looked_for_in_one_line_or_in_all(house, one):
    told = a_told_recording(house, lines=["The red house.", "The red house."])
    place(house, one, told, Wanted(words=("2: red house",)))
    assert bare(house, told) == ["The red house.", "The […]."]
    place(house, one, told, Wanted(words=("Red House",)))
    assert bare(house, told) == ["The […].", "The […]."]


def test_a_name_goes_from_every_recording_of_the_record_and_a_span_from_its_own_alone(house, one):
    told = a_told_recording(house)
    second = a_transcript(
        house, a_recording(house, told.work.made), ["Cold.", f"{NAME} again."], language="az"
    )
    with house.writing(house.keeper()) as session:
        search_index.index_records(session, [told.work.made.record_id])
    before = stored(house)
    by_name, by_span = place(house, one, told, BY_NAME), place(house, one, told, Wanted(Span(0, 8000)))
    with house.session(public(house)) as session:
        wanted = (
            select(Cue.body).join(Transcript).where(Transcript.public_id == second).order_by(Cue.position)
        )
        first, last = session.scalars(wanted).all()
    assert first == "Cold."
    assert last.startswith("<mask ")
    lift(house, one, told, by_name)
    lift(house, one, told, by_span)
    assert stored(house) == before


def test_what_somebody_else_sent_for_the_page_is_not_taken_out_under_this_family_s_key(house, one):
    told = a_told_recording(house)
    with house.writing(house.keeper()) as session:
        record, other = session.get_one(Record, told.work.made.record_id), a_contribution(house, session)
        part = consent.add_part(session, record, "memory:7", "memory", contribution_id=other.id)
        guard = consent.guard_of(session, part)
        left = {"record_id": record.id, "form": "memory", "created_at": house.now(), **guard}
        session.add(Tribute(public_id="theirs", body=f"{NAME} was kind.", **left))
        session.add(
            Tribute(
                public_id="ours",
                body=f"{NAME} came.",
                **{**left, "contribution_id": told.work.made.contribution_id},
            )
        )
    place(house, one, told, BY_NAME)
    with house.session(house.keeper()) as session:
        bodies = dict(session.execute(select(Tribute.public_id, Tribute.body)).all())
        assert bodies == {"theirs": f"{NAME} was kind.", "ours": "[…] came."}


def test_of_a_span_the_words_go_that_are_said_in_it_and_of_a_line_without_times_the_whole_is_asked_about(
    house, one
):
    told = a_told_recording(house)
    wanted = Wanted(Span(5500, 9000))
    with house.session(house.keeper()) as session:
        found = [
            each
            for each in masks.find(session, session.get_one(Media, told.media_id), wanted)
            if each.what == "line"
        ]
    assert [(each.words, each.whole) for each in found] == [
        (f"{NAME}ə dedim.", False), (f"Only {NAME} came & went.", True),
        (f"Then {RUSSIAN}у сказал.", True), (f"Only {RUSSIAN} came & went.", True),
    ]  # fmt: skip
    place(house, one, told, wanted)
    assert bare(house, told)[1:] == ["Then […]", "[…]", "No one else."]


def test_the_copies_go_with_a_masked_span_and_are_due_anew_and_words_alone_leave_them(house, one):
    told = a_told_recording(house)
    place(house, one, told, BY_NAME)
    with house.session(house.keeper()) as session:
        assert session.scalars(select(Derivative.id)).all()
        assert masks.spans(session, told.media_id) == []
    mask = place(house, one, told, Wanted(Span(5500, 90_000, "tone", picture=True)))
    with house.session(house.keeper()) as session:
        medium = session.get_one(Media, told.media_id)
        assert not session.scalars(select(Derivative.id)).all()
        assert (medium.due, medium.progress) == ("convert", 0)
        assert masks.spans(session, told.media_id) == [
            Span(5500, 60_000, "tone", picture=True)
        ]  # as long as it is
    lift(house, one, told, mask)
    with house.session(house.keeper()) as session:
        assert masks.spans(session, told.media_id) == []


@pytest.mark.parametrize(("wanted", "reason", "key"), [
    (Wanted(Span(60_000, 70_000)), "wish", "span_beyond_end"),
    (Wanted(Span(-1, 70_000)), "wish", "span_beyond_end"),
    (Wanted(Span(5000, 5000)), "wish", "span_backwards"),
    (Wanted(Span(0, 5000, "music")), "wish", "no_such_sound"),
    (Wanted(Span(0, 5000)), "  ", "mask_reason"),
    (BY_NAME, f"It is {NAME}s wish", "reason_says_it"),
    (Wanted(names=("Nobody Whosoever",)), "wish", "nothing_masked"),
])  # fmt: skip
def test_a_mask_that_cannot_be_is_refused_with_its_reason(house, one, engine_name, wanted, reason, key):
    if engine_name != "sqlite":
        return  # no SQL in it
    told = a_told_recording(house)
    with pytest.raises(Invalid) as refused:
        place(house, one, told, wanted, reason=reason)
    assert refused.value.key == key
    assert bare(house, told)[0] == "It was cold."


def test_a_place_that_changed_since_it_was_shown_is_not_masked_unseen(house, one):
    told = a_told_recording(house)
    with house.session(house.keeper()) as session:
        found = masks.find(session, session.get_one(Media, told.media_id), BY_NAME)
        ticked = frozenset(each.id for each in found if not each.version)
    with house.writing(house.keeper()) as session:
        cue = session.scalars(select(DraftCue).where(DraftCue.number == 2)).one()
        cue.body = f"So {cue.body}"
    with pytest.raises(Stale), house.writing(house.keeper()) as session:
        item, medium = session.get_one(Item, told.work.item_id), session.get_one(Media, told.media_id)
        masks.place(session, house.keys, one, item, medium, Order(BY_NAME, "wish", ticked), now=house.now())


def test_a_mask_is_widened_and_never_narrowed(house, one):
    told = a_told_recording(house)
    mask = place(house, one, told, Wanted(Span(8000, 12_000)))

    def widen(span):
        with house.writing(house.keeper()) as session:
            row = session.scalars(select(Mask).where(Mask.public_id == mask)).one()
            item, medium, wanted = (
                session.get_one(Item, told.work.item_id),
                session.get_one(Media, told.media_id),
                Wanted(span),
            )
            found = masks.find(session, medium, wanted)
            ticked = frozenset(each.id for each in found if not each.version)
            masks.widen(session, house.keys, one, item, row, Order(wanted, "", ticked), now=house.now())

    for narrower in (Span(8000, 11_000), Span(9000, 13_000), Span(8000, 12_000, "")):
        with pytest.raises(NotPermitted, match="mask_narrower"):
            widen(narrower)
    widen(Span(8000, 16_000, "tone", picture=True))
    assert bare(house, told)[2:] == ["[…]", "[…]"]
    before = bare(house, told)[:2]
    assert lift(house, one, told, mask) == []
    assert bare(house, told) == [*before, f"Only {NAME} came & went.", "No one else."]


def test_what_two_masks_cover_stays_withheld_until_both_are_lifted(house, one):
    told = a_told_recording(house)
    before = stored(house)
    by_name = place(house, one, told, BY_NAME)
    by_span = place(house, one, told, Wanted(Span(8000, 12_000)))
    lift(house, one, told, by_name)
    assert bare(house, told)[1:3] == [f"Then {NAME}ə dedim.", "[…] […] […]"]
    lift(house, one, told, by_span)
    assert stored(house) == before


def test_a_mark_that_somebody_deleted_is_said_to_whoever_lifts(house, one):
    told = a_told_recording(house)
    mask = place(house, one, told, BY_NAME, versions=False)
    with house.writing(house.keeper()) as session:
        for table in (Cue, DraftCue):
            for row in session.scalars(select(table).where(table.number == 3)):
                row.body = "Somebody came."
        for row in session.scalars(select(DraftCue).where(DraftCue.number == 2)):
            row.body = f"Well, {row.body}"
    left = lift(house, one, told, mask)
    assert {(each.what, each.words, each.line) for each in left} == {
        ("line", NAME, "3"),
        ("line", RUSSIAN, "3"),
    }
    assert bare(house, told)[1:3] == [f"Then {NAME}ə dedim.", "Somebody came."]
    with house.session(house.keeper()) as session:
        assert (
            session.scalars(select(DraftCue.body).where(DraftCue.number == 2)).one()
            == f"Well, Then {NAME}ə dedim."
        )
        row = session.scalars(select(Mask)).one()
        item = session.get_one(Item, told.work.item_id)
        assert masks.leftovers(session, house.keys, one, item, row, now=house.now()) == left


def test_a_new_release_of_a_draft_is_lifted_as_its_line_was(house, one):
    told = a_told_recording(house)
    mask = place(house, one, told, BY_NAME)
    with house.writing(house.keeper()) as session:  # as releasing does: the lines are written anew
        row = session.scalars(select(Transcript).where(Transcript.public_id == told.transcript)).one()
        old = session.scalars(select(Cue).where(Cue.transcript_id == row.id)).all()
        drafts = {each.number: each.body for each in session.scalars(select(DraftCue))}
        for cue in old:
            cue.number, cue.position = cue.number + 10, cue.position + 10
            cue.body = drafts[cue.number - 10]
    lift(house, one, told, mask)
    assert bare(house, told)[1:3] == [f"Then {NAME}ə dedim.", f"Only {NAME} came & went."]


def test_a_text_that_was_edited_beside_its_sign_gets_its_words_back_and_one_that_lost_it_does_not(house, one):
    told = a_told_recording(house)
    mask = place(house, one, told, BY_NAME, versions=False)
    with house.writing(house.keeper()) as session:
        story = session.scalars(select(Text).where(Text.role == "testimony")).one()
        story.body = f"{story.body} It was late."
        session.get_one(Media, told.media_id).alt = "A talk"
    left = lift(house, one, told, mask)
    assert [(each.what, each.words) for each in left] == [("caption", NAME)]
    with house.session(house.keeper()) as session:
        body = session.scalars(select(Text.body).where(Text.role == "testimony")).one()
        assert body == f"We saw {NAME} there. And {NAME} saw us. It was late."


def test_a_later_transcript_that_says_it_again_is_named_before_it_is_released(house, one):
    told = a_told_recording(house)
    place(house, one, told, BY_NAME)
    mask = place(house, one, told, Wanted(Span(12_000, 16_000)))
    with house.writing(house.keeper()) as session:
        medium = session.get_one(Media, told.media_id)
        draft = Draft(public_id="later", media_id=medium.id, record_id=medium.record_id, kind="translation", language="ru",
                      begun_at=house.now(), chapters=[{"begin": 0, "tellings": [{"title": f"О {RUSSIAN}"}]}])  # fmt: skip
        session.add(draft)
        session.flush()
        for number, said in enumerate(["Холодно.", f"Сказал {RUSSIAN}у.", "Пришёл.", "Никого."], 1):
            session.add(DraftCue(draft_id=draft.id, position=number, number=number, starts=4000 * (number - 1),
                                 ends=4000 * number, body=said))  # fmt: skip
        session.flush()
        found = masks.still_said(session, house.keys, draft)
    assert [(each.line, each.words, each.sure) for each in found] == [
        (2, f"{RUSSIAN}у", True), (4, "", False), (0, RUSSIAN, True),
    ]  # fmt: skip
    assert found[1].mask == mask


# -- who ------------------------------------------------------------------------------------------


def ask(house, actor, told, public_id, content=b"A synthetic word."):
    with house.writing(house.keeper()) as session:
        item = session.get_one(Item, told.work.item_id)
        mask = session.scalars(select(Mask).where(Mask.public_id == public_id)).one()
        party = session.scalars(select(Party.id).where(Party.kind == "contributor")).first()
        said = Word(party, "interview", house.now().date(), "az", "Synthetic interviewer")
        kept = evidence.keep(
            house.storage, evidence.key_of(session, house.keys, item), BytesIO(content), "word.ogg"
        )
        return masks.ask_lift(session, house.keys, actor, item, mask, said, kept, now=house.now()).public_id


def agree(house, actor, told, proposal):
    with house.writing(house.keeper()) as session:
        item = session.get_one(Item, told.work.item_id)
        proposals.agree(session, actor, item, proposal, now=house.now(), keys=house.keys)


def test_a_mask_is_lifted_by_two_people_with_the_party_s_word_and_not_otherwise(house, one, other):
    told = a_told_recording(house)
    mask = place(house, one, told, BY_NAME)
    for second, proof in (("", "0" * 64), (one.label, "0" * 64), (other.label, "")):
        with pytest.raises(NotPermitted, match="other_person"), house.writing(house.keeper()) as session:
            row = session.scalars(select(Mask).where(Mask.public_id == mask)).one()
            item = session.get_one(Item, told.work.item_id)
            masks.lift(session, house.keys, one, item, row, second=second, evidence=proof, now=house.now())
    proposal = ask(house, one, told, mask)
    assert NAME not in str(bare(house, told))
    with pytest.raises(NotPermitted, match="other_person"):
        agree(house, one, told, proposal)
    agree(house, other, told, proposal)
    assert bare(house, told)[1] == f"Then {NAME}ə dedim."
    with house.session(house.keeper()) as session:
        row = session.scalars(select(AuditEntry).where(AuditEntry.verb == "unmask")).one()
        assert (row.actor, row.second, len(json.loads(row.details)["evidence"])) == (
            other.label,
            one.label,
            64,
        )
        assert session.scalars(select(Proposal.outcome)).one() == "done"
    with pytest.raises(NotOpen):
        lift(house, one, told, mask)


def test_a_mask_that_was_widened_since_is_not_lifted_by_an_older_word(house, one, other):
    told = a_told_recording(house)
    mask = place(house, one, told, Wanted(Span(8000, 12_000)))
    proposal = ask(house, one, told, mask)
    with house.writing(house.keeper()) as session:
        row = session.scalars(select(Mask).where(Mask.public_id == mask)).one()
        item = session.get_one(Item, told.work.item_id)
        masks.widen(
            session, house.keys, one, item, row, Order(Wanted(Span(8000, 14_000)), ""), now=house.now()
        )
    with pytest.raises(Stale, match="mask_changed"):
        agree(house, other, told, proposal)


def test_who_only_confirms_places_no_mask_and_another_record_s_recording_is_not_masked_here(
    house, one, other
):
    told, stranger = a_told_recording(house), a_told_recording(house)
    with pytest.raises(NotPermitted, match="role"):
        place(house, other, told, BY_NAME)
    with pytest.raises(NotOpen), house.writing(house.keeper()) as session:
        item, medium = session.get_one(Item, told.work.item_id), session.get_one(Media, stranger.media_id)
        order = Order(Wanted(Span(0, 10)), "wish")
        masks.place(session, house.keys, one, item, medium, order, now=house.now())


# -- any masks in any order ------------------------------------------------------------------------

SAID = ["alma", "Zqelman", "Zqhacıyev", "gəldi", "&amp;", "<i>tez</i>", "Zqelmana", "ev"]
a_line = st.lists(st.sampled_from(SAID), min_size=1, max_size=6).map(" ".join)
a_wish = st.one_of(
    st.tuples(st.integers(0, 15_000), st.integers(1, 9_000)).map(
        lambda at: Wanted(Span(at[0], at[0] + at[1]))
    ),
    st.sampled_from(
        [BY_NAME, Wanted(names=("Zqelman",)), Wanted(words=("gəldi",)), Wanted(words=("tez Zqelmana",))]
    ),
)


def test_masks_that_are_placed_and_lifted_in_any_order_leave_every_row_as_it_was(house, one):
    @settings(max_examples=8, database=None, phases=(Phase.generate,))  # fmt: skip
    @given(
        st.lists(a_line, min_size=4, max_size=4),
        st.lists(a_wish, min_size=1, max_size=3),
        st.randoms(use_true_random=False),
    )
    def hold(said, wishes, chance):
        from memorial.domain.transcript import body, runs

        told = a_told_recording(house, lines=[body(runs(each)) for each in said])
        before = stored(house)
        placed = []
        for wanted in wishes:
            with suppress(Invalid):  # nothing of it is said
                placed.append(place(house, one, told, wanted))
        chance.shuffle(placed)
        for mask in placed:
            assert lift(house, one, told, mask) == []
        assert stored(house) == before

    hold()


def test_removed_for_good_the_masked_words_cannot_be_read_by_anybody(house, one, clock):
    told = a_told_recording(house)
    place(house, one, told, BY_NAME)

    class Life:
        contribution_id = told.work.made.contribution_id

    remove_for_good(house, clock, Life())
    with house.session(house.keeper()) as session:
        assert session.scalars(select(Mask)).all() == []
    assert left_in_the_clear(house) == []


def test_a_transcript_that_says_a_withheld_name_again_is_not_shown_until_it_is_withheld_there_too(house, one):
    told = a_told_recording(house)
    place(house, one, told, BY_NAME)
    draft = a_draft(house, one, told.media_id)
    write(house, one, draft, 2, f"Then {NAME} came.")
    with pytest.raises(Invalid, match="masked_said"):
        act(house, one, draft, "read_whole", "")
    write(house, one, draft, 2, "Then somebody came.")
    act(house, one, draft, "read_whole", "")
    with house.session(public(house)) as session:
        assert draft not in session.scalars(select(Transcript.public_id)).all()
