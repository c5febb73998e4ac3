"""All roles and what each may do, on one page, made from the tables that decide it."""

from __future__ import annotations

from flask import render_template

from memorial.domain.errors import NotPermitted
from memorial.gate import may
from memorial.services.roles import roles as all_roles
from memorial.web.account import identity
from memorial.web.context import house
from memorial.web.desk import guard, pages
from memorial.web.doors import door


@door(pages, "/<lang>/desk/roles", audience="desk")
def roles() -> str:
    verdict = may(guard.session(), identity.actor(), "see_roles", now=house().now())
    if not verdict:
        raise NotPermitted(verdict.reason)
    return render_template("desk/roles.html", roles=all_roles())
