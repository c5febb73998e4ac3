"""The desk: the queue, one item, the log. Every page asks first who is there.

Buttons come from `may` verdicts; nothing here looks at a role.
"""

from __future__ import annotations

from flask import Blueprint

from memorial.web.desk import guard

pages = Blueprint("desk", __name__)
pages.before_request(guard.only_the_desk)

from memorial.web.desk import (  # noqa: E402  (they register their doors)
    accounts,  # noqa: F401
    acts,  # noqa: F401
    amend,  # noqa: F401
    attach,  # noqa: F401
    beside,  # noqa: F401
    bulk,  # noqa: F401
    duplicates,  # noqa: F401
    edit,  # noqa: F401
    edtf,  # noqa: F401
    enclosures,  # noqa: F401
    files,  # noqa: F401
    hints,  # noqa: F401
    interviews,  # noqa: F401
    items,  # noqa: F401
    keys,  # noqa: F401
    labels,  # noqa: F401
    listening,  # noqa: F401
    lists,  # noqa: F401
    log,  # noqa: F401
    lost_code,  # noqa: F401
    masks,  # noqa: F401
    name_lists,  # noqa: F401
    parties,  # noqa: F401
    published,  # noqa: F401
    readers,  # noqa: F401
    recordings,  # noqa: F401
    replies,  # noqa: F401
    reports,  # noqa: F401
    revisions,  # noqa: F401
    roles,  # noqa: F401
    story,  # noqa: F401
    support,  # noqa: F401
    take_downs,  # noqa: F401
    transcript_release,  # noqa: F401
    transcripts,  # noqa: F401
    views,  # noqa: F401
    word_lists,  # noqa: F401
    yes,  # noqa: F401
)
