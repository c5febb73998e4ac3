"""What is held of somebody who has an account: the account, its devices and sessions, and what they did."""

from __future__ import annotations

from sqlalchemy import select

from memorial.gate import GatedSession
from memorial.keys import ArchiveKey
from memorial.models import AccountSession, Application, Passkey, SavedView
from memorial.services import accounts
from memorial.services.subjects.held import Held, log_of, row_of


def of_account(session: GatedSession, keys: ArchiveKey, email: str) -> Held:
    """Raises what `accounts.find` raises for an address without account."""
    account = accounts.find(session, email)
    label = f"account:{account.id}"
    held = Held(label, f"What is held of {account.email}")
    held.add("account", [row_of(account, own=label)])
    for table in (Passkey, AccountSession, SavedView, Application):
        rows = session.scalars(select(table).where(table.account_id == account.id).order_by(table.id))
        held.add(table.__tablename__, (row_of(row, keys.decrypt, own=label) for row in rows))
    log_of(session, held, [label], label)
    held.left_out.append("Words written to families and colleagues stay with what they are about.")
    return held
