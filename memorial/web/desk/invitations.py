"""An invitation leaves by mail, where the archive sends letters, or as a code on a page to be printed; shown once."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template

from memorial import jobs
from memorial.services import accounts, letter_words
from memorial.web.account.pictures import picture
from memorial.web.context import house, language, root_address


@dataclass(frozen=True, slots=True)
class Invitation:
    """What is told once: to whom, the code, and whether a letter should take it."""

    email: str
    code: str
    by_mail: bool


def hand_over(invitation: Invitation) -> str:
    """Called after the commit. A letter that does not go becomes a page to print."""
    link = accounts.invitation_link(root_address(), language(), invitation.code)
    days = accounts.INVITED_FOR.days
    outcome = "unsent"
    post = jobs.post_of(house().settings) if invitation.by_mail else None
    if post is not None:
        subject, text = letter_words.invitation(language(), link, days)
        outcome = post.deliver(invitation.email, subject, text, now=house().now())
    if outcome == "sent":
        return render_template("desk/invitation_sent.html", email=invitation.email, days=days)
    shown = {"email": invitation.email, "code": invitation.code, "days": days, "picture": picture(link)}
    failed = invitation.by_mail
    where = f"{root_address()}/{language()}/account/invitation"
    return render_template("desk/invitation.html", **shown, failed=failed, where=where)
