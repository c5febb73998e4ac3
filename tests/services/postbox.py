"""A real mail server for tests: keeps what it is given, refuses or falls silent when told to.

with Postbox() as box: … box.letters[0].to, .subject, .text

`localhost.pem` is a certificate made for these tests alone; nothing else trusts it.
"""

from __future__ import annotations

import email
import email.policy
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

CERTIFICATE = Path(__file__).with_name("localhost.pem")


@dataclass
class Received:
    """One letter as the server got it."""

    to: list[str]
    raw: bytes
    encrypted: bool
    user: str

    @property
    def message(self):
        return email.message_from_bytes(self.raw, policy=email.policy.default)

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    @property
    def text(self) -> str:
        return self.message.get_content().replace("\r\n", "\n")


class Postbox:
    """The server and what came. `answer` is what it says to a recipient: "250 OK", "550 no such box", "451 later"."""

    def __init__(self, *, starttls: bool = False, tls: bool = False, password: str = "") -> None:
        self.letters: list[Received] = []
        self.answer = "250 OK"
        self.password = password
        context = _server_context() if starttls or tls else None
        options: dict[str, Any] = {}
        if starttls:
            options |= {"tls_context": context, "require_starttls": True}
        if password:
            options |= {"authenticator": self._authenticate, "auth_required": True}
            options |= {"auth_require_tls": starttls}
        self._controller = Controller(
            self, hostname="127.0.0.1", port=0, ssl_context=context if tls else None, **options
        )
        self._port = 0

    def __enter__(self) -> Postbox:
        self._controller.port = free_port()
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    @property
    def port(self) -> int:
        return self._controller.port

    def _authenticate(self, _server, _session, _envelope, _mechanism, data) -> AuthResult:
        right = data.password == self.password.encode()
        # `handled`: the answer to a wrong one has been sent already; else the server sends it.
        return AuthResult(success=right, handled=False, auth_data=data.login.decode())

    async def handle_RCPT(self, _server, _session, envelope, address, _options):
        if self.answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.answer

    async def handle_DATA(self, _server, session, envelope):
        user = str(session.auth_data or "")
        self.letters.append(Received(envelope.rcpt_tos, envelope.content, session.ssl is not None, user))
        return "250 taken"


def free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _server_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context
