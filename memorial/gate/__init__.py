"""The one place that reads policies and roles. It answers three questions and nothing else does.

Which?          `session_for(engine, reader)` opens a session that returns only what the reader may see.
How much?       `shown(session, record)` gives the plain view that templates and formats receive, `shown_all` those of many.
                `as_one(session, record)` gives it with whoever is read as one with the record's person.
What may I do?  `may(session, actor, verb, item, now=…)` gives verdict and reason.

`proof(session, record)` shows a family or a moderator what a visitor would see, `proof_of_sent`
what of it is theirs on a page that is not.
"""

from memorial.gate.as_one import as_one
from memorial.gate.permission import may
from memorial.gate.reader import Actor, Reader
from memorial.gate.sessions import GatedSession, session_for
from memorial.gate.shown import proof, proof_of_sent, shown, shown_all

__all__ = [
    "Actor",
    "GatedSession",
    "Reader",
    "as_one",
    "may",
    "proof",
    "proof_of_sent",
    "session_for",
    "shown",
    "shown_all",
]
