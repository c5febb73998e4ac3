"""What a template of a testimony needs besides its record: the recording that is open, and how its lines are set.

render_template("public/testimony.html", record=view, **voice_of(session, view))

The session is the one that the view came from: a visitor's, or that of a proof.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import request
from flask_babel import gettext as _
from markupsafe import Markup

from memorial.domain.moments import clock
from memorial.domain.views import RecordView
from memorial.domain.voices import Line, Recording
from memorial.gate import GatedSession
from memorial.services import voice_page
from memorial.services.voice_page import VoicePage, moment_of, query_of
from memorial.web.context import language
from memorial.web.lines import said


def voice_of(session: GatedSession, record: RecordView) -> dict[str, object]:
    if not record.recordings:
        return {}
    voice = voice_page.opened(session, record, voice_page.asked(request.args), language())
    return {"voice": voice, "said": set_in(voice.recording, voice.words)} if voice else {}


def set_in(recording: Recording, words: tuple[str, ...] = ()) -> Callable[..., Markup]:
    """How lines of this recording become markup; in a hit the words that were looked for are marked."""
    listed, withheld = {each.public_id for each in recording.withheld}, _("withheld")

    def set_line(line: Line, hit: bool = False) -> Markup:
        return said(line, words if hit else (), withheld, listed)

    return set_line


def moment_words(voice: VoicePage | None) -> tuple[str, str]:
    """Of the moment that is asked for: "at 12:04" for its citation, and what follows the page's address."""
    if voice is None or voice.current is None or not voice.timed:
        return "", ""
    line = voice.current
    query = query_of({**voice.kept, **moment_of(line)})
    return _("at %(moment)s", moment=clock(line.starts)), f"{query}#c-{line.number}"
