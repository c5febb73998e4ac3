"""The blueprint of the exchange, and the sessions that it reads with (`taking` and `viewing`, of web/context.py)."""

from __future__ import annotations

from flask import Blueprint, current_app

from memorial.web.context import taking, viewing

__all__ = ["POLITE", "archive_name", "exchange", "taking", "viewing"]
exchange = Blueprint("exchange", __name__)
# What a polite harvester never reaches: it asks one thing after the other.
POLITE = "600 per minute"


def archive_name() -> str:
    """As programs are told it: in English, where the community has said it so."""
    return str(current_app.extensions["site"]("en").name)
