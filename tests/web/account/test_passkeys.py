"""A passkey in a real browser with a virtual device: added, signed in with, presence proved. All people are synthetic."""

from __future__ import annotations

import pyotp
import pytest
from playwright.sync_api import Page, expect

from tests.web.desk.people import PASSWORD, a_colleague


@pytest.fixture
def engine_name() -> str:
    return "sqlite"


def test_a_passkey_is_added_and_stands_in_for_the_code_and_for_the_password(page: Page, live_server, house):
    address = live_server.replace("127.0.0.1", "localhost")
    house.settings.public_url = address
    colleague = a_colleague(house, "moderator")
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    kind = {"protocol": "ctap2", "transport": "internal", "hasUserVerification": True, "isUserVerified": True,
            "automaticPresenceSimulation": True}  # fmt: skip
    device.send("WebAuthn.addVirtualAuthenticator", {"options": kind})

    def password() -> None:
        page.goto(f"{address}/en/account/sign-in")
        page.get_by_label("E-mail address").fill(colleague.email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Continue").click()
        page.wait_for_url("**/second-factor*")

    password()
    expect(page.get_by_role("button", name="Use a passkey instead")).to_have_count(0)
    page.get_by_label("The code on your telephone").fill(pyotp.TOTP(colleague.secret).at(house.clock.wall()))
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/desk")

    page.goto(f"{address}/en/account/sessions")
    page.get_by_role("link", name="To change this, show first that it is you").first.click()
    page.get_by_label("Your password, or the code on your telephone").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/account/sessions")
    page.get_by_label("What you call this device").fill("A synthetic telephone")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_text("A synthetic telephone")).to_be_visible()
    expect(page.get_by_text("not used yet")).to_be_visible()

    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in")
    password()
    page.get_by_role("button", name="Use a passkey instead").click()
    page.wait_for_url("**/desk")

    page.goto(f"{address}/en/account/step-up?next=/en/account/sessions")
    page.get_by_role("button", name="Use a passkey instead").click()
    page.wait_for_url("**/account/sessions")
    expect(page.get_by_text("last used")).to_be_visible()
    expect(page.get_by_role("button", name="Change the password")).to_be_visible()
