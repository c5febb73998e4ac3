"""OAI-PMH 2.0 at /oai: every verb, two formats, sets by kind and language, deletions that stay (docs/decisions/0020).

An answer is 200 also where it says that something was asked wrongly, as the protocol has it. Nothing here is kept by the page
cache; a withdrawn record is `deleted` from the next request on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from xml.etree.ElementTree import Element

from flask import Response, request
from flask_limiter import RequestLimit

from memorial.domain import consent as rules
from memorial.formats.catalogue_xml import MODS, OAI_DC, SCHEMAS, Card, mods, oai_dc
from memorial.formats.oai_pmh import (
    MEDIA_TYPE,
    Answer,
    BadDate,
    BadToken,
    Token,
    moment,
    read_token,
    stamp,
    write_token,
)
from memorial.services import harvest, harvest_changes, lists
from memorial.services.harvest import Asked, Described, Header, Headers
from memorial.services.harvest_changes import Place
from memorial.web.context import house, root_address
from memorial.web.doors import door
from memorial.web.exchange.cards import card, host, oai_name
from memorial.web.exchange.rooms import POLITE, archive_name, exchange, taking
from memorial.web.security import csrf, limiter

LISTS = ("ListIdentifiers", "ListRecords")
ALLOWED: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {  # verb: what must be given, what may be
    "Identify": (frozenset(), frozenset()),
    "ListMetadataFormats": (frozenset(), frozenset({"identifier"})),
    "ListSets": (frozenset(), frozenset({"resumptionToken"})),
    "GetRecord": (frozenset({"identifier", "metadataPrefix"}), frozenset()),
    **{verb: (frozenset({"metadataPrefix"}), frozenset({"from", "until", "set"})) for verb in LISTS},
}
FORMATS: Mapping[str, tuple[str, Callable[[Card], Element]]] = {
    "oai_dc": (OAI_DC, oai_dc),
    "mods": (MODS, mods),
}
KINDS = tuple(lists.SHELVES)
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Wrong(Exception):
    """Something that the protocol has a word for."""

    code: str
    words: str


def _later(limit: RequestLimit) -> Response:
    """As harvesters know it from elsewhere: 503, and when to come again."""
    wait = str(max(1, limit.limit.get_expiry()))
    return Response(
        "Ask again later.\n", 503, {"Retry-After": wait}, content_type="text/plain; charset=utf-8"
    )


@door(exchange, "/oai", audience="public", methods=("GET", "POST"))
@csrf.exempt  # a harvester's POST changes nothing and has no page to bring a token from
@limiter.limit(POLITE, on_breach=_later)
def oai() -> Response:
    given = request.args if request.method == "GET" else request.form
    base, now = f"{root_address()}/oai", house().now()
    try:
        asked = _arguments({name: given.getlist(name) for name in given})
        answer = Answer(base, now, asked)
        VERBS[asked["verb"]](answer, {name: words for name, words in asked.items() if name != "verb"})
    except Wrong as wrong:
        # With a wrong verb or argument the request is given back without what was asked.
        bare = wrong.code in ("badVerb", "badArgument")
        answer = Answer(base, now, {} if bare else asked)
        answer.error(wrong.code, wrong.words)
    found = Response(answer.written(), content_type=MEDIA_TYPE)
    found.headers["Cache-Control"] = "no-cache"
    return found


def _arguments(given: Mapping[str, list[str]]) -> dict[str, str]:
    verbs = given.get("verb", [])
    if len(verbs) != 1 or verbs[0] not in ALLOWED:
        raise Wrong("badVerb", f"Ask with one verb of {', '.join(ALLOWED)}.")
    repeated = sorted(name for name, words in given.items() if len(words) > 1)
    if repeated:
        raise Wrong("badArgument", f"Given more than once: {', '.join(repeated)}.")
    asked = {name: words[0] for name, words in given.items()}
    verb, names = verbs[0], asked.keys() - {"verb"}
    if verb in LISTS and "resumptionToken" in names:
        if names != {"resumptionToken"}:
            raise Wrong("badArgument", "A resumptionToken stands alone beside the verb.")
        return asked
    needed, also = ALLOWED[verb]
    if missing := sorted(needed - names):
        raise Wrong("badArgument", f"Missing: {', '.join(missing)}.")
    if unknown := sorted(names - needed - also):
        raise Wrong("badArgument", f"{verb} does not know: {', '.join(unknown)}.")
    return asked


# -- verbs ----------------------------------------------------------------------------------


def identify(answer: Answer, _asked: Mapping[str, str]) -> None:
    node = answer.verb("Identify")
    answer.add(node, "repositoryName", archive_name())
    answer.add(node, "baseURL", f"{root_address()}/oai")
    answer.add(node, "protocolVersion", "2.0")
    answer.add(node, "adminEmail", _mail())
    answer.add(node, "earliestDatestamp", stamp(rules.BEGIN))  # a lower bound, which is all it has to be
    answer.add(node, "deletedRecord", "persistent")
    answer.add(node, "granularity", "YYYY-MM-DDThh:mm:ssZ")


def formats(answer: Answer, asked: Mapping[str, str]) -> None:
    if "identifier" in asked:
        _known(asked["identifier"])
    node = answer.verb("ListMetadataFormats")
    for prefix, (namespace, _) in FORMATS.items():
        each = answer.add(node, "metadataFormat")
        answer.add(each, "metadataPrefix", prefix)
        answer.add(each, "schema", SCHEMAS[namespace])
        answer.add(each, "metadataNamespace", namespace)


def sets(answer: Answer, asked: Mapping[str, str]) -> None:
    if "resumptionToken" in asked:
        raise Wrong("badResumptionToken", "The list of sets comes whole; there is nothing to go on with.")
    node = answer.verb("ListSets")
    spoken = [f"language:{code}" for code in harvest.languages(taking())]
    for spec in ("kind", *(f"kind:{kind}" for kind in KINDS), "language", *spoken):
        each = answer.add(node, "set")
        answer.add(each, "setSpec", spec)
        answer.add(each, "setName", spec.replace(":", ": "))


def record(answer: Answer, asked: Mapping[str, str]) -> None:
    written = _format(asked["metadataPrefix"])
    header = _known(asked["identifier"])
    said = harvest.described(taking(), [header])
    _record(answer, answer.verb("GetRecord"), header, said.get(header.record_id), written)


def some(answer: Answer, asked: Mapping[str, str], *, whole: bool) -> None:
    verb = "ListRecords" if whole else "ListIdentifiers"
    token = _token(asked["resumptionToken"]) if "resumptionToken" in asked else Token(dict(asked), 0, 0)
    written = _format(token.asked.get("metadataPrefix", ""))
    found = _headers(_wanted(token.asked), token)
    if not found.headers:
        if token.count:  # everything that was still to come is gone from here
            raise Wrong("badResumptionToken", "This list has no more records. Begin it anew.")
        raise Wrong("noRecordsMatch", "There are no such records.")
    node = answer.verb(verb)
    said = harvest.described(taking(), found.headers) if whole else {}
    for header in found.headers:
        if whole:
            _record(answer, node, header, said.get(header.record_id), written)
        else:
            _header(answer, node, header)
    if found.more:
        last, count = found.headers[-1], token.count + len(found.headers)
        words = write_token(
            Token(token.asked, last.record_id, count, (last.stamp - rules.BEGIN) // MICROSECOND)
        )
        answer.add(node, "resumptionToken", words, cursor=str(token.count))
    elif token.count:
        answer.add(node, "resumptionToken", cursor=str(token.count))


def _headers(wanted: Asked, token: Token) -> Headers:
    if wanted.since is None:
        return harvest.some(taking(), wanted, after=token.after)
    after = Place(rules.BEGIN + token.at * MICROSECOND, token.after) if token.count else None
    return harvest_changes.changed(taking(), wanted, after=after)


VERBS: Mapping[str, Callable[[Answer, Mapping[str, str]], None]] = {
    "Identify": identify,
    "ListMetadataFormats": formats,
    "ListSets": sets,
    "GetRecord": record,
    "ListIdentifiers": lambda answer, asked: some(answer, asked, whole=False),
    "ListRecords": lambda answer, asked: some(answer, asked, whole=True),
}


# -- what is asked --------------------------------------------------------------------------


def _format(prefix: str) -> Callable[[Card], Element]:
    if prefix not in FORMATS:
        raise Wrong("cannotDisseminateFormat", f"The formats are {', '.join(FORMATS)}.")
    return FORMATS[prefix][1]


def _known(identifier: str) -> Header:
    start = oai_name("")
    header = harvest.one(taking(), identifier[len(start) :]) if identifier.startswith(start) else None
    if header is None:
        raise Wrong("idDoesNotExist", "There is no record of that identifier.")
    return header


def _token(text: str) -> Token:
    try:
        token = read_token(text)
        _wanted(token.asked)
    except (BadToken, Wrong) as error:
        raise Wrong("badResumptionToken", "This archive gave out no such token, or it was cut.") from error
    if token.asked.keys() - {"metadataPrefix", "from", "until", "set"} or not token.count:
        raise Wrong("badResumptionToken", "This archive gave out no such token, or it was cut.")
    return token


def _wanted(asked: Mapping[str, str]) -> Asked:
    given = [asked[name] for name in ("from", "until") if name in asked]
    try:
        since = moment(asked["from"]) if "from" in asked else None
        until = moment(asked["until"], end=True) if "until" in asked else None
    except BadDate as error:
        raise Wrong("badArgument", "Dates are YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ.") from error
    if len({len(each) for each in given}) > 1:
        raise Wrong("badArgument", "from and until must have the same granularity.")
    if since and until and since > until:
        raise Wrong("badArgument", "from is later than until.")
    sort, _, value = asked.get("set", "").partition(":")
    if sort not in ("", "kind", "language"):
        raise Wrong("noRecordsMatch", "There is no such set.")
    of = {sort: value} if value else {}
    return Asked(since, until, **of)


# -- what is answered -----------------------------------------------------------------------


def _mail() -> str:
    """Where letters come from; without mail an address that is well formed and leads nowhere."""
    return house().settings.mail_from or f"archive@{host() if '.' in host() else 'localhost.invalid'}"


def _header(answer: Answer, parent: Element, header: Header) -> None:
    node = answer.add(parent, "header", **({"status": "deleted"} if header.gone else {}))
    answer.add(node, "identifier", oai_name(header.public_id))
    answer.add(node, "datestamp", stamp(header.stamp))
    answer.add(node, "setSpec", f"kind:{header.kind}")
    answer.add(node, "setSpec", f"language:{header.language}")


def _record(
    answer: Answer,
    parent: Element,
    header: Header,
    said: Described | None,
    written: Callable[[Card], Element],
) -> None:
    node = answer.add(parent, "record")
    _header(answer, node, header)
    if said is not None:
        answer.add(node, "metadata").append(written(card(header, said)))
