"""Collections: objects from JSON Lines and CSV into the archive's tables, and back again, equal.

    report = import_objects(session, actor, "figures", rows, now=now)   # running.py
    unmatched = finish(session)                                         # matching.py, once at the end
    objects(session, "figures", everything=True)                        # export.py
    load_starter(session, keys=keys, now=now)                           # starter.py

A kind of file is a row in `kinds.KINDS` with a module that builds its rows and gives them back.
"""

from memorial.services.collection.collection_record import keep_note
from memorial.services.collection.export import kinds_present, objects
from memorial.services.collection.files import in_order, open_file
from memorial.services.collection.kinds import KINDS
from memorial.services.collection.matching import finish
from memorial.services.collection.report import COUNTED, Report
from memorial.services.collection.running import AT_ONCE, DEFAULT_NAME, import_objects
from memorial.services.collection.starter import load_starter
from memorial.services.collection.tables import shape_of
from memorial.services.collection.to_files import FORMS, write_all

__all__ = [
    "AT_ONCE",
    "COUNTED",
    "DEFAULT_NAME",
    "FORMS",
    "KINDS",
    "Report",
    "finish",
    "import_objects",
    "in_order",
    "keep_note",
    "kinds_present",
    "load_starter",
    "objects",
    "open_file",
    "shape_of",
    "write_all",
]
