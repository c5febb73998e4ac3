"""The workflow: one table over items, and the rule that reads it.

    step = step_for("contribution", "in_review", "publish")
    verdict = judge(step, actor_roles, facts)

An item is a piece of work (DESIGN, "Item"). It has the state; a record has none. The one
mover is `services.review.advance`: it asks `judge`, writes the audit row and does what the
step's `then` names, in one transaction. A new kind of item is a row in `KINDS`; a new act
is a row in `STEPS`. Pure: facts are passed in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

DRAFT, SUBMITTED, IN_REVIEW, QUESTION, READY = "draft", "submitted", "in_review", "question", "ready"
DONE, DECLINED, TAKEN_BACK = "done", "declined", "taken_back"
STATES = (DRAFT, SUBMITTED, IN_REVIEW, QUESTION, READY, DONE, DECLINED, TAKEN_BACK)
OPEN_STATES = (SUBMITTED, IN_REVIEW, QUESTION, READY)
ENDED_STATES = (DONE, DECLINED, TAKEN_BACK)

ROLES = (
    "moderator",
    "second_reader",
    "specialist",
    "editor",
    "consent_officer",
    "admin",
    "approved_reader",
)
READER = "approved_reader"  # ends at its own time
DESK_ROLES = ("moderator", "second_reader", "specialist", "editor", "consent_officer", "admin")
FAMILY = "family"  # whoever holds the return code of the item's contribution
COMMAND = "command"  # somebody at the machine itself, named on the command line
SYSTEM = "system"  # the program at its own work, when a time is over

TAKEN_FOR = timedelta(minutes=20)
ERASURE_WAITS = timedelta(days=14)

_DECIDES = ("moderator", "specialist", "editor")
_CLOSES = (*_DECIDES, "consent_officer", "admin")
_JOINS = ("moderator", "editor")
_AMENDS = ("editor", "moderator")  # "editor (the published record)"
# They finish what somebody else asked for, and begin nothing: "confirms, decides nothing alone".
CONFIRMS = ("second_reader",)

# What is read by somebody trained for it alone: accounts of sexual violence, and of children.
VIOLENCE = "sexual_violence"  # set by the desk alone; families are never asked for it
FOR_SPECIALISTS = frozenset({VIOLENCE, "minor"})
# Before all else, whoever asks and however it came.
FIRST = frozenset({"take_down"})
# Where an item stands in the queue; neither says anything about what is decided (services/distress, floods).
HINTS = frozenset({"distress", "flood"})


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of item: what the desk shows of it, and what is looked at before it is published."""

    name: str
    shows: tuple[str, ...]
    checks: tuple[str, ...] = ()


# LOOK, "The desk": publishing is disabled with its reason until the checklist holds.
CHECKLIST = (
    "consent_fits",
    "living_people",
    "addresses",
    "minors",
    "graphic_notes",
    "status_sourced",
    "duplicates",
    "spelling",
    "persons_and_acts",
)

KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "contribution", ("sent", "hints", "others", "proof", "consent", "messages", "history"), CHECKLIST
        ),
        Kind(
            "revision",
            ("difference", "hints", "others", "proof", "consent", "messages", "history"),
            CHECKLIST,
        ),
        Kind("import", ("proof", "hints", "leftovers", "history")),
        Kind("amendment", ("amendment", "hints", "messages", "history")),
        Kind("erasure", ("sent", "messages", "history")),
        Kind("lost_code", ("holder", "messages", "history")),
        Kind("report", ("stages", "case", "others", "proof", "messages", "history")),
        Kind("take_down", ("stages", "case", "others", "proof", "messages", "history")),
        Kind(
            "tribute",
            ("sent", "hints", "others", "proof", "consent", "messages", "history"),
            ("consent_fits", "living_people", "addresses", "minors", "graphic_notes", "persons_and_acts"),
        ),
        Kind("duplicate", ("pair", "messages", "history")),
        Kind("renewal", ("consent", "messages", "history")),
        Kind("promise", ("messages", "history")),
        Kind("job", ("fault", "history")),
        Kind("fixity", ("fault", "history")),
        Kind("application", ("application", "messages", "history")),
        Kind("alert", ("alert", "messages", "history")),
    )
}

_FROM_FAMILIES = ("contribution", "revision", "tribute")
# What somebody outside says about a page that is there: answered by their own code, never by itself.
ASKED_FOR = ("report", "take_down")
_BEGUN_AS_DRAFTS = ("contribution", "tribute", *ASKED_FOR)
# Who somebody outside is, and what a colleague did: for those who answer for it, and nobody else at the desk.
FOR_OFFICERS = frozenset({"application", "alert"})
OFFICERS = ("consent_officer", "admin")
_CASES = ("renewal", "promise", "job", "fixity", "lost_code")
_ALL = tuple(KINDS)


@dataclass(frozen=True, slots=True)
class Step:
    """One row: who may move which kinds of item from where to where, what that needs, what follows."""

    verb: str
    source: str
    to: str
    who: tuple[str, ...]
    kinds: tuple[str, ...]
    needs: tuple[str, ...] = ()
    then: tuple[str, ...] = ()


def _steps() -> Iterable[Step]:
    # A family's own acts.
    yield Step("send", DRAFT, SUBMITTED, (FAMILY,), _FROM_FAMILIES, ("said_enough", "kept"), ("record_will",))
    yield Step("answer", QUESTION, IN_REVIEW, (FAMILY,), _FROM_FAMILIES, ("note",), ("tell_desk",))
    yield Step("approve", READY, READY, (FAMILY,), _FROM_FAMILIES, (), ("approve_proof",))
    yield Step("ask_change", READY, IN_REVIEW, (FAMILY,), _FROM_FAMILIES, ("note",), ("tell_desk",))
    for state in (DRAFT, *OPEN_STATES):
        yield Step("take_back", state, TAKEN_BACK, (FAMILY,), _FROM_FAMILIES, (), ("withdraw",))
    # Something is wrong, or should come down: a conversation that the desk ends, and that can begin again.
    yield Step("send", DRAFT, SUBMITTED, (FAMILY,), ASKED_FOR, ("said_enough",))
    yield Step("answer", QUESTION, IN_REVIEW, (FAMILY,), ASKED_FOR, ("note",), ("tell_desk",))
    for state in (DONE, DECLINED):
        yield Step("answer", state, SUBMITTED, (FAMILY,), ASKED_FOR, ("note",), ("tell_desk",))
    for state in (DRAFT, SUBMITTED, IN_REVIEW, QUESTION):
        yield Step("take_back", state, TAKEN_BACK, (FAMILY,), ASKED_FOR, (), ("unlock",))
    yield Step("ask", IN_REVIEW, QUESTION, _DECIDES, ASKED_FOR, ("taken", "note"), ("tell_family",))
    yield Step("reply", IN_REVIEW, IN_REVIEW, _DECIDES, ASKED_FOR, ("taken", "note"), ("tell_family",))
    for verb, to in (("close", DONE), ("decline", DECLINED)):
        needs = ("taken", "note", "others_told")
        yield Step(verb, IN_REVIEW, to, _DECIDES, ASKED_FOR, needs, ("tell_family", "unlock"))
    # What was never sent ends without anybody else.
    yield Step("discard", DRAFT, TAKEN_BACK, (FAMILY,), _BEGUN_AS_DRAFTS, ("no_legal_hold",), ("erase",))
    yield Step("lapse", DRAFT, TAKEN_BACK, (SYSTEM,), _BEGUN_AS_DRAFTS, ("no_legal_hold",), ("erase",))
    # The desk takes an item up and lays it down.
    yield Step("take", SUBMITTED, IN_REVIEW, DESK_ROLES, _ALL, ("free",), ("lock",))
    for state in (IN_REVIEW, QUESTION, READY):
        kinds = {IN_REVIEW: _ALL, QUESTION: (*_FROM_FAMILIES, *ASKED_FOR)}.get(state, _FROM_FAMILIES)
        yield Step("take", state, state, DESK_ROLES, kinds, ("free",), ("lock",))
        yield Step("release", state, state, DESK_ROLES, kinds, ("taken",), ("unlock",))
    yield Step("return", IN_REVIEW, SUBMITTED, DESK_ROLES, _ALL, ("taken",), ("unlock",))
    # The desk and the family speak.
    yield Step("ask", IN_REVIEW, QUESTION, _DECIDES, _FROM_FAMILIES, ("taken", "note"), ("tell_family",))
    yield Step("ask", READY, QUESTION, _DECIDES, _FROM_FAMILIES, ("taken", "note"), ("tell_family",))
    yield Step(
        "make_ready", IN_REVIEW, READY, _DECIDES, _FROM_FAMILIES, ("taken", "checklist"), ("offer_proof",)
    )
    yield Step("reopen", READY, IN_REVIEW, _DECIDES, _FROM_FAMILIES, ("taken", "note"), ("tell_family",))
    # Decisions.
    yield Step(
        "publish",
        READY,
        DONE,
        _DECIDES,
        _FROM_FAMILIES,
        ("taken", "checklist", "proof_approved", "form_approved", "other_person"),
        ("apply_revision", "archive_yes", "unlock"),
    )
    yield Step(
        "publish", SUBMITTED, DONE, (COMMAND,), ("import",), ("note", "other_person"), ("archive_yes",)
    )
    yield Step(
        "publish",
        IN_REVIEW,
        DONE,
        ("editor", "moderator"),
        ("import",),
        ("taken", "note", "other_person"),
        ("archive_yes", "unlock"),
    )
    # A change of what the archive says itself: the object as it was proposed, through the writer of imports.
    yield Step(
        "publish",
        IN_REVIEW,
        DONE,
        _AMENDS,
        ("amendment",),
        ("taken", "note", "other_person"),
        ("amend", "unlock"),
    )
    yield Step("decline", IN_REVIEW, DECLINED, _AMENDS, ("amendment",), ("taken", "note"), ("unlock",))
    yield Step("reopen", DECLINED, IN_REVIEW, _AMENDS, ("amendment",), ("note",), ("lock",))
    for state in (IN_REVIEW, READY):
        yield Step(
            "decline", state, DECLINED, _DECIDES, _FROM_FAMILIES, ("taken", "note"), ("tell_family", "unlock")
        )
    yield Step("decline", IN_REVIEW, DECLINED, _DECIDES, ("import", *_CASES), ("taken", "note"), ("unlock",))
    yield Step("close", IN_REVIEW, DONE, _CLOSES, _CASES, ("taken", "note"), ("unlock",))
    # What was ended too soon is read again. An import's page is hidden by that, until it is published anew.
    yield Step("reopen", DECLINED, IN_REVIEW, _DECIDES, ("import",), ("note",), ("lock",))
    for state in (DONE, DECLINED):
        yield Step("reopen", state, IN_REVIEW, _CLOSES, ("promise", "job", "fixity"), ("note",), ("lock",))
    yield Step(
        "unpublish",
        DONE,
        IN_REVIEW,
        ("editor", "moderator"),
        ("import",),
        ("note",),
        ("archive_rests", "lock"),
    )
    # Are two of them one? A union is a link that can be taken back; what is different stays remembered.
    yield Step("same", IN_REVIEW, DONE, _JOINS, ("duplicate",), ("taken", "note"), ("join", "unlock"))
    for verb in ("different", "cannot_tell"):
        yield Step(
            verb, IN_REVIEW, DECLINED, _JOINS, ("duplicate",), ("taken", "note"), ("keep_apart", "unlock")
        )
    yield Step("undo_same", DONE, IN_REVIEW, _JOINS, ("duplicate",), ("note",), ("part", "lock"))
    yield Step("reopen", DECLINED, IN_REVIEW, _JOINS, ("duplicate",), ("note",), ("lock",))
    # An answer that is owed to a family: their page shows it, and nothing is owed any more.
    yield Step(
        "give_answer", IN_REVIEW, DONE, _CLOSES, ("promise",), ("taken", "note"), ("tell_family", "unlock")
    )
    yield Step(
        "erase",
        IN_REVIEW,
        DONE,
        ("moderator", "consent_officer", "admin"),
        ("erasure",),
        ("waited", "no_legal_hold", "stepped_up", "other_person"),
        ("erase", "unlock"),
    )
    yield Step(
        "refuse",
        IN_REVIEW,
        DECLINED,
        ("moderator", "consent_officer", "admin"),
        ("erasure",),
        ("taken", "note", "refusal_ground", "other_person"),
        ("tell_family", "unlock"),
    )
    # Somebody asks to read what is kept for researchers; whoever approves says until when.
    yield Step(
        "approve_reader",
        IN_REVIEW,
        DONE,
        OFFICERS,
        ("application",),
        ("taken", "note", "reads_until", "stepped_up"),
        ("make_reader", "unlock"),
    )
    yield Step("decline", IN_REVIEW, DECLINED, OFFICERS, ("application",), ("taken", "note"), ("unlock",))
    yield Step("close", IN_REVIEW, DONE, OFFICERS, ("alert",), ("taken", "note"), ("unlock",))
    for state in (SUBMITTED, IN_REVIEW):
        yield Step("take_back", state, TAKEN_BACK, (FAMILY,), ("erasure",), (), ("unlock",))
        # The family says with its code whether a yes that ends goes on.
        yield Step("renew", state, DONE, (FAMILY,), ("renewal",), (), ("unlock",))
    # A lost code is replaced by people, after proof: the note says which.
    yield Step(
        "new_code",
        IN_REVIEW,
        DONE,
        ("moderator", "consent_officer", "admin"),
        ("lost_code",),
        ("note", "matched", "stepped_up", "other_person"),
        ("new_code", "unlock"),
    )


STEPS: tuple[Step, ...] = tuple(_steps())
VERBS: tuple[str, ...] = tuple(dict.fromkeys(step.verb for step in STEPS))
_TABLE: Mapping[tuple[str, str, str], Step] = {
    (kind, step.source, step.verb): step for step in STEPS for kind in step.kinds
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rule may know of an item at this moment. Whoever asks fills it in."""

    taken_by_me: bool = False
    taken_by_other: bool = False
    has_note: bool = False
    said_enough: bool = True
    kept: bool = True
    checks_done: frozenset[str] = field(default_factory=frozenset)
    checks_wanted: frozenset[str] = field(default_factory=frozenset)
    proof_approved: bool = False  # of the revision as it stands now
    form_approved: bool = True  # the consent form's text, in the language it was agreed in
    two_people: bool = False
    confirmed_by_other: bool = False  # somebody else has asked for this very act on this revision
    waited: bool = False
    legal_hold: bool = False
    stepped_up: bool = False
    refusal_ground: bool = False
    others_told: bool = False  # whoever sent what was hidden for this case has the desk's own words
    reads_until: bool = False  # whoever approves a reader has said until when
    matched: bool = False  # the contribution that somebody lost the code of was found
    recused: bool = False
    needs_specialist: bool = False
    for_officers: bool = False
    sealed: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether, and if not, why: `reason` is a key that the faces put into words."""

    ok: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.ok


YES = Verdict(True)

# Acts that always need two different people; an archive can ask it for more.
ALWAYS_TWO = frozenset({"erase", "refuse", "unmask", "unseal", "enter_yes", "remove_party", "new_code"})

_NEEDS: Mapping[str, Callable[[Facts], bool]] = {
    "free": lambda f: not f.taken_by_other,
    "taken": lambda f: f.taken_by_me,
    "note": lambda f: f.has_note,
    "said_enough": lambda f: f.said_enough,
    "kept": lambda f: f.kept,
    "checklist": lambda f: f.checks_wanted <= f.checks_done,
    "proof_approved": lambda f: f.proof_approved,
    "form_approved": lambda f: f.form_approved,
    "other_person": lambda f: f.confirmed_by_other or not f.two_people,
    "waited": lambda f: f.waited,
    "no_legal_hold": lambda f: not f.legal_hold,
    "stepped_up": lambda f: f.stepped_up,
    "refusal_ground": lambda f: f.refusal_ground,
    "matched": lambda f: f.matched,
    "reads_until": lambda f: f.reads_until,
    "others_told": lambda f: f.others_told,
}


def step_for(kind: str, state: str, verb: str) -> Step | None:
    """The row for this act, or None where the table has none."""
    return _TABLE.get((kind, state, verb))


def steps_from(kind: str, state: str) -> list[Step]:
    """Every act the table knows for an item of this kind in this state."""
    return [step for (k, source, _), step in _TABLE.items() if k == kind and source == state]


def judge(step: Step | None, roles: Iterable[str], facts: Facts) -> Verdict:
    """May somebody with these roles take this step? The first reason against it is given."""
    if step is None:
        return Verdict(False, "no_such_step")
    own = frozenset(roles)
    if not own & frozenset(step.who):
        if not _can_confirm(step, own):
            return Verdict(False, "role")
        if not facts.confirmed_by_other:
            return Verdict(False, "confirms_only")
    if _reads(step) and (closed := barred(own, facts)) is not None:
        return closed
    for need in step.needs:
        if not _NEEDS[need](facts):
            return Verdict(False, need)
    return YES


def usual_precedence(kind: str) -> int:
    """Where a kind stands in the queue when nothing else is known of the item."""
    return -1 if kind in FIRST else 0


def decided_by_the_desk(step: Step) -> bool:
    """Whether a person has read the item and moved it on; putting it back into the queue is not that."""
    return _reads(step) and step.to not in (step.source, SUBMITTED, IN_REVIEW)


def barred(roles: Iterable[str], facts: Facts) -> Verdict | None:
    """Why somebody of the desk does not read this item at all, if there is a reason."""
    if facts.recused:
        return Verdict(False, "recused")
    if facts.for_officers and not frozenset(roles) & set(OFFICERS):
        return Verdict(False, "officers")
    if facts.needs_specialist and not frozenset(roles) & {"specialist", "consent_officer"}:
        return Verdict(False, "specialist")
    if facts.sealed and "consent_officer" not in roles:
        return Verdict(False, "sealed")
    return None


def _can_confirm(step: Step, roles: frozenset[str]) -> bool:
    return _reads(step) and "other_person" in step.needs and bool(roles & frozenset(CONFIRMS))


def second_person_wanted(verdict: Verdict) -> bool:
    """The act is right but for another person: it is noted as asked for, and waits for them."""
    return verdict.reason == "other_person"


def _reads(step: Step) -> bool:
    return not {FAMILY, COMMAND, SYSTEM} & set(step.who)
