"""The start: what happens here, and the six things one can do. A public page can lead here with what it is about.

/en/contribute?task=memory&page=/people/…         "Add a memory" on somebody's page
/en/contribute?task=correction&page=…&passage=…   "Something wrong?"
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from flask import Response, make_response, render_template, request
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as Answer

from memorial.domain.addresses import address
from memorial.domain.tasks import TASKS
from memorial.gate import GatedSession, Reader
from memorial.models import Contribution, Record
from memorial.services import codes, contribute, finding
from memorial.services.contribute import Draft
from memorial.services.finding import Found
from memorial.web.context import house, language, moment, reading
from memorial.web.contribute import flow, forms, guard, pages, visit
from memorial.web.contribute.fields import clean
from memorial.web.contribute.journey import BOTH, form_limit
from memorial.web.contribute.visit import Visit
from memorial.web.doors import door
from memorial.web.security import limiter

PASSAGE = 300  # characters that a page may send along
_PATH = re.compile(r"/[A-Za-z0-9/_.~-]{0,200}")
SIGNS = ("candle", "blossom")


@dataclass(frozen=True, slots=True)
class Hint:
    """What the page that led here says: nothing is begun by it, and everything of it can be changed."""

    task: str = ""
    page: str = ""
    passage: str = ""
    sign: str = ""
    found: Found | None = None

    @property
    def answers(self) -> dict[str, str]:
        """As answers of the draft."""
        about = (
            {"about": self.found.entry.public_id, "about_name": self.found.entry.title} if self.found else {}
        )
        return {"page": self.page, **about, "passage": self.passage, "sign": self.sign} if self.page else {}


def visitors() -> GatedSession:
    """What every visitor may see: nothing else can be found or chosen."""
    return reading(Reader.public(moment()))


def hint_in(values: MultiDict[str, str]) -> Hint:
    """The page, passage and task of a link or of the form that carries them on; all else is left out."""
    task = values.get("task", "")
    page = values.get("page", "") or _remembrance(values.get("about", ""))
    page = re.sub(r"^/(az|en|ru|tr)(?=/)", "", page)
    page = page if _PATH.fullmatch(page) and "//" not in page else ""
    sign = values.get("sign", "")
    return Hint(
        task if task in TASKS else "",
        page,
        clean(values.get("passage", ""), True)[:PASSAGE] if page else "",
        sign if sign in SIGNS else "",
        finding.at(visitors(), page) if page else None,
    )


def _remembrance(public_id: str) -> str:
    return address("remembrance", public_id) if public_id else ""


@door(pages, "/<lang>/contribute", audience="family", methods=BOTH)
@limiter.limit(form_limit, methods=["POST"])
def start() -> Response | Answer:
    """What happens here, and the six things one can do."""
    hint = hint_in(request.values)
    if request.method == "GET":
        return _start_page(hint)
    if not forms.right_token():
        return _start_page(hint, forms.stale_form(), 400)
    if not hint.task:
        return _start_page(hint, _("Choose what you want to do."), 422)
    if (first := guard.asks()) is not None:
        return first
    with forms.shielded() as failed:
        begin(hint.task, hint.answers)
    if failed.status:
        return _start_page(hint, failed.words, failed.status)
    return forms.to("step", name=_first(hint))


def _first(hint: Hint) -> str:
    """Who came from a page need not look for it."""
    order = flow.FLOW[hint.task]
    known = order[0] == "find" and hint.task != "remembrance" and (hint.found or _may_be_any(hint))
    return order[1] if known else order[0]


def _may_be_any(hint: Hint) -> bool:
    return bool(hint.page) and TASKS[hint.task].about == "page"


def _start_page(hint: Hint, problem: str = "", status: int = 200) -> Response:
    unfinished = visit.here()
    answer = make_response(
        render_template(
            "contribute/start.html",
            hint=hint,
            problem=problem,
            unfinished=unfinished,
            go_on=_go_on(unfinished),
        )
    )
    answer.status_code = status
    return answer


def _go_on(unfinished: Visit | None) -> str:
    """The first page of what was begun: not where it was left, so that nothing is overlooked."""
    return flow.flow_of(unfinished.sheet)[0] if unfinished and unfinished.answerable else ""


def begin(task: str, answers: Mapping[str, str]) -> None:
    """A draft with its code, about the page that is known already."""
    issued = codes.issue(house().keys)
    known = {name: value for name, value in answers.items() if value}
    with house().writing(house().keeper()) as writing:
        begun = contribute.begin(writing, house().keys, issued, task, language(), now=house().now())
        guard.note(writing, begun.contribution)
        draft = contribute.read(house().keys, begun.contribution)
        draft.answers.update(known)
        about(writing, begun.contribution, draft)
        contribute.keep(writing, house().keys, begun.contribution, draft, now=house().now())
        visit.start(begun.contribution, draft, begun.code.printed)


def about(session: GatedSession, contribution: Contribution, draft: Draft) -> None:
    """The record that the answers name becomes what the contribution is about. Raises NotPermitted."""
    found = finding.one(visitors(), str(draft.answers.get("about", "")))
    wanted = select(Record).where(Record.public_id == found.entry.public_id) if found else None
    contribute.choose(session, contribution, session.scalars(wanted).first() if wanted is not None else None)
