"""Collections of what viewers can show: found from the files, not by looking at every record for one."""

from __future__ import annotations

from sqlalchemy import insert, select

from memorial.domain.ids import new_public_id
from memorial.gate import Reader
from memorial.models import Record
from memorial.services import iiif
from tests.builders import a_press_account
from tests.iiif import everything
from tests.services.test_wall import _costs

MANY = 400


def _many_more(house, made) -> None:
    """Like this one, and as open; the rows alone."""
    with house.writing(house.keeper()) as session:
        row = session.get_one(Record, made.record_id)
        values = {
            c.key: getattr(row, c.key)
            for c in Record.__mapper__.column_attrs
            if c.key not in ("id", "external_id")
        }
        session.execute(insert(Record), [{**values, "public_id": new_public_id()} for _ in range(MANY)])


def test_records_without_a_file_cost_a_collection_nothing(house, engine_name):
    shown = [everything(house).made for _ in range(2)]
    account = a_press_account(house)

    def cost(kind: str) -> tuple[list[str], int]:
        with _costs(house, engine_name == "sqlite") as costs:
            with house.session(Reader.public(house.moment(), "reuse")) as session:
                found = [entry.public_id for entry in iiif.listed(session, kind).entries]
        return found, sum(costs)

    few = {kind: cost(kind) for kind in ("testimony", "press")}
    assert few["testimony"][0] == [made.public_id for made in shown]
    assert few["press"][0] == []
    _many_more(house, account)
    for kind, (found, before) in few.items():
        again, after = cost(kind)
        assert again == found
        assert after < before + MANY / 4, (kind, before, after)
    with house.session(house.keeper()) as session:
        assert len(session.scalars(select(Record.id).where(Record.kind == "press")).all()) == MANY + 1
