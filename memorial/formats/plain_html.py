"""A page of ours as a plain file: addresses become relative, and what needs a server is left out.

    rewritten(html, place)      # place(address) gives the new address, or None where there is nothing to lead to

Scripts and forms are left out, `<noscript>` is opened. An address that leads nowhere is taken from its element; an element that
is nothing without it (a picture, a source, a link of the head) goes whole. All else stays as it is, byte for byte.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from html.parser import HTMLParser

Place = Callable[[str], str | None]
ADDRESSES = frozenset(
    {"href", "src", "poster", "action", "formaction", "data-src", "data-poster", "xlink:href"}
)
LEFT_OUT = frozenset({"form", "script"})
OPENED = frozenset({"noscript"})
NOTHING_WITHOUT = frozenset({"img", "source", "track", "link", "iframe", "embed"})
VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)


def rewritten(html: str, place: Place) -> str:
    reading = _Rewriting(place)
    reading.feed(html)
    reading.close()
    return "".join(reading.out)


class _Rewriting(HTMLParser):
    def __init__(self, place: Place) -> None:
        super().__init__(convert_charrefs=False)
        self._place = place
        self._inside: list[str] = []  # elements that are left out, and what is open in them
        self.out: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._inside or tag in LEFT_OUT:
            if tag not in VOID:
                self._inside.append(tag)
            return
        if tag not in OPENED:
            self._say(self._started(tag, attrs))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not self._inside and tag not in LEFT_OUT:
            self._say(self._started(tag, attrs))

    def handle_endtag(self, tag: str) -> None:
        if self._inside:
            if tag in self._inside:
                while self._inside.pop() != tag:
                    pass
            return
        if tag not in OPENED:
            self._say(f"</{tag}>")

    def _started(self, tag: str, attrs: list[tuple[str, str | None]]) -> str:
        whole = self.get_starttag_text() or ""
        if not any(name in ADDRESSES or name == "srcset" for name, _ in attrs):
            return whole
        kept: list[tuple[str, str | None]] = []
        lost = False
        for name, value in attrs:
            found = self._moved(name, value)
            if found is None and value is not None:
                lost = lost or name in ("src", "href", "srcset")
                continue
            kept.append((name, found))
        if lost and tag in NOTHING_WITHOUT:
            return ""
        said = "".join(f" {name}" if value is None else f' {name}="{escape(value)}"' for name, value in kept)
        return f"<{tag}{said}{'/' if whole.endswith('/>') else ''}>"

    def _moved(self, name: str, value: str | None) -> str | None:
        if value is None:
            return None
        if name == "srcset":
            moved = [
                (self._place(each.split()[0]), each.split()[1:]) for each in value.split(",") if each.strip()
            ]
            return ", ".join(" ".join([to, *size]) for to, size in moved if to is not None) or None
        return self._place(value) if name in ADDRESSES else value

    def handle_data(self, data: str) -> None:
        self._say(data)

    def handle_entityref(self, name: str) -> None:
        self._say(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._say(f"&#{name};")

    def handle_decl(self, decl: str) -> None:
        self._say(f"<!{decl}>")

    def _say(self, text: str) -> None:
        if not self._inside:
            self.out.append(text)
