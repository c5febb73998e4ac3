"""The one seam where prose becomes markup. Nothing else in the archive calls bleach.

`clean(html)` keeps a tiny allow-list and is idempotent; `render(html)` is the same, marked
safe for templates; `paragraphs(text)` sets plain text; `plain(html)` gives the bare words
for indexes. Rejected elements lose their tags and keep their words.

bleach keeps `href="javascript:1"` (it takes the rest for a port), so schemes are judged
here, by an allow-list over the whole address. What already has the exact form that
`clean` writes is recognised without parsing: bleach needs 11 ms for 2,000 words, a page
has less than that. Nobody is trusted for that: the form is checked each time.
"""

from __future__ import annotations

import html as entities
import re
from collections.abc import Iterator
from typing import Any

from markupsafe import Markup, escape

BLOCKS = frozenset({"p", "blockquote", "ul", "ol", "li"})
INLINE = frozenset({"br", "em", "strong", "a"})
TAGS = BLOCKS | INLINE
SCHEMES = frozenset({"http", "https", "mailto"})
REL = "noopener noreferrer nofollow"

# C0 and C1 controls but tab and line end, and halves of surrogate pairs: no text has them.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")

_DIRECTION = "ltr|rtl|auto"
_LANGUAGE = "[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*"  # the shape of BCP 47, not its registry
_ADDRESS = re.compile(
    r"""(?: https?://[\w.~%:\[\]-]+ (?:[/?#]\S*)?   # no user name before the host
          | mailto:[^\s:@/?]+@[\w.-]+ (?:\?\S*)?
          | /(?!/)\S* | /                           # a path inside the archive
          | \#\S* )""",
    re.VERBOSE,
)
_NEVER_IN_ADDRESS = re.compile(r"[\s\\<>\"`\x00-\x20\x7f-\x9f]")

_DIR = rf'(?: dir="(?:{_DIRECTION})")?'
_LANG = rf'(?: lang="(?:{_LANGUAGE})")?'
_HREF = r'(?: href="(?P<href>(?:[^\s"<>&\\`]|&amp;)+)")'
_TAG = re.compile(
    rf"</(?P<close>p|blockquote|ul|ol|li|em|strong|a)>|<(?P<empty>br)>"
    rf"|<(?P<open>p|blockquote|ul|ol|li|em|strong){_DIR}{_LANG}>"
    rf'|<(?P<link>a){_DIR}{_HREF}{_LANG} rel="{REL}">'
)
_WORDS = re.compile(r"(?:[^<>&\r]++|&(?:#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)*+")

_HOLDS = {
    "": TAGS - {"li"},
    "p": INLINE,
    "blockquote": TAGS - {"li"},
    "li": TAGS - {"li"},
    "ul": frozenset({"li"}),
    "ol": frozenset({"li"}),
    "em": INLINE,
    "strong": INLINE,
    "a": INLINE,
}


def clean(html: str) -> str:
    """The allowed part of the markup, in one canonical form. `clean(clean(x)) == clean(x)`."""
    html = _CONTROLS.sub("", html).replace("\r\n", "\n").replace("\r", "\n")
    if _is_clean(html):
        return html
    for _ in range(4):
        cleaned = _sanitised(html)
        if cleaned == html:
            return html
        html = cleaned
    # A text that a parser reads differently each time is shown as words, or not understood at all.
    return entities.escape(_words(html), quote=False)


def render(html: str) -> Markup:
    """For templates: cleaned on the way out too, so that no row is trusted for its past."""
    return Markup(clean(html))  # noqa: S704 (cleaned in this very line)


def paragraphs(text: str) -> Markup:
    """Plain text as markup: a blank line parts paragraphs, a line end breaks the line."""
    text = _CONTROLS.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    blocks = [block.strip() for block in re.split(r"\n[^\S\n]*\n\s*", text) if block.strip()]
    lines = [Markup("<br>\n").join(escape(line) for line in block.split("\n")) for block in blocks]
    return Markup("\n").join(Markup("<p>{}</p>").format(line) for line in lines)


def plain(html: str) -> str:
    """The words alone, parted by single spaces."""
    return _words(clean(html))


def _words(cleaned: str) -> str:
    spaced = re.sub(r"</?(?:p|br|blockquote|ul|ol|li)\b[^>]*>", " ", cleaned)
    return " ".join(entities.unescape(re.sub(r"<[^>]*>", "", spaced)).split())


def is_allowed_address(value: str) -> bool:
    """Whether a link may point there: http, https, mailto, a path or place in the archive."""
    return not _NEVER_IN_ADDRESS.search(value) and _ADDRESS.fullmatch(value) is not None


def _is_allowed_attribute(tag: str, name: str, value: str) -> bool:
    if tag == "br":
        return False
    if name == "href":
        return tag == "a" and is_allowed_address(entities.unescape(value))
    shapes = {"lang": _LANGUAGE, "dir": _DIRECTION}
    return name in shapes and re.fullmatch(shapes[name], value) is not None


class _Links:
    """html5lib filter: links get their `rel`, attributes one order."""

    def __init__(self, source: Any) -> None:
        self.source = source

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for token in self.source:
            if token["type"] in ("StartTag", "EmptyTag"):
                attributes = {name: value for (_, name), value in token["data"].items()}
                if token["name"] == "a":
                    attributes["rel"] = REL
                token["data"] = {(None, name): attributes[name] for name in sorted(attributes)}
            yield token


def _sanitised(html: str) -> str:
    import bleach  # 2 MB, for what nobody has cleaned yet

    # A fresh cleaner each time: bleach's keeps a parser's state and threads would share it.
    cleaner = bleach.Cleaner(
        tags=TAGS,
        attributes=_is_allowed_attribute,
        protocols=SCHEMES,
        strip=True,
        strip_comments=True,
        filters=[_Links],
    )
    return str(cleaner.clean(html))


def _is_clean(html: str) -> bool:
    """Whether the text is, character for character, something `clean` may have written."""
    open_tags = [""]
    at = _end_of_words(html, 0)
    while at < len(html):
        tag = _TAG.match(html, at)
        if tag is None or not _fits(tag, open_tags):
            return False
        at = _end_of_words(html, tag.end())
    return open_tags == [""]


def _end_of_words(html: str, start: int) -> int:
    words = _WORDS.match(html, start)
    return words.end() if words else start


def _fits(tag: re.Match[str], open_tags: list[str]) -> bool:
    """Keeps the open elements; False where a parser would have to repair."""
    if tag["close"]:
        return open_tags.pop() == tag["close"]
    name = tag["empty"] or tag["open"] or tag["link"]
    if name not in _HOLDS[open_tags[-1]] or (name in INLINE and name in open_tags):
        return False
    if tag["link"] and not is_allowed_address(entities.unescape(tag["href"])):
        return False
    if not tag["empty"]:
        open_tags.append(name)
    return True
