"""Signing in: invitation, password, second factor, sessions, proof of presence. See identity.py for who is there."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Flask

from memorial.web.account import identity

pages = Blueprint("account", __name__)
pages.record_once(lambda state: identity.set_up(cast(Flask, state.app)))

from memorial.web.account import enrolment, passkeys, preferences, research, sessions, sign_in  # noqa: E402, F401  (they register their doors)
