"""Pages of this face; see memorial/web/doors.py for how a page is registered."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("contribute", __name__)
