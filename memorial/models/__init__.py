"""Every table of the archive. Import from here."""

from memorial.models.account import Account, AccountSession, Passkey
from memorial.models.application import Application
from memorial.models.audit import ArchiveSetting, AuditEntry, CustodyEvent, Head, ImportedObject, Reckoning
from memorial.models.code import FormerCode
from memorial.models.consent import (
    Boundary,
    ConsentForm,
    LedgerEntry,
    Part,
    Party,
    Policy,
    PolicyWindow,
)
from memorial.models.contribution import Contribution, DestroyedKey, Report, Tribute, Upload, UploadPiece
from memorial.models.desk import BulkAct, BulkLine, BulkNote, FileCheck, GraphicDay, SavedView
from memorial.models.enclosure import Enclosure
from memorial.models.evidence import Evidence, Proposal
from memorial.models.guarded import Dated, Guarded
from memorial.models.harvest import HarvestMark
from memorial.models.item import Confirmation, Item, ItemCheck, ItemPass, Message, Recusal
from memorial.models.letter import Letter
from memorial.models.media import Derivative, Media
from memorial.models.name_list import NameList, NameListFile
from memorial.models.person import Person, PersonName, Relation, SameAs, WrittenName
from memorial.models.record import (
    Document,
    Event,
    Place,
    Press,
    Record,
    RecordLink,
    Remembrance,
    Testimony,
)
from memorial.models.revision import Revision
from memorial.models.search import SearchEntry
from memorial.models.source import Citation, Source
from memorial.models.statement import AlsoAnswers, Question, Rival, Statement
from memorial.models.text import Text
from memorial.models.transcript import Cue, Draft, DraftCue, DraftStep, Interview, Mask, Segment, Transcript
from memorial.models.wall import WallAnchor, WallCount, WallName, WallUnnamed

__all__ = [
    "Account",
    "AccountSession",
    "AlsoAnswers",
    "Application",
    "ArchiveSetting",
    "AuditEntry",
    "Boundary",
    "BulkAct",
    "BulkLine",
    "BulkNote",
    "Citation",
    "Confirmation",
    "ConsentForm",
    "Contribution",
    "Cue",
    "CustodyEvent",
    "Dated",
    "Derivative",
    "DestroyedKey",
    "Document",
    "Draft",
    "DraftCue",
    "DraftStep",
    "Enclosure",
    "Event",
    "Evidence",
    "FileCheck",
    "FormerCode",
    "GraphicDay",
    "Guarded",
    "HarvestMark",
    "Head",
    "ImportedObject",
    "Interview",
    "Item",
    "ItemCheck",
    "ItemPass",
    "LedgerEntry",
    "Letter",
    "Mask",
    "Media",
    "Message",
    "NameList",
    "NameListFile",
    "Part",
    "Party",
    "Passkey",
    "Person",
    "PersonName",
    "Place",
    "Policy",
    "PolicyWindow",
    "Press",
    "Proposal",
    "Question",
    "Reckoning",
    "Record",
    "RecordLink",
    "Recusal",
    "Relation",
    "Remembrance",
    "Report",
    "Revision",
    "Rival",
    "SameAs",
    "SavedView",
    "SearchEntry",
    "Segment",
    "Source",
    "Statement",
    "Testimony",
    "Text",
    "Transcript",
    "Tribute",
    "Upload",
    "UploadPiece",
    "WallAnchor",
    "WallCount",
    "WallName",
    "WallUnnamed",
    "WrittenName",
]
