"""What the desk asks of a changed object beyond what a file must be: places in works, places on the earth, quotations.

    problems = look(session, form, made, said)       # Problem by key; of what was changed alone

A file is evidence and kept as it came; who types at the desk can be asked. `said` is what somebody has
confirmed: "zero" (0° 0′ is meant).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from memorial.gate import GatedSession
from memorial.models import ArchiveSetting
from memorial.services.collection.batch import place_in_source
from memorial.services.collection.references import LOOKUPS
from memorial.services.published.forms import Entry, Made, ObjectForm, Problems
from memorial.services.published.spelling import Problem

# "Every statement has a source."
RESTS = frozenset(
    {"figures", "accounts", "terminology", "timeline", "people", "memorial_sites", "recognitions"}
)
CITES = ("places", "place", "works", "work")
PRESS = "press_accounts"
QUOTATION_WORDS = 25  # unless the community sets another number


def look(session: GatedSession, form: ObjectForm, made: Made, said: Mapping[str, str]) -> Problems:
    """Everything that is wrong with what was changed, besides what its fields say already."""
    found: Problems = {}
    for entry, added in _changed(form, made):
        if entry.what in CITES:
            _note(found, entry.key, _cited(session, entry, added))
        elif entry.what in ("ids", "id"):
            _note(found, entry.key, _pointed_to(session, entry, added))
    for check in (_sourced, _figure, _coordinates, _quotation, _translations):
        found |= check(session, form, made, said)
    known = {key for key, problem in made.problems.items() if problem.code != "fault"}
    return {key: problem for key, problem in found.items() if key not in known}


def _note(found: Problems, key: str, problem: Problem | None) -> None:
    if problem is not None:
        found[key] = problem


def _changed(form: ObjectForm, made: Made) -> Iterator[tuple[Entry, list[str]]]:
    """Each changed entry with the lines that came to it."""
    before = form.values()
    for group in ObjectForm(form.kind, made.value).groups():
        for entry in (entry for row in group.rows for entry in row):
            known = set(before.get(entry.key, "").split("\n"))
            added = [line for line in entry.value.split("\n") if line and line not in known]
            if entry.open and added:
                yield entry, added


def _cited(session: GatedSession, entry: Entry, added: Sequence[str]) -> Problem | None:
    """Each new citation leads to a work of the archive and says where in it."""
    places = {line: place_in_source(line) for line in added}
    if entry.what in ("places", "place"):
        bare = next((line for line, (_, locator) in places.items() if not locator.strip()), "")
        if bare:
            return Problem("locator_missing", bare)
    known = LOOKUPS["source"](session, {source for source, _ in places.values() if source})
    unknown = next((line for line, (source, _) in places.items() if source not in known), "")
    return Problem("source_unknown", unknown) if unknown else None


_LOOKED_UP = {"press_accounts": "press", "figures": "statement", "accounts": "statement"}


def _pointed_to(session: GatedSession, entry: Entry, added: Sequence[str]) -> Problem | None:
    known = LOOKUPS[_LOOKED_UP[entry.field.to]](session, set(added))
    unknown = next((line for line in added if line not in known), "")
    return Problem("object_unknown", unknown) if unknown else None


def _sourced(_session: GatedSession, form: ObjectForm, made: Made, _said: Mapping[str, str]) -> Problems:
    """What is new says where it is from, and no change takes the last source away."""
    asked = len(form.value) <= 1 or "seed_refs" in made.changed
    if form.kind.name not in RESTS or not asked:
        return {}
    rests = made.value.get("seed_refs") or made.value.get("press_account_id")
    return {} if rests else {"seed_refs": Problem("source_needed")}


def _figure(_session: GatedSession, form: ObjectForm, made: Made, _said: Mapping[str, str]) -> Problems:
    """A range the wrong way round, and a figure without a number or a word for one."""
    if form.kind.name != "figures" or not made.changed & {"min", "max", "value", "qualifier"}:
        return {}
    low, high = made.value.get("min"), made.value.get("max")
    if low is not None and high is not None and low > high:
        return {"min": Problem("range_backwards", f"{low} – {high}")}
    number = made.value.get("value")
    outside = number is not None and (
        (low is not None and number < low) or (high is not None and number > high)
    )
    return {"value": Problem("value_outside", f"{number}")} if outside else {}


def _coordinates(_session: GatedSession, _form: ObjectForm, made: Made, said: Mapping[str, str]) -> Problems:
    if not made.changed & {"lat", "lon"}:
        return {}
    latitude, longitude = made.value.get("lat"), made.value.get("lon")
    if (latitude is None) != (longitude is None):
        return {"lat" if latitude is None else "lon": Problem("coordinate_missing")}
    at_zero = latitude == 0 and longitude == 0
    return {"lat": Problem("at_zero")} if at_zero and not said.get("zero") else {}


def _quotation(session: GatedSession, form: ObjectForm, made: Made, _said: Mapping[str, str]) -> Problems:
    """More words of a newspaper than the archive allows itself, while nothing says by what right."""
    if form.kind.name != PRESS or (made.value.get("rights") or "").strip():
        return {}
    most = quotation_words(session)
    counts = {
        key: len(words.split())
        for key, words in _quoted(made.value)
        if "rights" in made.changed or key in made.changed
    }
    return {
        key: Problem("quotation_too_long", f"{count} / {most}")
        for key, count in counts.items()
        if most and count > most
    }


def _quoted(value: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each text in which the newspaper speaks, under the key of its field."""
    for name in ("quotation", "fragment"):
        yield name, value.get(name) or ""
    for name, part in (("variants", "quotation"), ("translations", "text")):
        for at, row in enumerate(value.get(name) or []):
            yield f"{name}-{at}-{part}", row.get(part) or ""


def _translations(
    _session: GatedSession, _form: ObjectForm, made: Made, _said: Mapping[str, str]
) -> Problems:
    """A translation is somebody's, and of something."""
    found: Problems = {}
    original = any(made.value.get(name) for name in ("quotation", "fragment", "text_excerpt"))
    for at, row in enumerate(made.value.get("translations") or []):
        if not any(key.startswith(f"translations-{at}-") for key in made.changed):
            continue
        if not original:
            found[f"translations-{at}-text"] = Problem("nothing_translated")
        if not row.get("language"):
            found[f"translations-{at}-language"] = Problem("needed")
        if not (row.get("translator") or row.get("seed_refs")):
            found[f"translations-{at}-translator"] = Problem("translator_needed")
    return found


def quotation_words(session: GatedSession) -> int:
    """How many words of one press account may be quoted without a stated right; 0 for no limit."""
    chosen = session.get(ArchiveSetting, "quotation_words")
    return QUOTATION_WORDS if chosen is None else int(chosen.value)
