"""Citations as five houses print them: Chicago, APA, MLA, ISO 690, GOST R 7.0.5.

    for style in STYLES: formatted(item, style)     # markup: words, and <em> where the style has italics

citeproc-py reads the styles in `styles/`, which are not ours and are left as they are. What it does
not know yet is cured here, around it: it sees no word of a title or of an institution, only signs
that stand for them, so that no letter changes (ı would become I), no quotation mark and no tag of a
headline is taken for one of the style's own, and a title that it prints twice is seen. It is loaded
and a style is read when somebody first asks for it: both take longer than a page may.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape

from memorial.domain.markup import render
from memorial.formats.csl import Item, edtf_of, is_plain

FOLDER = Path(__file__).parent / "styles"


@dataclass(frozen=True, slots=True)
class Style:
    """A style by its name; `note` where the form of a footnote is wanted and not that of a list."""

    name: str
    title: str
    file: str
    language: str
    note: bool = False


STYLES = (
    Style("chicago", "Chicago", "chicago-notes.csl", "en-US", note=True),
    Style("apa", "APA", "apa.csl", "en-US"),
    Style("mla", "MLA", "modern-language-association.csl", "en-US"),
    Style("iso690", "ISO 690", "iso690-numeric-en.csl", "en-US"),
    Style("gost", "GOST R 7.0.5", "gost-r-7-0-5-2008-numeric.csl", "ru-RU"),
)

# Signs of the private use area: begin and end of italics, and from _FIRST on one for each text.
_ITALIC, _ROMAN, _FIRST = "\ue000", "\ue001", 0xE100
_PRIVATE = re.compile("[\ue000-\uf8ff]")

_ENDED = re.compile(r"[.!?…][”»’\"']*(?:</em>)?$")
_CSL = "http://purl.org/net/xbiblio/csl"

# Fields whose words are the work's own; numbers and addresses a style may look into.
_WORDS = frozenset({"title", "container-title", "publisher", "publisher-place", "genre", "archive", "URL"})
_NAMES, _DATES = frozenset({"author", "editor"}), frozenset({"issued", "accessed"})
_AS_THEY_ARE = frozenset({"page", "number", "edition"})
# Laws and courts of all the world would be set as those of the United States, and letters as private ones.
_PLAIN_TYPES = dict.fromkeys(("legislation", "legal_case", "treaty", "personal_communication"), "document")

InWords = Callable[[str, str], str]


def _as_it_is(edtf: str, language: str) -> str:
    return edtf


_one_at_a_time = threading.Lock()  # the processor keeps what it does in the parsed style


def formatted(item: Item, style: Style, in_words: InWords = _as_it_is) -> Markup:
    """One item. `in_words(edtf, language)` gives a span or an uncertain day as people write it."""
    texts: list[str] = []
    signs = _signs(item, style, texts, in_words)
    with _one_at_a_time:
        line = _processed(signs, style)
    return _with_words(_cured(line + _address(signs, line, style), style), texts)


def _signs(item: Item, style: Style, texts: list[str], in_words: InWords) -> Item:
    """The item with a sign in the place of each text, and only what the processor knows."""

    def sign(text: str) -> str:
        texts.append(" ".join(_PRIVATE.sub("", text).split()))
        return chr(_FIRST + len(texts) - 1)

    found: Item = {"id": "item", "type": _PLAIN_TYPES.get(item["type"], item["type"])}
    for name, value in item.items():
        if name in _WORDS:
            found[name] = sign(value)
        elif name in _NAMES:
            found[name] = [
                {"literal": sign(each["literal"])} if "literal" in each else each for each in value
            ]
        elif name in _DATES:
            as_it_is = is_plain(value) and not (style.name == "gost" and name == "issued")
            found[name] = value if as_it_is else {"literal": sign(_day(value, style, in_words))}
        elif name in _AS_THEY_ARE:
            found[name] = _PRIVATE.sub("", str(value))
    if item.get("title") == item.get("container-title"):
        del found["title"]  # a page without a headline bears the name of its newspaper
        found["type"] = "article-newspaper"
    return found


def _day(variable: Mapping[str, Any], style: Style, in_words: InWords) -> str:
    return str(variable.get("literal") or in_words(edtf_of(variable), style.language[:2]))


# -- the processor --------------------------------------------------------------------------


class _Marks:
    """What the processor writes formats with: italics as signs, all else as plain words."""

    Oblique = Italic = staticmethod(lambda text: f"{_ITALIC}{text}{_ROMAN}")
    preformat = Bold = Light = Underline = Superscript = Subscript = SmallCaps = staticmethod(str)


def _processed(item: Item, style: Style) -> str:
    from citeproc import Citation, CitationItem, CitationStylesBibliography
    from citeproc.source.json import CiteProcJSON

    list_of_one = CitationStylesBibliography(_style(style), CiteProcJSON([item]), _Marks)
    citation = Citation([CitationItem("item")])
    list_of_one.register(citation)
    if style.note:
        return str(list_of_one.cite(citation, str))
    return "".join(map(str, list_of_one.bibliography()))


@cache
def _style(style: Style) -> Any:
    """A style as the processor reads it, and as it would have to read it."""
    from citeproc import CitationStylesStyle

    read = CitationStylesStyle(str(FOLDER / style.file), validate=False, locale=style.language)
    _label_only_what_is_there(read.root)
    _initials_only_where_asked(read.root)
    return read


def _tags(root: Any, name: str) -> list[Any]:
    return list(root.iter(f"{{{_CSL}}}{name}"))


def _label_only_what_is_there(root: Any) -> None:
    """A label without its number is not printed: else every newspaper ends with "edition"."""
    for label in _tags(root, "label"):
        variable, parent = label.get("variable"), label.getparent()
        if not variable or variable == "locator":
            continue
        choose = root.makeelement(f"{{{_CSL}}}choose")
        parent.replace(label, choose)
        condition = root.makeelement(f"{{{_CSL}}}if", variable=variable)
        choose.append(condition)
        condition.append(label)


def _initials_only_where_asked(root: Any) -> None:
    """`initialize="false"` means the whole given name, whatever the style says for all names."""
    initials = root.attrib.pop("initialize-with", None)
    for name in _tags(root, "name") if initials is not None else ():
        if name.get("initialize") != "false" and "initialize-with" not in name.attrib:
            name.set("initialize-with", initials)


# -- what comes out -------------------------------------------------------------------------

_SIGN = "[\ue100-\uf8ff]"
_SET = ("“{}”", f"{_ITALIC}{{}}{_ROMAN}", "\\[{}\\]", "{}")  # how a style sets off a text
_CURES = (
    (re.compile(r"^\d+\. ?"), ""),  # its number in a list of one
    (re.compile(r"^[\s/.,]+"), ""),  # what parts an author or a title from the rest, where there is neither
    (re.compile(rf"({_SIGN})(?={_SIGN})"), r"\1. "),
    (
        re.compile(rf"”({_ROMAN}?) (?=[\w{_ITALIC}]|{_SIGN})"),
        r"”\1, ",
    ),  # a comma it forgets after a quotation
    (re.compile(r"\(\s*\)|\[\s*\]"), ""),
    (re.compile(r"\s+([,.;:])"), r"\1"),
    (re.compile(r"([.,;:])(?:\s*[.,;:])+(?=\s|$)"), r"\1"),
    (re.compile(r"\s{2,}"), " "),
)
_IN_QUOTES = re.compile(rf"({_ROMAN}?)”({_ROMAN}?)([.,])")


def _cured(line: str, style: Style) -> str:
    line = _once(line)
    for wrong, right in _CURES:
        line = wrong.sub(right, line)
    if style.language == "en-US":
        line = _IN_QUOTES.sub(r"\3\1”\2", line)
    return line.strip()


def _address(signs: Item, line: str, style: Style) -> str:
    """GOST's style prints an address of web pages alone; here most things are read at one."""
    if style.name != "gost" or "URL" not in signs or signs["URL"] in line:
        return ""
    year, month, day = signs["accessed"]["date-parts"][0]
    return f" URL: {signs['URL']} (дата обращения: {day:02}.{month:02}.{year})."


def _once(line: str) -> str:
    """What stood for a missing author is not printed again in its own place."""
    for sign in dict.fromkeys(re.findall(_SIGN, line)):
        first = line.index(sign) + 1
        again = "|".join(way.format(sign) for way in _SET)
        line = line[:first] + re.sub(rf"[\s,.;:]*(?:{again})", "", line[first:])
    return line


def _with_words(line: str, texts: list[str]) -> Markup:
    words: list[str] = []
    italic = 0
    for sign in line:
        if sign == _ITALIC:
            italic += 1
            words.append("<em>" if italic == 1 else "")
        elif sign == _ROMAN:
            italic -= 1
            words.append("</em>" if italic == 0 else "")
        elif _FIRST <= ord(sign) <= 0xF8FF:
            words.append(str(escape(texts[ord(sign) - _FIRST])))
        elif sign == "." and _ENDED.search("".join(words[-3:])):
            continue
        else:
            words.append(str(escape(sign)))
    return render("".join(words))
