"""Argon2id for return codes and passwords: slow on purpose, and few at a time.

    HASHER.hash(secret), HASHER.verify(hashed, secret)      # as argon2.PasswordHasher

Each takes 19 MiB while it runs. A web worker answers many requests at once, because slow lines hold
them open; that many hashes at once would take more memory than a small machine has.
"""

from __future__ import annotations

import threading
from typing import Any, Literal

from argon2 import PasswordHasher

AT_ONCE = threading.BoundedSemaphore(2)


class FewAtATime(PasswordHasher):
    """Whoever comes while two are being reckoned waits."""

    def hash(self, password: str | bytes, **more: Any) -> str:
        with AT_ONCE:
            return super().hash(password, **more)

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
        with AT_ONCE:
            return super().verify(hash, password)


# OWASP's second choice for Argon2id: 19 MiB, so that a small machine survives many tries at once.
HASHER = FewAtATime(time_cost=2, memory_cost=19 * 1024, parallelism=1)
