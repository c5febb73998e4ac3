"""Every verb × role × kind × state against a table written from the words (desk_table.txt); no button that would be
refused, none kept back that would not, and a sentence for every refusal. Everybody here is synthetic."""

from __future__ import annotations

import ast
import html
import itertools
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from memorial.domain import consent as rules
from memorial.domain import workflow
from memorial.domain.errors import NotPermitted
from memorial.domain.workflow import Facts, judge, step_for
from memorial.gate import Actor
from memorial.gate.permission import GENERAL
from memorial.models import Confirmation, Contribution, Item, ItemCheck, Part, Record, Revision
from memorial.services import desk_acts, desk_buttons, review
from memorial.services.contribute import Draft, keep
from tests.builders import ALL_MAY_VIEW, Made, a_record
from tests.desk_words import KINDS, STATES, TABLE, VERBS, Row, rows_of
from tests.services.colleagues import an_actor
from tests.web.desk.people import a_colleague, an_item, signed_in

ROLES = (*workflow.ROLES, "family", "command", "system", "")
ROOT = Path(__file__).resolve().parents[1]

# -- the rule, without a database --------------------------------------------------------------

EVERYTHING = Facts(
    taken_by_me=True, has_note=True, checks_done=frozenset(workflow.CHECKLIST),
    checks_wanted=frozenset(workflow.CHECKLIST), proof_approved=True, two_people=True, confirmed_by_other=True,
    waited=True, stepped_up=True, refusal_ground=True, others_told=True, matched=True, reads_until=True,
)  # fmt: skip
NOTHING = Facts(
    taken_by_other=True, said_enough=False, kept=False, checks_wanted=frozenset(workflow.CHECKLIST),
    form_approved=False, two_people=True, legal_hold=True,
)  # fmt: skip
NEEDED = frozenset(
    {"free", "taken", "note", "said_enough", "kept", "checklist", "proof_approved", "form_approved", "other_person",
     "waited", "no_legal_hold", "stepped_up", "refusal_ground", "matched", "others_told", "reads_until"}
)  # fmt: skip
SITUATIONS: dict[str, tuple[Facts, frozenset[str]]] = {
    "everything is there, and a colleague has asked": (EVERYTHING, frozenset()),
    "nobody has asked yet": (replace(EVERYTHING, confirmed_by_other=False), frozenset({"other_person"})),
    "nothing is there": (NOTHING, NEEDED),
}
OFFICERS = frozenset(
    {"consent_officer", "admin"}
)  # who somebody outside is, what a colleague did: theirs alone
BARS = {
    "recused": (replace(EVERYTHING, recused=True), frozenset()),
    "specialist": (replace(EVERYTHING, needs_specialist=True), frozenset({"specialist", "consent_officer"})),
    "sealed": (replace(EVERYTHING, sealed=True), frozenset({"consent_officer"})),
    "officers": (replace(EVERYTHING, for_officers=True), OFFICERS),
}


def expected(row: Row | None, role: str, missing: frozenset[str]) -> frozenset[str]:
    """The reasons that may be given against it; none: it may be done."""
    if row is None:
        return frozenset({"no_such_step"})
    if role not in row.who:
        confirms = role == "second_reader" and row.by_desk and "other_person" in row.needs
        if not confirms:
            return frozenset({"role"})
        if "other_person" in missing:
            return frozenset({"confirms_only"})
    return row.needs & missing


def test_the_table_knows_every_kind_state_and_verb_of_the_desk():
    assert set(KINDS) == set(workflow.KINDS)
    assert set(STATES) == set(workflow.STATES)
    assert set(VERBS) == {*workflow.VERBS, *desk_buttons.BESIDES}


@pytest.mark.parametrize("situation", SITUATIONS)
def test_every_step_is_allowed_and_refused_as_the_words_say(situation):
    facts, missing = SITUATIONS[situation]
    wrong = []
    for kind, state, verb, role in itertools.product(KINDS, STATES, workflow.VERBS, ROLES):
        against = expected(TABLE.get((kind, state, verb)), role, missing)
        verdict = judge(step_for(kind, state, verb), {role}, facts)
        if verdict.ok != (not against) or (against and verdict.reason not in against):
            wrong.append(
                f"{kind} {state} {verb} {role or 'nobody'}: {verdict}, the words say {set(against) or 'yes'}"
            )
    assert not wrong, "\n".join(wrong[:20])


@pytest.mark.parametrize("bar", BARS)
def test_whom_an_item_is_closed_to_takes_no_step_of_the_desk(bar):
    facts, opened = BARS[bar]
    for (kind, state, verb), row in TABLE.items():
        if verb not in workflow.VERBS:
            continue
        for role in row.who:
            reason = "" if not row.by_desk or role in opened else bar
            assert judge(step_for(kind, state, verb), {role}, facts).reason == reason, (
                kind,
                state,
                verb,
                role,
            )


def test_each_step_ends_where_the_words_say():
    for (kind, state, verb), row in TABLE.items():
        if verb in workflow.VERBS:
            assert step_for(kind, state, verb).to == row.of(state), (kind, state, verb)


def test_what_is_done_besides_is_for_whom_the_words_name():
    for verb in desk_buttons.BESIDES:
        row = TABLE["contribution", "in_review", verb]
        roles, presence = GENERAL[desk_buttons.PERMISSION.get(verb, verb)]
        assert (roles, presence) == (row.who, "stepped_up" in row.needs), verb
        assert desk_buttons.BESIDES[verb] == ("note" in row.needs), verb


# -- buttons and what they do --------------------------------------------------------------------

# Kinds of which the desk's lines are the same are the same to the desk: one of each is made, and no drafts.
DESK = ("moderator", "second_reader", "specialist", "editor", "consent_officer", "admin", "approved_reader")
STEPS_OF = {
    kind: tuple(sorted((state, verb, sorted(row.who), sorted(row.needs)) for (k, state, verb), row in TABLE.items()
                       if k == kind and row.by_desk and verb in workflow.VERBS))
    for kind in KINDS
}  # fmt: skip
MADE = tuple({repr(steps): kind for kind, steps in reversed(STEPS_OF.items())}.values())
CELLS = [
    (kind, state)
    for kind in MADE
    for state in STATES
    if state == "done" or any(state == step[0] for step in STEPS_OF[kind])
]


@pytest.fixture
def engine_name() -> str:
    """The verdicts have no SQL of their own: one engine is enough."""
    return "sqlite"


@pytest.fixture
def people(house) -> dict[str, Actor]:
    colleague = an_actor(house, "colleague", "moderator", "consent_officer")
    return {"colleague": colleague, **{role: an_actor(house, role, role) for role in DESK}}


@pytest.fixture
def made(house) -> Made:
    """A page that is shown, with a contribution whose family asked for its removal long ago."""
    made = a_record(house, contributor={rules.EVERY_PART: ALL_MAY_VIEW}, archive={rules.EVERY_PART: rules.everything()})  # fmt: skip
    with house.writing(house.keeper()) as session:
        contribution = session.get_one(Contribution, made.contribution_id)
        contribution.erase_asked_at = house.now() - 2 * workflow.ERASURE_WAITS
        keep(session, house.keys, contribution, Draft({"task": "testimony"}), now=house.now())
    return made


def in_the_world(session, house, made: Made, kind: str, state: str, colleague: Actor) -> Item:
    """An item for which everything is there that somebody can bring, and for which a colleague has asked."""
    revision = session.scalars(
        select(Revision).where(Revision.record_id == made.record_id, Revision.thing == "")
    ).one()
    if kind == "amendment":
        revision = a_proposal(session, made, house)
    item = review.new_item(
        session, kind, now=house.now(), state=state, record=session.get_one(Record, made.record_id),
        contribution=session.get_one(Contribution, made.contribution_id), revision_id=revision.id,
        approved_revision_id=revision.id, flags=["death"], facts={"refusal": "not_the_holder"},
    )  # fmt: skip
    about = {"item_id": item.id, "revision_id": revision.id, "at": house.now()}
    session.add_all(
        ItemCheck(check=check, account_id=colleague.account_id, **about) for check in workflow.CHECKLIST
    )
    session.add_all(
        Confirmation(verb=verb, actor=colleague.label, **about)
        for verb, row in rows_of(kind, state).items() if "other_person" in row.needs
    )  # fmt: skip
    session.flush()
    return item


def a_proposal(session, made: Made, house) -> Revision:
    """A new object that somebody proposed."""
    given = {"id": "src-synthetic", "title": "A synthetic work"}
    content = {"file": "sources", "id": given["id"], "given": given, "stood": None}
    numbers = session.scalars(select(Revision.number).where(Revision.record_id == made.record_id)).all()
    revision = Revision(
        record_id=made.record_id, number=max(numbers) + 1, thing="sources:src-synthetic", content=content, sha256="",
        made_by="account:0", made_at=house.now(),
    )  # fmt: skip
    session.add(revision)
    session.flush()
    return revision


def seen_by(session, house, actor: Actor, item: Item) -> dict[str, str]:
    """The buttons of somebody who has taken it, each with the reason against it."""
    item.taken_by_id, item.taken_until = actor.account_id, house.now() + workflow.TAKEN_FOR
    found = desk_buttons.buttons_of(session, actor, item, now=house.now())
    assert len({button.verb for button in found}) == len(found)
    return {button.verb: button.reason for button in found}


def refused(session, house, actor: Actor, item: Item, verb: str, part: str, account: int) -> str:
    """What the act itself says, undone at once: the reason against it, or nothing."""
    point = session.begin_nested()
    try:
        desk_acts.act(
            session, actor, item, verb, now=house.now(), keys=house.keys, note="Synthetic words.",
            ground="not_the_holder", part=part, account=account, expected=item.version,
        )  # fmt: skip
        session.flush()
    except NotPermitted as error:
        return error.key
    finally:
        point.rollback()
        session.expire_all()
    return ""


def in_turn(roles: list[str], number: int) -> list[str]:
    """One of them, another for each cell, so that over the table everybody acts."""
    return [roles[number % len(roles)]] if roles else []


def test_the_buttons_of_every_role_are_what_the_words_say_and_each_does_what_it_offers(house, people, made):
    wrong: list[str] = []
    acts = 0
    with house.session(house.keeper()) as session:
        part = session.scalars(
            select(Part.key).where(Part.record_id == made.record_id, Part.key != "page")
        ).first()
        for number, (kind, state) in enumerate(CELLS):
            item = in_the_world(session, house, made, kind, state, people["colleague"])
            buttons = {role: seen_by(session, house, people[role], item) for role in DESK}
            rows = {verb: row for verb, row in rows_of(kind, state).items() if row.by_desk}
            for role, shown in buttons.items():
                wrong += [f"{kind} {state} {role}: {verb} is missing" for verb in rows if verb in workflow.VERBS and verb not in shown]  # fmt: skip
                for verb, reason in shown.items():
                    against = expected(rows.get(verb), role, frozenset())
                    if kind in OFFICERS_OWN and role not in OFFICERS:
                        against |= {"officers"}
                    if bool(reason) != bool(against) and reason not in NOT_SO:
                        wrong.append(f"{kind} {state} {role}: {verb} says {reason or 'yes'}, the words {set(against) or 'yes'}")  # fmt: skip
            for verb in sorted(buttons["moderator"].keys() - PARTICULAR):
                able = [role for role in DESK if not buttons[role][verb]]
                for role in (*in_turn(able, number), *in_turn([r for r in DESK if r not in able], number)):
                    seen_by(session, house, people[role], item)
                    session.flush()
                    said, offered = (
                        refused(
                            session, house, people[role], item, verb, part, people["colleague"].account_id
                        ),
                        buttons[role][verb],
                    )
                    acts += 1
                    if bool(said) != bool(offered) or (said and said != offered):
                        wrong.append(f"{kind} {state} {role}: {verb} offers {offered or 'yes'} and says {said or 'yes'}")  # fmt: skip
        session.rollback()
    assert not wrong, "\n".join(wrong[:40])
    assert acts > len(CELLS) * 10


# What stands against an act besides who and when: there is nothing that it could be done to.
OFFICERS_OWN = ("application", "alert")
# These want a pair of people, or an application, of their own: test_duplicates.py and test_research.py.
PARTICULAR = {"same", "different", "cannot_tell", "undo_same", "approve_reader"}
NOT_SO = ("not_shown", "not_held", "nobody_to_tell")

# -- a sentence for each refusal --------------------------------------------------------------------


def reasons() -> Iterator[str]:
    """Every key that a verdict or a refused act of the desk can carry, read from the program."""
    yield from workflow._NEEDS
    yield from (
        "no_such_step",
        "role",
        "confirms_only",
        "recused",
        "specialist",
        "sealed",
        "stepped_up",
        *NOT_SO,
    )
    for path in [*sorted((ROOT / "memorial/services").glob("desk*.py")),
                 *sorted((ROOT / "memorial/services/published").glob("*.py")), ROOT / "memorial/services/review.py",
                 ROOT / "memorial/services/audit.py", ROOT / "memorial/gate/permission.py"]:  # fmt: skip
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.args:
                place = {"NotPermitted": 0, "Invalid": 0, "Verdict": 1}.get(call.func.id)
                if (
                    place is not None
                    and len(call.args) > place
                    and isinstance(call.args[place], ast.Constant)
                ):
                    yield str(call.args[place].value)


# Asked of a family's own form or of the form for files, which say it in their own words (web/contribute,
# web/desk/attach); and a page of the queue that is none.
ELSEWHERE = {"said_enough", "kept", "cursor", "file_there"}


def test_every_reason_is_said_in_a_sentence(app, client):
    client.get("/healthz")  # from the first request on each language has templates of its own
    with app.test_request_context("/en/desk"):
        said = app.jinja_env.from_string('{% from "desk/_words.html" import reason %}{{ reason(key) }}')
        for key in sorted({*reasons()} - ELSEWHERE):
            words = str(said.render(key=key)).strip()
            assert re.fullmatch(r"[A-Z].{8,}[.!?]", words), (key, words)
            assert words.rstrip(".").lower() != key.replace("_", " "), key


def test_whatever_is_refused_says_why_on_its_button_and_when_it_is_sent_all_the_same(app, house):
    work = an_item(house, flags=["death"])
    desk = signed_in(app, house, a_colleague(house, "second_reader"))
    page = desk.get(work.path).get_data(as_text=True)
    form = page[page.index('class="form acts"') :]
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
    hints = dict(re.findall(r'id="why-(\w+)">\s*([^<]+?)\s*<', form))
    disabled = re.findall(r'disabled aria-describedby="why-(\w+)"', form)
    assert set(disabled) == set(hints)
    offered = set(re.findall(r'formaction="[^"]*/(\w+)"', page)) - {"checks"}
    assert offered == {"take", "note", "pass_on", "recuse", "mark_violence"}
    for verb in sorted({*workflow.VERBS, *desk_buttons.BESIDES} - offered):
        answer = desk.post(
            f"{work.path}/{verb}", data={**fields, "ground": "legal_hold", "note": "My synthetic words."}
        )
        said = html.unescape(answer.get_data(as_text=True))
        assert answer.status_code in (403, 422), (verb, answer.status_code)
        assert "My synthetic words." in said, verb
        known = ("contribution", "submitted", verb) in TABLE
        words = hints.get(verb) or ("This is not part of your role." if known else NO_STEP)
        assert html.unescape(words) in said, verb


NO_STEP = "This cannot be done in the state it is in now."
