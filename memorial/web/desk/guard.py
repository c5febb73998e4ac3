"""Nobody without a whole session and a role at the desk comes past here, whatever the address."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from memorial.domain.errors import NotPermitted
from memorial.gate import GatedSession, may
from memorial.web.account import identity
from memorial.web.account.inputs import words
from memorial.web.context import house, reading


def only_the_desk() -> Answer | tuple[str, int] | None:
    """Sends to the sign-in, with the wish kept; what was typed meanwhile is shown to be copied."""
    user = identity.me()
    if user is None or not user.whole:
        if request.method == "POST":
            return render_template("desk/signed_out.html", typed=_typed()), 401
        wish = request.full_path.rstrip("?")
        return redirect(url_for("account.sign_in", next=wish))
    verdict = may(session(), identity.actor(), "open_desk", now=house().now())
    if not verdict:
        raise NotPermitted(verdict.reason)
    return None


def _typed() -> str:
    """Every word of the form, to be copied: a note, or a whole content that was being changed."""
    fields = [name for name in request.form if name in ("note", "why") or name[:2] in ("v-", "m-", "h-")]
    return "\n\n".join(text for name in fields if (text := words(name, request.max_form_memory_size or 0)))


def session() -> GatedSession:
    """The desk's reading session of this request."""
    return reading(identity.desk_reader())
