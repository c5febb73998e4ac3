"""Coming back with the code, and the family's own page: where it stands, the proof, every act of theirs."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from datetime import timedelta

from flask import Response, g, make_response, render_template, request, session
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from memorial.domain import tasks
from memorial.domain.errors import Invalid, NotOpen, NotPermitted, Stale, TooMany
from memorial.domain.ids import BadCode
from memorial.domain.views import Memories, RecordView
from memorial.gate import Reader, session_for
from memorial.models import Contribution
from memorial.services import codes, contribute, drafts, family, handing_on, renewals, subjects, tributes
from memorial.services.codes import Attempts, CodeReplaced
from memorial.web.context import house, moment, reading
from memorial.web.contribute import enclosures, forms, journey, pages, visit
from memorial.web.contribute.fields import clean, too_long
from memorial.web.contribute.visit import Visit, Work
from memorial.web.doors import door
from memorial.web.security import limiter
from memorial.web.voice import voice_of

MESSAGE = 20_000  # characters
COPY = "copy"  # an act that changes nothing


def code_limit() -> str:
    """Codes tried from one network (a setting)."""
    return house().settings.limit_codes


# -- return ---------------------------------------------------------------------------------


@door(pages, "/<lang>/return", audience="family", methods=("GET", "POST"))
@limiter.limit(code_limit, methods=["POST"])
def come_back() -> Response | Answer:
    """A code opens its contribution, wherever and whenever it was made."""
    here = visit.here()
    if request.method == "GET":
        return _return_page(ref=here.ref if here else "")
    typed = request.form.get("code", "")
    if not forms.right_token():
        return _return_page(typed, forms.stale_form(), 400)
    try:
        found = codes.opened(reading(), house().keys, Attempts(limiter.limiter), typed)
    except TooMany as refused:
        answer = _return_page(typed, _too_many_codes(), 429)
        answer.headers["Retry-After"] = str(refused.details["wait"])
        return answer
    except Invalid as refused:
        if isinstance(refused, CodeReplaced) and _still_counts(refused):
            session["former"] = refused.former_id
            return forms.to("former")
        return _return_page(typed, code_words(refused), 422)
    return _opened(found)


def _still_counts(replaced: CodeReplaced) -> bool:
    """Whether the code before can take back what the later one opens."""
    try:
        handing_on.former_by_id(reading(), replaced.former_id, house().now())
    except NotOpen:
        return False
    return True


def _return_page(typed: str = "", error: str = "", status: int = 200, ref: str = "") -> Response:
    answer = make_response(render_template("contribute/return.html", typed=typed, error=error, ref=ref))
    answer.status_code = status
    return answer


def _opened(contribution: Contribution) -> Answer:
    erased = contribution.answers is None
    if contribution.sent_at is None and not erased:
        with house().writing(house().keeper()) as session:
            drafts.opened(contribute.locked(session, contribution.id), now=house().now())
    draft = contribute.Draft() if erased else contribute.read(house().keys, contribution)
    visit.start(contribution, draft)
    return forms.to("my", ref=contribution.public_id)


def code_words(refused: Invalid) -> str:
    """What is the matter with a code, and what to do."""
    if not isinstance(refused, BadCode):
        return _(
            "This code opens nothing. Please compare it with what you wrote down: twenty digits in groups of "
            "four. If you have lost it, ask us."
        )
    return {
        "too_short": _(
            "The code has twenty digits; these are %(count)s. Some are missing.", count=refused.digits
        ),
        "too_long": _(
            "The code has twenty digits; these are %(count)s. Some are too many.", count=refused.digits
        ),
        "character": _("The code has digits only. Please leave out letters."),
    }.get(refused.reason) or _(
        "One digit is not right, or two have changed places. Please compare it once more."
    )


def _too_many_codes() -> str:
    return _(
        "This code was tried too often. Please wait an hour and try once more. Nothing is lost. If it is "
        "urgent, write to us."
    )


# -- my page --------------------------------------------------------------------------------


def whose(ref: str) -> Visit:
    """This family's own page, and nobody else's: another one was never there."""
    here = visit.here()
    if here is None or here.ref != ref:
        raise NotOpen
    return here


@door(pages, "/<lang>/my/<ref>", audience="family")
def my(ref: str) -> Response | Answer:
    """Where it stands, in words, and what can be done."""
    if visit.here() is None:
        return forms.to("come_back")
    here = whose(ref)
    visit.forget_code()
    return _my_page(here)


def _my_page(here: Visit, error: str = "", typed: str = "", status: int = 200) -> Response:
    session = visit.family_session(here)
    contribution = contribute.by_id(session, here.contribution_id)
    if here.erased:
        receipt = family.receipt_of(session, contribution, house().settings.backup_days)
        return make_response(render_template("contribute/receipt.html", receipt=receipt))
    answer = make_response(
        render_template(
            "contribute/my.html",
            page=family.my_page(session, house().keys, contribution),
            answerable=here.answerable,
            unsent=bool(here.draft.sent) and here.draft.answers != here.draft.sent,
            about=str(here.draft.answers.get("person", "")),
            ending=renewals.ending_of(
                here.draft, house().now(), timedelta(days=house().settings.renewal_days)
            ),
            error=error,
            typed=typed,
            form_key=request.form.get("form_key") or secrets.token_urlsafe(16),
        )
    )
    answer.status_code = status
    return answer


@door(pages, "/<lang>/my/<ref>/proof", audience="family")
def proof(ref: str) -> Response | Answer:
    """The page as a visitor will see it, through the very templates that a visitor gets."""
    if visit.here() is None:
        return forms.to("come_back")
    here = whose(ref)
    if here.erased or not here.sent:
        raise NotOpen
    if (way := tasks.kept(here.task).way) == "report":
        raise NotOpen
    if way == "tribute":
        return _proof_of_memory(here)
    record, voice = _proof(here)
    if not (record.title or record.texts or record.recordings):
        return make_response(render_template("contribute/nothing.html", ref=ref))
    return make_response(
        render_template(
            "contribute/proof.html",
            page_template=f"public/{record.kind}.html",
            record=record,
            ref=ref,
            **voice,
        )
    )


def _proof(here: Visit) -> tuple[RecordView, dict[str, object]]:
    """With what its template needs of a recording. A revision is tried on in a session whose every word is taken back again."""
    reading_only = visit.family_session(here)
    contribution = contribute.by_id(reading_only, here.contribution_id)
    if not family.waits_as_revision(reading_only, contribution):
        record = family.proof_of(reading_only, house().keys, contribution, house().now())
        return record, voice_of(reading_only, record)
    with session_for(house().engine, Reader.family(here.contribution_id, moment()), writes=True) as trial:
        contribution = contribute.by_id(trial, here.contribution_id)
        record = family.proof_of(trial, house().keys, contribution, house().now())
        voice = voice_of(trial, record)
        trial.rollback()
    return record, voice


def _proof_of_memory(here: Visit) -> Response:
    """What it will be on a page that is another family's; the session that tries it on keeps nothing."""
    with session_for(house().engine, house().keeper(), writes=True) as trial:
        contribution = contribute.by_id(trial, here.contribution_id)
        found = tributes.proof_of(trial, house().keys, contribution, now=house().now())
        trial.rollback()
    if not found:
        return make_response(render_template("contribute/nothing.html", ref=here.ref))
    words = Memories([each for each in found if each.form == "memory"])
    quiet = Memories([each for each in found if each.form != "memory"])
    return make_response(
        render_template("contribute/proof_memory.html", left=words, quiet=quiet, ref=here.ref)
    )


@door(pages, "/<lang>/my/<ref>/remove", audience="family")
def remove(ref: str) -> Response | Answer:
    """Asks once, and says what will happen and what cannot be called back."""
    if visit.here() is None:
        return forms.to("come_back")
    here = whose(ref)
    return (
        forms.to("my", ref=ref)
        if here.erased
        else make_response(render_template("contribute/remove.html", ref=ref, sent=here.sent))
    )


# -- acts -----------------------------------------------------------------------------------


@door(pages, "/<lang>/my/<ref>/<act>", audience="family", methods=("POST",))
@limiter.limit(journey.form_limit)
def do(ref: str, act: str) -> Response | Answer:
    """One of the acts below."""
    here = visit.here()
    if here is None:
        return forms.over({"words": clean(request.form.get("words", ""), True)})
    here = whose(ref)
    if (act not in ACTS and act != COPY) or here.erased:
        raise NotOpen
    words = clean(request.form.get("words", ""), True)
    error = _unfit(act, words)
    if not forms.right_token():
        return _my_page(here, forms.stale_form(), words, 400)
    if error:
        return _my_page(here, error, words, 422)
    if act == COPY:
        return _copy(here)
    if act == "write":
        with forms.shielded() as failed:
            g.enclosed, error = enclosures.received(here)
        if error or failed.status:
            return _my_page(here, error or failed.words, words, failed.status or 422)
    return _done(here, act, words)


def _copy(here: Visit) -> Response:
    """All that is held of what was sent, to be kept; written in the log before it leaves."""
    now = house().now()
    with house().writing(house().keeper()) as work:
        held = subjects.of_contribution(work, house().keys, here.ref)
        by = family.actor_of(contribute.by_id(work, here.contribution_id))
        subjects.note_export(work, by, held, "asked for with the code", keys=house().keys, now=now)
    answer = Response(subjects.pieces(held, house().storage, now=now), mimetype="application/zip")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{here.ref}.zip")
    return answer


def _unfit(act: str, words: str) -> str:
    if act != "write":
        return ""
    return too_long(words, MESSAGE) if words else _("Write what you want to tell us.")


def _done(here: Visit, act: str, words: str) -> Response | Answer:
    refused = ""
    with forms.shielded() as failed:
        try:
            with visit.changing(here) as work:
                ACTS[act](work)
        except Stale:
            refused = _("The page changed while you were looking at it. Please look at it once more.")
        except NotPermitted:
            refused = _("This is not possible at the moment. The page below shows how it stands now.")
    if failed.status or refused:
        return _my_page(visit.here() or here, refused or failed.words, words, failed.status or 409)
    return forms.to("my", ref=here.ref)


def _write(work: Work) -> None:
    """Once, however often the form comes; other words in a form of the same key are another message."""
    words = clean(request.form["words"], True)
    said = [request.form.get("form_key", ""), words, *(each.stored.sha256_plain for each in g.enclosed)]
    mark = hashlib.sha256("\0".join(said).encode()).hexdigest() if said[0] else ""
    if mark and mark == work.draft.heard:
        for each in g.enclosed:
            house().storage.delete(each.stored.storage_key)  # no row knows it
        return
    family.speak(work.session, house().keys, work.contribution, words, now=house().now(), files=g.enclosed)
    work.draft.heard = mark
    work.keep()


def _approve(work: Work) -> None:
    seen = request.form.get("revision", "")
    revision = int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 16 else None
    family.approve(work.session, house().keys, work.contribution, revision, now=house().now())


def _hide(work: Work) -> None:
    wished = request.form.get("notice") == "yes"
    family.hide(work.session, work.contribution, now=house().now(), notice=wished)


def _show(work: Work) -> None:
    family.show_again(work.session, house().keys, work.contribution, now=house().now())


def _remove(work: Work) -> None:
    """What was sent waits for two people; what was not is nobody's but the family's."""
    if work.contribution.sent_at is None:
        by = family.actor_of(work.contribution)
        drafts.discard(work.session, by, work.contribution, keys=house().keys, now=house().now())
    else:
        family.ask_removal(work.session, work.contribution, now=house().now())


def _take_back(work: Work) -> None:
    family.take_back(work.session, house().keys, work.contribution, now=house().now())


def _call_off(work: Work) -> None:
    family.call_off_removal(work.session, house().keys, work.contribution, now=house().now())


ACTS: dict[str, Callable[[Work], None]] = {
    "write": _write,
    "approve": _approve,
    "hide": _hide,
    "show": _show,
    "remove": _remove,
    "keep": _call_off,
    "take-back": _take_back,
}
