"""PREMIS 3.0 (https://www.loc.gov/standards/premis/v3/): what files are, and what became of them.

    written([File("media:abc", "sha256", digest, size, "audio/ogg", "data/…")], [Event(…)])     # bytes

Kinds of events are those of the Library of Congress's list of preservation events, where it has one for ours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from xml.etree.ElementTree import Element, SubElement, indent, register_namespace, tostring

from memorial.formats.catalogue_xml import XSI, holdable

PREMIS = "http://www.loc.gov/premis/v3"
register_namespace("premis", PREMIS)
KINDS: Mapping[str, str] = {
    "received": "ingestion", "checked": "fixity check", "assembled": "creation", "copied": "replication",
    "repaired": "recovery", "moved": "transfer", "exported": "dissemination", "erased": "deletion",
}  # fmt: skip
FAULTS = ("damaged", "missing")


@dataclass(frozen=True, slots=True)
class File:
    """`name` is its own for ever; `path` where it lies beside this, empty where it is not handed out."""

    name: str
    sha256: str
    size: int
    mime: str
    path: str = ""
    made_of: str = ""  # name of the file that it is a copy of


@dataclass(frozen=True, slots=True)
class Event:
    number: str
    kind: str  # our verb
    at: datetime
    file: str
    agent: str
    outcome: str = ""  # a digest, or a fault


def written(files: Sequence[File], events: Sequence[Event]) -> bytes:
    root = Element(f"{{{PREMIS}}}premis", {"version": "3.0"})
    for file in files:
        _file(root, file)
    for event in events:
        _event(root, event)
    for agent in sorted({event.agent for event in events}):
        node = _add(root, "agent")
        _identified(node, "agentIdentifier", agent)
        _add(node, "agentName", agent)
    indent(root)
    # As text first: written as bytes, each name and each bracket would be encoded by itself.
    return f"<?xml version='1.0' encoding='utf-8'?>\n{tostring(root, encoding='unicode')}\n".encode()


def _add(parent: Element, name: str, text: str = "") -> Element:
    node = SubElement(parent, f"{{{PREMIS}}}{name}")
    if text:
        node.text = holdable(text)
    return node


def _identified(parent: Element, name: str, value: str) -> None:
    node = _add(parent, name)
    _add(node, f"{name}Type", "local")
    _add(node, f"{name}Value", value)


def _file(root: Element, file: File) -> None:
    node = _add(root, "object")
    node.set(f"{{{XSI}}}type", "premis:file")
    _identified(node, "objectIdentifier", file.name)
    about = _add(node, "objectCharacteristics")
    fixity = _add(about, "fixity")
    _add(fixity, "messageDigestAlgorithm", "SHA-256")
    _add(fixity, "messageDigest", file.sha256)
    _add(about, "size", str(file.size))
    _add(_add(_add(about, "format"), "formatDesignation"), "formatName", file.mime)
    if file.path:
        place = _add(_add(node, "storage"), "contentLocation")
        _add(place, "contentLocationType", "path")
        _add(place, "contentLocationValue", file.path)
    if file.made_of:
        tie = _add(node, "relationship")
        _add(tie, "relationshipType", "derivation")
        _add(tie, "relationshipSubType", "has source")
        _identified(tie, "relatedObjectIdentifier", file.made_of)


def _event(root: Element, event: Event) -> None:
    node = _add(root, "event")
    _identified(node, "eventIdentifier", event.number)
    _add(node, "eventType", KINDS.get(event.kind, event.kind))
    _add(node, "eventDateTime", event.at.isoformat())
    outcome = _add(node, "eventOutcomeInformation")
    _add(outcome, "eventOutcome", "fail" if event.outcome in FAULTS else "pass")
    _identified(node, "linkingAgentIdentifier", event.agent)
    _identified(node, "linkingObjectIdentifier", event.file)
