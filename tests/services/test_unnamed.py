"""Who ends the wall: people of whom a reader sees no name, found among those alone of whom that may be so.

Everybody here is synthetic.
"""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from memorial.domain import consent as rules
from memorial.domain.content import Content, NameContent
from memorial.gate import Actor, Reader
from memorial.models import Contribution, PersonName, Record, Remembrance, WallUnnamed
from memorial.services import consent, describe, wall, wall_index, withdrawal
from memorial.services.consent import Said
from memorial.services.cursors import asked
from tests.builders import ALL_MAY_VIEW, a_contribution, a_remembrance, record_of
from tests.importing import publish
from tests.services.colleagues import an_actor
from tests.services.test_wall import NOT_ITS_NAME, a_person, public, reading
from tests.web.public.test_as_one import decide

EXAMPLES = 25
REUSED = {("public", "reuse"): rules.Window(rules.BEGIN, rules.FOREVER)}
MAY = {rules.EVERY_PART: ALL_MAY_VIEW}
WILLS = (MAY, NOT_ITS_NAME, {**MAY, "name": {**ALL_MAY_VIEW, **REUSED}}, {**MAY, "page": {}}, {})
NAMES = (
    (),
    (NameContent("Synthetic Apart", part="name"),),
    (NameContent("Synthetic Here"),),
    (NameContent("Synthetic Apart", part="name"), NameContent("Pseudonym", kind="pseudonym")),
)


def by_looking_at_all(session) -> list[str]:
    """Whoever ends the wall, each remembrance asked."""
    named = select(PersonName.id).where(PersonName.person_id == Remembrance.person_id).exists()
    wanted = select(Record.public_id).join(Remembrance, Remembrance.record_id == Record.id)
    return list(session.scalars(wanted.where(~named).order_by(Record.public_id, Record.id)))


def on_the_pages(session) -> list[str]:
    found, after = [], ""
    while True:
        page = wall.unnamed(session, asked(after, ""), 2)
        found += [entry.public_id for entry in page.entries]
        if not page.after:
            return found
        after = page.after


def readers(house) -> list[Reader]:
    now = house.moment()
    with house.session(house.keeper()) as session:
        families = list(session.scalars(select(Contribution.id)))
    every = [Reader.family(number, now) for number in families]
    every += [Reader.research(now), Reader.research(now, "reuse"), Reader.mirror(now), house.keeper()]
    return [*every, public(house), public(house).for_use("reuse"), Reader.desk(now), Reader.desk(now, consent_officer=True)]  # fmt: skip


def assert_same_for_everybody(house) -> int:
    """How many of the public's have no name."""
    for reader in readers(house):
        with reading(house, reader) as session:
            assert on_the_pages(session) == by_looking_at_all(session), reader
    with reading(house) as session:
        return len(on_the_pages(session))


class Pages:
    """Some pages, and what can happen to each."""

    def __init__(self, house):
        self.house = house
        self.made = [a_person(house, "Synthetic One"), a_person(house), a_person(house, "Synthetic Three"),
                     a_remembrance(house, contributed=False, content=Content(language="en"))]  # fmt: skip
        self.siblings: dict[int, int] = {}

    def happens(self, page: int, act: str, which: int) -> None:
        made = self.made[page]
        with self.house.writing(self.house.keeper()) as session:
            getattr(self, act)(session, made, which)

    def will(self, session, made, which):
        if made.contribution_id and not session.get_one(Contribution, made.contribution_id).erased_at:
            party = consent.party_of(session, "contributor", made.contribution_id)
            self._say(session, made, party, WILLS[which])

    def archive(self, session, made, which):
        self._say(session, made, consent.archive_party(session), WILLS[which])

    def names(self, session, made, which):
        self._write(session, made, NAMES[which % len(NAMES)], made.contribution_id)

    def sibling(self, session, made, which):
        """Somebody else adds names to the page, and may show them."""
        if made.record_id not in self.siblings:
            self.siblings[made.record_id] = a_contribution(self.house, session).id
        number = self.siblings[made.record_id]
        self._write(session, made, NAMES[which % len(NAMES)], number)
        if not session.get_one(Contribution, number).erased_at:
            self._say(session, made, consent.party_of(session, "contributor", number), MAY)

    def sealed(self, session, made, which):
        for contribution in self._contributions(session, made):
            do = withdrawal.seal if contribution.sealed_at is None else withdrawal.unseal
            do(session, Actor.system(), contribution, now=self.house.now())

    def erased(self, session, made, which):
        for contribution in self._contributions(session, made)[-1:]:
            withdrawal.erase(session, Actor.system(), contribution, now=self.house.now())

    def _contributions(self, session, made):
        numbers = [made.contribution_id, self.siblings.get(made.record_id)]
        found = [session.get_one(Contribution, number) for number in numbers if number]
        return [each for each in found if each.erased_at is None]

    def _say(self, session, made, party, will):
        record = record_of(session, made)
        consent.append(session, record, Said(party, "will", will), by=Actor.system(), at=self.house.now())

    def _write(self, session, made, names, contribution_id):
        if contribution_id and session.get_one(Contribution, contribution_id).erased_at:
            return
        record, now = record_of(session, made), self.house.now()
        content = Content(language="en", names=list(names))
        revision = describe.propose(
            session, record, content, by=Actor.system(), now=now, contribution_id=contribution_id
        )
        describe.apply(session, revision, now=now)


ACTS = ("will", "archive", "names", "sibling", "sealed", "erased")


def test_whatever_happens_the_wall_ends_with_whoever_has_no_name_for_this_reader(house):
    ends = set()

    @settings(max_examples=EXAMPLES, database=None)
    @given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from(ACTS), st.integers(0, 4)), min_size=3, max_size=8))  # fmt: skip
    def check(happenings):
        pages = Pages(house)
        for happening in happenings:
            pages.happens(*happening)
            ends.add(assert_same_for_everybody(house))

    check()
    assert len(ends) > 3


def test_persons_read_as_one_and_parted_again_end_the_wall_as_before(house):
    editor = an_actor(house, "one", "editor")
    one, other = a_person(house), a_person(house, "Synthetic Other")
    assert assert_same_for_everybody(house) == 1
    decide(house, editor, one, other, "take", "same")
    assert assert_same_for_everybody(house) == 1
    decide(house, editor, one, other, "undo_same")
    assert assert_same_for_everybody(house) == 1


def test_whoever_is_imported_has_a_name_wherever_the_page_is_shown(house):
    person = {
        "id": "person-synthetic-1", "label": "", "names": [{"spelling": "Synthetic Imported"}], "roles": [],
        "fate": "killed", "relations": [], "accused": False, "seed_refs": [],
    }  # fmt: skip
    publish(house, "people", person)
    publish(house, "people", {**person, "names": [{"spelling": "Altered Synthetic"}]})
    publish(house, "people", {**person, "id": "person-synthetic-2"}, signed=False)
    assert assert_same_for_everybody(house) == 0
    assert _candidates(house) == []


def test_a_page_that_is_only_begun_has_no_name_for_whoever_sees_it(house):
    with house.writing(house.keeper()) as session:
        begun = describe.create_record(session, "remembrance", now=house.now()).public_id
    assert assert_same_for_everybody(house) == 0
    with reading(house, Reader.desk(house.moment())) as session:
        assert on_the_pages(session) == [begun]


def test_made_anew_they_are_those_that_were_kept(house):
    pages = Pages(house)
    for happening in ((0, "will", 1), (1, "will", 2), (2, "sibling", 1), (2, "sealed", 0), (3, "archive", 0)):
        pages.happens(*happening)
    before = _candidates(house)
    assert before
    with house.writing(house.keeper()) as session:
        wall_index.rebuild(session)
    assert _candidates(house) == before


def test_only_whoever_may_have_no_name_is_looked_at(house):
    pages = Pages(house)
    pages.happens(0, "will", 1)  # the name apart
    with house.session(house.keeper()) as session:
        kept = set(session.scalars(select(WallUnnamed.record_id)))
    assert pages.made[0].record_id in kept
    assert pages.made[2].record_id not in kept


def _candidates(house) -> list[tuple]:
    columns = [getattr(WallUnnamed, column.name) for column in WallUnnamed.__table__.columns]
    with house.session(house.keeper()) as session:
        return sorted(map(tuple, session.execute(select(*columns))), key=str)
