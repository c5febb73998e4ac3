"""A family's browser without a screen: cookies, tokens and forms over plain HTTP, for the trials."""

from __future__ import annotations

import http.client
import re
import urllib.parse
import uuid
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
_SEND_KEY = re.compile(r'name="send_key"[^>]*value="([^"]+)"')


class Refused(Exception):
    """The server answered, and it was not the answer that was hoped for."""


@dataclass
class Family:
    """One session. `saved` and `photographs` are what the server said it has, `sent` the ref it acknowledged."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""
    saved: dict[str, str] = field(default_factory=dict)
    photographs: list[str] = field(default_factory=list)
    code: str = ""
    sent: bool = False
    headers: dict[str, str] = field(default_factory=dict)  # of the last answer

    def ask(self, method: str, path: str, body: bytes = b"", kind: str = "") -> tuple[int, str, str]:
        status, page = self.send(method, path, body, {"Content-Type": kind} if kind else {})
        return status, self.headers.get("location", ""), page

    def send(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, str]:
        """Status and page of an answer; its headers, cookies and token are kept."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)) as connection:
            connection.request(method, path, body or None, {"Cookie": cookies, **headers})
            with connection.getresponse() as answer:
                page = answer.read().decode("utf-8", "replace")
        self.headers = {name.lower(): value for name, value in answer.getheaders()}
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.split(";")[0]
        found = _TOKEN.search(page)
        self.token = found[1] if found else self.token
        return answer.status, page

    @staticmethod
    def hidden(page: str) -> dict[str, str]:
        """What the forms of a page carry unseen."""
        return dict(_HIDDEN.findall(page))

    def get(self, path: str) -> str:
        status, _, page = self.ask("GET", path)
        if status != 200:
            raise Refused(f"GET {path}: {status}")
        return page

    def post(self, path: str, **values: str) -> str:
        """Post a form; returns where it leads. Anything but a redirect is no acknowledgement."""
        body = urllib.parse.urlencode({"csrf_token": self.token, **values}).encode()
        status, location, _ = self.ask("POST", path, body, "application/x-www-form-urlencoded")
        if status not in (302, 303):
            raise Refused(f"POST {path}: {status}")
        return location

    def upload(self, path: str, name: str, content: bytes) -> None:
        edge = uuid.uuid4().hex
        parts = [
            f'--{edge}\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{self.token}\r\n'.encode(),
            f'--{edge}\r\nContent-Disposition: form-data; name="act"\r\n\r\nadd\r\n'.encode(),
            f'--{edge}\r\nContent-Disposition: form-data; name="photographs"; filename="{name}"\r\n'
            f"Content-Type: image/jpeg\r\n\r\n".encode()
            + content
            + b"\r\n",
            f"--{edge}--\r\n".encode(),
        ]
        status, _, _ = self.ask("POST", path, b"".join(parts), f"multipart/form-data; boundary={edge}")
        if status not in (302, 303):
            raise Refused(f"POST {path}: {status}")

    def contribute(self, words: str, photograph: bytes, digest: str) -> None:
        """A whole testimony; what the server acknowledged stands in `saved`, `photographs` and `sent`."""
        self.get("/en/contribute")
        self.post("/en/contribute", task="testimony")
        self.get("/en/contribute/words")
        self.post("/en/contribute/words", words=words, title="")
        self.saved["words"] = words
        page = self.get("/en/contribute/code")
        digits = re.findall(r"\b\d{4} \d{4} \d{4} \d{4} \d{4}\b", re.sub(r"<[^>]+>", " ", page))
        self.code = digits[0] if digits else ""
        self.get("/en/contribute/photographs")
        self.upload("/en/contribute/photographs", "synthetic.jpg", photograph)
        self.photographs.append(digest)
        self.get("/en/contribute/audience")
        self.post("/en/contribute/audience", audience="everyone", closed_until="")
        self.get("/en/contribute/consents")
        self.post("/en/contribute/consents", keep="yes", show="yes", reuse="no")
        found = _SEND_KEY.search(self.get("/en/contribute/check"))
        if found is None:
            raise Refused("no send key")
        location = self.post("/en/contribute/send", send_key=found[1])
        if not location.endswith("/contribute/sent"):
            raise Refused(f"sent to {location}")
        self.sent = True
