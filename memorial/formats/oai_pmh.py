"""Answers of the Open Archives Initiative Protocol for Metadata Harvesting, version 2.0.

    answer = Answer(base, now, {"verb": "Identify"}); answer.verb("Identify"); …; answer.written()
    token = write_token({"verb": …}, after=120, count=50); read_token(token)         # raises BadToken
    moment("1992-02-26", end=True)          # a datestamp as it is asked for: raises BadDate

Pure: what is answered is decided in web/exchange/oai.py.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from memorial.formats.catalogue_xml import XSI, holdable

OAI = "http://www.openarchives.org/OAI/2.0/"
SCHEMA = "http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd"
MEDIA_TYPE = "text/xml; charset=utf-8"
TOKEN_VERSION = 2
LONGEST_TOKEN = 600
register_namespace("", OAI)

_DAY, _SECOND = re.compile(r"\d{4}-\d\d-\d\d"), re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


class BadToken(ValueError):
    """A resumption token that this archive never gave out, or that was cut."""


class BadDate(ValueError):
    """A datestamp that is none, or of a granularity that the protocol does not know."""


def stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(text: str, *, end: bool = False) -> datetime:
    """A day or a second, UTC; with `end` the last instant that it holds."""
    if _DAY.fullmatch(text):
        form, lasts = "%Y-%m-%d", timedelta(days=1)
    elif _SECOND.fullmatch(text):
        form, lasts = "%Y-%m-%dT%H:%M:%SZ", timedelta(seconds=1)
    else:
        raise BadDate(text)
    try:
        at = datetime.strptime(text, form).replace(tzinfo=UTC)
        return at + lasts - timedelta(microseconds=1) if end else at
    except (ValueError, OverflowError) as error:
        raise BadDate(text) from error


@dataclass(frozen=True, slots=True)
class Token:
    """Where a list goes on: what was asked for at its beginning, the last record, and how many came before.

    `at` is the last record's stamp (microseconds since 1970) where a list goes by stamps.
    """

    asked: Mapping[str, str]
    after: int
    count: int
    at: int = 0


def write_token(token: Token) -> str:
    said = [TOKEN_VERSION, dict(token.asked), token.after, token.count, token.at]
    words = json.dumps(said, separators=(",", ":"))
    return base64.urlsafe_b64encode(words.encode()).decode().rstrip("=")


def read_token(text: str) -> Token:
    if len(text) > LONGEST_TOKEN:
        raise BadToken(text[:20])
    try:
        version, asked, after, count, at = json.loads(
            base64.b64decode(text + "=" * (-len(text) % 4), b"-_", True)
        )
    except (binascii.Error, ValueError, TypeError, RecursionError) as error:
        raise BadToken(text[:20]) from error
    words = isinstance(asked, dict) and all(isinstance(each, str) for each in asked.values())
    numbers = all(type(each) is int and 0 <= each < 2**53 for each in (after, count, at))
    if version != TOKEN_VERSION or not words or not numbers:
        raise BadToken(text[:20])
    return Token(asked, after, count, at)


class Answer:
    """One answer, filled in from the top."""

    def __init__(self, base: str, now: datetime, request: Mapping[str, str]) -> None:
        self.root = Element(f"{{{OAI}}}OAI-PMH", {f"{{{XSI}}}schemaLocation": f"{OAI} {SCHEMA}"})
        self.add(self.root, "responseDate", stamp(now))
        self.add(self.root, "request", base, **request)

    def add(self, parent: Element, name: str, text: str = "", **attributes: str) -> Element:
        kept = {key: holdable(value) for key, value in attributes.items()}
        found = SubElement(parent, f"{{{OAI}}}{name}", kept)
        if text:
            found.text = holdable(text)
        return found

    def verb(self, name: str) -> Element:
        return self.add(self.root, name)

    def error(self, code: str, words: str) -> None:
        self.add(self.root, "error", words, code=code)

    def written(self) -> bytes:
        return bytes(tostring(self.root, encoding="utf-8", xml_declaration=True))
