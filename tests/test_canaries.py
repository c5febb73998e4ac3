"""Words planted in every field of every part: none of a hidden part comes out of any door.

Random ledgers over records of all kinds are lived through in a real archive; what may be
seen of them is asked of the oracle, which shares no code with the gate.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import combinations, product

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from memorial.domain.names import sort_key
from memorial.house import House
from memorial.models import Guarded
from memorial.models.record import KINDS
from memorial.services import consent, search_index
from memorial.services.lists import FILTERS
from tests.conftest import Wall
from tests.every_part import CANARY, COMMON, Canaries, Planted, found, plant
from tests.oracle_consent import ARCHIVE, AUDIENCES, FAR, MOMENTS, USES, Event, Part, allowed, histories
from tests.services.colleagues import an_actor
from tests.services.published.changing import change, load
from tests.walking import addresses, routes, signed_in, whole

EXAMPLES = {"sqlite": 10, "postgresql": 4}  # each walks some hundred doors
PAGES = [kind for kind in KINDS if kind != "collection"]
BARE = ("/media/", "/iiif/", "/oembed")  # addresses without a language
History = tuple[list[Part], list[Event]]


def shown_between(opens: datetime, closes: datetime) -> History:
    """Only the archive is asked, and it says yes for a while."""
    parts = (("page", "page"), ("p0", "text"))
    yes = dict.fromkeys(product(AUDIENCES, USES), (opens, closes))
    return (
        [
            Part(id=key, kind=kind, root=None, added=0, page=key == "page", notice=False)
            for key, kind in parts
        ],
        [Event(party=ARCHIVE, act="will", parts=[], grants={"*": yes})],
    )


# A record that everyone may see, so that no list is empty and no search without a hit.
OPEN = shown_between(MOMENTS[0], FAR)
EMBARGOES = st.sampled_from([shown_between(*pair) for pair in combinations(MOMENTS, 2)])

first_failing = settings(
    database=None,
    phases=(Phase.explicit, Phase.generate),  # an example costs seconds: the first one that fails is enough
)


@pytest.fixture
def research(app: Flask, house: House) -> Callable[[], FlaskClient]:
    """Signs an approved reader in anew: sessions do not outlive a jump of years."""
    numbers = iter(range(1000))

    def enter() -> FlaskClient:
        return signed_in(app, house, "approved_reader", name=f"reader{next(numbers)}")

    return enter


def at(clock: Wall, moment: datetime) -> None:
    clock.forward(moment - clock.at)


def may_see(
    history: History, part: str, audiences: Sequence[str], moment: datetime, use: str = "view"
) -> bool:
    return any(allowed(*history, part, audience, use, moment) for audience in audiences)


def every_address(app: Flask, planted: Sequence[Planted], rooms: dict[str, set[str]]) -> list[str]:
    """Every public address there is: of what is shown and of what is not."""
    values = {
        "public_id": sorted(
            {
                path.removesuffix("/scan.pdf").removesuffix("/recording").rsplit("/", 1)[1]
                for one in planted
                for paths in one.paths.values()
                for path in paths
            }
        ),
        "slug": sorted({path.rsplit("/", 1)[1] for path in rooms["/figures"]}),
        "kind": ["testimony"],
    }
    found_ones = []
    for rule in routes(app, "public", "machine"):
        if not rule.arguments - {"lang"}:
            found_ones += addresses(rule, values)
    return found_ones


def own_addresses(one: Planted) -> list[str]:
    paths = [path for paths in one.paths.values() for path in sorted(paths)]
    record = one.made
    pages = [record.path, f"/cite/{record.kind}/{record.public_id}", f"/cite?record={record.public_id}"]
    pages += [record.path + way for way in one.ways]
    out = [f"/iiif/{record.public_id}/manifest", f"/iiif/collection/{record.kind}", *one.ways_out]
    out += [f"/embed/{record.public_id}?t=0,9", f"/oembed?url=http://localhost/en{record.path}"]
    own = [path if path.startswith(BARE) else f"/en{path}" for path in [*pages, *paths, *out]]
    return [
        *own,
        f"{record.path}.jsonld",
        *by_the_api(record.path, [path for path in paths if path.startswith(("/sources/", "/figures/"))]),
    ]


def by_the_api(page: str, paths: Sequence[str]) -> list[str]:
    """The same for programs."""
    beside = {"/people": ("/memories", "/signs"), "/testimonies": ("/transcripts",)}
    own = [page, *(page + ending for ending in beside.get(page.rpartition("/")[0], ()))]
    return [f"/api/v1{path}" for path in [*own, *paths]]


def list_addresses(app: Flask) -> list[str]:
    plain = [
        address
        for rule in routes(app, "public", "machine")
        if not rule.arguments - {"lang"}
        and not rule.rule.startswith(("/api/", "/oembed"))  # asked with what they want
        for address in addresses(rule, {})
    ]
    rooms = [rule.rule for rule in routes(app, "public") if rule.endpoint.startswith("api.list_")]
    programs = [f"{room}?limit=100" for room in rooms if "<" not in room]
    programs += [f"/api/v1/{room}?q={COMMON}" for room in ("search", "names")]
    wall = [f"/en/people?by={way}" for way in ("family", "place", "age")]
    harvest = [f"/oai?verb=ListRecords&metadataPrefix={form}" for form in ("oai_dc", "mods")]
    harvest += ["/feeds/all.atom", "/feeds/all.en.atom", "/sitemaps/0.xml"]
    return [
        *plain,
        *wall,
        *harvest,
        *programs,
        f"/en/search?q={COMMON}",
        *(f"/en/search?q={COMMON}&kind={kind}" for kind in PAGES),
    ]


def all_pages(client: FlaskClient, address: str) -> Iterator[tuple[str, str]]:
    """A list to its end, by its own links."""
    seen: set[str] = set()
    while address and address not in seen:
        seen.add(address)
        answer = client.get(address)
        assert answer.status_code in (200, 302), f"{address}: {answer.status}"
        text = whole(answer)
        yield address, text
        following = re.search(r'href="([^"]*[?&;]after=[^"]*)"', text)
        address = following[1].replace("&amp;", "&") if following else ""


def test_no_word_of_a_hidden_part_comes_out_of_any_door(
    house: House, app: Flask, clock: Wall, engine_name: str, research: Callable[[], FlaskClient]
) -> None:
    canary = Canaries()
    everything = [(plant(house, kind, *OPEN, canary), OPEN) for kind in PAGES]

    @settings(first_failing, max_examples=EXAMPLES[engine_name])
    @given(st.sampled_from(PAGES), histories() | EMBARGOES, st.sampled_from(MOMENTS), st.booleans())
    def hold(kind: str, history: History, moment: datetime, approved: bool) -> None:
        at(clock, MOMENTS[0])
        planted = plant(house, kind, *history, canary, everything[-1][0])
        everything.append((planted, history))
        at(clock, moment)
        audiences = ("public", "research") if approved else ("public",)
        client = research() if approved else app.test_client()
        shown, hidden = _sorted_out(everything, audiences, moment)
        for address in [*own_addresses(planted), *list_addresses(app)]:
            for where, text in all_pages_or_one(client, address):
                _assert_clean(where, text, shown, hidden)
        _assert_answers_agree(client, planted, history, audiences, moment)
        _assert_searches_tell_nothing(client, planted, history, audiences, moment, canary)

    hold()


WITHDRAWN = re.compile(
    r'<record><header status="deleted"><identifier>[^<]+</identifier><datestamp>[^<]+</datestamp>'
    r"<setSpec>kind:[a-z]+</setSpec><setSpec>language:[a-z]+</setSpec></header></record>"
)


def all_pages_or_one(client: FlaskClient, address: str) -> Iterator[tuple[str, str]]:
    answer = client.get(address, buffered=True)
    assert answer.status_code < 500, f"{address}: {answer.status}"
    head = client.head(address)
    assert head.status_code == answer.status_code
    assert not head.data
    text = whole(answer)
    if address.startswith(
        "/oai?"
    ):  # what harvesters had is taken back by its name: that, its day and its sets, no word
        text = WITHDRAWN.sub("", text)
    yield address, text
    yield f"HEAD {address}", whole(head)
    if answer.status_code == 200 and not address.startswith((*BARE, "/oai", "/api/")):
        yield from all_pages(client, address)


def _sorted_out(
    everything: Sequence[tuple[Planted, History]], audiences: Sequence[str], moment: datetime
) -> tuple[set[str], set[str]]:
    """Canaries that may be seen, and everything else that must not: words, ids and keys of order."""
    shown: set[str] = set()
    hidden: set[str] = set()
    for planted, history in everything:
        for key, words in planted.words.items():
            if may_see(history, key, audiences, moment):
                shown |= words
            else:
                hidden |= planted.ids.get(key, set()) | {sort_key(word, "en") for word in words}
        for key, words in planted.kept.items():
            may_look = may_see(history, key, audiences, moment)
            out = may_see(history, key, audiences, moment, "download") or may_see(
                history, key, ["public"], moment, "reuse"
            )
            shown |= words if may_look and out else set()
    return shown, hidden


def _assert_clean(where: str, text: str, shown: set[str], hidden: set[str]) -> None:
    escaped = found(text) - shown
    assert not escaped, f"{where} gives away {sorted(escaped)}:\n{text[:3000]}"
    # A notice of withdrawal says its own address in the links to other languages; no list says another's.
    given_away = {secret for secret in hidden if secret in text and secret not in where}
    assert not given_away, f"{where} gives away {sorted(given_away)}"


def _assert_answers_agree(
    client: FlaskClient, planted: Planted, history: History, audiences: Sequence[str], moment: datetime
) -> None:
    """Each page, work, question and copy is there exactly when the oracle says so."""
    for key, paths in {**planted.paths, "page": {planted.made.path, *planted.paths["page"]}}.items():
        for path in paths:
            kept = ("/scan.pdf", "/recording", "/words.srt")
            use = "download" if path.endswith(kept) else "view"
            whose = audiences
            if path.startswith("/iiif/"):  # who takes something away is the public, whoever is signed in
                whose, use = ("public",), "reuse"
            # Nobody is handed what they may not look at.
            uses = {"view", use, *(["download"] if path in planted.papers else [])}
            expected = all(may_see(history, key, whose, moment, each) for each in uses)
            status = client.get(path if path.startswith(BARE) else f"/en{path}", buffered=True).status_code
            if path == planted.made.path and not expected and any(part["notice"] for part in history[0]):
                noticed = may_see(history, "notice", audiences, moment)
                assert status == (410 if noticed else 404), path
            else:
                assert status == (200 if expected else 404), f"{key} {path}"
            if path == planted.made.path:
                assert client.get(f"/api/v1{path}").status_code == _by_the_api(history, moment), path


def _by_the_api(history: History, moment: datetime) -> int:
    """What is taken away is the public's, whoever is signed in; gone where the page says so."""
    views, takes = (may_see(history, "page", ["public"], moment, use) for use in ("view", "reuse"))
    noticed = any(part["notice"] for part in history[0]) and may_see(history, "notice", ["public"], moment)
    if views:
        return 200 if takes else 404
    return 410 if noticed else 404


def _assert_searches_tell_nothing(
    client: FlaskClient,
    planted: Planted,
    history: History,
    audiences: Sequence[str],
    moment: datetime,
    canary: Canaries,
) -> None:
    """Searching for a hidden word is like searching for a word that nobody ever wrote."""
    hidden = [
        word
        for key, words in planted.searched.items()
        if not may_see(history, key, audiences, moment)
        for word in sorted(words)
    ]
    never = canary()
    for word in random.Random(len(hidden)).sample(hidden, min(8, len(hidden))):
        for pattern in (
            "/en/search?q={}",
            "/en/people?q={}",
            "/en/people/suggestions?q={}",
            f"/en/search?q={COMMON}+{{}}",
            *_filtered(planted.made.kind),
        ):
            said = whole(client.get(pattern.format(word))).replace(word, never)
            nothing = whole(client.get(pattern.format(never)))
            assert _without_etag(said) == _without_etag(nothing), pattern.format(word)


def _filtered(kind: str) -> list[str]:
    room = {
        "press": "press",
        "document": "documents",
        "event": "timeline",
        "place": "places",
        "testimony": "testimonies",
    }
    return [f"/en/{room[kind]}?{name}={{}}" for name in FILTERS.get(kind, ())]


def _without_etag(text: str) -> str:
    return re.sub(r"(?m)^etag: .*$", "", text)


def test_a_hidden_value_changed_at_random_changes_no_answer(
    house: House, app: Flask, clock: Wall, engine_name: str
) -> None:
    canary = Canaries()
    client = app.test_client()
    for kind in PAGES:
        plant(house, kind, *OPEN, canary)

    @settings(first_failing, max_examples=EXAMPLES[engine_name] // 2)
    @given(
        st.sampled_from(PAGES),
        histories() | EMBARGOES,
        st.sampled_from(MOMENTS),
        st.randoms(use_true_random=False),
    )
    def hold(kind: str, history: History, moment: datetime, chance: random.Random) -> None:
        at(clock, MOMENTS[0])
        planted = plant(house, kind, *history, canary)
        at(clock, moment)
        asked = [*own_addresses(planted), *list_addresses(app)]
        before = {address: whole(client.get(address, buffered=True)) for address in asked}
        hidden = [key for key in planted.words if not may_see(history, key, ["public"], moment)]
        _change(house, planted, hidden, chance)
        for address in asked:
            assert whole(client.get(address, buffered=True)) == before[address], address

    hold()


def _change(house: House, planted: Planted, keys: Sequence[str], chance: random.Random) -> None:
    """Other words, shorter and longer, and other numbers, in every row of these parts."""
    from sqlalchemy import select

    from memorial.models import Part as PartRow

    often = chance.choice((0, 0, 1, 5))
    with house.writing(house.keeper()) as session:
        wanted = select(PartRow.id).where(PartRow.record_id == planted.made.record_id, PartRow.key.in_(keys))
        parts = list(session.scalars(wanted))
        for table in consent.guarded_tables():
            for row in session.scalars(select(table).where(table.part_id.in_(parts))):
                if table.__tablename__ != "search_entries":
                    _scramble(row, chance, often)
        session.flush()
        search_index.index_records(session, [planted.made.record_id])


def _scramble(row: Guarded, chance: random.Random, often: int) -> None:
    for column in row.__mapper__.column_attrs:  # type: ignore[attr-defined]
        value = getattr(row, column.key)
        if isinstance(value, str) and CANARY.search(value) and column.key != "slug":
            setattr(row, column.key, f"{COMMON} " * often + f"other{chance.randrange(10**9)}")
        elif isinstance(value, float):
            setattr(row, column.key, value + chance.random())


# Of each kind one object that stands and one that is new; `True`: a word that nobody has written before.
PROPOSED: tuple[tuple[str, str, dict[str, str | bool]], ...] = (
    ("press_accounts", "press-001", {"headline": True, "summary": True, "notes": True, "publication": True}),
    ("press_accounts", "press-zq", {"publication": True, "headline": True, "summary": True, "city": True, "country": True,
                                    "kind": "mention_only", "date": "1992-03-01", "seed_refs": "src-seed-001, p. 1"}),
    ("figures", "fig-001", {"claimant": True, "note": True, "source_title": True}),
    ("figures", "fig-zq", {"claimant": True, "note": True, "measure": "killed", "value": "7", "seed_refs": "src-seed-001, p. 1"}),
    ("places", "place-khojaly", {"label": True, "note": True}),
    ("recognitions", "rec-zq", {"body": True, "jurisdiction": True, "kind": "resolution", "note": True, "date": "2012"}),
)  # fmt: skip


def test_no_word_that_is_proposed_comes_out_of_any_door(
    house: House, app: Flask, research: Callable[[], FlaskClient]
) -> None:
    canary = Canaries()
    load(house, "sources", "press_accounts", "figures", "places", "recognitions", most=2)
    editor = an_actor(house, "editor", "editor")
    proposed: set[str] = set()
    for kind, name, fields in PROPOSED:
        typed = {field: canary() if said is True else str(said) for field, said in fields.items()}
        change(house, editor, kind, name, typed)
        proposed |= {word for word in typed.values() if CANARY.fullmatch(word)}
    assert len(proposed) == 19
    for client in (app.test_client(), research()):
        pages = {path for address in list_addresses(app) for path in _links(whole(client.get(address)))}
        assert any("/press/" in path for path in pages)
        for address in [*list_addresses(app), *sorted(pages)]:
            for where, text in all_pages(client, address):
                assert not proposed & found(text), f"{where} gives away {sorted(proposed & found(text))}"
        never = canary()
        nothing = _without_etag(whole(client.get(f"/en/search?q={never}")))
        for word in sorted(proposed):
            said = whole(client.get(f"/en/search?q={word}")).replace(word, never)
            assert _without_etag(said) == nothing, word


def _links(text: str) -> set[str]:
    """Pages of records, places, sources and questions."""
    return set(re.findall(r'href="(/en/(?:press|places|documents|sources|figures)/[^"#?]+)"', text))
