"""A record's catalogue card: what harvesters, feeds and linked data are told of it, in one place."""

from __future__ import annotations

from memorial.formats.catalogue_xml import Card
from memorial.services.harvest import Described, Header
from memorial.web.context import root_address
from memorial.web.exchange.rooms import archive_name
from memorial.web.permanent import ark_of


def host() -> str:
    return root_address().partition("://")[2].partition("/")[0].partition(":")[0]


def oai_name(public_id: str) -> str:
    """A record's identifier for harvesters."""
    return f"oai:{host()}:{public_id}"


def titled(title: str, *, specimen: bool) -> str:
    """Programs know no page that says it beside the title."""
    return f"Specimen, nobody's testimony: {title}" if specimen else title


def card(header: Header, said: Described) -> Card:
    entry = said.entry
    return Card(
        address=f"{root_address()}/en{entry.address}",
        permanent=ark_of(header.public_id),
        title=titled(entry.title, specimen=entry.specimen),
        kind=header.kind,
        language=header.language,
        agents=said.agents,
        publication=said.publication,
        number=said.number,
        date=entry.when.edtf,
        date_words=entry.when.words,
        where=entry.where,
        abstracts=said.abstracts,
        archive=archive_name(),
        rights=said.rights,
        labels=said.labels,
    )
