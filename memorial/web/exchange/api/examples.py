"""Examples for the description of the API. Whatever they name is synthetic; tests hold them against the schemas."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

HERE = "https://archive.example"
WORK = {"label": "The Synthetic Gazette, 1 March 1992", "address": f"{HERE}/en/sources/xn2c90bnnx0vq"}
ENTRY = {
    "kind": "press", "id": "n4nh76814k4bc", "address": f"{HERE}/en/press/n4nh76814k4bc", "title": "A synthetic headline",
    "language": "en", "when": {"edtf": "1992-03-01", "words": "1 March"}, "line": "The Synthetic Gazette",
    "labels": {"kind": "Newspaper or broadcast", "when": "1 March 1992"},
}  # fmt: skip
STATEMENT = {
    "id": "00jhsmsq2c2gq", "property": "population", "value": "about 100", "stated_by": "A synthetic census", "qualifier": "about",
    "low": 100.0, "high": 100.0, "unit": "persons", "said": {"edtf": "1992"}, "cites": [{**WORK, "locator": "p. 2"}],
    "language": "en", "question": f"{HERE}/en/figures/synthetic-town-population",
    "labels": {"properties": {"population": "Inhabitants"}, "said": "1992"},
}  # fmt: skip
RECORD = {
    "kind": "press", "id": "n4nh76814k4bc", "address": f"{HERE}/en/press/n4nh76814k4bc", "title": "A synthetic headline",
    "language": "en", "detail": {"publication": "The Synthetic Gazette"}, "when": {"edtf": "1992-03-01"},
    "texts": [{"role": "summary", "body": "What the synthetic account says.", "language": "en", "markup": False}],
    "cites": [WORK], "revision": 1, "changed": "2026-11-22T09:00:00+00:00",
    "labels": {"kind": "Newspaper or broadcast", "when": "1 March 1992"},
}  # fmt: skip
MEMORY = {
    "id": "4x3k08wdhst2d", "form": "memory", "sent": "2026-11-22", "signed": "A synthetic neighbour",
    "text": {"role": "memory", "body": "Synthetic words of memory.", "language": "en", "markup": False},
}  # fmt: skip
TRANSCRIPT = {
    "id": "9qm4sr2s5wwgp", "kind": "verbatim", "language": "az", "machine": False, "version": 1, "released": "2026-11-22",
    "download": False, "recording": "c623qwtjrh3c9",
    "lines": f"{HERE}/api/v1/testimonies/1wpdk30kc1rmb/transcripts/9qm4sr2s5wwgp",
}  # fmt: skip
LINE = {
    "number": 1,
    "starts": 0,
    "ends": 4000,
    "body": "A synthetic line with […].",
    "speaker": "Synthetic narrator",
}
NEXT = {"next": f"{HERE}/api/v1/press?limit=1&after=WyIxOTkyLTAzLTAxIiwzXQ"}

EXAMPLES: Mapping[str, Mapping[str, Any]] = {
    "Entries": {"items": [ENTRY], **NEXT},
    "Record": RECORD,
    "Statement": STATEMENT,
    "Statements": {"items": [STATEMENT]},
    "Source": {
        "id": "xn2c90bnnx0vq", "address": f"{HERE}/en/sources/xn2c90bnnx0vq", "title": "The Synthetic Gazette",
        "fields": {"type": "article-newspaper", "issued": "1 March 1992"}, "uses": [{"entry": ENTRY, "locators": ["p. 2"]}],
        "labels": {"kind": "newspaper"},
    },
    "Question": {
        "id": "synthetic-town-population", "title": "How many lived in a synthetic town",
        "address": f"{HERE}/en/figures/synthetic-town-population", "statements": [STATEMENT],
        "labels": {"title": "How many lived in a synthetic town", "properties": {"population": "Inhabitants"}},
    },
    "Memories": {"items": [MEMORY]},
    "Transcripts": {"items": [TRANSCRIPT]},
    "Lines": {"items": [LINE], "transcript": TRANSCRIPT},
    "Hits": {"items": [{**ENTRY, "snippet": "a synthetic word"}], "total": 1, "partly": False},
    "Names": {
        "items": [{**ENTRY, "kind": "person", "title": "Synthetic Reporter", "written": "S. Reporter", "degree": "exact"}],
        "more": False, "partly": False,
    },
}  # fmt: skip
