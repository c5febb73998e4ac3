"""A synthetic device with passkeys: answers challenges as a browser hands them over (WebAuthn level 2, ES256, no attestation)."""

from __future__ import annotations

import hashlib
import json
import secrets
import struct
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import bytes_to_base64url

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


class Device:
    """One key. `count` is what it says next; 0 for a device that counts nothing."""

    def __init__(
        self, host: str = "archive.example.org", origin: str = "https://archive.example.org"
    ) -> None:
        self.host, self.origin = host, origin
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.credential = secrets.token_bytes(32)
        self.count = 1
        self.flags = PRESENT | VERIFIED

    def _client(self, kind: str, options: str, **other: Any) -> bytes:
        challenge = json.loads(options)["challenge"]
        told = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False, **other}
        return json.dumps(told).encode()

    def _head(self, flags: int) -> bytes:
        return hashlib.sha256(self.host.encode()).digest() + struct.pack(">BI", flags, self.count)

    def _answer(self, **response: bytes) -> str:
        number = bytes_to_base64url(self.credential)
        parts = {name: bytes_to_base64url(value) for name, value in response.items()}
        return json.dumps({"id": number, "rawId": number, "type": "public-key", "response": parts})

    def register(self, options: str, **other: Any) -> str:
        point = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        attested = bytes(15) + b"\x01" + struct.pack(">H", len(self.credential)) + self.credential
        head = self._head(self.flags | ATTESTED) + attested + cbor2.dumps(public)
        told = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": head})
        client = self._client("webauthn.create", options, **other)
        return self._answer(clientDataJSON=client, attestationObject=told)

    def sign(self, options: str, **other: Any) -> str:
        client, head = self._client("webauthn.get", options, **other), self._head(self.flags)
        signed = self.key.sign(head + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(clientDataJSON=client, authenticatorData=head, signature=signed)
