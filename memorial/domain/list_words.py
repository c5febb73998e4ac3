"""What is remarked of a line of a list, and why a file or a map is refused, in English: for the command line.

The desk's pages say the same in the reader's language (web/templates/desk/_name_list_words.html).
"""

from __future__ import annotations

from collections.abc import Mapping

from memorial.domain.errors import Invalid

REMARKS: Mapping[str, str] = {
    "above_headings": "stands above the headings and is not read",
    "heading_again": "the headings once more; passed over",
    "no_name": "names nobody; left out",
    "a_sum": "adds up and names nobody; left out",
    "too_long": "the name has more characters than a name can have here; left out",
    "one_cell": "only this cell is filled; kept as a name",
    "more_cells": "has more cells than there are headings; they are kept with the line",
    "fewer_cells": "has fewer cells than there are headings",
    "formula": "begins like a formula; it is kept with the line and not read",
    "too_long_cell": "the cell is too long to be shown; it is kept with the line",
    "no_letters": "the name has no letters; kept as it is given",
    "digits": "there are digits in the name; kept as it is given",
    "long_name": "the name is very long; kept as it is given",
    "mixed_scripts": "letters of two alphabets in one word; kept as it is given",
    "number_twice": "this number stands in another line of the list as well",
    "age_and_birth": "age and birth cannot both be; both are kept as the list gives them",
    "date_words": "not understood as a date; kept as words",
    "number_words": "not understood as a number; it is kept with the line and not read",
    "language_words": "no code of a language, such as az; it is kept with the line and not read",
    "no_title": "has no title; left out",
    "age_words": "not understood as an age; kept as words",
    "merged": "cells are merged here; only the first has the words",
    "encoding": "not UTF-8; read as",
    "damaged": "some characters could not be read in this encoding",
    "quotes": "quotation marks do not balance; read as they stand",
    "too_wide": "has too many cells; the first two hundred are kept",
    "not_text": "a character that is no text; a sign stands in its place",
    "sheets": "other sheets of the workbook are not read",
}
REFUSED: Mapping[str, str] = {
    "list_too_large": "The file is too large: at most 20 MB, 100,000 lines and 200 columns. Split it.",
    "list_too_heavy": "Reading this file takes more time or memory than one file may. Save it as CSV UTF-8.",
    "list_damaged": "The workbook cannot be read. Save it anew as XLSX, or as CSV UTF-8.",
    "list_empty": "There is nothing in this file.",
    "old_workbook": "This is a workbook of the old kind (.xls). Save it as .xlsx.",
    "no_table": "This is no table. Save it as CSV, TSV or XLSX.",
    "no_encoding": "There is no such encoding.",
    "no_such_source": "There is no source with this id.",
    "source_without_id": "This source has no id by which its lines could cite it, such as src-list.",
    "list_name": "Write the name in small letters, digits, points and strokes.",
    "list_is_there": "A list of this name is in the archive already. Take it back first, or give this one another name.",
    "no_such_list": "There is no list of this name that could be taken back.",
    "no_such_line": "There is no such line among the first of the file.",
    "no_such_column": "There is no such column, or more than one has this heading.",
    "one_column": "Only other names and notes may come from several columns.",
    "no_name_column": "Say which column holds the name.",
    "no_title_column": "Say which column holds the title.",
    "no_separator": "Several values in a cell are parted by |, ; or a comma.",
    "one_value": "Only texts and lists may come from several columns.",
    "no_kind": "Write people, recognitions, press_accounts, timeline, places or memorial_sites.",
    "map_form": "Write an object: {\"columns\": {\"name\": \"heading\"}, \"language\": \"az\"}.",
    "map_unknown": "There is nothing of this name in a map.",
    "map_text": "Write a text between quotation marks.",
    "no_language": "Write the language as a tag, such as az, ru or tr.",
    "no_listing": "Write authority or remembrance.",
    "no_date": "Write the day as EDTF, such as 1992-02-26.",
}  # fmt: skip


def remark_words(key: str, given: str = "") -> str:
    return REMARKS.get(key, key) + (f": “{given}”" if given else "")


def refused_words(wrong: Invalid) -> str:
    column = wrong.details.get("column")
    words = REFUSED.get(wrong.key, "")
    return f"{words} (“{column}”)" if words and column else words
