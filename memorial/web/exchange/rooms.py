"""The blueprint of the exchange, and the session that it reads with."""

from __future__ import annotations

from flask import Blueprint, current_app

from memorial.gate import GatedSession, Reader
from memorial.web.context import moment, reading

exchange = Blueprint("exchange", __name__)
# What a polite harvester never reaches: it asks one thing after the other.
POLITE = "600 per minute"


def taking() -> GatedSession:
    """The session of whoever takes away: always the public's, whoever is signed in."""
    return reading(Reader.public(moment(), "reuse"))


def viewing() -> GatedSession:
    """What the public sees, whoever is signed in."""
    return reading(Reader.public(moment()))


def archive_name() -> str:
    """As programs are told it: in English, where the community has said it so."""
    return str(current_app.extensions["site"]("en").name)
