"""Settings of one running archive, read from the environment or a `.env` file.

Every name here is an environment variable with `MEMORIAL_` in front (`data` is
`MEMORIAL_DATA`). What a community chooses for its pages (name, motif, languages, texts,
support addresses) is not here: it stands in the table `settings` of the archive.

    settings = Settings()            # environment, then .env
    settings = Settings(data="/srv") # a test, or `memorial serve --data DIR`
"""

from __future__ import annotations

import os
import re
import secrets
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class Settings(BaseSettings):
    """Where things lie and how large they may be. Sizes are bytes, times seconds unless said."""

    model_config = SettingsConfigDict(
        env_prefix="MEMORIAL_", env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=False
    )

    data: Path = Field(Path("var"), description="Folder of the database, the queue and the secrets.")
    storage_url: str = Field("media", description="Originals and copies: a folder or s3://bucket/prefix.")
    database_url: str = Field(
        "", description="SQLite in the data folder unless a postgresql:// URL is given."
    )
    redis_url: str = Field(
        "", description="Redis for queue, limits and cache; empty means this machine alone."
    )
    key_file: Path | None = Field(None, description="The archive's key. Keep it outside the data folder.")
    secret_key: str = Field(
        "", description="Signs sessions; made at first start in the data folder if empty."
    )
    second_place: str = Field(
        "", description="A second folder for withdrawals, destroyed keys and chain heads."
    )
    second_storage_url: str = Field(
        "", description="Every original a second time: a folder on another disk or s3://…; empty: none."
    )
    hosts: Annotated[list[str], NoDecode] = Field(
        ["127.0.0.1", "localhost", "[::1]"], description="Host names this archive answers to, with commas."
    )
    public_url: str = Field("", description="https://… as visitors type it; used in citations and links.")
    naan: str = Field(
        "", description="The archive's number for permanent addresses (ARK), such as 12345; empty: none."
    )
    behind_proxy: int = Field(0, description="How many proxies of your own stand in front (0 means none).")
    workers: int = Field(0, description="Web workers; 0 chooses by the machine.")
    web_threads: int = Field(
        16, description="Requests that one web worker takes at a time; each slow upload holds one."
    )
    recogniser: Path | None = Field(
        None, description="Folder of a faster-whisper model on this machine, for first drafts of transcripts."
    )
    starter: bool = Field(True, description="Load the starter collection into an empty archive.")
    upload_bytes: int = Field(4 * 1024**3, description="Largest file of a family.")
    upload_count: int = Field(20, description="Files in one contribution.")
    contribution_bytes: int = Field(20 * 1024**3, description="All files of one contribution together.")
    day_bytes: int = Field(100 * 1024**3, description="Files that the whole archive takes in one day (UTC).")
    form_files_bytes: int = Field(
        512 * 1024**2, description="Files in one plain form, for browsers without scripts."
    )
    form_bytes: int = Field(
        8 * 1024 * 1024,
        description="Largest form without files; 300 pages of Cyrillic take four million bytes.",
    )
    backup_days: int = Field(
        90, ge=1, le=90, description="Backups older than this many days are deleted; 90 at most."
    )
    renewal_days: int = Field(180, description="So many days before a yes ends the desk is reminded of it.")
    draft_days: int = Field(
        365, description="An unsent draft that nobody opened for so many days is deleted; 0 keeps it."
    )
    page_cache: int = Field(2_000, description="Pages kept in memory by each web worker; 0 turns it off.")
    limit_forms: str = Field("60/minute;600/hour", description="Forms sent from one network.")
    limit_drafts: str = Field(
        "40/day", description="Contributions begun from one network before it is asked for a proof of work."
    )
    attack_drafts: int = Field(
        120, description="Contributions begun in an hour by all together before everybody is asked for it."
    )
    proof_bits: int = Field(13, description="How hard the proof of work is; one more doubles it.")
    proof_wait: int = Field(120, description="Waiting time where a browser runs no scripts.")
    limit_pieces: str = Field("1200/minute", description="Pieces of files from one network.")
    limit_codes: str = Field("10/minute;60/hour", description="Return codes tried from one network.")
    limit_signin: str = Field("10/minute;60/hour", description="Sign-ins tried from one network.")
    limit_applications: str = Field(
        "5/hour;20/day", description="Applications to read as a researcher from one network."
    )
    application_days: int = Field(90, description="So many days after it was declined one is forgotten.")
    reader_days: int = Field(730, description="An approved reader reads at most so many days ahead.")
    contacts_an_hour: int = Field(
        10, description="More contacts than this opened in an hour by one account are told to the officers."
    )
    mail_host: str = Field("", description="The mail server (SMTP) for letters to families; empty: none.")
    mail_port: int = Field(587, description="Its port: 587 with starttls, 465 with tls.")
    mail_tls: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="How the way to it is encrypted: starttls, tls or none."
    )
    mail_user: str = Field("", description="Whom the mail server knows this archive as; empty: nobody.")
    mail_password_file: Path | None = Field(None, description="A file with the password, mode 600.")
    mail_from: str = Field("", description="The address letters come from, without a name.")
    ffmpeg: str = Field(
        "", description="The program that converts recordings; empty: the system's, or its own."
    )
    accel: str = Field(
        "", description="Where nginx serves copies after the gate's yes, such as /copies/ (X-Accel-Redirect)."
    )
    metrics: bool = Field(False, description="Show /metrics.")
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR.")

    @field_validator("hosts", mode="before")
    @classmethod
    def _split_hosts(cls, value: object) -> object:
        return (
            [host.strip() for host in value.split(",") if host.strip()] if isinstance(value, str) else value
        )

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if value and not value.startswith(("sqlite:", "postgresql:", "postgresql+psycopg:")):
            raise ValueError("a URL that begins with sqlite:// or postgresql://")
        return value

    @field_validator("naan")
    @classmethod
    def _number_of_an_archive(cls, value: str) -> str:
        if value and not re.fullmatch(r"[0-9bcdfghjkmnpqrstvwxz]{5,9}", value):
            raise ValueError("a number as n2t.net gives them out, such as 12345; 99999 is for trials")
        return value

    @field_validator("accel")
    @classmethod
    def _whole_prefix(cls, value: str) -> str:
        if value and not re.fullmatch(r"/(?:[\w.-]+/)+", value, re.ASCII):
            raise ValueError("an address of nginx's own that begins and ends with a slash, such as /copies/")
        return value

    @field_validator("mail_from")
    @classmethod
    def _plain_address(cls, value: str) -> str:
        if value and not re.fullmatch(r"[\w.+-]+@[A-Za-z0-9.-]+", value, re.ASCII):
            raise ValueError("an address without a name, such as archive@example.org")
        return value

    @property
    def mails(self) -> bool:
        """Whether letters can be sent: a server, where they come from, and the address they lead to."""
        return bool(self.mail_host and self.mail_from and self.public_url)

    @property
    def mail_password(self) -> str:
        """Read each time it is needed."""
        return self.mail_password_file.read_text("utf-8").strip() if self.mail_password_file else ""

    @cached_property
    def database(self) -> str:
        """The SQLAlchemy URL in use."""
        if self.database_url:
            return self.database_url
        return f"sqlite:///{(self.data / 'memorial.sqlite').resolve()}"

    @cached_property
    def archive_key_file(self) -> Path:
        return self.key_file or self.data / "archive.key"

    @cached_property
    def second_folder(self) -> Path:
        return Path(self.second_place) if self.second_place else self.data / "second-place"

    @cached_property
    def session_secret(self) -> str:
        """The signing secret; made once, mode 600, when none is given."""
        return self.secret_key or _kept_secret(self.data / "session.secret")

    @property
    def key_is_apart(self) -> bool:
        """Whether the archive's key lies outside the data folder, as earnest use asks."""
        return self.data.resolve() not in self.archive_key_file.resolve().parents


def _kept_secret(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
        file.flush()
        os.fsync(file.fileno())
    return path.read_text(encoding="ascii").strip()
