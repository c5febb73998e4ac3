"""The page that says whether the files are whole: what the rounds found, and what a person has to see to."""

from datetime import timedelta

import pytest

from memorial import file_rounds
from memorial.services import fixity
from tests.builders import a_testimony
from tests.services.test_fixity import stored
from tests.services.test_second_storage import flip, places, settings  # noqa: F401
from tests.walking import signed_in

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


def test_the_desk_reads_what_the_rounds_found_mended_and_left(app, house, clock):
    whole, lost = (stored(house, a_testimony(house)) for _ in range(2))

    def page(language="en"):
        answer = signed_in(app, house, "moderator", name=f"reader{house.now():%H%M%S%j}{language}").get(
            f"/{language}/desk/files"
        )
        assert answer.status_code == 200
        return " ".join(answer.get_data(as_text=True).split())

    assert "No round has been made yet" in page()
    file_rounds.fixity_round(house)
    said = page("az")
    assert "İkinci saxlama yerindəki orijinallar</th><td>2</td><td>0</td><td>0</td><td>0</td>" in said
    assert "kind=fixity" not in said
    flip(places(house, whole)[0])
    for path in places(house, lost):
        path.unlink()
    clock.forward(fixity.AGAIN + timedelta(days=6))
    file_rounds.fixity_round(house)
    said = page()
    assert "2 files are broken and could not be mended." in said
    assert "<td>4</td><td>0</td><td>1</td><td>2</td><td>1</td><td>0</td><td>2</td><td>0</td>" in said
    assert "/en/desk?kind=fixity" in said
    outsider = signed_in(app, house, "second_reader").get("/en/desk/files")
    assert outsider.status_code in (403, 404)
