"""The starter collection keeps its promises: complete, sourced, neutral, and few words that belong to others.

What needs no other folder is tested on the shipped files alone (ids and figures through digests). Where the
folder `shared` stands beside the checkout, every free text is also compared with the verbatim words of the
full collection.

The rule for the words: a run of five or more words that a starter text shares with a verbatim text counts as
quoted, less the words that belong to a name, title or term (`CITATION_FIELDS`, `NAMES`). At most 25 quoted
words per work, no sentence of four or more words whole. A passage that one work reprints from another is
counted to the work it comes from.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

Row = dict[str, Any]
Words = tuple[str, ...]

ROOT = Path(__file__).resolve().parents[1]
STARTER = ROOT / "memorial" / "starter"
COLLECTION = ROOT / "../shared" / "collection"

COUNTS = {
    "accounts": 95,
    "figures": 217,
    "films": 6,
    "memorial_sites": 9,
    "people": 66,
    "places": 52,
    "press_accounts": 31,
    "recognitions": 57,
    "sources": 34,
    "terminology": 17,
    "timeline": 55,
}
IDS_DIGEST = "0aaebb94c85a7e881091e7860d15d24a630c5a789fa207d3f24cc04728d6098a"
FIGURES_DIGEST = "e60872c5298dc83e340cfa708c4eeb0057b2ca1f8a29888787f5bc7a46f51b6d"

BUDGET = 25
RUN = 5
SENTENCE = 4
VERBATIM_FIELDS = ("quotation", "as_printed", "statement", "text_excerpt", "anchor", "mentions_figures")
DROPPED_FIELDS = {
    "quotation",
    "quotation_segments",
    "mentions_figures",
    "as_printed",
    "text_excerpt",
    "anchor",
}
CITATION_FIELDS = set(
    re.findall(
        r"\w+",
        """
        alternative_title authors body byline_as_printed caption_refs container_title document_number
        editors headline name number persons_named places_named publication published_in publisher
        seed_refs source_title spelling term title
        """,
    )
)
OWN_TITLES = {"timeline"}  # titles there are prose of ours
CONTROLLED_FIELDS = {"form", "kind", "side", "scope", "language", "attribution_confidence"}
NAMES = (
    "European Court of Human Rights",
    "Human Rights Watch",
    "Universal Declaration of Human Rights",
    "Popular Front of Azerbaijan",
    "National Front of Azerbaijan",
    "Caspian Sea esplanade of Baku",
    "genocidal act",
    "crime against humanity",
)
TERM_LENGTH = 4  # a part of `term_used` of up to so many words is a name for the event
GENERALISATIONS = (
    r"\b(all|every|these|those) (armenian|azerbaijani|azeri|turk|russian|muslim|christian)s?\b",
    r"\b(armenians|azerbaijanis|azeris|turks|russians) (are|were|have) (always|never|by nature)\b",
    r"\b(by nature|in their blood|national character|mentality|bloodthirst\w*|barbari\w*|savag\w*)\b",
    r"\b(age-old|eternal|ancient) (hatred|enem\w*)\b",
    r"\b(chauvinis\w*|fascist regime|so-called|vandals?|hordes?)\b",
)
ACCUSED = {
    f"person-{name}"
    for name in (
        "mutalibov",
        "fahmin-hajiyev",
        "sargsyan",
        "kocharian",
        "ohanyan",
        "nabokikh",
        "monte-melkonian",
    )
}


def read(folder: Path) -> dict[str, list[Row]]:
    """The rows of every file, by file name without ending; raises on a line that is not JSON."""
    return {
        name: [json.loads(line) for line in (folder / f"{name}.jsonl").read_text("utf-8").splitlines()]
        for name in COUNTS
    }


def collection() -> dict[str, list[Row]] | None:
    """The full collection, or None (said aloud) where the folder `shared` is not beside the checkout."""
    if COLLECTION.is_dir():
        return read(COLLECTION)
    print(f"{COLLECTION} is absent: compared with digests alone")
    return None


def words(text: str) -> Words:
    plain = re.sub(r"(?<=\d),(?=\d{3})", "", text.lower().replace("’", "'")).replace("'s", "")
    return tuple(re.findall(r"\w+", plain))


def digest(values: object) -> str:
    return hashlib.sha256(json.dumps(values, ensure_ascii=False).encode()).hexdigest()


def free_texts(kind: str, value: Any, field: str = "") -> Iterator[tuple[str, str]]:
    """Every string of an object that is prose, with the field it stands in."""
    if field in CONTROLLED_FIELDS or (
        field in CITATION_FIELDS and not (field == "title" and kind in OWN_TITLES)
    ):
        return
    if isinstance(value, str):
        yield field, value
    elif isinstance(value, list):
        for part in value:
            yield from free_texts(kind, part, field)
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from free_texts(kind, part, key)


def works_of(kind: str, row: Row) -> set[str]:
    """Whose words the verbatim fields of an object are."""
    if kind == "press_accounts":
        return {row["id"]}
    if row.get("press_account_id"):
        return {row["press_account_id"]}
    seeds = {ref.split("_")[0] for ref in row["seed_refs"]}
    document = {row["id"]} if kind == "recognitions" else {row.get("published_in") or row.get("source_title")}
    return seeds | {work for work in document if work}


@dataclass(frozen=True)
class Verbatim:
    works: set[str]
    text: str


def verbatim(rows: dict[str, list[Row]]) -> Iterator[Verbatim]:
    for kind, row in ((kind, row) for kind in rows for row in rows[kind]):
        values = [row.get(field) for field in VERBATIM_FIELDS]
        values += [variant.get("quotation") for variant in row.get("variants", []) if "quotation" in variant]
        values += [segment["text"] for segment in row.get("quotation_segments", [])]
        for value in values:
            for text in value if isinstance(value, list) else [value]:
                if text:
                    yield Verbatim(works_of(kind, row), text)


def shared_runs(text: Words, index: dict[Words, set[str]]) -> Iterator[tuple[Words, set[str]]]:
    """The longest runs of `text` whose every five words stand together in some verbatim text."""
    start = 0
    while start + RUN <= len(text):
        end = start
        works: set[str] = set()
        while end + RUN <= len(text) and text[end : end + RUN] in index:
            works |= index[text[end : end + RUN]]
            end += 1
        if works:
            yield text[start : end + RUN - 1], works
        start = max(end, start + 1)


def without_names(run: Words) -> int:
    left = " ".join(run)
    for name in NAMES:
        left = left.replace(" ".join(words(name)), " ")
    return len(left.split())


def contains(text: Words, part: Words) -> bool:
    return f" {' '.join(part)} " in f" {' '.join(text)} "


def whole_sentences(text: str) -> Iterator[Words]:
    """The sentences of four or more words, and what is quoted inside; the last one only where it is closed."""
    *closed, last = re.split(r"[.!?]+[”\"’]*\s+", text)
    if last.rstrip('”"’ ')[-1:] in (".", "!", "?"):
        closed.append(last)
    closed += re.findall(r"“([^“”]*)”", text)
    yield from (sentence for sentence in map(words, closed) if len(sentence) >= SENTENCE)


def marked_quotations(kind: str, row: Row) -> int:
    """Words of an object that it marks as quoted: between quotation marks, the fragment and its translations, a long
    term."""
    count = len(words(row.get("fragment") or ""))
    count += sum(len(words(each["text"])) for each in row.get("translations") or [])
    for field, text in free_texts(kind, row):
        for quoted in re.findall(r"“([^”]*)”|\"([^\"]*)\"", text):
            count += len(words("".join(quoted)))
        if field == "term_used":
            count += sum(n for n in (len(words(part)) for part in text.split(";")) if n > TERM_LENGTH)
    return count


def test_every_line_is_an_object_and_every_object_is_there() -> None:
    starter = read(STARTER)
    assert {name: len(rows) for name, rows in starter.items()} == COUNTS
    assert digest({name: [row["id"] for row in rows] for name, rows in starter.items()}) == IDS_DIGEST


def test_ids_are_those_of_the_collection_without_the_accused() -> None:
    full = collection()
    for name, rows in read(STARTER).items() if full else ():
        assert [row["id"] for row in rows] == [r["id"] for r in (full or {})[name] if not r.get("accused")]


def test_figures_are_the_figures_that_were_stated() -> None:
    stated = ("id", "measure", "value", "min", "max", "unit", "source_date", "as_of", "conflict_group")
    figures = [[row[field] for field in stated] for row in read(STARTER)["figures"]]
    assert digest(figures) == FIGURES_DIGEST
    full = collection()
    if full:
        assert figures == [[row[field] for field in stated] for row in full["figures"]]


def test_hedges_of_figures_are_kept() -> None:
    full = collection()
    if full:
        hedges = {row["id"]: row["qualifier"].strip('"') for row in full["figures"]}
        assert hedges == {row["id"]: row["qualifier"] for row in read(STARTER)["figures"]}


def test_nobody_accused_of_a_crime_has_an_entry() -> None:
    starter = read(STARTER)
    assert not [row["id"] for row in starter["people"] if row["accused"] or row["id"] in ACCUSED]
    full = collection()
    if full:
        accused = [row for row in full["people"] if row["accused"]]
        assert {row["id"] for row in accused} == ACCUSED
        spellings = {name["spelling"] for row in accused for name in row["names"]}
        listed = {name for row in starter["press_accounts"] for name in row["persons_named"]}
        related = {tie["person"] for row in starter["people"] for tie in row["relations"]}
        assert not spellings & (listed | related)


def test_no_field_that_holds_the_words_of_others_is_shipped() -> None:
    rows = [row for rows in read(STARTER).values() for row in rows]
    assert not [row["id"] for row in rows if DROPPED_FIELDS & row.keys()]
    assert not [row["id"] for row in rows for variant in row.get("variants", []) if "quotation" in variant]


def test_every_press_item_has_a_summary_and_every_quoted_one_a_fragment() -> None:
    for row in read(STARTER)["press_accounts"]:
        assert row["summary"], row["id"]
        assert bool(row["fragment"]) == (row["kind"] == "quotation"), row["id"]


def test_every_account_says_that_it_is_a_summary() -> None:
    assert {row["wording"] for row in read(STARTER)["accounts"]} == {"summary"}


def test_every_reference_finds_its_object() -> None:
    starter = read(STARTER)
    known = {row["id"] for rows in starter.values() for row in rows}
    for row in (row for rows in starter.values() for row in rows):
        found = [*row.get("figure_ids", []), *row.get("account_ids", []), *row.get("see_also", [])]
        found += [ref for ref in row.get("rival_accounts", []) if isinstance(ref, str)]
        found += [ref for ref in (row.get("press_account_id"),) if ref]
        assert not set(found) - known, row["id"]


def test_every_fate_that_is_stated_names_who_states_it() -> None:
    told = [row for row in read(STARTER)["people"] if row["fate"] != "not stated"]
    assert len(told) == 16
    for row in told:
        assert re.search(r"according to|account|told|counted|describes", row["fate"]), row["id"]


def test_few_words_are_marked_as_quoted_from_any_work() -> None:
    total: Counter[str] = Counter()
    for kind, rows in read(STARTER).items():
        for row in rows:
            for work in works_of(kind, row):
                total[work] += marked_quotations(kind, row)
    assert {work: count for work, count in total.items() if count > BUDGET} == {}


def test_few_words_of_any_work_are_taken_over() -> None:
    full = collection()
    if not full:
        pytest.skip(f"{COLLECTION} is absent: there is nothing to compare with")
    index: defaultdict[Words, set[str]] = defaultdict(set)
    for passage in verbatim(full):
        text = words(passage.text)
        for start in range(len(text) - RUN + 1):
            index[text[start : start + RUN]] |= passage.works
    total: Counter[str] = Counter()
    for kind, rows in read(STARTER).items():
        for _, text_of_ours in (found for row in rows for found in free_texts(kind, row)):
            for run, works in shared_runs(words(text_of_ours), index):
                for work in works:
                    total[work] += without_names(run)
    assert total, "the fragments themselves must be found"
    assert {work: count for work, count in total.items() if count > BUDGET} == {}


def test_no_sentence_of_any_work_stands_whole() -> None:
    full = collection()
    if not full:
        pytest.skip(f"{COLLECTION} is absent: there is nothing to compare with")
    sentences = {sentence for passage in verbatim(full) for sentence in whole_sentences(passage.text)}
    for kind, rows in read(STARTER).items():
        ours = [words(text) for row in rows for _, text in free_texts(kind, row)]
        assert not [(text, whole) for text in ours for whole in sentences if contains(text, whole)]


def test_nothing_generalises_about_a_people() -> None:
    for kind, rows in read(STARTER).items():
        for row in rows:
            for field, text in free_texts(kind, row):
                for marker in GENERALISATIONS:
                    assert not re.search(marker, text.lower()), (row["id"], field, text)


def said(value: Any, field: str = "") -> Iterator[str]:
    """Every string that a visitor may read: all but ids and references to lines."""
    if field in ("id", "seed_refs", "cited_in", "seeds", "caption_refs", "variants"):
        return
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for part in value:
            yield from said(part, field)
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from said(part, key)


def test_sources_are_named_in_words_and_not_by_our_numbers() -> None:
    told = [text for rows in read(STARTER).values() for row in rows for text in said(row)]
    assert "Ali Hasanov" in told
    assert [text for text in told if re.search(r"\bseeds?\b", text, re.IGNORECASE)] == []
