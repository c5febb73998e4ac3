"""What reference managers read in the head of a page and in its COinS span: once more what was cited."""

import pytest
from markupsafe import escape

from memorial.formats.embedded import embedded
from tests.zotero import from_coins, from_head

ITEM = {
    "id": "press-abc", "title": 'A "headline" <b>& 50% more</b> = ə', "container-title": "The Test Times",
    "author": [{"literal": "Anna Testperson"}, {"literal": "Smith and Sons"}], "page": "A3", "language": "az",
    "issued": {"date-parts": [[1992, 3, 2]]}, "URL": "https://archive.example/en/press/abc", "publisher": "A House",
}  # fmt: skip


def page(item) -> str:
    machine = embedded(item)
    head = "".join(f'<meta name="{name}" content="{escape(value)}">' for name, value in machine.meta)
    return f'<head>{head}</head><span class="Z3988" title="{escape(machine.coins)}"></span>'


@pytest.mark.parametrize("read", [from_head, from_coins])
@pytest.mark.parametrize(
    ("csl", "zotero", "in_what"),
    [
        ("article-newspaper", "newspaperArticle", True),
        ("article-magazine", "magazineArticle", True),
        ("article-journal", "journalArticle", True),
        ("broadcast", "tvBroadcast", True),
        ("chapter", "bookSection", True),
        ("entry-encyclopedia", "encyclopediaArticle", True),
        ("webpage", "webpage", True),
        ("book", "book", False),
        ("report", "report", False),
        ("motion_picture", "film", True),
        ("legislation", "statute", True),
        ("legal_case", "case", True),
        ("personal_communication", "letter", True),
        ("something", "document", True),
    ],
)
def test_each_type_is_saved_as_itself_with_all_that_was_given(read, csl, zotero, in_what):
    saved = read(page({**ITEM, "type": csl}))
    assert saved["itemType"] == zotero
    assert saved["title"] == ITEM["title"]
    assert saved["creators"] == ["Anna Testperson", "Smith and Sons"]
    assert saved["date"].replace("/", "-") == "1992-03-02"
    assert (saved["url"], saved["language"], saved["pages"]) == (ITEM["URL"], "az", "A3")
    assert saved.get("institution" if csl == "report" and read is from_head else "publisher") == "A House"
    if in_what:
        assert saved["publicationTitle"] == "The Test Times"


@pytest.mark.parametrize("read", [from_head, from_coins])
@pytest.mark.parametrize(
    ("issued", "saved"),
    [
        ({"date-parts": [[1991, 6], [1991, 12]], "raw": "1991-06/1991-12"}, "1991-06/1991-12"),
        ({"literal": "16.04.20313"}, "16.04.20313"),
        ({"date-parts": [[1992]], "circa": True, "raw": "1992~"}, "1992~"),
    ],
)
def test_a_date_that_is_not_certain_is_not_made_so(read, issued, saved):
    assert read(page({**ITEM, "type": "book", "issued": issued}))["date"] == saved
    assert "citation_publication_date" not in page({**ITEM, "type": "book", "issued": issued})


def test_what_is_not_known_has_no_line():
    machine = embedded({"id": "a", "type": "document", "title": "Only a title"})
    assert dict(machine.meta) == {
        "z:itemType": "document", "citation_title": "Only a title", "DC.title": "Only a title",
    }  # fmt: skip
