"""Handing one letter to a mail server (SMTP), with encryption unless the archive says otherwise.

    post = Post(host="mail.example.org", port=587, tls="starttls", sender="archive@example.org")
    outcome = post.deliver(to, subject, text, now=now)      # "sent", "refused" or "unreachable"

"refused" is this address, for good; everything else may pass and is tried again. Nothing that
a server answers is logged: it repeats the address.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from typing import Literal

from memorial.services.mailing import Outcome

Tls = Literal["starttls", "tls", "none"]
PATIENCE = 20  # seconds for each answer of the server


@dataclass(frozen=True, slots=True, repr=False)
class Post:
    """One mail server, and the address our letters come from."""

    host: str
    sender: str
    port: int = 587
    tls: Tls = "starttls"
    user: str = ""
    password: str = ""
    context: Callable[[], ssl.SSLContext] = ssl.create_default_context

    def deliver(self, to: str, subject: str, text: str, *, now: datetime) -> Outcome:
        """Send it, and say what became of it; raises nothing for what a network or a server can do."""
        try:
            letter = written(self.sender, to, subject, text, now)
            with self._connected() as server:
                server.send_message(letter, self.sender, [to])
        except smtplib.SMTPRecipientsRefused as refused:
            codes = [code for code, _ in refused.recipients.values()]
            return "refused" if codes and min(codes) >= 500 else "unreachable"
        except (smtplib.SMTPException, MessageError, OSError, ValueError):
            return "unreachable"
        return "sent"

    def _connected(self) -> smtplib.SMTP:
        name = self.sender.rpartition("@")[2]  # never the machine's own name
        if self.tls == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, local_hostname=name, timeout=PATIENCE, context=self.context()
            )
        else:
            server = smtplib.SMTP(self.host, self.port, local_hostname=name, timeout=PATIENCE)
        try:
            if self.tls == "starttls":
                server.starttls(context=self.context())
            if self.user:
                server.login(self.user, self.password)
        except BaseException:
            server.close()
            raise
        return server


def written(sender: str, to: str, subject: str, text: str, now: datetime) -> EmailMessage:
    """The message itself. Raises ValueError for a line end in a header or an address that is none."""
    letter = EmailMessage(policy=SMTP)
    letter["From"] = Address(addr_spec=sender)
    letter["To"] = Address(addr_spec=to)
    letter["Subject"] = subject
    letter["Date"] = format_datetime(now)
    letter["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(text, cte="quoted-printable")
    return letter
