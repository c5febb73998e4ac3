"""The address of a record that stays: what is cited, linked as `cite-as`, and told to harvesters.

ark_of(public_id)               # https://…/ark:/12345/7bkmw2q9x4…; "" where the archive has no number (web/exchange/ark.py)
permanent(kind, public_id)      # that, else the page in English
cited_at(record)                # that, else the page in the reader's language
"""

from __future__ import annotations

from memorial.domain.addresses import address
from memorial.domain.views import RecordView
from memorial.web.context import house, language, root_address


def permanent(kind: str, public_id: str) -> str:
    return ark_of(public_id) or f"{root_address()}/en{address(kind, public_id)}"


def ark_of(public_id: str) -> str:
    naan = house().settings.naan
    return f"{root_address()}/ark:/{naan}/{public_id}" if naan else ""


def cited_at(record: RecordView) -> str:
    return ark_of(record.public_id) or f"{root_address()}/{language()}{record.address}"
