from sqlalchemy import select

from memorial.domain.names import fold
from memorial.gate import Actor, shown
from memorial.models import Contribution, Record, Text
from memorial.services import audit, consent, withdrawal
from tests.builders import a_press_account, a_remembrance, a_testimony, public, record_of, some_content


def test_a_published_testimony_is_seen_and_a_hidden_one_is_not(house):
    made = a_testimony(house)
    waiting = a_testimony(house, published=False)
    with house.session(public(house)) as session:
        view = shown(session, record_of(session, made))
        assert view.title == "Synthetic synthetic Narrator"
        assert view.text("testimony").body == "These are synthetic words of a testimony."
        assert session.get(Record, waiting.record_id) is None
        assert session.scalars(select(Text.record_id).distinct()).all() == [made.record_id]


def test_hiding_ends_what_the_public_sees_with_the_commit_and_chains_still_hold(house):
    made = a_testimony(house)
    with house.writing(house.keeper()) as session:
        contribution = session.get_one(Contribution, made.contribution_id)
        withdrawal.hide(session, Actor.family(made.ref, made.contribution_id), contribution, now=house.now())
    with house.session(public(house)) as session:
        assert session.get(Record, made.record_id) is None
        assert session.scalars(select(Text)).all() == []
    with house.session(house.keeper()) as session:
        assert list(consent.broken_at(session)) == []
        assert list(audit.broken_at(session)) == []


def test_erasing_leaves_no_word_and_the_chains_still_hold(house):
    made, other = a_remembrance(house), a_press_account(house)
    with house.writing(house.keeper()) as session:
        contribution = session.get_one(Contribution, made.contribution_id)
        withdrawal.erase(session, Actor.system(), contribution, now=house.now())
    with house.session(house.keeper()) as session:
        assert session.scalars(select(Text.record_id).distinct()).all() == [other.record_id]
        assert list(consent.broken_at(session)) == []
        assert list(audit.broken_at(session)) == []


def test_after_erasure_no_file_of_the_database_holds_the_words(house, engine_name):
    made = a_testimony(house, content=some_content("testimony", mark="zanbaqçiçəyi"))
    folder = house.settings.data
    if engine_name == "sqlite":
        held = b"".join(path.read_bytes() for path in folder.glob("memorial.sqlite*"))
        assert "zanbaqçiçəyi".encode() in held
        assert fold("zanbaqçiçəyi").encode() in held
    with house.writing(house.keeper()) as session:
        contribution = session.get_one(Contribution, made.contribution_id)
        withdrawal.erase(session, Actor.system(), contribution, now=house.now())
    if engine_name == "sqlite":
        for path in folder.glob("memorial.sqlite*"):
            assert "zanbaqçiçəyi".encode() not in path.read_bytes(), path
            assert fold("zanbaqçiçəyi").encode() not in path.read_bytes(), path
    with house.session(house.keeper()) as session:
        assert "zanbaq" not in str(session.scalars(select(Text.body)).all())
