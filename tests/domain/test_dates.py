"""Dates keep their words, and say no more than they know."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memorial.domain.dates import BadDate, closes_before_end_of, from_words, opens_after, parse

SHARED = Path(__file__).resolve().parents[2] / "../shared"

# Where this archive decides otherwise than the suite a case comes from.
READ_OTHERWISE = {
    **dict.fromkeys(["Y1700", "Spring, 2002", "winter, 2002", "/"], "not EDTF of 2019"),
    **dict.fromkeys(["019", "009", "000", "-019", "197~", "197?", "19~", "19?", "19%"], "not EDTF of 2019"),
    **dict.fromkeys(
        ["2016-05-02T16:54:59" + f for f in (".042", ".04200000", ".42", ".042Z", "+14")], "times"
    ),
    **dict.fromkeys(["2016-05-02T16:54:59" + z for z in ("+0230", "+0000", "+1200", "+0410")], "times"),
    **dict.fromkeys(["2016-05-02T16:54:59" + z for z in ("-0015", "-1159")], "times"),
    **dict.fromkeys(["2016-05-02T12:00:00" + z for z in ("-12:01", "-13:00", "-13")], "the day stands"),
    "2001-?09~-09": "edtf 5.0.2 does not know it",
}
# Bounds which that suite invents: ten years for an unknown end, the guess within 1950S2.
BOUNDS_OTHERWISE = {"/2006", "1950S2", "1953S3"}


def _shared(path: str) -> list[dict[str, object]]:
    file = SHARED / path
    if not file.exists():
        pytest.fail(f"the shared material is missing: {file}")
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def _cases() -> list[dict[str, object]]:
    rows = [
        row for row in _shared("corpora/edtf/cases.jsonl") if "edtf" in row and row.get("draft") != "2012"
    ]
    assert len(rows) > 250
    return rows


def _is_date(text: str) -> bool:
    try:
        parse(text)
    except BadDate:
        return False
    return True


def test_every_case_of_the_corpus_is_read_or_refused_as_its_suite_says() -> None:
    wrong = [row["edtf"] for row in _cases() if _is_date(str(row["edtf"])) != row["valid"]]
    assert set(wrong) == set(READ_OTHERWISE)


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None  # before the year 1, after 9999 or without end


def test_days_of_the_corpus_are_those_its_suite_gives() -> None:
    rows = [row for row in _cases() if row["valid"] and "lower_strict" in row]
    assert len(rows) > 50
    for row in rows:
        text = str(row["edtf"])
        if text in BOUNDS_OTHERWISE or text.startswith(("XXXX", "Y")):
            continue
        when = parse(text)
        assert (when.earliest, when.latest) == (_day(row["lower_strict"]), _day(row["upper_strict"])), text


def _dates_in(value: object, key: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _dates_in(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from _dates_in(inner, key)
    elif isinstance(value, str) and (key in {"date", "as_of"} or key.endswith("_date")):
        yield value


def test_every_date_of_the_collection_can_be_read() -> None:
    files = sorted((SHARED / "collection").glob("*.jsonl"))
    found = {text for file in files for row in _shared(f"collection/{file.name}") for text in _dates_in(row)}
    assert len(found) > 90
    for text in found:
        when = parse(text, "as printed")
        assert (when.edtf, when.words) == (text, "as printed")
        if not text.startswith("XXXX"):
            assert when.earliest is not None
            assert when.latest is not None
            assert when.earliest <= when.latest


@pytest.mark.parametrize(
    ("edtf", "earliest", "latest"),
    [
        ("1992", "1992-01-01", "1992-12-31"),
        ("1992-02", "1992-02-01", "1992-02-29"),
        ("1992-02-25T23:00:00", "1992-02-25", "1992-02-25"),
        ("1987~", "1987-01-01", "1987-12-31"),
        ("1988-02~", "1988-02-01", "1988-02-29"),
        ("199X", "1990-01-01", "1999-12-31"),
        ("1984-1X", "1984-10-01", "1984-12-31"),
        ("199X-02-29", "1992-02-29", "1996-02-29"),
        ("1991-12/1992-02", "1991-12-01", "1992-02-29"),
        ("1992-02-25/..", "1992-02-25", None),
        ("/1992-02-25", None, "1992-02-25"),
        ("[2011-02-25,2012-02-22,2012-02-25]", "2011-02-25", "2012-02-25"),
        ("{1991-06,1991-12}", "1991-06-01", "1991-12-31"),
        ("[..1992-02,1993]", None, "1993-12-31"),
        ("1991-21", "1991-03-01", "1991-05-31"),
        ("1991-24", "1991-12-01", "1992-02-29"),
        ("199X-24", "1990-12-01", "2000-02-29"),
        ("9999-24", "9999-12-01", None),
        ("1992-33", "1992-01-01", "1992-03-31"),
        ("1992-41", "1992-07-01", "1992-12-31"),
        ("XXXX-05-28", None, None),
        ("XXXX-02-29", None, None),
        ("XXXX-21", None, None),
        ("0000-02", None, "0000-02-29"),
        ("-0044-03-15", None, None),
    ],
)
def test_the_earliest_and_the_latest_day_are_known_or_left_open(
    edtf: str, earliest: str | None, latest: str | None
) -> None:
    when = parse(edtf)
    assert (when.earliest, when.latest) == (_day(earliest), _day(latest))


def test_a_date_of_words_alone_has_no_days() -> None:
    when = parse("  ", "in the winter")
    assert (when.edtf, when.words, when.earliest, when.latest) == ("", "in the winter", None, None)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("25.02.1992", "form"),
        ("winter", "form"),
        ("1992-2-5", "form"),
        ("../..", "form"),
        ("[1992", "form"),
        ("1992" * 60, "form"),
        ("1992-02-30", "no_such_day"),
        ("1993-02-29", "no_such_day"),
        ("XXXX-02-30", "no_such_day"),
        ("1992-13", "no_such_day"),
        ("1992-21-01", "no_such_day"),
        ("1992-03/1992-02", "backwards"),
    ],
)
def test_what_is_no_date_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(BadDate) as caught:
        parse(text)
    assert (caught.value.reason, caught.value.text) == (reason, text)


pieces = st.sampled_from(
    [
        "1992",
        "19XX",
        "XXXX",
        "-02",
        "-XX",
        "-25",
        "-1X",
        "-21",
        "~",
        "?",
        "/",
        "..",
        "[",
        "]",
        ",",
        "T10:00:00",
        "Y",
    ]
)


@given(st.lists(pieces, max_size=6).map("".join) | st.text(max_size=12))
def test_whatever_is_given_is_a_date_or_a_bad_date(text: str) -> None:
    try:
        when = parse(text)
    except BadDate:
        return
    assert when.earliest is None or when.latest is None or when.earliest <= when.latest


@given(st.dates())
def test_a_day_is_itself(day: date) -> None:
    assert (parse(day.isoformat()).earliest, parse(day.isoformat()).latest) == (day, day)


@pytest.mark.parametrize(
    ("words", "language", "edtf"),
    [
        ("1992-02-25", "en", "1992-02-25"),
        ("25.02.1992", "az", "1992-02-25"),
        ("5.2.1992", "und", "1992-02-05"),
        ("02.1992", "ru", "1992-02"),
        ("3/4/1961", "tr", "1961-04-03"),
        ("13/4/1961", "en", "1961-04-13"),
        ("1961", "az", "1961"),
        ("about 1961", "en", "1961~"),
        ("c. 1961", "en", "1961~"),
        ("təxminən 1961-ci il", "az", "1961~"),
        ("около 1961 года", "ru", "1961~"),
        ("1950 civarı", "tr", "1950~"),
        ("1961?", "en", "1961?"),
        ("maybe around 1961", "en", "1961%"),
        ("1960s", "en", "196X"),
        ("1960-cı illər", "az", "196X"),
        ("1960-е годы", "ru", "196X"),
        ("1960'lar", "tr", "196X"),
        ("25 fevral 1992-ci il", "az", "1992-02-25"),
        ("1992-ci ilin fevralında", "az", "1992-02"),
        ("İYUN 1990", "az", "1990-06"),
        ("25 февраля 1992 г.", "ru", "1992-02-25"),
        ("в мае 1992 года", "ru", "1992-05"),
        ("25 Şubat 1992", "tr", "1992-02-25"),
        ("Ağustos 1950'de", "tr", "1950-08"),
        ("February 25th, 1992", "en", "1992-02-25"),
        ("25 February 1992", "und", "1992-02-25"),
        ("٢٥.٠٢.١٩٩٢", "az", "1992-02-25"),
    ],
)
def test_what_families_write_is_understood(words: str, language: str, edtf: str) -> None:
    when = from_words(words, language)
    assert (when.edtf, when.words) == (edtf, words)
    assert when.earliest == parse(edtf).earliest


@pytest.mark.parametrize(
    "words",
    [
        "3/4/1961",
        "1920-21",
        "1910-12",
        "1900s",
        "31.02.1992",
        "25 26 February 1992",
        "1950s or 1960s",
        "before the war",
        "the winter before we left",
        "May",
        "5 1992",
        "25.02.92",
        "",
    ],
)
def test_what_may_mean_two_things_stays_words(words: str) -> None:
    when = from_words(words, "en")
    assert (when.edtf, when.words, when.earliest, when.latest) == ("", words, None, None)


@given(
    st.text(max_size=30)
    | st.lists(st.sampled_from(["1961", "may", "25", "~", "?", "about", "-ci"])).map(" ".join),
    st.sampled_from(["az", "en", "ru", "tr", "und", "", "en-GB"]),
)
def test_words_are_never_changed_and_never_refused(words: str, language: str) -> None:
    assert from_words(words, language).words == words


@given(st.dates(max_value=date(9999, 12, 30)), st.integers(-12, 14))
def test_closed_until_a_day_opens_when_the_day_has_ended_everywhere(day: date, hours: int) -> None:
    zone = timezone(timedelta(hours=hours))
    midnight = datetime.combine(day + timedelta(days=1), datetime.min.time(), zone)
    assert opens_after(day) >= midnight
    assert closes_before_end_of(day) <= midnight


def test_the_instants_are_those_of_the_last_and_the_first_time_zone() -> None:
    assert opens_after(date(2030, 2, 25)) == datetime(2030, 2, 26, 12, tzinfo=UTC)
    assert closes_before_end_of(date(2030, 2, 25)) == datetime(2030, 2, 25, 10, tzinfo=UTC)


def test_the_end_of_the_calendar_is_no_embargo() -> None:
    with pytest.raises(BadDate):
        opens_after(date.max)


def test_a_date_that_is_nearly_one_prints_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    for text in ("?1992-1X", "../..", "[1992-1X,..1993]", "%1992S2"):
        assert not _is_date(text)
    assert capsys.readouterr() == ("", "")
