"""A record's story on one page, however old the record is."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for

from memorial.domain.addresses import address
from memorial.domain.errors import NotOpen, NotPermitted
from memorial.gate import may
from memorial.services import desk, story, story_words
from memorial.web.account import identity
from memorial.web.context import house
from memorial.web.desk import guard, items, pages
from memorial.web.doors import door


@door(pages, "/<lang>/desk/records/<public_id>/story", audience="desk")
def record_story(public_id: str) -> items.Page:
    session, actor, now = guard.session(), identity.actor(), house().now()
    try:
        record = story.find(session, public_id)
        page = story.story(session, actor, record, now=now, after=request.args.get("after", ""))
    except NotOpen:
        # It may be sealed; whoever reads what is sealed shows first that it is them.
        if may(session, actor, "read_sealed", now=now).reason == "stepped_up":
            return redirect(url_for("account.step_up", next=request.path))
        raise
    except NotPermitted as refused:
        return render_template("desk/closed.html", reason=refused.key), 403
    beside = story_words.beside_of(session, actor, page, keys=house().keys, now=now)
    labels = {told.actor for told in page.told} | {told.line.second for told in page.told if told.line}
    return render_template(
        "desk/story.html",
        record=record,
        title="" if page.kept_back else desk.titles(session, [record.id]).get(record.id, ""),
        page=page,
        beside=beside,
        names=desk.names_of(session, labels - {""}),
        items={f"item:{item.public_id}": item for item in page.items},
        public_address=address(record.kind, record.public_id),
        begun=bool(request.args.get("after")),
    )
