"""BibTeX and RIS, read back by the libraries that others read them with."""

import json
from collections import Counter

import bibtexparser
import rispy
from bibtexparser.middlewares import LatexDecodingMiddleware, SeparateCoAuthors
from hypothesis import example, given, settings
from hypothesis import strategies as st

from memorial.formats import bibtex, ris

# What titles and names are really made of, and what breaks files.
PIECES = (
    "ə", "ı", "ğ", "İ", "Ходжалы", "Խոջալու", "{", "}", "%", "&", "$", "#", "_", "~", "^", "\\", '"', "'", "`",
    "“", "«", "--", "---", "''", "``", "?`", "<<", ",", " and ", ";", "@", "=", "\n", "\r\n", "\t", "ER  - ",
    "TY  - ", "{\\b}", "\\textbf{x}", "</title>", "a", "B", "1992", ".", "(", ")", "é", "e\u0301",
)  # fmt: skip
WORDS = (
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=12)
    .map("".join)
    .filter(lambda text: text.strip(" .,;\r\n\t"))
)

UNHURRIED = settings(max_examples=60)


def one_line(text: str) -> str:
    return " ".join(text.split())


def read_bibtex(text: str, *more):
    library = bibtexparser.parse_string(text, append_middleware=[*more, LatexDecodingMiddleware()])
    assert not library.failed_blocks
    return [{name: told(field.value) for name, field in each.fields_dict.items()} for each in library.entries]


def told(value):
    # The decoder gives the accent for \textasciicircum, which is the sign itself to TeX.
    return [told(each) for each in value] if isinstance(value, list) else value.replace("ˆ", "^")


@UNHURRIED
@given(title=WORDS, author=WORDS, second=WORDS, note=WORDS)
@example("A {B} 50% of \\LaTeX", "Smith and Sons", "Testperson, Anna", "line\nline")
@example("-- ''x`` ?` --- ~", "and", "{", "}")
def test_bibtex_is_read_back_without_loss(title, author, second, note):
    item = {"id": "press-abc", "type": "article-newspaper", "title": title, "note": note, "container-title": note,
            "author": [{"literal": author}, {"literal": second}]}  # fmt: skip
    (entry,) = read_bibtex(bibtex.written([item]))
    assert entry["title"] == one_line(title)
    assert entry["note"] == entry["journal"] == one_line(note)
    (parted,) = bibtexparser.parse_string(
        bibtex.written([item]), append_middleware=[SeparateCoAuthors()]
    ).entries
    names = parted["author"]
    assert len(names) == 2
    decoded = read_bibtex("".join(f"@misc{{n{at}, note = {{{name}}}}}\n" for at, name in enumerate(names)))
    assert [each["note"] for each in decoded] == [one_line(author), one_line(second)]


@UNHURRIED
@given(title=WORDS, author=WORDS, second=WORDS, note=WORDS)
@example("TY  - \nER  - ", "Smith and Sons", "Testperson, Anna", "line\nline")
def test_ris_is_read_back_without_loss(title, author, second, note):
    item = {"id": "press-abc", "type": "article-newspaper", "title": title, "note": note, "container-title": note,
            "author": [{"literal": author}, {"literal": second}], "URL": "https://a.example/?x=1;y=2"}  # fmt: skip
    (entry,) = rispy.loads(ris.written([item]))
    assert entry["title"] == one_line(title)
    assert entry["secondary_title"] == one_line(note)
    assert entry["notes"] == [one_line(note)]
    assert entry["authors"] == [one_line(author), one_line(second)]
    assert entry["urls"] == ["https://a.example/?x=1%3By=2"]
    assert entry["type_of_reference"] == "NEWS"


FULL = {
    "id": "source-abc", "type": "chapter", "title": "A chapter", "container-title": "A whole", "publisher": "A house",
    "publisher-place": "London and New York", "page": "213-214", "number": "8/43-C", "genre": "report",
    "author": [{"family": "Testperson", "given": "A. B."}], "editor": [{"literal": "C Probe"}],
    "issued": {"date-parts": [[2005]]}, "URL": "https://work.example/a_b?c=1&d=%C4%B1", "language": "az",
    "accessed": {"date-parts": [[2026, 11, 8]]}, "archive": "A Test Archive",
}  # fmt: skip


def test_every_field_has_its_place_in_both():
    (entry,) = read_bibtex(bibtex.written([FULL]))
    assert {name: entry[name] for name in ("booktitle", "publisher", "address", "pages", "number", "year", "date")} == {
        "booktitle": "A whole", "publisher": "A house", "address": "London and New York", "pages": "213-214",
        "number": "8/43-C", "year": "2005", "date": "2005",
    }  # fmt: skip
    assert entry["url"] == FULL["URL"]
    assert entry["urldate"] == "2026-11-08"
    assert (entry["author"], entry["editor"], entry["language"]) == ("Testperson, A. B.", "C Probe", "az")
    (entry,) = rispy.loads(ris.written([FULL]))
    assert (entry["start_page"], entry["end_page"], entry["year"]) == ("213", "214", "2005")
    assert (entry["authors"], entry["secondary_authors"]) == (["Testperson, A. B."], ["C Probe"])
    assert (entry["urls"], entry["access_date"]) == ([FULL["URL"]], "2026/11/08")
    assert (entry["place_published"], entry["language"]) == ("London and New York", "az")


def test_an_uncertain_or_odd_date_stays_as_it_is_written():
    span = {**FULL, "issued": {"date-parts": [[1991, 6], [1991, 12]], "raw": "1991-06/1991-12"}}
    odd = {**FULL, "id": "source-def", "issued": {"literal": "16.04.20313"}}
    first, second = read_bibtex(bibtex.written([span, odd]))
    assert first["date"] == "1991-06/1991-12"
    assert "year" not in first
    assert second["year"] == "16.04.20313"
    first, second = rispy.loads(ris.written([span, odd]))
    assert (first["date"], second["date"]) == ("1991-06/1991-12", "16.04.20313")


def test_items_of_another_program_pass_through_both(shared):
    """CSL items that citation-js tests itself with: as many come back as went in, each with its title."""
    items = [{**item, "id": f"item-{at}"} for at, item in enumerate(others_items(shared))]
    titles = Counter(one_line(item["title"]) for item in items)
    assert Counter(one_line(entry["title"]) for entry in read_bibtex(bibtex.written(items))) == titles
    assert Counter(entry["title"] for entry in rispy.loads(ris.written(items))) == titles


def others_items(shared):
    folder = shared / "corpora" / "citations" / "citation-js"
    found = []
    for path in sorted(folder.rglob("*.json")):
        value = json.loads(path.read_text(encoding="utf-8"))
        for item in value if isinstance(value, list) else [value]:
            if (
                isinstance(item, dict)
                and item.get("type")
                and isinstance(item.get("title"), str)
                and "<" not in item["title"]
            ):
                found.append(
                    {name: item[name] for name in ("type", "title", "container-title") if item.get(name)}
                )
    assert len(found) >= 3
    return found
