"""The rooms and the direction of their arrows, read from the source; and what no room may do.

Each list of exceptions says why. A new entry is a decision: it is made here, in the open.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

import memorial.models  # noqa: F401  (fills the registry)
from memorial.db import Base
from memorial.models import Guarded
from memorial.models.guarded import AtTheDesk

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "memorial"
TEMPLATES = PACKAGE / "web" / "templates"

# room -> the rooms it may import from, itself aside. domain <- models <- gate <- services <- faces.
FACES = {"web", "cli", "jobs", "server", "bench"}
INNER = {"domain", "db", "models", "gate", "services"}
MAY_IMPORT: dict[str, set[str]] = {
    "domain": set(),
    "db": set(),
    "keys": set(),
    "storage": set(),
    "derivatives": set(),
    "second_place": set(),
    "web_server": set(),
    "words": set(),
    "formats": {"domain"},
    "models": {"domain", "db"},
    "schema": {"db", "models"},
    "gate": {"domain", "db", "models"},
    "services": {"domain", "db", "models", "gate", "keys", "storage", "derivatives", "formats", "second_place",
                 "words"},
    "house": {"config", "schema", "second_place", "db", "domain", "gate", "keys", "models", "storage", "services"},
    # The first start and the entry points: what people and time set in motion.
    "first_start": {*INNER, "config", "house", "keys", "schema", "storage"},
    # `schema`: /readyz asks whether the database has the shape the program expects.
    "web": {*INNER, "config", "formats", "house", "jobs", "keys", "storage", "derivatives", "schema", "words"},
    "jobs": {*INNER, "config", "house", "keys", "storage", "long_jobs", "file_rounds", "turns"},
    "long_jobs": {*INNER, "house", "turns"},
    "turns": {"house"},
    "file_rounds": {*INNER, "house", "long_jobs", "storage", "turns"},
    "server": {*INNER, "config", "app", "house", "jobs", "first_start", "schema", "web", "web_server"},
    "cli": {*INNER, "config", "app", "house", "jobs", "long_jobs", "file_rounds", "server", "bench", "schema", "keys", "storage", "first_start",
            "second_place", "formats", "web"},
    "bench": {*INNER, "config", "app", "house", "jobs", "server", "schema", "storage", "derivatives"},
    "app": {"*"},
    "config": set(),
}  # fmt: skip

# Third-party packages that a room must not know.
UNKNOWN_TO: dict[str, set[str]] = {
    "domain": {"flask", "sqlalchemy", "huey", "alembic", "pydantic_settings"},
    "formats": {"flask", "sqlalchemy"},
    "models": {"flask", "huey"},
    "gate": {"flask", "huey"},
    "services": {"flask", "huey", "click"},
    "storage": {"flask", "sqlalchemy"},
    "derivatives": {"flask", "sqlalchemy"},
    "keys": {"flask", "sqlalchemy"},
    "web": {"alembic"},
}


@cache
def sources() -> dict[str, ast.Module]:
    paths = [*PACKAGE.rglob("*.py"), ROOT / "config.py"]
    return {
        str(path.relative_to(ROOT)): ast.parse(path.read_text(encoding="utf-8")) for path in sorted(paths)
    }


def room_of(module: str) -> str:
    """The room of a dotted module: the first word under `memorial`. `cli_import` belongs to `cli`."""
    words = module.split(".")
    if words[0] != "memorial":
        return words[0]
    return (
        words[1].split("_")[0]
        if len(words) > 1 and words[1].startswith("cli_")
        else (words[1:] or ["memorial"])[0]
    )


def dotted(name: str) -> str:
    return name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def imports(tree: ast.Module) -> Iterator[str]:
    """Every module a file imports, those inside functions included. Relative imports are not used here."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative import"
            module = node.module or ""
            # `from memorial import schema` names a room, `from memorial.gate import Reader` a thing in one.
            yield from (
                (f"memorial.{alias.name}" for alias in node.names) if module == "memorial" else [module]
            )


def test_imports_point_inwards():
    wrong = []
    for name, tree in sources().items():
        room = room_of(dotted(name))
        allowed = MAY_IMPORT.get(room, set()) | {room}
        for module in imports(tree):
            if module.split(".")[0] not in ("memorial", "config"):
                continue
            if "*" not in allowed and room_of(module) not in allowed | {"memorial"}:
                wrong.append(f"{name} imports {module}")
    assert wrong == []


def test_every_room_is_in_the_table():
    rooms = {room_of(dotted(name)) for name in sources()} - {"memorial"}
    assert rooms <= set(MAY_IMPORT), rooms - set(MAY_IMPORT)


def test_inner_rooms_do_not_know_the_outer_world():
    wrong = [
        f"{name} imports {module}"
        for name, tree in sources().items()
        for module in imports(tree)
        if module.split(".")[0] in UNKNOWN_TO.get(room_of(dotted(name)), set())
    ]
    assert wrong == []


def test_the_direction_of_the_table_itself_has_no_way_back():
    def reached(room: str, seen: frozenset[str] = frozenset()) -> set[str]:
        further = MAY_IMPORT.get(room, set()) - seen - {"*"}
        return further.union(*(reached(each, seen | further | {room}) for each in further))

    for room in MAY_IMPORT:
        assert room not in reached(room), room
    for inner in ("domain", "models", "gate", "services"):
        assert not reached(inner) & FACES


# -- past the gate ---------------------------------------------------------------------------------

# What no listener sees, file by file, and why it is there all the same.
PAST_THE_GATE: dict[str, tuple[set[str], str]] = {
    "memorial/db.py": (
        {"exec_driver_sql", "connection", "raw_connection"}, "pragmas, BEGIN, numbers of rows, VACUUM",
    ),
    "memorial/models/guarded.py": ({"text"}, "the WHERE of a partial index, no statement"),
    "memorial/models/statements.py": ({"literal_column"}, "numbers and the name of a configuration, no table"),
    "memorial/services/search_index.py": (
        {"exec_driver_sql", "connection", "__table__", "past_the_gate"},
        "writes the full-text tables, which hold every part",
    ),
    "memorial/services/name_index.py": (
        {"exec_driver_sql", "connection", "__table__", "past_the_gate"},
        "writes the full-text table of names, which holds every part",
    ),
    "memorial/services/harvest_marks.py": (
        {"past_the_gate", "__table__"}, "a withdrawal is marked also by a writer who may no longer read the page",
    ),
    "memorial/services/wall_index.py": (
        {"past_the_gate", "__table__"}, "names of every part stand on the wall, each under its own guard",
    ),
    "memorial/services/backup.py": (
        {"past_the_gate", "tables"}, "a backup holds every row; it is encrypted and renders no page",
    ),
    "memorial/services/restore.py": ({"past_the_gate", "tables"}, "an empty archive gets every row back"),
    "memorial/services/consent.py": (
        {"past_the_gate", "__table__"}, "the projection asks which tables hold rows of a record, and reads none",
    ),
    "memorial/services/links.py": ({"__table__"}, "compares tables by name, reads no row"),
    "memorial/gate/sessions.py": ({"past_the_gate", "tables"}, "the refusal itself"),
    "memorial/web/cache.py": ({"execute on a raw connection"}, "epoch and boundary, on every request"),
}  # fmt: skip


def _past_the_gate(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy"):
            yield from ({alias.name for alias in node.names} & {"text", "literal_column", "TextClause"})
        elif isinstance(node, ast.Attribute) and node.attr in (
            "__table__",
            "exec_driver_sql",
            "raw_connection",
        ):
            yield node.attr
        elif (
            isinstance(node, ast.Attribute)
            and node.attr == "tables"
            and ast.unparse(node.value).endswith("metadata")
        ):
            yield "tables"
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "connection"
        ):
            yield "connection"
        elif isinstance(node, ast.Constant) and node.value == "past_the_gate":
            yield "past_the_gate"


def test_nothing_but_the_stated_files_goes_past_the_gate():
    found: dict[str, set[str]] = {}
    for name, tree in sources().items():
        if room_of(dotted(name)) in ("schema",):
            continue
        used = set(_past_the_gate(tree))
        if used - PAST_THE_GATE.get(name, (set(), ""))[0]:
            found[name] = used
    assert found == {}


def test_a_session_s_engine_is_not_borrowed_to_read_by_itself():
    """`session.get_bind()` is asked for its dialect alone; engines are connected in stated places."""
    # The first vacuums after an erasure, the third holds a lock, the last reads the epoch on every request.
    allowed = {"memorial/db.py", "memorial/schema.py", "memorial/turns.py", "memorial/web/cache.py"}
    wrong = [
        f"{name}: {ast.unparse(node)}"
        for name, tree in sources().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("connect", "begin")
        and "engine"
        in ast.unparse(node.func.value).lower() + ("engine" if "get_bind" in ast.unparse(node) else "")
        and name not in allowed
    ]
    assert wrong == []


def test_sessions_are_opened_by_the_gate_alone():
    wrong = [
        f"{name}: {ast.unparse(node.func)}"
        for name, tree in sources().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func)
        in ("Session", "GatedSession", "sessionmaker", "scoped_session", "orm.Session")
    ]
    assert wrong == ["memorial/gate/sessions.py: GatedSession"]


# -- who reads roles and policies -------------------------------------------------------------------

ROLES_AND_POLICIES: dict[str, str] = {
    "memorial/services/consent.py": "writes the projection",
    "memorial/services/withdrawal.py": "an erased part has no policy",
    "memorial/services/search_index.py": "an entry carries its part's guard",
    "memorial/services/name_index.py": "a line carries its name's guard",
    "memorial/services/harvest_marks.py": "writes down when a page opened or closed to harvesters",
    "memorial/services/harvest.py": "dates a header by the window that the gate lets through",
    "memorial/services/wall_index.py": "a row of the wall carries its name's guard",
    "memorial/services/check.py": "holds every row's guard against the fold",
    "memorial/services/standing.py": "names the guard's columns, to leave them out of what is compared",
    "memorial/services/renewals.py": "asks which yeses end soon; shows nothing of what they guard",
    "memorial/services/photographs.py": "a copy carries its original's guard",
    "memorial/services/sending.py": "a new part of something published asks for a yes of its own",
    "memorial/services/review.py": "names a message's author family or account, decides nothing",
    "memorial/services/accounts.py": "gives and takes roles",
    "memorial/services/account_sessions.py": "gives and takes roles",
    "memorial/cli_account.py": "gives roles, and lists them",
    "memorial/web/account/identity.py": "makes the Actor and the Reader out of an account, once",
    "memorial/web/contribute/photographs.py": "says whether a photograph still can be changed",
    "memorial/services/collection/writing.py": "imported rows carry their part's guard",
    "memorial/services/collection/former.py": "imported rows keep the guard they had",
    "memorial/services/collection/collection_record.py": "what hangs on a page hidden meanwhile",
    "memorial/services/collection/running.py": "what hangs on a page hidden meanwhile",
}
NAMES = {"policy_id", "PolicyWindow", "public_from", "public_until"}
# `.roles` of a person (witness, journalist …) is another word than an account's.
PERSONS = {"memorial/services/search_entries.py", "memorial/services/collection/people.py", "memorial/services/lists.py",
           "memorial/services/reading.py"}  # fmt: skip


def _reads_policies(name: str, tree: ast.Module) -> bool:
    words = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    words |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    words |= {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    roles = {"roles"} if name not in PERSONS else set()
    attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    return bool(words & NAMES or attributes & roles)


def test_roles_and_policies_are_read_by_the_gate_alone():
    inside = {"gate", "models", "domain"}
    found = {
        name for name, tree in sources().items()
        if room_of(dotted(name)) not in inside and _reads_policies(name, tree)
    }  # fmt: skip
    assert found - set(ROLES_AND_POLICIES) == set()


# -- who commits, who asks for the time -----------------------------------------------------------------


def _calls(tree: ast.Module, names: Iterable[str]) -> list[str]:
    wanted = set(names)
    return [
        f"line {node.lineno}: {ast.unparse(node.func)}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in wanted
    ]


def test_one_place_commits():
    """Services return things; the entry point commits once, through the house."""
    found = {name: calls for name, tree in sources().items() if (calls := _calls(tree, ["commit"]))}
    assert set(found) <= {"memorial/house.py"}
    assert len(found["memorial/house.py"]) == 1


def test_now_is_handed_in():
    """`datetime.now` stands in the clock; rules and services are told the time."""
    clocks = {
        "datetime.now", "datetime.utcnow", "datetime.today", "datetime.datetime.now", "date.today",
        "datetime.date.today", "time.time", "time.time_ns", "utc_now", "clock.utc_now",
    }  # fmt: skip
    found = [
        f"{name}: {ast.unparse(node.func)}"
        for name, tree in sources().items()
        if room_of(dotted(name)) in ("domain", "models", "gate", "services", "formats")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in clocks
    ]
    assert found == ["memorial/domain/clock.py: datetime.now"]


# -- tables ----------------------------------------------------------------------------------------------

# Mapped classes without a guard, and why nobody needs one.
UNGUARDED: dict[str, str] = {
    "Draft": "what the desk writes of a recording, AtTheDesk",
    "DraftCue": "a line of it, AtTheDesk",
    "DraftStep": "what was changed in it, AtTheDesk",
    "Account": "people of the desk; no page reads them",
    "AccountSession": "hashes of tokens",
    "Application": "ciphertext, and AtTheDesk",
    "ArchiveSetting": "what the community says about itself, public by nature",
    "AuditEntry": "ids, verbs and hashes",
    "Boundary": "moments",
    "BulkAct": "ids, verbs and hashes",
    "BulkLine": "ids, versions and verbs",
    "BulkNote": "ciphertext, and AtTheDesk",
    "Confirmation": "ids and verbs of the desk",
    "ConsentForm": "the wording everybody is shown before agreeing",
    "Contribution": "ciphertext and dates; its code is a slow hash",
    "CustodyEvent": "ids and verbs",
    "DestroyedKey": "ids and dates",
    "Enclosure": "names as ciphertext, and AtTheDesk",
    "Evidence": "names as ciphertext, and AtTheDesk",
    "FileCheck": "names of ciphertexts and dates",
    "FormerCode": "slow hashes of codes that another one replaced",
    "GraphicDay": "ids, for one day, and nobody is shown them",
    "HarvestMark": "ids and times of what the public could once reuse",
    "Head": "counters",
    "ImportedObject": "leftovers of files, read by the desk and by exports in custody",
    "Item": "states and ids of the desk's work",
    "ItemCheck": "the desk's checklist",
    "ItemPass": "ids",
    "Letter": "ids, kinds and dates: no address, no word",
    "LedgerEntry": "ids and windows: the very thing a policy is folded from",
    "Message": "ciphertext, and AtTheDesk",
    "NameList": "a list of names: how it is read and how far it is; AtTheDesk",
    "NameListFile": "ciphertext, and AtTheDesk",
    "Part": "names of parts, which hold no words",
    "Party": "kinds, and contacts as ciphertext",
    "Passkey": "public keys of the desk's people",
    "Policy": "hashes",
    "PolicyWindow": "windows",
    "Proposal": "ids and hashes, and AtTheDesk",
    "Reckoning": "numbers and times",
    "Recusal": "ids",
    "Report": "AtTheDesk",
    "Revision": "AtTheDesk",
    "SavedView": "filters of the queue",
    "Upload": "AtTheDesk",
    "UploadPiece": "names of ciphertexts, and AtTheDesk",
    "WallAnchor": "ids and numbers of what the public saw in one epoch",
    "WallCount": "how many, and under which letters, the public saw in one epoch",
}


def test_every_table_is_guarded_or_says_why_not():
    plain = {
        mapper.class_.__name__ for mapper in Base.registry.mappers if not issubclass(mapper.class_, Guarded)
    }
    assert plain == set(UNGUARDED)


def test_what_is_called_the_desk_s_is_marked_so():
    marked = {
        mapper.class_.__name__ for mapper in Base.registry.mappers if issubclass(mapper.class_, AtTheDesk)
    }
    assert marked == {name for name, why in UNGUARDED.items() if "AtTheDesk" in why}


def test_every_table_with_a_guard_has_the_whole_of_it():
    guard = {"part_id", "policy_id", "public_from", "public_until", "contribution_id", "sealed"}
    for mapper in Base.registry.mappers:
        columns = {column.name for column in mapper.local_table.columns}
        if issubclass(mapper.class_, Guarded):
            assert guard <= columns, mapper
        else:
            assert not {"public_from", "sealed"} & columns, mapper


def test_no_relation_leads_from_a_guarded_row_into_one_without_a_guard():
    """What is reached by walking from a page's row must itself have come through the gate."""
    wrong = [
        f"{mapper.class_.__name__}.{relation.key}"
        for mapper in Base.registry.mappers
        for relation in mapper.relationships
        if issubclass(mapper.class_, Guarded) and not issubclass(relation.mapper.class_, Guarded)
    ]
    assert wrong == []


# -- templates and static files --------------------------------------------------------------------------

FORBIDDEN_IN_TEMPLATES = {
    "a value trusted unseen": r"\|\s*safe\b|Markup\(|autoescape\s+false",
    "an inline script": r"<script(?![^>]*\bsrc=)[^>]*>",
    "an inline style sheet": r"<style\b",
    "an inline style": r"\sstyle\s*=",
    "an inline handler": r"<[^>{%]*\son[a-z]+\s*=",
    "a script address": r"javascript:",
    "a request to elsewhere": r"<(?:script|link|img|iframe|source)[^>]*(?:src|href)=[\"']?(?:https?:)?//",
    "a role": r"\bif\b[^%}]*\b(?:user|account|actor)\.roles\b|\bif\b[^%}]*\bin\s+\w*\.?roles\b",
    "a query": r"\bsession\.(?:execute|scalars|query)\b|\.query\b",
}


# Where markup is made of text that was escaped or cleaned before, and by whom.
TRUSTED = {
    "_parts/prose.html": "text.body|safe",  # gate/shown.py cleans it: domain/markup.py
    "_parts/entries.html": "(text|e)|replace",  # escaped, then our two marks
}


def templates() -> list[Path]:
    return sorted(path for path in TEMPLATES.rglob("*") if path.suffix in (".html", ".xml", ".txt", ".svg"))


def _untrusted(path: Path) -> str:
    """A template without its comments and without the one line that is stated as trusted."""
    text = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.S)
    trusted = TRUSTED.get(str(path.relative_to(TEMPLATES)), "")
    return "\n".join(line for line in text.splitlines() if not trusted or trusted not in line)


@pytest.mark.parametrize("what", FORBIDDEN_IN_TEMPLATES)
def test_no_template_has(what):
    pattern = re.compile(FORBIDDEN_IN_TEMPLATES[what], re.IGNORECASE)
    assert templates()
    found = [
        f"{path.relative_to(TEMPLATES)}: {match.group()[:60]}"
        for path in templates()
        for match in [pattern.search(_untrusted(path))]
        if match
    ]
    assert found == []


# -- words -------------------------------------------------------------------------------------------------


def test_every_module_says_what_it_is_for():
    silent = [
        name for name, tree in sources().items() if tree.body and not ast.get_docstring(tree)
    ]  # fmt: skip
    assert silent == []


def test_nothing_in_the_code_knows_where_it_lies():
    paths = re.compile(r"/(?:work|home|root|Users)/")
    found = [name for name in sources() if paths.search((ROOT / name).read_text(encoding="utf-8"))]
    assert found == []


def test_nobody_sleeps():
    found = {name: calls for name, tree in sources().items() if (calls := _calls(tree, ["sleep"]))}
    assert set(found) <= {"memorial/server.py"}
