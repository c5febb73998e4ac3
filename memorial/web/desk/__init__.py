"""The desk: the queue, one item, the log. Every page asks first who is there.

Buttons come from `may` verdicts; nothing here looks at a role.
"""

from __future__ import annotations

from flask import Blueprint

from memorial.web.desk import guard

pages = Blueprint("desk", __name__)
pages.before_request(guard.only_the_desk)

from memorial.web.desk import acts, beside, enclosures, items, keys, lists, log, lost_code, parties, yes  # noqa: E402, F401  (they register their doors)
