"""ro-crate-metadata.json (RO-Crate 1.1, https://w3id.org/ro/crate/1.1), written piece by piece: a crate may be large.

with open(…, "w") as file:
    crate = Crate(file, About(name, address, at, licence))
    crate.add(record_id, {"@type": …}, [Held("records/…/record.json", "application/json", 812)])
    crate.end()
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TextIO

NAME = "ro-crate-metadata.json"
SPECIFIED = "https://w3id.org/ro/crate/1.1"


@dataclass(frozen=True, slots=True)
class About:
    """The whole: whose it is, as of when, and what is said of its use."""

    name: str
    address: str
    at: datetime
    described: str
    licence: str


@dataclass(frozen=True, slots=True)
class Held:
    path: str
    mime: str
    size: int


class Crate:
    """The root says what it has at the end, so that nothing but paths of parts is kept in memory until then."""

    def __init__(self, out: TextIO, about: About) -> None:
        self._out, self._about = out, about
        self._parts: list[str] = []
        out.write(f'{{"@context": "{SPECIFIED}/context", "@graph": [\n')
        self._write(
            {
                "@id": NAME,
                "@type": "CreativeWork",
                "conformsTo": {"@id": SPECIFIED},
                "about": {"@id": "./"},
            },
            first=True,
        )

    def add(self, folder: str, about: Mapping[str, Any], files: Iterable[Held]) -> None:
        """A record is a dataset of its own, in a folder, with its files."""
        held = list(files)
        self._parts.append(folder)
        parts = [{"@id": each.path} for each in held]
        self._write({"@id": folder, "@type": "Dataset", **about, "hasPart": parts})
        for each in held:
            self._write(
                {
                    "@id": each.path,
                    "@type": "File",
                    "encodingFormat": each.mime,
                    "contentSize": str(each.size),
                }
            )

    def end(self, also: Iterable[Held] = ()) -> None:
        held = list(also)
        for each in held:
            self._write(
                {
                    "@id": each.path,
                    "@type": "File",
                    "encodingFormat": each.mime,
                    "contentSize": str(each.size),
                }
            )
        about = self._about
        owner = about.address or "#archive"
        self._write({"@id": owner, "@type": "Organization", "name": about.name})
        root = {
            "@id": "./", "@type": "Dataset", "name": about.name, "description": about.described,
            "datePublished": about.at.isoformat(), "license": about.licence, "publisher": {"@id": owner},
            "hasPart": [{"@id": each} for each in [*self._parts, *(one.path for one in held)]],
        }  # fmt: skip
        self._write(root)
        self._out.write("\n]}\n")

    def _write(self, entity: Mapping[str, Any], *, first: bool = False) -> None:
        if not first:
            self._out.write(",\n")
        self._out.write(json.dumps(entity, ensure_ascii=False))
