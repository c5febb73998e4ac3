"""What OHMS calls its elements, in the order of the schema of version 6.0, and what each may hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

NAMESPACE = "https://www.weareavp.com/nunncenter/ohms"

ORDER = (
    "version", "date", "date_nonpreferred_format", "cms_record_id", "title", "accession", "duration",
    "collection_id", "collection_name", "series_id", "series_name", "repository", "funding", "repository_url",
    "subject", "keyword", "interviewee", "interviewer", "format", "file_name", "sync", "sync_alt",
    "transcript_alt_lang", "translate", "media_id", "media_url", "mediafile", "kembed", "language", "user_notes",
    "index", "type", "description", "rel", "transcript", "transcript_alt", "vtt_transcript", "vtt_transcript_alt",
    "rights", "fmt", "usage", "userestrict", "xmllocation", "xmlfilename", "collection_link", "series_link",
)  # fmt: skip
REPEATED = frozenset({"subject", "keyword", "interviewee", "interviewer", "format"})
WORDS = frozenset(
    {"sync", "sync_alt", "transcript", "transcript_alt", "vtt_transcript", "vtt_transcript_alt"}
)
MEDIAFILE = (
    "host", "avalon_target_domain", "host_account_id", "host_player_id", "host_clip_id", "clip_format",
)  # fmt: skip
POINT = (
    "time", "title", "title_alt", "partial_transcript", "partial_transcript_alt", "synopsis", "synopsis_alt",
    "keywords", "keywords_alt", "subjects", "subjects_alt",
)  # fmt: skip
SPOT = ("gps", "gps_zoom", "gps_text", "gps_text_alt")
LINK = ("hyperlink", "hyperlink_text", "hyperlink_text_alt")

_HOSTS = "Avalon|Aviary|Brightcove|Kaltura|SoundCloud|Vimeo|YouTube|Other"
_FORMS: Mapping[str, re.Pattern[str]] = {
    "version": re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,4})?"),
    "translate": re.compile("[01]"),
    "userestrict": re.compile("[01]"),
    "fmt": re.compile("audio|video"),
    "mediafile/host": re.compile(_HOSTS),
    "mediafile/clip_format": re.compile("audio|video"),
    "record/id": re.compile(r"[0-9]{1,9}"),
    "gps_zoom": re.compile(r"[+-]?[0-9]{1,9}"),
}


def known(name: str) -> bool:
    outer, _, inner = name.partition("/")
    return inner in MEDIAFILE if outer == "mediafile" else name in ORDER


def fits(name: str, value: str) -> bool:
    """Whether the schema lets this stand there."""
    if name == "record/dt":
        return _is_day(value)
    form = _FORMS.get(name)
    return form is None or form.fullmatch(value) is not None


def _is_day(value: str) -> bool:
    try:
        return len(value) == 10 and bool(date.fromisoformat(value))
    except ValueError:
        return False


def first(facts: Mapping[str, tuple[str, ...]], name: str) -> str:
    return next(iter(facts.get(name, ())), "")
